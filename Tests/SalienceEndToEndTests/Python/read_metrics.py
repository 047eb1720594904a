"""Opens a run's metrics and checks them against its explanations and against what `rank --json` said.

usage: read_metrics.py RUN_DIR RANK_JSON
"""
import json
import sys

import duckdb
import numpy as np
import pandas as pd

run, ranking = sys.argv[1:]
metrics = pd.read_parquet(f"{run}/metrics")
count = duckdb.sql(f"select count(*) from read_parquet('{run}/metrics/*/*.parquet', hive_partitioning = true)")
assert count.fetchall()[0][0] == len(metrics) > 0
assert list(metrics.columns[:6]) == ["row", "example_id", "method", "target", "target_index", "target_position"]
explanations = pd.read_parquet(f"{run}/explanations")
keys = ["model", "row", "method", "target"]
assert set(map(tuple, metrics[keys].astype(str).to_numpy())) == set(map(tuple, explanations[keys].astype(str).to_numpy()))

areas = metrics[metrics.fraction.isna()]
curves = metrics[metrics.fraction.notna()]
assert set(curves.metric) == {"comprehensiveness", "sufficiency"} and curves.evaluations.isna().all()
assert (curves.groupby(["model", "row", "method", "metric"], observed=True).size() == 10).all()
assert metrics.other_method.notna().equals(metrics.metric.astype(str).str.startswith("agreement"))
# An area is the mean of the different points: those that leave out, or keep, as many tokens as no point before.
for (_, _, _, metric), points in curves.groupby(["model", "row", "method", "metric"], observed=True):
    area = areas[(areas.model == points.model.iloc[0]) & (areas.row == points.row.iloc[0])
                 & (areas.method == points.method.iloc[0]) & (areas.metric == metric)]
    assert len(area) == 1
    values = points.sort_values("fraction").value.dropna().tolist()
    distinct = [v for i, v in enumerate(values) if i == 0 or v != values[i - 1]]
    if distinct:
        assert abs(area.value.iloc[0] - np.mean(distinct)) < 1e-12, (metric, distinct)

said = json.load(open(ranking, encoding="utf-8"))
methods = set()
for model in said["models"]:
    own = areas[areas.model == model["model"]]
    for method in model["methods"]:
        methods.add(method["method"])
        for score in method["metrics"]:
            values = own[(own.method == method["method"]) & (own.metric == score["metric"])].value.dropna()
            assert score["examples"] == len(values)
            assert abs(score["mean"] - values.mean()) < 1e-9 * max(1, abs(values.mean()))
            assert score["interval"][0] <= score["mean"] <= score["interval"][1]
print(f"{len(methods)} methods agree")
