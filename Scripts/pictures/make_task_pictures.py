#!/usr/bin/env python3
"""Draws the README's pictures of the other tasks from the tables of their pipelines in `pipelines/`.

    python3 Scripts/pictures/make_task_pictures.py [question-answering | mean-pooling | causal-lm]
                                          [--salience .build/release/salience]

Standard library only.
"""

import argparse
import csv
import html
import json
import subprocess
import tempfile
import textwrap

from make_picture import ADVANCE, LINE, MARGIN, ROOT, SIZE, colour, document

COLUMNS = 88
QUESTIONS = ("danube-source",)
DEFINITIONS = ("Brancher", "Pot-au-feu", "Thalia", "Off", "Token", "Chatter mark")
PROMPT = "emma"
CELL, LEFT = 19, 100


def tokens(salience, pipeline):
    """A run's tokens, a list for each explanation: (example, method, target position) and rows of tokens.csv."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([salience, "run", f"pipelines/{pipeline}.yaml", "--output", f"{directory}/run", "--quiet"],
                       cwd=ROOT, check=True)
        with open(f"{directory}/run/tokens.csv", encoding="utf-8", newline="") as file:
            found = {}
            for row in csv.DictReader(file):
                key = (row["example_id"], row["method"], row["target_position"], row["target"])
                found.setdefault(key, []).append(row)
            return found


def words(rows, segment):
    """Each word's (start, end, score), its pieces' scores summed, of one of an example's two texts."""
    joined = {}
    for row in rows:
        if row["special"] == "true" or row["segment"] != segment or not row["word"]:
            continue
        own = (int(row["start"]), int(row["end"]), float(row["normalized"]))
        start, end, score = joined.get(row["word"], (own[0], own[1], 0.0))
        joined[row["word"]] = (min(start, own[0]), max(end, own[1]), score + own[2])
    return sorted(joined.values())


def breaks(text):
    """Where each line of a wrapped text begins."""
    starts = [0]
    while len(text) - starts[-1] > COLUMNS:
        starts.append(text.rindex(" ", starts[-1], starts[-1] + COLUMNS + 1) + 1)
    return starts


class Page:
    def __init__(self):
        self.parts, self.y = [], MARGIN + SIZE

    def line(self, text, kind="title", step=LINE):
        self.parts.append(f'<text x="{MARGIN}" y="{self.y}" class="{kind}">{html.escape(text, quote=False)}</text>')
        self.y += step

    def text(self, text, scored, marked=None):
        """A wrapped text, its words coloured by their scores, and a frame around a range of it."""
        starts = breaks(text)

        def place(at):
            row = max(i for i, start in enumerate(starts) if start <= at)
            return MARGIN + (at - starts[row]) * ADVANCE, self.y + row * LINE

        for start, end, score in scored:
            (x, y), (fill, opacity) = place(start), colour(score)
            self.parts.append(
                f'<rect x="{x - 1:.1f}" y="{y - SIZE - 2}" rx="3" width="{(end - start) * ADVANCE + 2:.1f}" '
                f'height="{SIZE + 8}" fill="{fill}" fill-opacity="{opacity:.2f}"/>')
        if marked:
            # A frame for each line that the range has a part in.
            ends = [start - 1 for start in starts[1:]] + [len(text)]
            for first, last in ((max(marked[0], a), min(marked[1], b)) for a, b in zip(starts, ends)):
                if first < last:
                    x, y = place(first)
                    self.parts.append(
                        f'<rect x="{x - 3:.1f}" y="{y - SIZE - 4}" rx="4" width="{(last - first) * ADVANCE + 6:.1f}" '
                        f'height="{SIZE + 12}" fill="none" stroke="#2458c5" stroke-width="2"/>')
        for start, end, _ in scored:
            x, y = place(start)
            self.parts.append(f'<text x="{x:.1f}" y="{y}" textLength="{(end - start) * ADVANCE:.1f}">'
                              f'{html.escape(text[start:end])}</text>')
        self.y += LINE * len(starts)

    def document(self, note, width=COLUMNS * ADVANCE + 2 * MARGIN):
        self.parts.append(f'<text x="{MARGIN}" y="{self.y}" class="note">{html.escape(note, quote=False)}</text>')
        return document(self.parts, width, self.y + MARGIN)


def question_answering(found):
    entries = {entry["id"]: (entry["question"], paragraph["context"])
               for article in json.loads((ROOT / "datasets/questions.json").read_text(encoding="utf-8"))["data"]
               for paragraph in article["paragraphs"] for entry in paragraph["qas"]}
    page = Page()
    for (example, _, _, target), rows in found.items():
        if example in QUESTIONS:
            question, context = entries[example]
            answer = rows[0]["predicted"]
            where = context.index(answer)
            word = answer.split()[0 if target == "start" else -1]
            page.line(f'"{answer}", {float(rows[0]["probability"]):.0%}; why does it {target} with "{word}"?')
            page.text(question, words(rows, "0"))
            page.text(context, words(rows, "1"), (where, where + len(answer)))
            page.y += 14
    return page.document("green: for this word; red: against it; framed: the answer")


def mean_pooling(found):
    with open(ROOT / "datasets/definitions.csv", encoding="utf-8", newline="") as file:
        texts = {row["id"]: row["definition"] for row in csv.DictReader(file)}
    page = Page()
    for (example, *_), rows in found.items():
        if example in DEFINITIONS:
            page.line(f"{rows[0]['predicted']}, {float(rows[0]['probability']):.0%}")
            page.text(texts[example], words(rows, "0"))
            page.y += 12
    return page.document("one of 93 subjects each; green: for the subject given; red: against it")


def causal_lm(found):
    """A heat map: a row for each generated token, its shares over the tokens before it in the columns."""
    own = {int(position): rows for (example, method, position, _), rows in found.items()
           if example == PROMPT and method == "saliency"}
    last = own[max(own)]
    names = [row["token"] for row in last] + [last[0]["target"]]
    with open(ROOT / "datasets/prompts.csv", encoding="utf-8", newline="") as file:
        prompt = next(row["prompt"] for row in csv.DictReader(file) if row["id"] == PROMPT)
    page, parts = Page(), []
    page.line(f"{prompt} ...", step=LINE - 4)
    for line in textwrap.wrap(last[0]["predicted"].strip(), COLUMNS):
        page.line(line, "text", LINE - 4)
    first, top, strongest = min(own), page.y + 62, 0.3
    for position, name in enumerate(names[:-1]):
        # A generated token's column begins below its own row.
        x, y = LEFT + position * CELL + CELL / 2 + 4, top + max(0, position - first + 1) * CELL - 6
        parts.append(f'<text x="{x:.1f}" y="{y}" transform="rotate(-55 {x:.1f} {y})">{html.escape(shown(name))}</text>')
    for line, (position, rows) in enumerate(sorted(own.items())):
        y = top + line * CELL
        name = html.escape(shown(names[position]))
        parts.append(f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{name}</text>')
        for row in rows:
            share = min(1.0, float(row["normalized"]) / strongest)
            parts.append(f'<rect x="{LEFT + int(row["position"]) * CELL}" y="{y}" width="{CELL - 1}" '
                         f'height="{CELL - 1}" fill-opacity="{0.04 + 0.96 * share:.2f}"/>')
    page.parts += ['<g fill="#1a9650" style="font-size:14px">', *parts, "</g>"]
    page.y = top + len(own) * CELL + 22
    return page.document("each row: a generated token, and the share of each token before it; full green: "
                         f"{strongest:.0%} or more", max(LEFT + len(names) * CELL, COLUMNS * ADVANCE) + 2 * MARGIN)


def shown(token):
    """A token of a byte-level vocabulary, its space as a dot and its line feed as a sign."""
    return token.replace("\u0120", "\u00b7").replace("\u010a", "\u23ce")


PICTURES = {"question-answering": question_answering, "mean-pooling": mean_pooling, "causal-lm": causal_lm}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", nargs="*", choices=[[], *PICTURES])
    parser.add_argument("--salience", default=str(ROOT / ".build/release/salience"))
    arguments = parser.parse_args()
    for name in arguments.picture or PICTURES:
        path = ROOT / f"docs/{name}.svg"
        path.write_text(PICTURES[name](tokens(arguments.salience, name)), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
