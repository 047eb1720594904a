#!/usr/bin/env python3
"""What half precision costs in quality: token scores in bf16 beside those in f32, over real texts.

    python3 Benchmarks/quality.py --salience .build/release/salience [--rows 500] [--precision bf16] [--steps 50]

The trained demo checkpoints, and MiniLM-L6 where Benchmarks/cache/models holds it (run.py makes it; its encoder is
trained, its head of 2 classes is seeded). Standard library only. Prints a Markdown table: cosine of a text's token
scores, median and worst; how far they are apart relative to their norm; texts whose predicted class changed; and by
how much the scores' sum misses F(x) - F(x'), beside the size of that sum. The target is class 1 for every text, so
that both precisions explain the same. Exits 1 where a median cosine is below 0.999.
"""

import argparse
import csv
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENOUGH = 0.999

PIPELINE = """\
name: quality
models: {models}
dataset: {{path: {dataset}, columns: {{text: text}}}}
methods: [{{name: integrated-gradients, id: ig, steps: {steps}, target: 1}}]
device: {device}
output: {{directory: {output}, formats: [parquet, csv], text: false}}
"""


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--rows", default=500, type=int)
    parser.add_argument("--steps", default=50, type=int)
    parser.add_argument("--precision", default="bf16", choices=("bf16", "f16"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--models", nargs="+", type=pathlib.Path, help="checkpoint folders instead")
    arguments = parser.parse_args()
    if not arguments.salience.exists():
        parser.error(f"{arguments.salience} is not there: make build")
    return arguments


def models():
    known = [*sorted((ROOT / "models/demo").glob("checkpoint-*")), ROOT / "Benchmarks/cache/models/minilm-l6"]
    return [folder for folder in known if (folder / "config.json").exists()]


def score(arguments, folders, precision, scratch):
    """Token scores and predictions by model and row, and each model's totals from run.json."""
    output = scratch / precision
    pipeline = scratch / f"{precision}.yaml"
    # JSON strings are YAML strings too, whatever the path holds.
    pipeline.write_text(PIPELINE.format(
        models=json.dumps([str(folder.resolve()) for folder in folders]), steps=arguments.steps,
        device=arguments.device, dataset=json.dumps(str(ROOT / "datasets/reviews.csv")),
        output=json.dumps(str(output))))
    command = [arguments.salience.resolve(), "run", pipeline, "--precision", precision, "--limit", str(arguments.rows)]
    if subprocess.run([*map(str, command), "--quiet"], stdin=subprocess.DEVNULL).returncode != 0:
        raise SystemExit(f"salience run --precision {precision} failed")
    run = json.loads((output / "run.json").read_text())
    if run["precision"]["used"] != precision:
        raise SystemExit(f"{arguments.device} has no {precision}: {run['precision']['used']} was used")
    scores, predictions = {}, {}
    with (output / "tokens.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            scores.setdefault(line["model"], {}).setdefault(int(line["row"]), []).append(float(line["attribution"]))
            predictions.setdefault(line["model"], {})[int(line["row"])] = line["predicted"]
    return scores, predictions, {result["model"]: result["totals"]["methods"][0] for result in run["results"]}


def norm(values):
    return math.sqrt(math.fsum(value * value for value in values))


def cosine(a, b):
    scale = norm(a) * norm(b)
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / scale if scale else float(norm(a) == norm(b))


def delta(totals):
    return totals["abs_delta_sum"] / max(1, totals["deltas"])


def main():
    arguments = options()
    folders = arguments.models or models()
    with tempfile.TemporaryDirectory() as scratch:
        results = [score(arguments, folders, precision, pathlib.Path(scratch))
                   for precision in ("f32", arguments.precision)]
    (exact, exact_classes, exact_totals), (half, half_classes, half_totals) = results
    columns = ["model", "texts", "cosine, median", "worst", "distance, median", "worst", "classes changed",
               "delta f32, mean", f"delta {arguments.precision}, mean", "of a mean sum of"]
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    poor = []
    for model, texts in exact.items():
        pairs = [(half[model][row], scores) for row, scores in texts.items()]
        cosines = sorted(cosine(own, scores) for own, scores in pairs)
        distances = sorted(norm([x - y for x, y in zip(own, scores)]) / (norm(scores) or 1) for own, scores in pairs)
        changed = sum(half_classes[model][row] != name for row, name in exact_classes[model].items())
        size = statistics.mean(abs(math.fsum(scores)) for scores in texts.values())
        cells = [model, len(texts), f"{statistics.median(cosines):.6f}", f"{cosines[0]:.5f}",
                 f"{statistics.median(distances):.2%}", f"{distances[-1]:.2%}", changed,
                 f"{delta(exact_totals[model]):.5f}", f"{delta(half_totals[model]):.5f}", f"{size:.3f}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
        if statistics.median(cosines) < ENOUGH:
            poor.append(model)
    print("\n".join(lines))
    if poor:
        print(f"median cosine below {ENOUGH}: {', '.join(poor)}", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
