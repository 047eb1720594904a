"""Opens a run's attention table and checks what its weights are.

usage: read_attention.py RUN_DIR
"""
import sys

import duckdb
import numpy as np
import pandas as pd

run = sys.argv[1]
table = duckdb.sql(f"select * from read_parquet('{run}/attention/*/*.parquet', hive_partitioning = true)").df()
scores = pd.read_parquet(f"{run}/attributions")
assert list(table.columns[:6]) == ["row", "example_id", "method", "target", "target_index", "target_position"]
assert set(table.method) == {"attention", "attention-rollout", "value-weighted-attention", "attention-x-gradient", "cut"}
keys = ["model", "row", "layer", "head", "from_position"]

maps = table[table.method == "attention"]
assert maps.layer.notna().all() and maps["head"].notna().all()
sums = maps.groupby(keys, observed=True).weight.sum()
assert np.allclose(sums, 1, atol=1e-6), "a head's probabilities sum to 1"
rollout = table[table.method == "attention-rollout"]
assert rollout.layer.isna().all() and rollout["head"].isna().all()
assert np.allclose(rollout.groupby(["model", "row", "from_position"], observed=True).weight.sum(), 1, atol=1e-6)
slopes = table[table.method == "attention-x-gradient"].groupby(["row", "to_position"]).weight.sum()
own = scores[scores.method == "attention-x-gradient"].set_index(["row", "position"]).attribution
assert np.allclose(slopes, own.loc[slopes.index], atol=1e-5) and len(slopes) == len(own)
cut = table[table.method == "cut"]
assert set(cut.layer) == {1} and set(cut["head"]) == {0} and (cut.groupby(keys, observed=True).size() == 2).all()

# The score of a token is what the first token gives it, over layers and heads.
first = maps[maps.from_position == 0].groupby(["row", "to_position"]).weight.mean()
own = scores[scores.method == "attention"].set_index(["row", "position"]).attribution
assert np.allclose(first, own.loc[first.index], atol=1e-6) and len(first) == len(own)
tokens = scores[scores.method == "attention"].set_index(["row", "position"]).token
assert (maps.from_token.to_numpy() == tokens.loc[list(zip(maps.row, maps.from_position))].to_numpy()).all()
assert (maps.to_token.to_numpy() == tokens.loc[list(zip(maps.row, maps.to_position))].to_numpy()).all()
print(f"{len(table)} pairs agree")
