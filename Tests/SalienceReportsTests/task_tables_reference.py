"""Reads a run of generation, question answering and classification with pyarrow, DuckDB and Polars.

usage: task_tables_reference.py RUN_DIR
"""
import sys

import duckdb
import polars as pl
import pyarrow.dataset as ds

run = sys.argv[1]
texts = {"Once upon": "generated", "Who?": "answer"}


def readers(table):
    pattern = f"{run}/{table}/*/*.parquet"
    yield ds.dataset(f"{run}/{table}", format="parquet", partitioning="hive").to_table().to_pylist()
    relation = duckdb.sql(f"select * from read_parquet('{pattern}', hive_partitioning = true)")
    yield [dict(zip(relation.columns, row)) for row in relation.fetchall()]
    yield pl.read_parquet(pattern, hive_partitioning=True).to_dicts()


def by(rows, *keys):
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))


first = None
for predictions in readers("predictions"):
    predictions = by(predictions, "row")
    first = first or predictions
    assert predictions == first
    assert list(predictions[0])[-8:-3] == ["answer", "answer_start", "answer_end", "generated", "label_index"]
    assert list(predictions[0])[-3:] == ["correct", "dataset_file", "model"]
    assert len(predictions) == 40
    for row in predictions:
        kind = texts.get(row["text"]) if row["row"] % 3 < 2 else None
        assert (row["answer"] is not None) == (kind == "answer"), row
        assert (row["generated"] is not None) == (kind == "generated"), row
        if kind == "answer":
            assert row["text_pair"][row["answer_start"]:row["answer_end"]] == row["answer"] == "née Ω"
        if kind == "generated":
            assert row["generated"] == " a time end"

tokens = None
for attributions in readers("attributions"):
    attributions = by(attributions, "row", "method", "target_index", "position")
    tokens = tokens or attributions
    assert attributions == tokens
    assert list(attributions[0])[-2:] == ["word_attribution", "model"]
for explanations in readers("explanations"):
    groups = {}
    for row in tokens:
        key = row["row"], row["method"], row["target"], row["target_position"]
        groups.setdefault(key, []).append(row)
    for row in explanations:
        group = groups.pop((row["row"], row["method"], row["target"], row["target_position"]))
        assert [token["position"] for token in group] == list(range(len(group)))
        assert abs(sum(token["attribution"] for token in group) - row["attribution_sum"]) < 1e-4
        if row["method"] == "gxi":
            # Every token before the one that is explained, and it alone.
            assert len(group) == row["target_position"] and row["target_position"] in (3, 4, 5, 6)
        if row["target"] in ("start", "end"):
            assert row["target_position"] == {"start": 4, "end": 5}[row["target"]]
    assert not groups
print(len(predictions), len(tokens))
