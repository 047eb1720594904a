#!/usr/bin/env python3
"""Rows per second of integrated gradients beside Captum, both alternating in one run on the same texts.

    python Benchmarks/run.py --salience .build/release/salience [--rows 200] [--rounds 3] [--models minilm-l6 ...]
                             [--precision bf16]

Prints a Markdown table of medians over the rounds and writes every round to a CSV file. Stops with an error where
the two disagree by more than 1e-4 of the norm of a text's token scores and float64 sides with Captum. With
--precision bf16 Salience computes in bf16 and stands beside Captum in float32 and in bf16; scores are compared by
their cosine. Benchmarks/README.md says how to read it.
"""

import argparse
import csv
import os
import pathlib
import statistics
import sys

THREADS = 2
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from tokenizers import Tokenizer
from transformers.utils import logging

import checkpoints
import tolerance
import work
from captum_peer import CaptumPeer
from salience_peer import SaliencePeer

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPECIALS = ("[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]")
AGREEMENT = 1e-4


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=ROOT / ".build/release/salience", type=pathlib.Path)
    parser.add_argument("--rows", default=200, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--steps", default=50, type=int)
    parser.add_argument("--tolerance", default=None, type=float, help="steps as needed, beside Captum's fixed --steps")
    parser.add_argument("--precision", default="f32", choices=("f32", "bf16"), help="of Salience's matrix products")
    parser.add_argument("--models", nargs="+", default=list(checkpoints.NAMES), choices=checkpoints.NAMES)
    parser.add_argument("--cache", default=ROOT / "Benchmarks/cache", type=pathlib.Path)
    parser.add_argument("--csv", default=None, type=pathlib.Path, help="default: rounds.csv in the cache")
    parser.add_argument("--peer-only", action="store_true", help="time Captum alone")
    arguments = parser.parse_args()
    if not arguments.peer_only and not arguments.salience.exists():
        parser.error(f"{arguments.salience} is not there: make build")
    return arguments


def texts(count):
    with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as file:
        rows = [row["text"] for row in csv.DictReader(file)]
    return rows[:count]


def distance(found, expected):
    """The distance of a text's token scores from the expected ones, relative to their norm."""
    found, expected = torch.as_tensor(found, dtype=torch.float64), expected.double()
    if found.shape != expected.shape:
        raise SystemExit(f"{len(found)} token scores beside Captum's {len(expected)}")
    norm = torch.linalg.vector_norm(expected).item()
    return torch.linalg.vector_norm(found - expected).item() / (norm or 1)


def worst_distance(ours, theirs, captum):
    """The largest distance from Captum over the texts.

    Where float32 Captum is further away than allowed, Captum in float64 is asked who is right.
    """
    worst = 0.0
    for row, expected in theirs.items():
        apart = distance(ours.get(row, []), expected)
        if apart > AGREEMENT:
            exact = captum.exact(row)
            theirs_off, apart = distance(expected, exact), distance(ours[row], exact)
            print(f"row {row}: Captum in float32 is {theirs_off:.1e} from itself in float64, Salience {apart:.1e}",
                  file=sys.stderr)
        worst = max(worst, apart)
    return worst


def cosines(found, expected):
    """Cosine of each text's token scores to the expected ones, in ascending order."""
    pairs = [(torch.as_tensor(found[row], dtype=torch.float64), scores.double()) for row, scores in expected.items()]
    return sorted(torch.nn.functional.cosine_similarity(ours, theirs, dim=0).item() for ours, theirs in pairs)


def measure(name, arguments, sample):
    """One model: a row for each round."""
    directory = checkpoints.directory(name, arguments.cache / "models")
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    ids = [tokenizer.encode(text).ids for text in sample]
    # An unknown word is a word: its place is replaced by the baseline like any other.
    special = {tokenizer.token_to_id(token) for token in SPECIALS} - {tokenizer.token_to_id("[UNK]")}
    half = arguments.precision != "f32"
    peers = {precision: CaptumPeer(
        directory, ids, tokenizer.token_to_id("[PAD]"), special, arguments.steps, precision=precision)
        for precision in dict.fromkeys(("f32", arguments.precision))}
    for precision, peer in peers.items():
        for setup, rate in peer.choose(min(12, len(ids))).items():
            print(f"{name}: captum {precision} {setup[0]}, at most {setup[1]} texts a call: {rate:.2f} rows/s",
                  file=sys.stderr)
    captum = peers["f32"]
    salience = None
    if not arguments.peer_only:
        salience = SaliencePeer(
            arguments.salience, directory, sample, arguments.cache / name, arguments.steps,
            precision=arguments.precision)
    lengths = list(map(len, ids))
    operations = work.operations(captum.config, lengths, arguments.steps)
    executed = work.executed_operations(captum.config, lengths, arguments.steps)
    rounds = []
    for number in range(arguments.rounds):
        seconds, theirs = captum.run()
        result = {"model": name, "precision": arguments.precision, "round": number, "rows": len(ids),
                  "tokens": sum(map(len, ids)), "captum_setup": f"{captum.setup[0]}, {captum.setup[1]} a call",
                  "captum_seconds": seconds, "captum_gflops": operations / seconds / 1e9}
        if half:
            peer = peers[arguments.precision]
            half_seconds, half_scores = peer.run()
            result |= {"captum_half_setup": f"{peer.setup[0]}, {peer.setup[1]} a call",
                       "captum_half_seconds": half_seconds,
                       "captum_half_cosine": statistics.median(cosines(half_scores, theirs))}
        if salience is not None:
            whole, scoring = salience.run()
            result |= {"salience_scoring_seconds": scoring, "salience_whole_seconds": whole,
                       "salience_gflops": executed / scoring / 1e9, "ratio": seconds / scoring,
                       "matmul_gflops": salience.matmul_gflops(arguments.precision) or 0.0}
            if half:
                used = salience.run_file()["precision"]["used"]
                if used != arguments.precision:
                    raise SystemExit(f"this processor has no {arguments.precision}: Salience used {used}")
                alike = cosines(salience.scores(), theirs)
                result |= {"half_ratio": half_seconds / scoring, "cosine": statistics.median(alike),
                           "worst_cosine": alike[0]}
            else:
                result["worst_distance"] = worst_distance(salience.scores(), theirs, captum)
        print(f"{name} round {number + 1}: " + ", ".join(
            f"{key} {value:.3g}" for key, value in result.items() if isinstance(value, float)), file=sys.stderr)
        rounds.append(result)
    return rounds


def table(results, precision="f32"):
    """Medians over rounds, one line a model."""
    half = precision != "f32"
    columns = ["model", "Captum rows/s", *([f"Captum {precision} rows/s"] if half else []), "Salience rows/s",
               "ratio (range)", *([f"ratio to Captum {precision}"] if half else []), "whole command rows/s",
               "Captum GFLOP/s", "Salience GFLOP/s", "of matmul rate",
               "cosine, median (worst)" if half else "worst distance"]
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for rounds in results:
        def median(key):
            return statistics.median(entry[key] for entry in rounds)
        rows = rounds[0]["rows"]
        cells = [rounds[0]["model"], f"{rows / median('captum_seconds'):.2f}"]
        if half:
            cells.append(f"{rows / median('captum_half_seconds'):.2f}")
        if "ratio" in rounds[0]:
            ratios = sorted(entry["ratio"] for entry in rounds)
            ceiling = median("matmul_gflops")
            cells += [f"{rows / median('salience_scoring_seconds'):.2f}",
                      f"{median('ratio'):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})",
                      *([f"{median('half_ratio'):.2f}"] if half else []),
                      f"{rows / median('salience_whole_seconds'):.2f}",
                      f"{median('captum_gflops'):.0f}", f"{median('salience_gflops'):.0f}",
                      f"{median('salience_gflops') / ceiling:.0%} of {ceiling:.0f}" if ceiling else "not measured",
                      f"{median('cosine'):.5f} ({min(entry['worst_cosine'] for entry in rounds):.4f})" if half else
                      f"{max(entry['worst_distance'] for entry in rounds):.1e}"]
        else:
            cells += [""] * (8 if half else 7)
            cells[columns.index("Captum GFLOP/s")] = f"{median('captum_gflops'):.0f}"
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def compare_tolerance(arguments, sample):
    """Prints the table of tolerance.py, for the seeded models and the demo's trained one."""
    lines = tolerance.ToleranceTable()
    trained = ROOT / "models/demo/checkpoint-8000"
    models = {name: checkpoints.directory(name, arguments.cache / "models") for name in arguments.models}
    for name, directory in ({"demo": trained} | models).items():
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        special = {tokenizer.token_to_id(token) for token in SPECIALS} - {tokenizer.token_to_id("[UNK]")}
        ids = [tokenizer.encode(text).ids for text in sample]
        tolerance.measure(
            name, directory, ids, special, tokenizer.token_to_id("[PAD]"), sample, arguments, lines)
    print(lines)


def main():
    arguments = options()
    torch.set_num_threads(THREADS)
    logging.disable_progress_bar()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    sample = texts(arguments.rows)
    if arguments.tolerance:
        compare_tolerance(arguments, sample)
        return
    results = [measure(name, arguments, sample) for name in arguments.models]
    entries = [entry for rounds in results for entry in rounds]
    target = arguments.csv or arguments.cache / "rounds.csv"
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(entries[0]))
        writer.writeheader()
        writer.writerows(entries)
    print(f"\n{len(sample)} texts, {arguments.steps} steps, {arguments.precision}, {THREADS} threads, medians of "
          f"{arguments.rounds} rounds; Captum: " + "; ".join(
              f"{rounds[0]['model']} {rounds[0]['captum_setup']}" for rounds in results) + "\n")
    print(table(results, arguments.precision))
    print(f"\nEvery round: {target}")
    worst = max((entry.get("worst_distance", 0.0) for entry in entries), default=0.0)
    if worst > AGREEMENT:
        raise SystemExit(f"token scores differ from Captum's by {worst:.1e} of their norm (allowed: {AGREEMENT:.0e})")


if __name__ == "__main__":
    main()
