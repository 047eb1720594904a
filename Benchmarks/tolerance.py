"""Salience with a tolerance beside Captum's fixed steps: time, steps, delta and distance from a fine reference.

`run.py --tolerance 0.01` calls it. The reference is Salience at 400 Gauss-Legendre steps, which run.py compares with
Captum at a fixed number of steps. Deltas are computed here, from PyTorch's outputs and the exported token scores.
"""

import statistics
import sys

import torch

from captum_peer import CaptumPeer
from salience_peer import SaliencePeer

REFERENCE_STEPS = 400


class ToleranceTable:
    """Medians over rounds, one line a model and program."""

    COLUMNS = ("model", "program", "rows/s", "ratio (range)", "mean steps", "under 1 % delta", "not converged",
               "distance, median", "p90", "worst")

    def __init__(self):
        self.lines = []

    def add(self, model, program, rate, ratios, steps, share, unconverged, distances):
        self.lines.append((
            model, program, f"{rate:.2f}",
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})" if ratios else "1",
            f"{steps:.1f}", f"{share:.1%}", str(unconverged), *(f"{distances[key]:.1e}" for key in range(3))))

    def __str__(self):
        head = ["| " + " | ".join(self.COLUMNS) + " |", "|" + " --- |" * len(self.COLUMNS)]
        return "\n".join(head + ["| " + " | ".join(line) + " |" for line in self.lines])


def quantiles(values):
    """Median, 90th percentile and worst."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))], ordered[-1]


def distances(found, reference):
    """Each text's distance from the reference, relative to the reference's norm."""
    pairs = [(torch.as_tensor(found[row]).double(), torch.as_tensor(scores).double())
             for row, scores in reference.items()]
    return [(torch.linalg.vector_norm(ours - fine) / torch.linalg.vector_norm(fine)).item() for ours, fine in pairs]


def differences(captum):
    """F(x) - F(x') of the predicted class of every text, by PyTorch."""
    model = captum.models["eager"]
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
    hits = [abs(float(torch.as_tensor(scores[row]).double().sum()) - change) <= limit * abs(change)
            for row, change in enumerate(changes)]
    return sum(hits) / len(hits)


def measure(name, directory, ids, special, pad, sample, arguments, table):
    """One model: Captum at fixed steps and Salience with the tolerance in turns, then the reference once."""
    captum = CaptumPeer(directory, ids, pad, special, arguments.steps)
    captum.choose(min(12, len(ids)))
    folder = arguments.cache / f"{name}-tolerance"
    ours = SaliencePeer(arguments.salience, directory, sample, folder, arguments.steps, tolerance=arguments.tolerance)
    seconds, scoring = [], []
    for number in range(arguments.rounds):
        captum_seconds, theirs = captum.run()
        seconds.append(captum_seconds)
        scoring.append(ours.run()[1])
        print(f"{name} round {number + 1}: Captum {seconds[-1]:.2f} s, Salience {scoring[-1]:.2f} s", file=sys.stderr)
    found = ours.scores()
    method, = ours.run_file()["results"][0]["totals"]["methods"]
    fine = SaliencePeer(
        arguments.salience, directory, sample, arguments.cache / f"{name}-reference", REFERENCE_STEPS)
    fine.run()
    reference, changes = fine.scores(), differences(captum)
    rows = len(ids)
    ratios = [theirs_seconds / own for theirs_seconds, own in zip(seconds, scoring)]
    table.add(name, f"Captum, {arguments.steps} steps", rows / statistics.median(seconds), [], arguments.steps,
              share_under(0.01, theirs, changes), "", quantiles(distances(theirs, reference)))
    table.add(name, f"Salience, tolerance {arguments.tolerance:g}", rows / statistics.median(scoring), ratios,
              method["steps"] / max(1, method["explanations"]), share_under(0.01, found, changes),
              method["unconverged"], quantiles(distances(found, reference)))
