#!/usr/bin/env python3
"""Interrupts a run at random moments and shows what that costs.

A run of one unit that takes several minutes is made twice: once without an interruption, and once with many, by SIGKILL,
SIGINT, SIGTERM and SIGUSR1 in turn, each time resumed with the same command. Checked are

- that the tables are the same, byte by byte, and verify;
- that no interruption costs more than a minute of work: the processor time of each attempt, without that of its start,
  is compared with the time that the rows it added to what is kept took in the run without interruptions;
- that the message of each attempt that could still speak tells how many rows are kept.

Example: nice Scripts/checks/interrupt_run.py --moments 40
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/salience")
    parser.add_argument("--pipeline", default="pipelines/demo.yaml")
    parser.add_argument("--model", default="models/demo/checkpoint-8000")
    parser.add_argument("--rows", type=int, default=1024, help="at most the rows of one unit, 1024")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--moments", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", default="/tmp/salience-interrupted", help="is removed and made anew")
    return parser.parse_args()


class Runs:
    def __init__(self, options):
        self.options = options

    def command(self, output, *more, rows=None):
        return [
            self.options.binary, "run", self.options.pipeline, "--model", self.options.model, "--limit",
            str(rows or self.options.rows), "--set", f"methods.0.steps={self.options.steps}", "--device", "cpu",
            "--output", str(output), "--quiet", *more,
        ]

    def start(self, output, *more, rows=None, log):
        return subprocess.Popen(
            self.command(output, *more, rows=rows), stderr=open(log, "w"), start_new_session=True)

    def finish(self, output, *more, rows=None, log):
        """Seconds of the clock and of the processors."""
        began = time.monotonic()
        process = self.start(output, *more, rows=rows, log=log)
        status, used = wait(process)
        if status != 0:
            sys.exit(f"exit {status}: {pathlib.Path(log).read_text()}")
        return time.monotonic() - began, used

    def kept(self, output):
        found = subprocess.run([self.options.binary, "verify", str(output), "--json"], capture_output=True, text=True)
        if not found.stdout:
            return 0
        state = json.loads(found.stdout)
        return state["kept_rows"] + sum(model["rows"] for model in state["models"])


def wait(process):
    """Exit code, or the negative signal, and seconds of the processors."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def tables(run):
    files = [path for path in sorted(run.rglob("*")) if path.suffix == ".parquet" or path.name == "tokens.csv"]
    return {str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main():
    options = arguments()
    random.seed(options.seed)
    runs = Runs(options)
    work = pathlib.Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    log = work / "log"

    _, start = runs.finish(work / "one", rows=1, log=log)
    clock, processors = runs.finish(work / "whole", log=log)
    row = (processors - start) / options.rows
    busy = processors / clock
    print(f"uninterrupted: {options.rows} rows in {clock:.0f} s, {processors:.0f} s of processors")

    output = work / "interrupted"
    expected = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGUSR1: 75, signal.SIGKILL: -signal.SIGKILL}
    worst, total, kept, faults = 0.0, 0.0, 0, []
    for moment in range(options.moments):
        number = random.choice(list(expected))
        began = time.monotonic()
        process = runs.start(output, "--resume", log=log)
        # Long enough to reach the last moment with work left, and as short as it takes to hit the start.
        time.sleep(random.uniform(0, 2 * clock / options.moments))
        told = time.monotonic()
        if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            status, _ = wait(process)
            if status != 0 or tables(output) != tables(work / "whole"):
                faults.append(f"moment {moment + 1}: it ended with {status} before the signal, or its tables differ")
            print(f"{moment + 1:3}: finished before the signal; begun anew", flush=True)
            shutil.rmtree(output)
            kept = 0
            continue
        os.kill(process.pid, number)
        status, used = wait(process)
        ended = time.monotonic()
        if status == 0:
            print(f"{moment + 1:3}: finished with the signal; begun anew", flush=True)
            shutil.rmtree(output)
            kept = 0
            continue
        now = runs.kept(output)
        lost = max(0.0, used - start - (now - kept) * row) / busy
        worst, total = max(worst, lost), total + lost
        text = log.read_text()
        said = re.search(r"(\d+) scored rows? (?:is|are) kept", text)
        print(
            f"{moment + 1:3}: {number.name:7} after {told - began:5.1f} s, ended {ended - told:4.2f} s later with"
            f" {status:4}; {now - kept:4} rows more are kept, {lost:4.1f} s of work are repeated", flush=True)
        if status != expected[number] and not (status == -number and now == 0):
            faults.append(f"moment {moment + 1}: exit {status}: {text}")
        if number != signal.SIGKILL and said and int(said.group(1)) != now:
            faults.append(f"moment {moment + 1}: it said {said.group(1)} rows, {now} are kept")
        if number != signal.SIGKILL and ended - told > 2:
            faults.append(f"moment {moment + 1}: it took {ended - told:.1f} s to end")
        if now < kept:
            faults.append(f"moment {moment + 1}: {kept} rows were kept, now {now}")
        if lost > 60:
            faults.append(f"moment {moment + 1}: {lost:.0f} s of work are lost")
        kept = now
    runs.finish(output, "--resume", log=log)
    if tables(output) != tables(work / "whole"):
        faults.append("the tables differ")
    if subprocess.run([options.binary, "verify", str(output), "--quiet"]).returncode != 0:
        faults.append("the run does not verify")
    print(f"most work repeated after one interruption: {worst:.1f} s; after all of them together: {total:.1f} s")
    print(f"tables: {'the same' if 'the tables differ' not in faults else 'DIFFERENT'}, {len(tables(output))} files")
    for fault in faults:
        print(f"FAULT: {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
