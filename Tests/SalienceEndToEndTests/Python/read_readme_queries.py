"""Runs the SQL of README.md on a run of the demo: read_readme_queries.py README.md RUN_DIR.

Prints each query's columns and rows; exits with an error where one cannot be run or the slices and flips are empty.
"""
import re
import sys

import duckdb

readme, run = sys.argv[1:]
text = open(readme, encoding="utf-8").read()
queries = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
assert len(queries) == 3, f"{len(queries)} queries"
for query in queries:
    assert "out/demo/" in query, query
    result = duckdb.sql(query.replace("out/demo", run))
    rows = result.fetchall()
    print(result.columns, rows)
    # A word needs more uses than a slice of the demo may have.
    assert rows or "HAVING" in query, query
