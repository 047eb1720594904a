"""Salience with a tolerance beside Captum's fixed steps: time, steps, delta and distance from a fine reference.

`run.py --tolerance 0.01` and `run.py --matrix` call it. The reference is Salience in float32 at 400 Gauss-Legendre
steps, which run.py compares with Captum at a fixed number of steps.

A delta here is by how much a text's token scores miss F(x) - F(x') as PyTorch computes both in float32, whatever
precision the scores come from: in bf16 it holds the rounding of the model's outputs as well as the quadrature's error.
What a precision's own outputs make of it, which is all that a run knows, is the column `not converged`.
"""

import statistics
import sys

import torch
from tokenizers import Tokenizer

import matrix
from captum_peer import CaptumPeer
from salience_peer import SaliencePeer
from scores import distance
from tables import quantiles, ratio, table

REFERENCE_STEPS = 400
COLUMNS = ("model", "program", "texts", "rows/s", "ratio (range)", "mean steps", "under 1 % delta", "not converged",
           "distance, median", "p90", "worst")
SOURCES = (*matrix.SOURCES, "tolerance.py", "tables.py")


def differences(captum):
    """F(x) - F(x') of the predicted class of every text, by PyTorch."""
    model = next(iter(captum.models.values()))
    result = []
    with torch.no_grad():
        for ids, baseline in zip(captum.ids, captum.baselines):
            output = model(input_ids=torch.tensor([ids])).logits[0]
            start = model(input_ids=torch.tensor([baseline])).logits[0]
            target = output.argmax()
            result.append((output[target] - start[target]).item())
    return result


def share_under(limit, scores, changes):
    """Share of texts whose scores' sum misses the change of the output by less than a share of it."""
    hits = [abs(sum(map(float, scores[row])) - change) <= limit * abs(change) for row, change in enumerate(changes)]
    return sum(hits) / len(hits)


def key(directory, texts, arguments):
    return matrix.shared_key(arguments, [directory], SOURCES) | {
        "texts": texts, "rounds": arguments.rounds, "steps": max(arguments.steps), "tolerance": arguments.tolerance,
        "precisions": arguments.precision}


def measure(name, directory, sample, arguments):
    """One model: Captum at fixed steps and Salience with the tolerance in turns, then the reference once."""
    steps = max(arguments.steps)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    ids = [encoding.ids for encoding in tokenizer.encode_batch(sample)]
    special = {tokenizer.token_to_id(token) for token in matrix.KEPT}
    captum = CaptumPeer(directory, ids, tokenizer.token_to_id("[PAD]"), special, steps)
    captum.choose(min(12, len(ids)))
    folder = arguments.cache / "runs"

    def salience(suffix, **options):
        return SaliencePeer(arguments.salience, directory, sample, folder / f"{name}-{suffix}", **options)
    peers = {precision: salience(f"tolerance-{precision}", steps=steps, precision=precision,
                                 tolerance=arguments.tolerance) for precision in arguments.precision}
    seconds, scoring = [], {precision: [] for precision in peers}
    for number in range(arguments.rounds):
        captum_seconds, theirs = captum.run()
        seconds.append(captum_seconds)
        for precision, peer in list(peers.items()):
            scoring[precision].append(peer.run()[1])
            used = peer.run_file()["precision"]["used"]
            if used != precision:
                print(f"this processor has no {precision}: {used} is kept", file=sys.stderr)
                del peers[precision]
        print(f"{name} round {number + 1}: Captum {seconds[-1]:.2f} s, Salience " + ", ".join(
            f"{precision} {scoring[precision][-1]:.2f} s" for precision in peers), file=sys.stderr)
    fine = salience("reference", steps=REFERENCE_STEPS)
    fine.run()
    reference, changes = fine.scores(), differences(captum)
    shared = {"model": name, "texts": len(ids)}
    programs = [(f"Captum f32, {steps} steps", seconds, steps, None, theirs)]
    for precision, peer in peers.items():
        method = peer.method()
        programs.append((f"Salience {precision}, tolerance {arguments.tolerance:g}", scoring[precision],
                         method["steps"] / max(1, method["explanations"]), method["unconverged"], peer.scores()))
    return [shared | {
        "program": program, "seconds": own, "captum_seconds": seconds, "steps": mean, "unconverged": unconverged,
        "under_one_percent": share_under(0.01, found, changes),
        "distances": quantiles([distance(found[row], expected) for row, expected in reference.items()])}
        for program, own, mean, unconverged, found in programs]


def render(lines):
    """The table of all models' lines."""
    return table(COLUMNS, [[
        entry["model"], entry["program"], entry["texts"],
        f"{entry['texts'] / statistics.median(entry['seconds']):.2f}",
        ratio(entry["captum_seconds"], entry["seconds"]), f"{entry['steps']:.1f}",
        f"{entry['under_one_percent']:.1%}", "" if entry["unconverged"] is None else entry["unconverged"],
        *(f"{value:.1e}" for value in entry["distances"])] for entry in lines])
