#!/usr/bin/env python3
"""Bytes per token: what a run holds in memory by `salience check --json`, and what a finished run has on the disk.

    python3 Benchmarks/bytes_per_token.py --salience .build/release/salience [--models DIR...] [--run out/demo]

The checkpoints of real size are in Benchmarks/cache once `make bench` has made them; `make demo` makes out/demo.
Standard library only.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = [ROOT / "Benchmarks/cache/models/minilm-l6", ROOT / "Benchmarks/cache/models/distilbert-base"]

PIPELINE = """\
name: bytes-per-token
models: {models}
dataset: {{path: {dataset}, columns: {{id: id, text: text}}, max_length: 512}}
methods: [{{name: integrated-gradients, id: ig, steps: 50}}]
device: cpu
output: {{directory: {output}, formats: [parquet]}}
"""


def planned(binary, models):
    """What `salience check` plans for each model, by the name of its folder."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "texts.csv").write_text("id,text\n0,a good film\n")
        pipeline = folder / "pipeline.yaml"
        pipeline.write_text(PIPELINE.format(
            models=json.dumps([str(model.resolve()) for model in models]),
            dataset=json.dumps(str(folder / "texts.csv")), output=json.dumps(str(folder / "run"))))
        result = subprocess.run(
            [str(binary.resolve()), "check", str(pipeline), "--json"], stdout=subprocess.PIPE, check=True)
    return {model["model"]: model for model in json.loads(result.stdout)["models"]}


def print_planned(plans):
    parts = list(plans.values())

    def row(name, once_for, value):
        print(f"| {name} | {once_for} | " + " | ".join(value(part["memory"]) for part in parts) + " |")

    def together(memory):
        token = memory["end_points_per_token"] + memory["accumulator_per_token_and_target"]
        worker = memory["worker_arena"] + memory["example_tokens"] * token
        return memory["plain_weights"] + memory["packed_weights"] + memory["workers"] * worker

    print("| in memory | once for | " + " | ".join(plans) + " |")
    print("| --- | --- |" + " ---: |" * len(plans))
    row("tables and vectors", "model", lambda memory: f"{memory['plain_weights']:,}")
    row("matrices, packed for forward and backward", "model", lambda memory: f"{memory['packed_weights']:,}")
    row("arena of activations and gradients", "worker and token of its evaluation batch",
        lambda memory: f"{memory['worker_arena'] / memory['evaluation_tokens']:,.0f}")
    row("ends of the path", "worker and token of its examples",
        lambda memory: f"{memory['end_points_per_token']:,}")
    row("accumulators", "worker, token of its examples and target",
        lambda memory: f"{memory['accumulator_per_token_and_target']:,}")
    row("tokens of an evaluation batch", "", lambda memory: f"{memory['evaluation_tokens']:,}")
    row("tokens of a worker's examples", "", lambda memory: f"{memory['example_tokens']:,}")
    row("all of it", "run", lambda memory: f"{together(memory):,}")
    workers = {part["memory"]["workers"] for part in parts}
    print(f"\n{', '.join(map(str, workers))} workers, 50 steps, one target, float32; "
          "bytes but for the two counts of tokens.\n")


def print_written(run):
    """Sizes by the manifests of a finished run, over all its models."""
    sizes, rows = {}, {}
    for manifest in sorted((run / "state").glob("*/unit-*.json")):
        for part in json.loads(manifest.read_text())["parts"]:
            table = part["table"]
            sizes[table] = sizes.get(table, 0) + part["bytes"]
            rows[table] = rows.get(table, 0) + part["rows"]
    if not rows.get("attributions"):
        raise SystemExit(f"{run} is not a finished run with token rows")
    tokens = rows["attributions"]
    print("| on the disk | rows | bytes | bytes per row | bytes per token row |\n" + "| --- |" + " ---: |" * 4)
    for table in sizes:
        if rows[table]:
            print(f"| {table}, Parquet | {rows[table]:,} | {sizes[table]:,} | {sizes[table] / rows[table]:.1f} "
                  f"| {sizes[table] / tokens:.2f} |")
    print(f"| Parquet together | | {sum(sizes.values()):,} | | {sum(sizes.values()) / tokens:.2f} |")
    if (run / "tokens.csv").exists():
        size = os.path.getsize(run / "tokens.csv")
        print(f"| tokens.csv | {tokens:,} | {size:,} | {size / tokens:.1f} | {size / tokens:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--models", nargs="*", default=MODELS, type=pathlib.Path)
    parser.add_argument("--run", default=ROOT / "out/demo", type=pathlib.Path)
    arguments = parser.parse_args()
    for path in [arguments.salience, *arguments.models]:
        if not path.exists():
            parser.error(f"{path} is not there: make bench")
    if not (arguments.run / "_SUCCESS").exists():
        parser.error(f"{arguments.run} is no finished run: make demo")
    print_planned(planned(arguments.salience, arguments.models))
    print_written(arguments.run)


if __name__ == "__main__":
    main()
