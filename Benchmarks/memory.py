#!/usr/bin/env python3
"""Peak memory and seconds of `salience run` as rows grow: memory should not grow with the dataset.

    python3 Benchmarks/memory.py --salience .build/release/salience [--rows 10000 100000]

A tiny checkpoint and 2 steps, so that rows, not arithmetic, fill the time; standard library only. Exits 1 where the
largest run takes more than 10 % above the smallest.
"""

import argparse
import csv
import pathlib
import random
import sys
import tempfile

from child_process import measured
from tables import table

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = ROOT / "Tests/Fixtures/attribution/distilbert-2-f16"
ALLOWED = 1.10
COLUMNS = ("rows", "peak MiB", "seconds", "ms a row")

PIPELINE = """\
name: memory
models: [{model}]
dataset: {{path: {dataset}, columns: {{id: id, text: text}}}}
methods: [{{name: integrated-gradients, id: ig, steps: 2}}]
device: cpu
output: {{directory: {output}, formats: [parquet]}}
"""


def write_rows(path, count, texts):
    """Rows of like lengths in any part of the file: real texts, drawn in a seeded order."""
    draw = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        for row in range(count):
            writer.writerow([row, draw.choice(texts)])


def measure(binary, rows, model=MODEL):
    """Peak bytes and seconds of the whole command on so many rows."""
    with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_rows(folder / "rows.csv", rows, texts)
        pipeline = folder / "pipeline.yaml"
        pipeline.write_text(PIPELINE.format(
            model=model.resolve(), dataset=folder / "rows.csv", output=folder / "run"))
        seconds, peak = measured([binary.resolve(), "run", pipeline, "--quiet"])
    return {"rows": rows, "peak_bytes": peak, "seconds": seconds}


def line(result):
    rows, seconds = result["rows"], result["seconds"]
    return [f"{rows:,}", f"{result['peak_bytes'] / 2**20:.1f}", f"{seconds:.2f}", f"{seconds / rows * 1e3:.3f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--rows", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--model", default=MODEL, type=pathlib.Path)
    arguments = parser.parse_args()
    if not arguments.salience.exists():
        parser.error(f"{arguments.salience} is not there: make build")
    results = [measure(arguments.salience, rows, arguments.model) for rows in sorted(arguments.rows)]
    print(table(COLUMNS, map(line, results)))
    peaks = [result["peak_bytes"] for result in results]
    ratio = peaks[-1] / peaks[0]
    print(f"\nratio {ratio:.3f}")
    sys.exit(ratio > ALLOWED)


if __name__ == "__main__":
    main()
