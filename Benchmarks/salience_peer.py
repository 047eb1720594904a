"""The `salience` binary over the same texts, as a user runs it."""

import csv
import json
import pathlib
import subprocess
import sys
import time

PIPELINE = """\
name: benchmark
models: [{model}]
task: text-classification
dataset: {{path: {dataset}, columns: {{id: id, text: text}}, max_length: 512}}
methods:
  - {{name: integrated-gradients, id: ig, {rule}, baseline: pad, keep_special: true, target: predicted, layer: embeddings}}
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
        self.pipeline = self.folder / "pipeline.yaml"
        self.pipeline.write_text(PIPELINE.format(
            rule=rule, device=device, precision=precision,
            **{key: json.dumps(str(value)) for key, value in quoted.items()}))

    def run(self, *options):
        """Seconds of the whole command, and of scoring alone as its run.json tells them."""
        start = time.perf_counter()
        self.command("run", str(self.pipeline), "--overwrite", "--quiet", *options)
        whole = time.perf_counter() - start
        return whole, scoring_seconds(self.run_file())

    def run_file(self):
        """run.json of the last run."""
        return json.loads((self.output / "run.json").read_text())

    def scores(self):
        """Token scores of the last run, by row."""
        target = self.folder / "tokens.csv"
        self.command("export", str(self.output), "--format", "csv", "--output", str(target))
        scores = {}
        with target.open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                scores.setdefault(int(line["row"]), []).append(float(line["attribution"]))
        return scores

    def matmul_gflops(self, precision="f32"):
        """oneDNN's own rate on this machine as `salience devices` measures it; None where it does not say."""
        try:
            report = json.loads(self.command("devices", "--json"))
        except (SystemExit, ValueError):
            return None
        devices = report.get("devices", report) if isinstance(report, dict) else report
        devices = devices if isinstance(devices, list) else [devices]
        rates = [device.get("matmul_gflops_by_precision", {}).get(precision) for device in devices]
        return next((rate for rate in rates if rate), None)

    def command(self, *arguments):
        result = subprocess.run([self.binary, *arguments], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            print(f"salience {' '.join(arguments)} exited {result.returncode}", file=sys.stderr)
            raise SystemExit(1)
        return result.stdout


def scoring_seconds(run):
    """From the first text tokenised to the last score, the model already loaded.

    run.json has it by unit; units overlap, so that only a run of one unit (1,024 rows) tells its scoring time.
    """
    result, = run["results"]
    if result["units"] != 1:
        raise SystemExit("at most 1,024 rows: more take several units, whose times overlap")
    return float(result["totals"]["seconds"])
