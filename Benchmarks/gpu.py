#!/usr/bin/env python3
"""Salience on a GPU beside Captum on the same GPU, and each kernel beside the card's own rates.

    python Benchmarks/gpu.py [--salience PATH] [--quick] [--models bert-base ...] [--tokens 32 128 512]

Prints two Markdown tables and keeps them, with every round as CSV, in Benchmarks/gpu. A cell is one model at one
length; a cell that is there already is measured again only where the binary, an option or the card is another one
now, or with --again. Benchmarks/README.md says how to read the tables. Exits 1 where token scores differ by more than a
precision allows.
"""

import argparse
import os
import pathlib
import shutil
import sys
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers.utils import logging

import gpu_tables
import seeded_models
import work
from captum_peer import CaptumPeer
from cells import Cells, digest, machine, sources
from salience_peer import SaliencePeer
from scores import compare, judged

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPECIALS = ("[CLS]", "[SEP]", "[PAD]", "[MASK]")
CAPTUM, SALIENCE = ("f32", "tf32", "bf16"), ("f32", "bf16")
# Operations that a cell's texts add up to, and how few or many texts they may be: 1,024 are one unit of a run.
WORK, QUICK_WORK = 160e12, 20e12
LEAST_ROWS, MOST_ROWS = 16, 1024
# Tokens times steps that one call of Captum's may hold; what is fastest, or does not fit, is found out.
CALLS = (25_000, 100_000, 200_000)
SOURCES = ("gpu.py", "captum_peer.py", "salience_peer.py", "child_process.py", "seeded_models.py", "scores.py",
           "work.py")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--salience", default=None, type=pathlib.Path, help="default: the build's, else PATH's")
    parser.add_argument("--device", default="vulkan", help="Salience's: vulkan, vulkan:N, cpu")
    parser.add_argument("--peer-device", default="cuda", help="PyTorch's: cuda, cuda:N, cpu")
    parser.add_argument("--models", nargs="+", default=list(seeded_models.NAMES), choices=list(seeded_models.SIZES))
    parser.add_argument("--tokens", nargs="+", type=int, default=[32, 128, 512])
    parser.add_argument("--steps", default=50, type=int)
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--rows", default=None, type=int, help="texts of a cell; default: by the work they are")
    parser.add_argument("--quick", action="store_true", help="fewer texts, one round")
    parser.add_argument("--again", action="store_true", help="measure cells that are there already")
    parser.add_argument("--output", default=ROOT / "Benchmarks/gpu", type=pathlib.Path)
    parser.add_argument("--cache", default=ROOT / "Benchmarks/cache/gpu", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.salience is None:
        built = ROOT / ".build/release/salience"
        arguments.salience = built if built.exists() else pathlib.Path(shutil.which("salience") or built)
    if not arguments.salience.exists():
        parser.error(f"{arguments.salience} is not there: make build, or --salience PATH")
    if arguments.peer_device.startswith("cuda") and not torch.cuda.is_available():
        parser.error("PyTorch sees no CUDA device; --peer-device cpu tries the program without one")
    if arguments.quick:
        arguments.rounds = 1
    return arguments


def is_cuda(device):
    return device.startswith("cuda")


def synchronise(device):
    if is_cuda(device):
        torch.cuda.synchronize()


def seconds_of(device, body, least=0.3):
    """Seconds that one of many equal calls takes."""
    body()
    synchronise(device)
    start = time.perf_counter()
    body()
    synchronise(device)
    count = max(1, min(500, int(least / max(time.perf_counter() - start, 1e-6))))
    start = time.perf_counter()
    for _ in range(count):
        body()
    synchronise(device)
    return (time.perf_counter() - start) / count


def card_rates(device):
    """The card's own rates through PyTorch: square matrix products in FLOP/s, and a copy in bytes/s both ways."""
    size, megabytes = (8192, 1024) if is_cuda(device) else (512, 64)
    rates = {"device": torch.cuda.get_device_name(device) if is_cuda(device) else "cpu", "torch": torch.__version__,
             "size": size, "megabytes": megabytes}
    for precision in CAPTUM:
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
        rates[precision] = 2 * size ** 3 / seconds_of(device, lambda: torch.mm(a, b))
    source = torch.ones(megabytes << 18, device=device)
    target = torch.empty_like(source)
    rates["copy"] = 2 * 4 * source.numel() / seconds_of(device, lambda: target.copy_(source))
    return rates


def rows_of(arguments, config, tokens):
    if arguments.rows:
        return min(arguments.rows, MOST_ROWS)
    budget = QUICK_WORK if arguments.quick else WORK
    return int(max(LEAST_ROWS, min(MOST_ROWS, budget / work.operations(config, [tokens], arguments.steps))))


def measure(arguments, name, tokens):
    """One cell: its rounds, and Salience's profile in each precision."""
    directory = seeded_models.directory(name, arguments.cache / "models")
    config = seeded_models.SIZES[name]()
    sample, ids, tokenizer = seeded_models.texts(tokens, rows_of(arguments, config, tokens), directory)
    special = {tokenizer.token_to_id(token) for token in SPECIALS}
    calls = sorted({max(1, min(len(ids), size // (tokens * arguments.steps))) for size in CALLS})
    rounds, profiles, captums = [], [], {}
    for precision in CAPTUM:
        peer = CaptumPeer(directory, ids, tokenizer.token_to_id("[PAD]"), special, arguments.steps,
                          device=arguments.peer_device, precision=precision, texts_per_call=calls)
        rates = peer.choose(max(calls))
        if not rates:
            print(f"{name} {tokens}: Captum in {precision} does not fit", file=sys.stderr)
            continue
        captums[precision] = peer
    saliences = {}
    for precision in SALIENCE:
        peer = SaliencePeer(arguments.salience, directory, sample, arguments.cache / f"{name}-{tokens}-{precision}",
                            arguments.steps, device=arguments.device, precision=precision)
        # The first run compiles kernels, the second tells where time goes.
        peer.run("--limit", "4")
        peer.run("--profile")
        run = peer.run_file()
        if run["precision"]["used"] != precision:
            print(f"{name} {tokens}: {precision} is not available on {run['device']['name']}", file=sys.stderr)
            continue
        saliences[precision] = peer
        for kernel in run["profile"]["kernels"]:
            profiles.append({"model": name, "tokens": tokens, "precision": precision,
                             "device": run["device"]["details"], "utilisation": run["profile"]["utilisation"]} | kernel)
    executed = work.executed_operations(config, [tokens] * len(ids), arguments.steps)
    scores = {}
    for number in range(arguments.rounds):
        shared = {"model": name, "tokens": tokens, "rows": len(ids), "steps": arguments.steps, "round": number}
        for precision, peer in captums.items():
            synchronise(arguments.peer_device)
            seconds, scores[precision] = peer.run()
            rounds.append(shared | {"program": "captum", "precision": precision, "seconds": seconds,
                                    "setup": f"{peer.setup[0]}, {peer.setup[1]} a call"})
        for precision, peer in saliences.items():
            whole, scoring = peer.run()
            result = shared | {"program": "salience", "precision": precision, "seconds": scoring,
                               "whole_seconds": whole, "flops_per_second": executed / scoring}
            if number == 0 and "f32" in scores:
                found = peer.scores()
                agreement = compare(found, scores["f32"]) if precision != "f32" else judged(
                    found, scores["f32"], captums["f32"].exact)
                result |= agreement
            rounds.append(result)
            print(f"{name} {tokens} tokens {precision}, round {number + 1}: {len(ids) / scoring:.2f} rows/s",
                  file=sys.stderr)
    return {"rounds": rounds, "profiles": profiles}


def key(arguments, name, tokens):
    """Everything that a cell's figures depend on."""
    card = torch.cuda.get_device_name(arguments.peer_device) if is_cuda(arguments.peer_device) else machine()
    return {"binary": digest(arguments.salience), "benchmark": sources(*SOURCES), "card": card,
            "torch": torch.__version__, "device": arguments.device, "steps": arguments.steps,
            "rounds": arguments.rounds, "rows": rows_of(arguments, seeded_models.SIZES[name](), tokens)}


def main():
    arguments = options()
    logging.disable_progress_bar()
    cells = Cells(arguments.output / "cells", arguments.again)
    arguments.cache.mkdir(parents=True, exist_ok=True)
    card = cells.measure("card", {"device": arguments.peer_device, "torch": torch.__version__, "machine": machine()},
                         lambda: card_rates(arguments.peer_device))
    contents = []
    for name in arguments.models:
        for tokens in arguments.tokens:
            contents.append(cells.measure(
                f"{name}-{tokens}", key(arguments, name, tokens), lambda: measure(arguments, name, tokens)))
            if is_cuda(arguments.peer_device):
                torch.cuda.empty_cache()
    report = gpu_tables.Report(card, contents)
    report.write(arguments.output)
    print(report.text)
    cells.tell_kept()
    if report.faults:
        raise SystemExit("\n".join(report.faults))


if __name__ == "__main__":
    main()
