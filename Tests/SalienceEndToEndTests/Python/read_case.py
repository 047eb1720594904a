"""Prints a column of a file as a JSON list, read by Python's own csv or json with the settings that are right for it.

read_case.py FILE json PATH.OF.MEMBER
read_case.py FILE csv COLUMN DELIMITER quotes|plain [NAMES,OF,COLUMNS]
"""
import csv
import json
import sys

path, kind, column, *rest = sys.argv[1:]


def member(value, names):
    for name in names.split("."):
        value = value[name]
    return value


with open(path, encoding="utf-8", newline="") as file:
    if kind == "json":
        text = file.read()
        rows = json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
        values = [member(row, column) for row in rows]
    else:
        quoting = csv.QUOTE_NONE if rest[1] == "plain" else csv.QUOTE_MINIMAL
        names = rest[2].split(",") if len(rest) > 2 else None
        table = csv.DictReader(file, fieldnames=names, delimiter=rest[0], quoting=quoting, strict=True)
        values = [row[column] for row in table]
print(json.dumps(values))
