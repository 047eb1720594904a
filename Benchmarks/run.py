#!/usr/bin/env python3
"""Integrated gradients beside Captum and beside a hand-tuned PyTorch loop, all alternating in one run.

    python Benchmarks/run.py                        MiniLM-L6 and DistilBERT-base on real texts, minutes
    python Benchmarks/run.py --matrix               every model, length, number of steps; resumable; hours
    python Benchmarks/run.py --tolerance 0.01       steps as needed beside fixed ones, and how good the scores are
    python Benchmarks/run.py --precision bf16 --models minilm-l6 --tokens real 128 --rows 50 --rounds 1

Prints a Markdown table of medians over the rounds; keeps it, every round as CSV and a file for each cell in --output.
A cell that is there already is measured again only where the binary, an option or the machine is another one now, or
with --again. Exits 1 where token scores are further from Captum's than a precision allows. Benchmarks/README.md says
how to read it.
"""

import argparse
import importlib.util
import math
import os
import pathlib
import platform
import sys
import time

THREADS = 2
ROOT = pathlib.Path(__file__).resolve().parent.parent
NEEDED = ("torch", "transformers", "tokenizers", "safetensors", "numpy", "captum")
MODELS = ("minilm-l6", "distilbert-base")
TOKENS, STEPS, PRECISIONS, TOLERANCE = (None, 16, 32, 128, 512), (20, 50), ("f32", "bf16"), 0.01
GROWTH = (100, 1_000, 10_000, 100_000)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--matrix", action="store_true", help="every length and number of steps, quality and growth")
    parser.add_argument("--rows", default=None, type=int, help="texts; default: as --work allows, 100 with --tolerance")
    parser.add_argument("--work", default=None, type=float,
                        help="10^12 operations of a round by formula; default: 1.5, with --matrix 3")
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--minutes", default=None, type=float,
                        help="no further round begins that would end later; default: 9, with --matrix none")
    parser.add_argument("--steps", nargs="+", default=None, type=int, help="default: 50, with --matrix 20 and 50")
    parser.add_argument("--tokens", nargs="+", default=None, type=length, help="exact lengths, or real")
    parser.add_argument("--tolerance", default=None, type=float, help="steps as needed, beside Captum's fixed --steps")
    parser.add_argument("--precision", nargs="+", default=list(PRECISIONS), choices=PRECISIONS,
                        help="of Salience; Captum and the loop are measured in it and in f32")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=(*MODELS, "tiny"))
    parser.add_argument("--again", action="store_true", help="measure cells that are there already")
    parser.add_argument("--output", default=None, type=pathlib.Path, help="default: out/bench, with --matrix "
                        "out/bench-matrix")
    parser.add_argument("--cache", default=ROOT / "Benchmarks/cache", type=pathlib.Path)
    parser.add_argument("--csv", default=None, type=pathlib.Path, help="default: rounds.csv in --output")
    parser.add_argument("--peer-only", action="store_true", help="time Captum and the PyTorch loop alone")
    arguments = parser.parse_args()
    if not arguments.peer_only and not arguments.salience.exists():
        parser.error(f"{arguments.salience} is not there: make build")
    if arguments.peer_only and arguments.tolerance:
        parser.error("--tolerance is Salience's: it has no peer alone")
    numbers = (arguments.rounds, arguments.rows, arguments.work, arguments.minutes, *(arguments.steps or ()))
    if any(number is not None and number <= 0 for number in numbers):
        parser.error("--rounds, --rows, --work, --minutes and --steps are positive")
    arguments.output = arguments.output or ROOT / ("out/bench-matrix" if arguments.matrix else "out/bench")
    arguments.tokens = arguments.tokens or (list(TOKENS) if arguments.matrix else [None])
    arguments.steps = arguments.steps or (list(STEPS) if arguments.matrix else [50])
    arguments.minutes = arguments.minutes or (math.inf if arguments.matrix else 9)
    arguments.work = arguments.work or (3 if arguments.matrix else 1.5)
    return arguments


def length(text):
    if text == "real":
        return None
    if not 3 <= int(text) <= 512:
        raise argparse.ArgumentTypeError("lengths are real, or 3 to 512 tokens")
    return int(text)


def check_packages():
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise SystemExit(f"{sys.executable} has no {', '.join(missing)}: `make bench` makes an environment that has "
                         f"them, or pip install -r {ROOT / 'Benchmarks/requirements.txt'}")


def keep_to_processors(count):
    """Every program is given the same processors, however many there are."""
    available = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, available[:count])
    return min(count, len(available))


def versions():
    from importlib.metadata import version
    return {"python": platform.python_version()} | {name: version(name) for name in NEEDED}


def speed_report(arguments, cells):
    """The cells of all models, lengths and steps, measured or read."""
    import matrix
    import matrix_tables
    contents = []
    end = time.monotonic() + arguments.minutes * 60
    left = len(arguments.models) * len(arguments.tokens) * len(arguments.steps)
    for name in arguments.models:
        for tokens in arguments.tokens:
            for steps in arguments.steps:
                cell = matrix.Cell(name, tokens, steps)
                peers = [matrix.Program(peer, precision) for peer in ("captum", "pytorch")
                         for precision in dict.fromkeys(("f32", *arguments.precision))]
                ours = [matrix.Program("salience", precision) for precision in arguments.precision]
                # A tolerance stands beside the most steps; without --matrix for the model with real weights alone.
                if steps == max(arguments.steps) and (arguments.matrix or name != "distilbert-base"):
                    ours += [matrix.Program("salience", precision, TOLERANCE) for precision in arguments.precision]
                programs = peers + ([] if arguments.peer_only else ours)
                # What one cell leaves of its share of the time is the next ones'.
                until = time.monotonic() + (end - time.monotonic()) / left
                left -= 1
                measurement = matrix.Measurement(cell, programs, arguments, until)
                contents.append(cells.measure(cell.name, measurement.key(), measurement.measure))
    return matrix_tables.Report(contents, TOLERANCE)


def tolerance_lines(arguments, cells, models):
    """Lines of tolerance.py's table, for the demo's trained model and the ones asked for."""
    import matrix
    import tolerance
    folders = {"demo": ROOT / "models/demo/checkpoint-8000"} | {
        name: matrix.directory(name, arguments.cache) for name in models}
    texts = matrix.real_texts()[:arguments.rows or 100]
    return [line for name, folder in folders.items()
            for line in cells.measure(f"tolerance-{name}", tolerance.key(folder, texts, arguments),
                                      lambda: tolerance.measure(name, folder, texts, arguments))]


def growth_and_quality(arguments, cells):
    """Sections of the whole matrix that need Salience alone, and what is wrong with them."""
    import matrix
    import memory
    import quality
    import tables
    key = matrix.shared_key(arguments, [memory.MODEL], ("memory.py", "child_process.py"))
    growth = [cells.measure(f"rows-{rows}", key | {"rows": rows}, lambda: memory.measure(arguments.salience, rows))
              for rows in GROWTH]
    sections = ["## Cost as rows grow, a tiny model\n\n" + tables.table(memory.COLUMNS, map(memory.line, growth))]
    faults = []
    if "bf16" in arguments.precision:
        folders = quality.models()
        asked = argparse.Namespace(salience=arguments.salience, rows=arguments.rows or 500, steps=50,
                                   precision="bf16", device="cpu")
        key = matrix.shared_key(arguments, folders, ("quality.py", "scores.py")) | {"rows": asked.rows}
        found = cells.measure("half-precision", key, lambda: quality.measure(asked, folders))
        sections.append("## bf16 beside f32\n\n" + quality.render(found, "bf16"))
        faults += quality.poor(found)
    return sections, faults


def main():
    arguments = options()
    check_packages()
    arguments.threads = keep_to_processors(THREADS)
    os.environ.update({"OMP_NUM_THREADS": str(arguments.threads), "HF_HUB_OFFLINE": "1"})
    import torch
    from transformers.utils import logging

    import tolerance
    from cells import Cells, machine
    torch.set_num_threads(arguments.threads)
    logging.disable_progress_bar()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    arguments.versions = versions()
    cells = Cells(arguments.output / "cells", arguments.again)
    if arguments.tolerance and not arguments.matrix:
        print(tolerance.render(tolerance_lines(arguments, cells, arguments.models)))
        return cells.tell_kept()
    arguments.tolerance = TOLERANCE
    sections, faults = [], []
    if arguments.matrix and not arguments.peer_only:
        sections, faults = growth_and_quality(arguments, cells)
        lines = tolerance_lines(arguments, cells, [name for name in arguments.models if name != "distilbert-base"])
        sections.append(f"## Tolerance {TOLERANCE:g}\n\n" + tolerance.render(lines))
    report = speed_report(arguments, cells)
    faults += report.faults
    head = (f"{machine()}, {arguments.threads} used; medians of at most {arguments.rounds} rounds; " +
            ", ".join(f"{name} {number}" for name, number in arguments.versions.items()))
    report.write(arguments.output, arguments.csv, head, sections)
    print("\n\n".join([head, report.ratios() if arguments.matrix else report.programs(), *sections]))
    for cell, program in report.short():
        print(f"below {report.ceiling:.0%} of the matrix product's rate: {' '.join(cell.label)} {program}; where its "
              f"time goes: {arguments.salience} run {arguments.cache / 'runs' / cell.folder(program)}/pipeline.yaml "
              "--overwrite --profile", file=sys.stderr)
    print(f"\nEvery round: {arguments.csv or arguments.output / 'rounds.csv'}; more: {arguments.output / 'README.md'}")
    cells.tell_kept()
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("interrupted; the cells measured so far are kept, the same command goes on") from None
