"""The `salience` binary over the same texts, as a user runs it."""

import csv
import json
import pathlib
import subprocess
import sys

from child_process import measured

PIPELINE = """\
name: benchmark
models: [{model}]
task: text-classification
dataset: {{path: {dataset}, columns: {{id: id, text: text}}, max_length: 512}}
methods:
  - {{name: integrated-gradients, id: ig, {rule}, baseline: pad, keep_special: true, target: predicted,
      layer: embeddings}}
device: {device}
precision: {precision}
output: {{directory: {output}, formats: [parquet], compression: zstd, text: false}}
"""


class SaliencePeer:
    """One model and one file of texts."""

    def __init__(self, binary, directory, texts, folder, steps, device="cpu", precision="f32",
                 tolerance=None):
        self.binary = str(pathlib.Path(binary).resolve())
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.output = self.folder / "run"
        dataset = self.folder / "texts.csv"
        with dataset.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text"])
            writer.writerows(enumerate(texts))
        # JSON strings are YAML strings too, whatever the path holds.
        quoted = {"model": directory, "dataset": dataset, "output": self.output}
        rule = f"tolerance: {tolerance}" if tolerance else f"steps: {steps}, quadrature: gauss-legendre"
        self.peak_bytes = 0
        self.pipeline = self.folder / "pipeline.yaml"
        self.pipeline.write_text(PIPELINE.format(
            rule=rule, device=device, precision=precision,
            **{key: json.dumps(str(value)) for key, value in quoted.items()}))

    def run(self, *options):
        """Seconds of the whole command, and of scoring alone as its run.json tells them."""
        whole, peak = measured([self.binary, "run", self.pipeline, "--overwrite", "--quiet", *options])
        self.peak_bytes = max(self.peak_bytes, peak)
        return whole, scoring_seconds(self.run_file())

    def run_file(self):
        """run.json of the last run."""
        return json.loads((self.output / "run.json").read_text())

    def method(self):
        """The last run's totals of its one method: explanations, steps, deltas and those that did not converge."""
        method, = self.run_file()["results"][0]["totals"]["methods"]
        return method

    def scores(self):
        """Token scores of the last run, by row."""
        target = self.folder / "tokens.csv"
        self.command("export", str(self.output), "--format", "csv", "--output", str(target), "--quiet")
        scores = {}
        with target.open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                scores.setdefault(int(line["row"]), []).append(float(line["attribution"]))
        return scores

    def command(self, *arguments):
        return output_of(self.binary, *arguments)


def output_of(binary, *arguments):
    """What the command writes on standard output."""
    result = subprocess.run([str(binary), *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        print(f"salience {' '.join(arguments)} exited {result.returncode}", file=sys.stderr)
        raise SystemExit(1)
    return result.stdout


def matmul_gflops(binary):
    """oneDNN's own rates on this machine by precision, as `salience devices` measures them at this moment."""
    devices = json.loads(output_of(binary, "devices", "--json"))["devices"]
    return next(device["matmul_gflops_by_precision"] for device in devices if device["name"] == "cpu")


def scoring_seconds(run):
    """From the first text tokenised to the last score, the model already loaded.

    run.json has it by unit; units overlap, so that only a run of one unit (1,024 rows) tells its scoring time.
    """
    result, = run["results"]
    if result["units"] != 1:
        raise SystemExit("at most 1,024 rows: more take several units, whose times overlap")
    return float(result["totals"]["seconds"])
