"""Compares a table of `salience global` with what pandas makes of the run's own tables.

global_words.py RUN TABLE TOP LEAST [--by COLUMN] [--tokens]
"""
import argparse
import sys

import duckdb
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("run")
parser.add_argument("table")
parser.add_argument("top", type=int)
parser.add_argument("least", type=int)
parser.add_argument("--by")
parser.add_argument("--tokens", action="store_true")
options = parser.parse_args()

tokens = duckdb.sql(
    f"""select * from read_parquet('{options.run}/attributions/*/*.parquet', hive_partitioning = true)
    where not special""").df()
tokens["attribution"] = tokens["attribution"].astype(float)
predictions = duckdb.sql(
    f"select * from read_parquet('{options.run}/predictions/*/*.parquet', hive_partitioning = true)").df()
found = duckdb.sql(f"select * from '{options.table}'").df()
if options.tokens:
    tokens["text"] = tokens["token"]
    tokens["piece"] = tokens["position"]
else:
    # The words of these texts are WordPiece's: a piece that begins with ## belongs to the word before it.
    tokens["text"] = tokens["token"].str.removeprefix("##").str.lower()
    tokens["piece"] = tokens["word"]
words = tokens.groupby(["model", "method", "target", "row", "piece"], sort=False).agg(
    word=("text", "".join), score=("attribution", "sum")).reset_index()
if options.by:
    column = predictions[["model", "row", options.by]].rename(columns={options.by: "slice"})
    words = words.merge(column, on=["model", "row"])
    words["slice"] = words["slice"].map(lambda value: str(value).lower() if isinstance(value, (bool, np.bool_)) else value)
else:
    words["slice"] = None
words["slice"] = words["slice"].astype(object).where(words["slice"].notna(), None)

expected = {}
keys = ["model", "method", "target", "slice", "word"]
for key, own in words.groupby(keys, dropna=False):
    key = tuple(None if part is not None and part != part else part for part in key)
    if len(own) >= options.least:
        expected[key] = (len(own), own["row"].nunique(), own["score"].mean(), own["score"].abs().mean())

kept = set()
for group in {key[:4] for key in expected}:
    ordered = sorted((key for key in expected if key[:4] == group), key=lambda key: (-expected[key][2], key[4]))
    kept |= set(ordered[: options.top]) | set(ordered[-options.top:])
rows = {tuple(None if row[name] != row[name] else row[name] for name in keys): row for _, row in found.iterrows()}
faults = []
if set(rows) != kept:
    faults.append(f"rows differ: {sorted(map(str, set(rows) ^ kept))[:5]}")
for key in set(rows) & kept:
    count, examples, mean, absolute = expected[key]
    row = rows[key]
    if (row["occurrences"], row["examples"]) != (count, examples):
        faults.append(f"{key}: {row['occurrences']}, {row['examples']} instead of {count}, {examples}")
    if abs(row["mean"] - mean) > 1e-9 or abs(row["mean_absolute"] - absolute) > 1e-9:
        faults.append(f"{key}: {row['mean']}, {row['mean_absolute']} instead of {mean}, {absolute}")
    # Equal scores have an interval of length 0, but for rounding.
    if examples > 1 and not row["mean_low"] - 1e-12 <= mean <= row["mean_high"] + 1e-12:
        faults.append(f"{key}: {mean} is outside {row['mean_low']} to {row['mean_high']}")
if not rows:
    faults.append("no rows")
for fault in faults:
    print(fault)
sys.exit(1 if faults else 0)
