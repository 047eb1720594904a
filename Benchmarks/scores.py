"""How far token scores of two programs are apart; standard library only."""

import math
import statistics
import sys

# Allowed: in float32 the distance from Captum's relative to their norm, in half precision the median cosine with them.
DISTANCE = 1e-4
# An evaluation that gives a ReLU less than this has no gradient in float32: rounding chooses the side.
KINK = 3e-6
COSINE = 0.999


def norm(values):
    return math.sqrt(math.fsum(value * value for value in values))


def paired(found, expected):
    """Both rows of scores as floats; they must be of one length."""
    found, expected = [float(value) for value in found], [float(value) for value in expected]
    if len(found) != len(expected):
        raise SystemExit(f"{len(found)} token scores beside {len(expected)}")
    return found, expected


def distance(found, expected):
    """The distance of a text's token scores from the expected ones, relative to their norm."""
    found, expected = paired(found, expected)
    apart = norm([a - b for a, b in zip(found, expected)]) / (norm(expected) or 1)
    # What is no number is in no order: as far away as can be.
    return apart if math.isfinite(apart) else math.inf


def cosine(found, expected):
    found, expected = paired(found, expected)
    scale = norm(found) * norm(expected)
    if not scale:
        return float(norm(found) == norm(expected))
    product = math.fsum(a * b for a, b in zip(found, expected)) / scale
    return product if math.isfinite(product) else -1.0


def compare(found, expected):
    """Distances and cosines of all texts' token scores, by row."""
    distances = [distance(found.get(row, []), theirs) for row, theirs in expected.items()]
    cosines = [cosine(found.get(row, []), theirs) for row, theirs in expected.items()]
    return {"worst_distance": max(distances), "median_cosine": statistics.median(cosines),
            "worst_cosine": min(cosines)}


def judged(found, expected, exact):
    """`compare` with float32 scores, where a text that differs too much is judged by the same method in float64.

    `exact` gives a row's scores in float64, and how near the text comes to the kink of a ReLU: either program may be
    the one that is off. A text that lies on a kink has no answer in float32; it is told of and left out.
    """
    settled, on_kink = dict(expected), 0
    for row, theirs in expected.items():
        if distance(found.get(row, []), theirs) > DISTANCE:
            settled[row], kink = exact(row)
            apart = distance(found[row], settled[row])
            print(f"row {row}: Captum in float32 is {distance(theirs, settled[row]):.1e} from itself in float64, the "
                  f"other {apart:.1e}; the nearest kink of a ReLU {kink:.0e}", file=sys.stderr)
            if apart > DISTANCE and kink < KINK:
                del settled[row]
                on_kink += 1
    return compare(found, settled) | {"texts_on_kink": on_kink}
