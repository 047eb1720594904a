#!/usr/bin/env python3
"""Draws the README's pictures: words of one text coloured by their scores, under two checkpoints or towards each class.

    python3 Scripts/pictures/make_picture.py [--salience .build/release/salience] [--text TEXT] [--output docs/attribution.svg]
    python3 Scripts/pictures/make_picture.py --target all --output docs/both-classes.svg

The scores are those of `salience attribute --json`; standard library only.
"""

import argparse
import html
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ("models/demo/checkpoint-0100", "models/demo/checkpoint-8000")
TEXT = "The plot is fine, but the ending is not good at all."
# A monospaced face: the width of a letter is known without measuring.
SIZE, ADVANCE, LINE, MARGIN = 15, 9.03, 26, 20


def attribute(salience, text, model, target, normalize):
    command = [salience, "attribute", text, "--model", model, "--target", target, "--normalize", normalize, "--json"]
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
    return json.loads(result.stdout)


def words(explanation, text):
    """Each word's (start, end, score): the pieces of a word joined, their scores summed."""
    joined = {}
    for token in explanation["tokens"]:
        if token["special"] or token["word"] is None:
            continue
        start, end, score = joined.get(token["word"], (token["start"], token["end"], 0.0))
        joined[token["word"]] = (min(start, token["start"]), max(end, token["end"]), score + token["normalized"])
    return [joined[word] for word in sorted(joined)]


def colour(score):
    """Green for the target, red against it; the strength is the score's."""
    red, green, blue = (26, 150, 80) if score > 0 else (215, 60, 50)
    return f"rgb({red},{green},{blue})", min(1.0, abs(score)) * 0.75


def document(parts, width, height):
    style = (f"text{{font:{SIZE}px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1c1c1c}}"
             ".title{font-weight:bold}.note{font-size:12px;fill:#555}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}">\n<style>{style}</style>\n'
            f'<rect width="100%" height="100%" rx="8" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def draw(rows, note):
    """An SVG of rows: a title, a text and the explanation that colours it."""
    parts, y = [], MARGIN + SIZE
    columns = 0
    for title, text, explanation in rows:
        parts.append(f'<text x="{MARGIN}" y="{y}" class="title">{html.escape(title)}</text>')
        y += LINE
        scored = words(explanation, text)
        for start, end, score in scored:
            fill, opacity = colour(score)
            parts.append(
                f'<rect x="{MARGIN + start * ADVANCE - 1:.1f}" y="{y - SIZE - 2}" rx="3" '
                f'width="{(end - start) * ADVANCE + 2:.1f}" height="{SIZE + 8}" fill="{fill}" '
                f'fill-opacity="{opacity:.2f}"/>')
        for start, end, _ in scored:
            parts.append(f'<text x="{MARGIN + start * ADVANCE:.1f}" y="{y}" '
                         f'textLength="{(end - start) * ADVANCE:.1f}">{html.escape(text[start:end])}</text>')
        columns = max(columns, len(text))
        y += LINE + 14
    parts.append(f'<text x="{MARGIN}" y="{y - 4}" class="note">{html.escape(note, quote=False)}</text>')
    return document(parts, columns * ADVANCE + 2 * MARGIN, y + MARGIN - 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=str(ROOT / ".build/release/salience"))
    parser.add_argument("--text", default=TEXT)
    parser.add_argument("--target", default="positive")
    parser.add_argument("--output", default=ROOT / "docs/attribution.svg", type=pathlib.Path)
    arguments = parser.parse_args()
    rows = []
    for model in MODELS[1:] if arguments.target == "all" else MODELS:
        normalize = "l2-full" if arguments.target == "all" else "l2"
        example = attribute(arguments.salience, arguments.text, model, arguments.target, normalize)
        title = f"{pathlib.Path(model).name}: {example['predicted']}, {example['probability']:.0%}"
        for explanation in example["explanations"]:
            towards = f"; why {explanation['target']}?" if arguments.target == "all" else ""
            rows.append((title + towards, example["text"], explanation))
    note = ("green: for the class in question; red: against it" if arguments.target == "all"
            else f'green: for "{arguments.target}"; red: against it')
    arguments.output.parent.mkdir(exist_ok=True)
    arguments.output.write_text(draw(rows, note), encoding="utf-8")
    print(arguments.output)


if __name__ == "__main__":
    main()
