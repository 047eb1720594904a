"""Writes pyarrow.parquet beside this script: uncompressed, without page checksums, one dictionary column."""

import pathlib

import pyarrow
import pyarrow.parquet

ROWS = range(60)
LISTS = pyarrow.list_(pyarrow.field("element", pyarrow.float32(), nullable=False))
schema = pyarrow.schema([
    pyarrow.field("i", pyarrow.int64(), nullable=False),
    pyarrow.field("s", pyarrow.string()),
    pyarrow.field("l", LISTS),
    pyarrow.field("b", pyarrow.bool_(), nullable=False),
    pyarrow.field("i8", pyarrow.int8()),
])
table = pyarrow.table([
    pyarrow.array(list(ROWS), pyarrow.int64()),
    pyarrow.array([None if row % 5 == 0 else f"w{row % 4}" for row in ROWS]),
    pyarrow.array([None if row % 6 == 0 else [row / 2] * (row % 3) for row in ROWS], LISTS),
    pyarrow.array([row % 2 == 0 for row in ROWS]),
    pyarrow.array([None if row % 9 == 0 else row - 30 for row in ROWS], pyarrow.int8()),
], schema=schema)
pyarrow.parquet.write_table(
    table, pathlib.Path(__file__).with_name("pyarrow.parquet"), compression="none", use_dictionary=["s"],
    write_page_checksum=False, store_schema=False)
