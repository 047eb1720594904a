#!/usr/bin/env python3
"""Run every pipeline with two builds of salience and compare all tables cell by cell.

    python Scripts/checks/compare_binaries.py BEFORE AFTER [--limit N] [--device NAME] [--set KEY=VALUE]...
                                              [PIPELINE]...

Needs pyarrow (requirements.txt). Both builds run in this repository, on the same models and datasets, each into a
temporary folder. Columns that one build alone writes are listed; every other cell must be the same, numbers bit by bit.
`--renamed OLD=NEW` pairs a column of BEFORE with one of AFTER. Exits 1 where a cell, a row or a table differs.
"""
import argparse
import pathlib
import struct
import subprocess
import sys
import tempfile

import pyarrow.dataset as ds

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ["predictions", "explanations", "attributions", "errors"]
KEYS = ["model", "row", "example_id", "method", "target", "target_index", "target_position", "position", "stage"]


def run(binary, pipeline, output, options):
    command = [binary, "run", pipeline, "--output", str(output), "--quiet"]
    if options.limit:
        command += ["--limit", str(options.limit)]
    if options.device:
        command += ["--device", options.device]
    for pair in options.set:
        command += ["--set", pair]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    # 65: more rows failed than are allowed, yet the run is finished and its tables are there.
    if result.returncode not in (0, 65) or not (output / "_SUCCESS").exists():
        sys.exit(f"{' '.join(command)}: exit {result.returncode}\n{result.stderr}")


def bits(value):
    """A value that is equal to another exactly where their bits are."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, list):
        return [bits(item) for item in value]
    return value


def rows(folder):
    table = ds.dataset(folder, format="parquet", partitioning="hive").to_table()
    keys = [key for key in KEYS if key in table.column_names]
    return table.sort_by([(key, "ascending") for key in keys])


def differences(before, after, renamed):
    """Lines that say what two folders of one table do not share, and how many cells were compared."""
    if not before.exists() and not after.exists():
        return [], [], 0
    if before.exists() != after.exists():
        return [], ["in one run alone"], 0
    one, two = rows(before), rows(after)
    if one.num_rows != two.num_rows:
        return [], [f"{one.num_rows} rows, then {two.num_rows}"], 0
    pairs = {name: renamed.get(name, name) for name in one.column_names}
    notes = [f"column {name} is gone" for name, new in pairs.items() if new not in two.column_names]
    notes += [f"column {name} is new" for name in two.column_names if name not in pairs.values()]
    found, cells = [], 0
    for name, new in pairs.items():
        if new not in two.column_names:
            continue
        first, second = one[name].to_pylist(), two[new].to_pylist()
        cells += len(first)
        unlike = [i for i, (a, b) in enumerate(zip(first, second)) if bits(a) != bits(b)]
        if unlike:
            i = unlike[0]
            found.append(f"{name}: {len(unlike)} of {len(first)} cells differ, the first in row "
                         f"{one['row'][i]}: {first[i]!r}, then {second[i]!r}")
    return notes, found, cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("pipelines", nargs="*", metavar="PIPELINE", help="all of pipelines/ where none is named")
    parser.add_argument("--limit", type=int, help="rows of each dataset")
    parser.add_argument("--device")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW")
    options = parser.parse_args()
    renamed = dict(pair.split("=", 1) for pair in options.renamed)
    binaries = [str(pathlib.Path(binary).resolve()) for binary in (options.before, options.after)]
    failed = False
    for pipeline in options.pipelines or sorted(map(str, (ROOT / "pipelines").glob("*.yaml"))):
        pipeline = str(pathlib.Path(pipeline).resolve())
        with tempfile.TemporaryDirectory() as work:
            outputs = [pathlib.Path(work) / name for name in ("before", "after")]
            for binary, output in zip(binaries, outputs):
                run(binary, pipeline, output, options)
            for table in TABLES:
                notes, found, cells = differences(*(output / table for output in outputs), renamed)
                print(f"{pathlib.Path(pipeline).name} {table}: {cells} cells, "
                      + ("the same" if not found else "DIFFERENT"))
                for line in notes + found:
                    print(f"  {line}")
                failed = failed or bool(found)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
