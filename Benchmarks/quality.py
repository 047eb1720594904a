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

from scores import COSINE, cosine, distance
from tables import table

ROOT = pathlib.Path(__file__).resolve().parent.parent

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


def delta(totals):
    return totals["abs_delta_sum"] / max(1, totals["deltas"])


def measure(arguments, folders):
    """What half precision does to the scores of each model."""
    with tempfile.TemporaryDirectory() as scratch:
        results = [score(arguments, folders, precision, pathlib.Path(scratch))
                   for precision in ("f32", arguments.precision)]
    (exact, exact_classes, exact_totals), (half, half_classes, half_totals) = results
    found = []
    for model, texts in exact.items():
        pairs = [(half[model][row], scores) for row, scores in texts.items()]
        cosines, distances = [cosine(*pair) for pair in pairs], [distance(*pair) for pair in pairs]
        found.append({
            "model": model, "texts": len(texts), "cosine": statistics.median(cosines), "worst_cosine": min(cosines),
            "distance": statistics.median(distances), "worst_distance": max(distances),
            "changed": sum(half_classes[model][row] != name for row, name in exact_classes[model].items()),
            "delta": delta(exact_totals[model]), "half_delta": delta(half_totals[model]),
            "sum": statistics.mean(abs(math.fsum(scores)) for scores in texts.values())})
    return found


def render(found, precision):
    columns = ["model", "texts", "cosine, median", "worst", "distance, median", "worst", "classes changed",
               "delta f32, mean", f"delta {precision}, mean", "of a mean sum of"]
    return table(columns, [[
        entry["model"], entry["texts"], f"{entry['cosine']:.6f}", f"{entry['worst_cosine']:.5f}",
        f"{entry['distance']:.2%}", f"{entry['worst_distance']:.2%}", entry["changed"], f"{entry['delta']:.5f}",
        f"{entry['half_delta']:.5f}", f"{entry['sum']:.3f}"] for entry in found])


def poor(found):
    """A line where a median cosine is below what is allowed."""
    models = [entry["model"] for entry in found if not entry["cosine"] >= COSINE]
    return [f"median cosine below {COSINE}: {', '.join(models)}"] if models else []


def main():
    arguments = options()
    found = measure(arguments, arguments.models or models())
    print(render(found, arguments.precision))
    if faults := poor(found):
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
