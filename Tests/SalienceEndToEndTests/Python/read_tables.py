"""Opens a run's tables with pyarrow, DuckDB, Polars and pandas and checks what they must say of each other.

usage: read_tables.py RUN_DIR COMPARISON_DIR
"""
import json
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
from scipy.spatial.distance import cosine

run, comparison = sys.argv[1:]
summary = json.load(open(f"{run}/run.json"))
rows = summary["counts"]["ok"] + summary["counts"]["empty"]
assert rows == summary["counts"]["rows"] - summary["counts"]["quarantined"] > 0
expected = {
    "predictions": rows,
    "explanations": sum(m["explanations"] for r in summary["results"] for m in r["totals"]["methods"]),
    # One method with one target: a token of a prediction is a row.
    "attributions": sum(r["totals"]["tokens"] for r in summary["results"]),
}
models = {result["model"]: result["counts"]["rows"] for result in summary["results"]}


def columns(frame):
    """Key columns in one order, as plain lists, to compare readers with."""
    keys = [k for k in ("model", "row", "method", "target", "target_position", "position") if k in frame.columns]
    frame = frame.sort_values(keys, kind="stable").reset_index(drop=True)
    return {name: frame[name].astype(str).tolist() for name in ("model", "row", "example_id")}


tables = {}
for name, count in expected.items():
    directory = f"{run}/{name}"
    pattern = f"{directory}/*/*.parquet"
    arrow = ds.dataset(directory, format="parquet", partitioning="hive").to_table().to_pandas()
    frames = {
        "DuckDB": duckdb.sql(f"select * from read_parquet('{pattern}', hive_partitioning = true)").df(),
        "Polars": pl.DataFrame(pl.read_parquet(pattern, hive_partitioning=True)).to_pandas(),
        "pandas": pd.read_parquet(directory),
    }
    assert len(arrow) == count, (name, len(arrow), count)
    for reader, frame in frames.items():
        assert set(frame.columns) == set(arrow.columns), (name, reader, list(frame.columns))
        assert columns(frame) == columns(arrow), (name, reader)
        for number in ("probability", "attribution_sum", "attribution"):
            if number in arrow.columns:
                mine, theirs = (np.sort(f[number].to_numpy("float32")) for f in (arrow, frame))
                assert (mine == theirs).all(), (name, reader, number)
    tables[name] = arrow

predictions, explanations, tokens = tables.values()
# Null where an output is about a whole text; a key of a group must be a value.
explanations, tokens = (f.fillna({"target_position": -1}) for f in (explanations, tokens))
assert predictions.groupby("model", observed=True).size().to_dict() == models

# A float32 sum of n terms is off by some units in the last place of the sum of their sizes.
key = ["model", "row", "method", "target", "target_position"]
tokens["size"] = tokens.attribution.abs()
sums = tokens.astype({"attribution": "float64"}).groupby(key, observed=True).agg(
    total=("attribution", "sum"), size=("size", "sum"), count=("token", "size"))
joined = explanations.merge(sums.reset_index(), on=key, how="outer", validate="one_to_one", indicator=True)
assert (joined._merge == "both").all()
error = (joined.total - joined.attribution_sum).abs()
assert (error <= 1e-6 * (joined["size"] + joined.attribution_sum.abs()) + 1e-7).all(), error.max()

sums = joined[["attribution_sum", "output", "baseline_output", "convergence_delta"]].astype("float64")
delta = sums.attribution_sum - (sums.output - sums.baseline_output)
scale = sums.attribution_sum.abs() + sums.output.abs() + sums.baseline_output.abs()
assert ((delta - sums.convergence_delta).abs() <= 2.4e-7 * scale + 1e-7).all()
# Its share of F(x) - F(x'), of 0.001 where that is smaller; nobody asked for a tolerance.
change = (sums.output - sums.baseline_output).abs().clip(lower=0.001)
share = sums.convergence_delta.abs() / change
assert ((share - joined.relative_delta).abs() <= 1e-5 * share + 2.4e-7 * scale * share / change + 1e-12).all()
assert joined.converged.isna().all()

counted = joined.merge(predictions[["model", "row", "token_count"]], on=["model", "row"], validate="many_to_one")
assert (counted["count"] == counted.token_count).all()

# tokens.csv: the same rows in the same order; a cell that looks like a formula has an apostrophe in front.
csv = pd.read_csv(f"{run}/tokens.csv", keep_default_na=False)
order = ["model", "row", "method", "target", "position"]
assert tokens.word_attribution.isna().all()
left, right = (f.sort_values(order, kind="stable").reset_index(drop=True) for f in (csv, tokens))
assert len(left) == len(right) == expected["attributions"]
for name in order + ["example_id", "token_id", "special", "segment"]:
    assert left[name].astype(str).tolist() == right[name].astype(str).tolist(), name
for name in ("attribution", "normalized"):
    assert (left[name].to_numpy("float32") == right[name].to_numpy("float32")).all(), name
assert all(a in (b, "'" + b) for a, b in zip(left.token, right.token))

# The comparison, recomputed over the tokens that are not special.
first, second = (result["model"] for result in summary["results"])
groups = {name: group for name, group in tokens.sort_values(order).groupby(key, observed=True)}
written = pd.read_parquet(f"{comparison}/comparison.parquet")
assert len(written) == models[first]
compared = 0
for row in written.itertuples():
    a = groups[(first, row.row, row.method, row.target_a, -1)]
    b = groups[(second, row.row, row.method, row.target_b, -1)]
    assert row.comparable == (row.target_a == row.target_b and list(a.token) == list(b.token)), row
    assert row.flip == (row.predicted_a != row.predicted_b), row
    if not row.comparable:
        assert np.isnan(row.cosine), row
        continue
    x, y = (f.attribution[~f.special].to_numpy("float64") for f in (a, b))
    assert row.tokens == len(x), row
    assert abs(row.cosine - (1 - cosine(x, y))) < 1e-9, row
    compared += 1
assert 0 < compared < len(written), "the slice has both kinds"
print(f"{len(predictions)} predictions, {len(explanations)} explanations, {len(tokens)} tokens, {compared} compared")
