"""Recomputes a comparison with pandas and SciPy and checks the tables that Salience wrote.

usage: comparison_reference.py RUN_DIR MODEL_A MODEL_B COMPARISON_DIR K MINIMUM_COUNT
"""
import math
import sys

import pandas as pd
from scipy.spatial.distance import cosine
from scipy.stats import spearmanr

run, model_a, model_b, output, k, minimum = sys.argv[1:]
k, minimum = int(k), int(minimum)
METHOD_KEY = ["row", "method", "target"]


def table(name, model):
    frame = pd.read_parquet(f"{run}/{name}/model={model}", partitioning=None)
    return frame


def close(mine, theirs, what):
    mine = None if mine is None or math.isnan(mine) else mine
    theirs = None if theirs is None or math.isnan(theirs) else theirs
    assert (mine is None) == (theirs is None), (what, mine, theirs)
    assert mine is None or abs(mine - theirs) < 1e-9, (what, mine, theirs)


def top(values):
    return set(values.abs().sort_values(ascending=False, kind="stable").index[:k])


predictions = table("predictions", model_a).merge(table("predictions", model_b), on=["row", "example_id"])
flips = predictions.set_index("row").apply(lambda r: r.predicted_x != r.predicted_y, axis=1)
tokens_a, tokens_b = table("attributions", model_a), table("attributions", model_b)
groups_b = {key: group.reset_index(drop=True) for key, group in tokens_b.groupby(METHOD_KEY)}
expected, changes = {}, []
for key, a in tokens_a.groupby(METHOD_KEY):
    b = groups_b.get(key)
    a = a.reset_index(drop=True)
    if b is None or list(a.token) != list(b.token):
        continue
    plain = ~a.special
    x = a.attribution[plain].astype("float64").reset_index(drop=True)
    y = b.attribution[plain].astype("float64").reset_index(drop=True)
    flat = len(x) < 2 or x.nunique() < 2 or y.nunique() < 2
    expected[key] = (
        1 - cosine(x, y) if len(x) and x.any() and y.any() else None,
        None if flat else spearmanr(x, y).statistic,
        len(top(x) & top(y)) / len(top(x) | top(y)) if len(x) else None,
        len(x),
    )
    both = a[plain].assign(other=b.normalized[plain])
    for _, word in both.groupby(["segment", "word"]):
        text = "".join(t[2:] if t.startswith("##") else t for t in word.token).lower()
        changes.append((key[1], key[2], text, word.normalized.astype("float64").sum(),
                        word.other.astype("float64").sum()))

parquet = pd.read_parquet(f"{output}/comparison.parquet")
csv = pd.read_csv(f"{output}/comparison.csv")
assert len(parquet) == len(csv) > 0
compared = 0
for frame in (parquet, csv):
    assert list(frame.flip) == [bool(flips[row]) for row in frame.row]
    for r in frame.itertuples():
        if not r.comparable:
            assert r.target_a != r.target_b or (r.row, r.method, r.target_a) not in expected
            assert math.isnan(r.cosine) and math.isnan(r.jaccard)
            continue
        want = expected[(r.row, r.method, r.target_a)]
        for name, value in zip(("cosine", "spearman", "jaccard", "tokens"), want):
            close(getattr(r, name), value, (r.row, name))
        compared += 1
assert compared == 2 * len(expected), (compared, len(expected))

frame = pd.DataFrame(changes, columns=["method", "target", "word", "a", "b"])
words = frame.groupby(["method", "target", "word"]).agg(count=("a", "size"), a=("a", "mean"), b=("b", "mean"))
words = words[words["count"] >= minimum]
for name, mine in (
    ("parquet", pd.read_parquet(f"{output}/words.parquet")),
    ("csv", pd.read_csv(f"{output}/words.csv", keep_default_na=False)),
):
    assert len(mine) == len(words) > 0, (name, len(mine), len(words))
    for r in mine.itertuples():
        text = r.word[1:] if name == "csv" and r.word.startswith("'") else r.word
        want = words.loc[(r.method, r.target, text)]
        assert r.count == want["count"]
        close(r.mean_a, want.a, r.word)
        close(r.mean_b, want.b, r.word)
        close(r.mean_change, want.b - want.a, r.word)
print(len(expected), len(words))
