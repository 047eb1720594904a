#!/usr/bin/env python3
"""Definitions of Webster's dictionary of 1913 with the subject that it names, from Debian's package dict-gcide 0.48.5.

    python3 Scripts/training/webster_definitions.py [--package dict-gcide_0.48.5+nmu2_all.deb]     makes datasets/definitions.csv

Standard library and apt-get; it gives the same bytes again. Only what the package marks as the text of 1913 is read.
"""

import argparse
import collections
import csv
import gzip
import hashlib
import pathlib
import re
import tempfile

from debian_packages import fetch, member

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLASSES, LARGEST, SHOWN = 93, 1500, 4   # classes; most definitions of one for training; rows a class in the dataset
SOURCES = ("1913 Webster", "Webster 1913 Suppl.")

# The dictionary's labels by subject, what stands for one and the same joined.
SUBJECTS = {
    "aeronautics": "Aeronautics", "agriculture": "Agric.", "algebra": "Alg.", "anatomy": "Anat.",
    "antiquities": "Antiq.|Class. Antiq.", "architecture": "Arch.|Arch|Anc. Arch.", "arithmetic": "Arith.",
    "armor": "Anc. Armor|Armor", "astrology": "Astrol.", "astronomy": "Astron.", "baseball": "Baseball",
    "billiards": "Billiards", "biology": "Biol.", "bookbinding": "Bookbinding", "bookkeeping": "Bookkeeping",
    "botany": "Bot.|Bot", "brewing": "Brewing", "card playing": "Card Playing", "carpentry": "Carp.|Joinery|Join.",
    "ceramics": "Ceramics|Pottery", "chemistry": "Chem.|Old Chem.|Org. Chem.", "chess": "Chess",
    "church": "Eccl.|Ch. of Eng.", "church history": "Eccl. Hist.", "civil law": "Civil Law|Civ. Law|Rom. Law",
    "classical mythology": "Class. Myth.|Class Myth.|Gr. Myth.|Greek Myth.|Rom. Myth.", "clocks": "Horology|Horol.",
    "coins": "Numis.", "commerce": "Com.|Finance|Banking", "cookery": "Cookery", "cricket": "Cricket",
    "crystallography": "Crystallog.", "dancing": "Dancing", "dyeing": "Dyeing|Calico Printing", "electricity": "Elec.",
    "engineering": "Engin.|Civil Engin.|Hydraul. Engin.", "English history": "Eng. Hist.",
    "English law": "Eng. Law|Eng.Law", "engraving": "Engraving", "ethnology": "Ethnol.|Anthropol.",
    "falconry": "Falconry", "farriery": "Far.", "fencing": "Fencing", "feudal law": "Feudal Law|Feud. Law",
    "fine arts": "Fine Arts|Art", "firearms": "Firearms", "football": "Football", "fortification": "Fort.",
    "founding": "Founding", "geography": "Geog.|Geography", "geology": "Geol.", "geometry": "Geom.",
    "glass": "Glass Making", "golf": "Golf", "grammar": "Gram.|Grammar", "Greek antiquities": "Gr. Antiq.",
    "gunnery": "Gun.|Gunnery|Ordnance", "heraldry": "Her.", "horsemanship": "Man.|Manege",
    "horticulture": "Hort.|Gardening", "hunting": "Hunting", "Jewish antiquities": "Jewish Antiq.|Jewish Hist.",
    "law": "Law|Law.|Mar. Law", "logic": "Logic", "machinery": "Mach.", "masonry": "Masonry", "mathematics": "Math.",
    "mechanics": "Mech.|Kinematics", "medicine": "Med.|Med", "metallurgy": "Metal.|Metallurgy|Iron Manuf.",
    "metaphysics": "Metaph.", "meteorology": "Meteor.|Meteorol.", "military": "Mil.", "mineralogy": "Min.",
    "mining": "Mining|Mining.|Coal Mining", "music": "Mus.|Music|Anc. Mus.",
    "mythology": "Myth.|Scand. Myth.|Hind. Myth.|Hindu Myth.", "natural history": "Nat. Hist.",
    "nautical": "Naut.|Naut|Nav.", "Old English law": "O. Eng. Law|Old Eng. Law|O.Eng.Law|O.Eng. Law",
    "optics": "Opt.|Optics", "painting": "Paint.|Painting", "paleontology": "Paleon.", "pharmacy": "Pharm.|Pharmacy",
    "philology": "Philol.", "philosophy": "Philos.", "phonetics": "Phon.|Phonetics", "photography": "Photog.",
    "phrenology": "Phren.", "physical geography": "Phys. Geog.", "physics": "Physics|Physics.|Phys.",
    "physiological chemistry": "Physiol. Chem.", "physiology": "Physiol.", "political economy": "Polit. Econ.",
    "printing": "Print.|Printing|Typog.|Type Founding", "prosody": "Pros.", "railroads": "Railroad|Railroads",
    "rhetoric": "Rhet.", "Roman antiquities": "Rom. Antiq.", "Roman Catholic Church": "R. C. Ch.|R.C.Ch.",
    "rope making": "Rope Making", "Scots law": "Scots Law", "Scripture": "Script.", "shipbuilding": "Shipbuilding",
    "sports": "Sporting|Sports|Sport", "steam engine": "Steam Engine|Steam Eng.|Steam Boilers|Steam Boiler",
    "stock exchange": "Stock Exchange", "surgery": "Surg.", "surveying": "Surv.|Surveying",
    "tennis": "Tennis|Lawn Tennis", "theology": "Theol.", "weaving": "Weaving|Textile Manuf.|Spinning",
    "wrestling": "Wrestling", "zoology": "Zool.|Zool",
}
SUBJECT_OF = {label: subject for subject, labels in SUBJECTS.items() for label in labels.split("|")}
LABEL = re.compile("|".join(r"\(" + re.escape(label) + r"\)" for label in sorted(SUBJECT_OF, key=len, reverse=True)))

# What the dictionary of 1913 says of people in the words of its time is left out.
OMITTED = re.compile(
    r"\b(races?|racial|tribes?|savages?|negro\w*|jews?|gyps\w+|indians?|natives?|harlot\w*|prostitut\w*|lewd\w*|rape)\b",
    re.I)

Definition = collections.namedtuple("Definition", "word text subject split")


def cleaned(text):
    """The first sentence after a label, without references, quotations and marks of the file."""
    text = re.sub(r"^[\s,.;:]*(\([a-z]\)|\d+\.)?[\s,.;:]*", "", text)
    text = re.split(
        r"--|\s\([a-z]\)\s|\[|\{[^}]*\}\s*\(|;? ?\bSee(?: also| under)? \{|;? ?called also|\s\d\.\s", text)[0]
    text = re.sub(r"\(\{[^)]*\)", "", text).replace("{", "").replace("}", "").replace("\\", "")
    text = re.split(r"(?<=[a-z)])\. (?=[A-Z])", " ".join(text.split()))[0]
    text = re.sub(r"\s+([,.;:])", r"\1", text).strip(" ,.;:")
    text = re.sub(r"[;,:] as,[^;]*\b[a-z]$", "", text)
    return text if text.endswith('"') else text + "."


def definitions(package):
    """Every labelled definition once, with the word it defines."""
    text = gzip.decompress(member(package, "gcide.dict.dz")).decode("utf-8", "replace")
    seen = set()
    for entry in re.split(r"\n(?=\S)", text):
        word = re.sub(r"[^A-Za-z -]", "", entry.split("\\", 1)[0]).strip()
        parts = re.split(r"\[([^\]]*(?:Webster|PJC|WordNet|Century)[^\]]*)\]", entry)
        for part, source in zip(parts[::2], parts[1::2]):
            part = " ".join(part.split())
            for label in LABEL.finditer(part) if source in SOURCES else ():
                subject = SUBJECT_OF[label.group()[1:-1]]
                found = cleaned(part[label.end():])
                words = len(found.split())
                if 3 <= words <= 40 and "?" not in found and found.isascii() and not OMITTED.search(found) and (
                        found.lower() not in seen):
                    seen.add(found.lower())
                    yield word, found, subject


def dataset(package=None):
    """The largest classes' definitions; a hash of the word says which of three splits one belongs to."""
    with tempfile.TemporaryDirectory() as directory:
        rows = list(definitions(package or fetch("dict-gcide", directory)))
    sizes = collections.Counter(subject for _, _, subject in rows)
    kept = {subject for subject, _ in sizes.most_common(CLASSES)}
    found, counts = [], collections.Counter()
    ordered = sorted(rows, key=lambda row: hashlib.sha256(repr(row).encode()).digest())
    for word, text, subject in ordered:
        if subject in kept:
            number = hashlib.sha256(word.lower().encode()).digest()[0] % 20
            split = "test" if number < 3 else "validation" if number < 4 else "train"
            counts[subject, split] += 1
            if split != "train" or counts[subject, split] <= LARGEST:
                found.append(Definition(word, text, subject, split))
    return found


def shown(rows):
    """The rows of datasets/definitions.csv: of every class the first of its test split."""
    counts = collections.Counter()
    for row in rows:
        if row.split == "test" and counts[row.subject] < SHOWN:
            counts[row.subject] += 1
            yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", help="fetched with apt-get otherwise")
    path = ROOT / "datasets/definitions.csv"
    ids = collections.Counter()
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "definition", "subject"])
        for row in shown(dataset(parser.parse_args().package)):
            ids[row.word] += 1
            writer.writerow([row.word if ids[row.word] < 2 else f"{row.word} {ids[row.word]}", row.text, row.subject])
    print(path)


if __name__ == "__main__":
    main()
