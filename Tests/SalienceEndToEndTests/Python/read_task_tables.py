"""Reads a run of one of the tasks' pipelines with DuckDB and holds its tables against each other and the dataset.

python read_task_tables.py PIPELINE RUN_DIR PREDICTIONS ERRORS
"""

import glob
import json
import pathlib
import sys

import duckdb

pipeline, run, predictions, errors = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
ROOT = pathlib.Path(__file__).resolve().parents[3]
REFERENCES = json.loads((ROOT / "Tests/Fixtures/tasks/references.json").read_text(encoding="utf-8"))
RIGHT = {"question-answering": 0.85, "mean-pooling": 0.4}   # least share of right answers


def rows(table, columns="*"):
    if not glob.glob(f"{run}/{table}/*/*.parquet"):
        return []
    result = duckdb.sql(f"SELECT {columns} FROM '{run}/{table}/*/*.parquet' ORDER BY ALL")
    return [dict(zip(result.columns, row)) for row in result.fetchall()]


def one(question):
    return duckdb.sql(question.replace("ATTRIBUTIONS", f"'{run}/attributions/*/*.parquet'")
                      .replace("EXPLANATIONS", f"'{run}/explanations/*/*.parquet'")).fetchall()


found = {row["row"]: row for row in rows("predictions")}
explanations = rows("explanations")
assert len(found) == predictions, (len(found), predictions)
assert len(rows("errors")) == errors, rows("errors")
assert {row["row"] for row in explanations} == set(found)

# Every explanation has its tokens in order from 0; their sum is what the explanation says.
for row in one("""SELECT e.row, e.method, e.target, e.target_position, e.attribution_sum, sum(a.attribution),
                         count(*), max(a.position), e.attribution_norm
                  FROM EXPLANATIONS e JOIN ATTRIBUTIONS a ON a.row = e.row AND a.method = e.method
                    AND a.target = e.target AND a.target_position IS NOT DISTINCT FROM e.target_position
                  GROUP BY ALL"""):
    number, _, _, position, expected, total, count, last, norm = row
    assert abs(expected - total) <= 1e-4 * max(1, norm), row
    assert count == last + 1, row
    assert count == (position if pipeline == "causal-lm" else found[number]["token_count"]), row
assert len(one("SELECT DISTINCT row, method, target, target_position FROM ATTRIBUTIONS")) == len(explanations)

# Integrated gradients are complete: the scores add up to the change of the output.
for row in explanations:
    if row["baseline_output"] is not None:
        change = row["output"] - row["baseline_output"]
        assert abs(row["convergence_delta"]) <= 0.05 * max(abs(change), row["attribution_norm"]), row

# The trained checkpoints give what transformers gives, and most of it is right.
if pipeline in REFERENCES:
    expected = REFERENCES[pipeline]
    given = {row["example_id"]: row["generated" if pipeline == "causal-lm" else "predicted"] for row in found.values()}
    wrong = {key: (given[key], expected[key]) for key in expected if given.get(key) != expected[key]}
    assert not wrong and set(given) == set(expected), wrong
if pipeline in RIGHT:
    right = sum(row["predicted"] == row["label"] for row in found.values()) / len(found)
    assert right >= RIGHT[pipeline], right

if pipeline == "question-answering":
    questions = {entry["id"]: (entry["question"], paragraph["context"])
                 for article in json.loads((ROOT / "datasets/questions.json").read_text())["data"]
                 for paragraph in article["paragraphs"] for entry in paragraph["qas"]}
    for row in found.values():
        question, context = questions[row["example_id"]]
        assert (row["text"], row["text_pair"]) == (question, context)
        assert row["answer"] == context[row["answer_start"]:row["answer_end"]] == row["predicted"] != ""
        own = [entry for entry in explanations if entry["row"] == row["row"]]
        assert sorted(entry["target"] for entry in own) == ["end", "start"]
elif pipeline == "token-classification":
    for row in found.values():
        own = [entry for entry in explanations if entry["row"] == row["row"]]
        own.sort(key=lambda entry: entry["target_position"])
        assert [entry["target"] for entry in own] == row["predicted"].split(" ")
elif pipeline == "fill-mask":
    for row in found.values():
        own = [entry for entry in explanations if entry["row"] == row["row"]]
        assert len(own) == row["text"].count("[MASK]") >= 1
    masked = one("SELECT count(*) FROM ATTRIBUTIONS WHERE position = target_position AND token <> '[MASK]'")
    assert masked == [(0,)]
elif pipeline == "causal-lm":
    for row in found.values():
        assert row["generated"] == row["predicted"] and 0 < row["probability"] <= 1
        for method in ("saliency", "saliency-of-probability"):
            own = [e["target_position"] for e in explanations if e["row"] == row["row"] and e["method"] == method]
            assert sorted(own) == list(range(row["token_count"] - len(own), row["token_count"]))
            assert len(own) == 35 == len(row["logits"]), len(own)
    # A share of all: nothing negative, and 1 in the sum.
    sums = one("SELECT sum(normalized), min(normalized) FROM ATTRIBUTIONS GROUP BY row, method, target_position")
    assert all(abs(total - 1) < 1e-4 and least >= 0 for total, least in sums)
elif pipeline == "both-classes":
    for row in found.values():
        assert sorted(e["target"] for e in explanations if e["row"] == row["row"]) == ["negative", "positive"]
elif pipeline == "methods":
    methods = {entry["method"] for entry in explanations}
    assert len(methods) == 13 and len(explanations) == 13 * len(found), methods
    measured = rows("metrics", "DISTINCT row, method")
    assert {(row["row"], row["method"]) for row in measured} == {(row["row"], row["method"]) for row in explanations}
print(f"{len(found)} predictions, {len(explanations)} explanations")
