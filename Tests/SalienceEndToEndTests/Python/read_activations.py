"""Opens a run's activations table and checks what its values are.

usage: read_activations.py RUN_DIR
"""
import sys

import duckdb
import numpy as np
import pandas as pd

run = sys.argv[1]
table = duckdb.sql(f"select * from read_parquet('{run}/activations/*/*.parquet', hive_partitioning = true)").df()
scores = pd.read_parquet(f"{run}/attributions").set_index(["method", "row", "position"])
assert list(table.columns[:6]) == ["row", "example_id", "method", "target", "target_index", "target_position"]
assert set(table.method) == {"activations", "conductance", "cut"}
hidden = table[table.method == "activations"]
assert set(hidden.layer) == {0, 1}
lengths = hidden.groupby(["row", "position", "layer"]).value.apply(lambda v: np.linalg.norm(v.astype(float)))
lengths = lengths.groupby(["row", "position"]).mean()
assert np.allclose(lengths, scores.loc["activations"].attribution.loc[lengths.index], rtol=1e-5)
passed = table[table.method == "conductance"].groupby(["row", "position"]).value.sum()
assert np.allclose(passed, scores.loc["conductance"].attribution.loc[passed.index], atol=1e-5) and passed.abs().max() > 0
cut = table[table.method == "cut"]
assert set(cut.layer) == {1} and (cut.groupby(["row", "position"]).size() == 2).all()
assert (cut.token.to_numpy() == scores.loc["cut"].token.loc[list(zip(cut.row, cut.position))].to_numpy()).all()
print(f"{len(table)} values agree")
