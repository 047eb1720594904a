#!/usr/bin/env python3
"""Peak memory of `salience run` on 10,000 and on 100,000 rows: it should not grow with the dataset.

    python3 Benchmarks/memory.py --salience .build/release/salience [--rows 10000 100000]

A tiny checkpoint and 2 steps, so that rows, not arithmetic, fill the time; standard library only. Exits 1 where the
largest run takes more than 10 % above the smallest.
"""

import argparse
import csv
import os
import pathlib
import random
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOWED = 1.10

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


def peak_bytes(command):
    """The child's peak resident memory."""
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)} exited {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--rows", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--model", default=ROOT / "Tests/Fixtures/attribution/distilbert-2-f16", type=pathlib.Path)
    arguments = parser.parse_args()
    if not arguments.salience.exists():
        parser.error(f"{arguments.salience} is not there: make build")
    with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    peaks = []
    print("| rows | peak MiB |\n| --- | --- |")
    for rows in sorted(arguments.rows):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            write_rows(folder / "rows.csv", rows, texts)
            pipeline = folder / "pipeline.yaml"
            pipeline.write_text(PIPELINE.format(
                model=arguments.model.resolve(), dataset=folder / "rows.csv", output=folder / "run"))
            peaks.append(peak_bytes([str(arguments.salience.resolve()), "run", str(pipeline), "--quiet"]))
        print(f"| {rows:,} | {peaks[-1] / 2**20:.1f} |", flush=True)
    ratio = peaks[-1] / peaks[0]
    print(f"\nratio {ratio:.3f}")
    sys.exit(ratio > ALLOWED)


if __name__ == "__main__":
    main()
