#!/usr/bin/env python3
"""Holds every method to the promises that all methods share, on short texts of the demo.

    python Scripts/checks/every_method.py [--binary PATH] [--rows N] [--kills N] [--device vulkan:0]

Needs pyarrow (requirements.txt). The names come from the binary itself, so that a new method is held to them too:

- a run of all methods that is killed again and again and resumed ends with the same tables, byte by byte;
- a text scored alone has the same scores, bit by bit, as among its neighbours (on processors with AVX-512);
- on another device the scores are the same within 1e-4 of their norm, sampled ones included; with a tolerance, whose
  points may be others there, within that.
"""

import argparse
import collections
import csv
import hashlib
import json
import math
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import pyarrow.dataset as ds

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What a method wants said; the rest have their defaults.
SETTINGS = {"occlusion": {"window": 3}, "shapley-exact": {"features": "words"}}
# Of the same methods with other settings.
MORE = [
    {"name": "saliency", "id": "smoothgrad", "noise": {"samples": 4}},
    {"name": "integrated-gradients", "id": "tolerance", "tolerance": 0.01},
    {"name": "integrated-gradients", "id": "noisy-tolerance", "tolerance": 0.01, "noise": {"samples": 3}},
    {"name": "gradient-shap", "id": "dataset-baselines", "baseline_texts": 8},
]


class Runs:
    def __init__(self, options, work):
        self.binary, self.work = str(pathlib.Path(options.binary).resolve()), work
        refusal = subprocess.run(
            [self.binary, "attribute", "x", "--model", "models/demo/checkpoint-8000", "--method", "?"], cwd=ROOT,
            capture_output=True, text=True).stderr
        self.names = re.search(r"known are ([^\n]*)", refusal)[1].split(", ")
        with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as file:
            # Few enough words for exact Shapley values.
            texts = [(row["id"], row["text"]) for row in csv.DictReader(file)
                     if 2 <= len(re.findall(r"\w+|[^\w\s]", row["text"])) <= 8]
        self.texts = texts[: options.rows]

    def pipeline(self, name, texts):
        # The same file for the same texts: the tables name it.
        dataset = self.work / f"{len(texts)}-texts.csv"
        with dataset.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text"])
            writer.writerows(texts)
        path = self.work / f"{name}.yaml"
        methods = [{"name": method, **SETTINGS.get(method, {})} for method in self.names] + MORE
        path.write_text(json.dumps({
            "models": [str(ROOT / "models/demo/checkpoint-8000")],
            "dataset": {"path": str(dataset), "columns": {"id": "id", "text": "text"}}, "methods": methods,
            "output": {"directory": str(self.work / name)}}))
        return path

    def start(self, pipeline, *more):
        return subprocess.Popen(
            [self.binary, "run", str(pipeline), "--quiet", *more], cwd=ROOT, stderr=(self.work / "log").open("w"))

    def finish(self, name, texts, *more):
        began = time.monotonic()
        process = self.start(self.pipeline(name, texts), *more)
        if process.wait() != 0:
            sys.exit(f"{name}: exit {process.returncode}: {(self.work / 'log').read_text()}")
        return time.monotonic() - began

    def files(self, name):
        found = sorted(path for path in (self.work / name).rglob("*.parquet"))
        return {str(path.relative_to(self.work / name)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}

    def scores(self, name):
        """For each text, method and target, the scores of its tokens."""
        table = ds.dataset(self.work / name / "attributions", format="parquet", partitioning="hive").to_table(
            columns=["example_id", "method", "target", "position", "attribution"])
        found = collections.defaultdict(dict)
        for row in table.to_pylist():
            found[row["example_id"], row["method"], row["target"]][row["position"]] = row["attribution"]
        return {key: [values[place] for place in sorted(values)] for key, values in found.items()}


def length(values):
    return math.sqrt(sum(value * value for value in values))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=ROOT / ".build/release/salience")
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", help="another device to compare with, vulkan:0 for one")
    parser.add_argument("--work", default="/tmp/salience-every-method", help="is removed and made anew")
    options = parser.parse_args()
    random.seed(options.seed)
    work = pathlib.Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    runs, faults = Runs(options, work), []

    seconds = runs.finish("whole", runs.texts, "--device", "cpu")
    whole = runs.scores("whole")
    print(f"{len(runs.names)} methods, {len(runs.texts)} texts, {len(whole)} explanations in {seconds:.1f} s")
    empty = set(runs.names) - {method for _, method, _ in whole}
    if empty:
        print(f"without token scores of their own: {', '.join(sorted(empty))}")

    killed = runs.pipeline("killed", runs.texts)
    dataset = json.loads(killed.read_text())
    for kill in range(options.kills):
        process = runs.start(killed, "--resume", "--device", "cpu")
        time.sleep(random.uniform(0.1, seconds))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (work / "killed" / "_SUCCESS").exists():
            break
    runs.finish("killed", runs.texts, "--resume", "--device", "cpu")
    same = runs.files("whole") == runs.files("killed")
    print(f"killed up to {options.kills} times and resumed: {len(runs.files('killed'))} tables,"
          f" {'the same' if same else 'DIFFERENT'}")
    if not same:
        faults.append("tables of the killed run")

    baselines = {entry["id"] for entry in dataset["methods"] if "baseline_texts" in entry}
    for text in runs.texts[:: max(1, len(runs.texts) // 3)]:
        runs.finish("alone", [text], "--device", "cpu", "--overwrite")
        for key, scores in runs.scores("alone").items():
            # What is drawn from the dataset is another text here.
            if key[1] not in baselines and scores != whole.get(key):
                faults.append(f"{key[1]} of {key[0]} alone")
    print(f"alone: {'the same' if len(faults) == (not same) else 'DIFFERENT'}")

    if options.device:
        tolerances = {entry["id"]: entry["tolerance"] for entry in MORE if "tolerance" in entry}
        runs.finish("device", runs.texts, "--device", options.device)
        worst = collections.defaultdict(float)
        other = runs.scores("device")
        for key, scores in whole.items():
            error = length([a - b for a, b in zip(scores, other.get(key, []))]) if key in other else math.inf
            worst[key[1]] = max(worst[key[1]], error / length(scores) if length(scores) else error)
        for method, error in sorted(worst.items(), key=lambda item: -item[1]):
            print(f"{options.device}: {method}: {error:.1e} of the norm")
            if error > tolerances.get(method, 1e-4):
                faults.append(f"{method} on {options.device}: {error:.1e}")
    for fault in faults:
        print(f"FAULT: {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
