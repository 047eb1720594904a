"""Compares Parquet files with what they should hold, as pyarrow, DuckDB, Polars and pandas read them.

usage: conformance.py DIRECTORY      holding NAME.parquet and NAME.json pairs

Checked for each file: values, nulls, types, nullability, footer counts, page checksums, and statistics, both by
themselves and through filters that readers push down to them.
"""

import json
import math
import pathlib
import struct
import sys

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet

ARROW_TYPES = {
    "int8": pyarrow.int8(), "int32": pyarrow.int32(), "int64": pyarrow.int64(), "float": pyarrow.float32(),
    "double": pyarrow.float64(), "bool": pyarrow.bool_(), "string": pyarrow.string(),
}
DUCKDB_TYPES = {
    "int8": "TINYINT", "int32": "INTEGER", "int64": "BIGINT", "float": "FLOAT", "double": "DOUBLE",
    "bool": "BOOLEAN", "string": "VARCHAR", "floatList": "FLOAT[]",
}
POLARS_TYPES = {
    "int8": polars.Int8, "int32": polars.Int32, "int64": polars.Int64, "float": polars.Float32,
    "double": polars.Float64, "bool": polars.Boolean, "string": polars.String, "floatList": polars.List(polars.Float32),
}
LONGEST_EXACT_BOUND = 64


def from_bits(kind, value):
    """The value that a bit pattern stands for."""
    if value is None:
        return None
    if kind == "floatList":
        return [from_bits("float", element) for element in value]
    if kind == "float":
        return struct.unpack("<f", struct.pack("<I", value))[0]
    if kind == "double":
        return struct.unpack("<d", struct.pack("<Q", value))[0]
    return value


def comparable(value):
    """Equal for equal values only: NaN equals itself, -0.0 differs from 0.0, and all missing values are None."""
    if value is None or value is pandas.NA:
        return None
    if isinstance(value, float):
        return "nan" if math.isnan(value) else struct.pack("<d", value)
    if isinstance(value, (str, bool, int)):
        return value
    return [comparable(element) for element in value]


def same(found, wanted, what):
    found, wanted = [comparable(value) for value in found], [comparable(value) for value in wanted]
    assert len(found) == len(wanted), f"{what}: {len(found)} rows, not {len(wanted)}"
    for row, (a, b) in enumerate(zip(found, wanted)):
        assert type(a) is type(b) and a == b, f"{what}: row {row}: {a!r}, not {b!r}"


def check_values(path, columns):
    arrow = pyarrow.parquet.ParquetFile(path, page_checksum_verification=True).read()
    lazy = polars.read_parquet(path)
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    connection = duckdb.connect()
    relation = connection.read_parquet(str(path))
    rows = relation.fetchall()
    assert relation.columns == [column["name"] for column in columns]
    for index, column in enumerate(columns):
        name, kind, values = column["name"], column["type"], column["values"]
        what = f"{path.name}: {name}"
        field = arrow.schema.field(name)
        assert field.nullable == column["optional"], f"{what}: nullable {field.nullable}"
        if kind == "floatList":
            assert field.type.value_field.name == "element" and not field.type.value_field.nullable, field.type
            assert field.type.value_type == pyarrow.float32(), field.type
        else:
            assert field.type == ARROW_TYPES[kind], f"{what}: {field.type}"
        assert str(relation.types[index]) == DUCKDB_TYPES[kind], f"{what}: {relation.types[index]}"
        assert lazy.schema[name] == POLARS_TYPES[kind], f"{what}: {lazy.schema[name]}"
        same(arrow.column(name).to_pylist(), values, f"{what}: pyarrow")
        same([row[index] for row in rows], values, f"{what}: DuckDB")
        same(lazy[name].to_list(), values, f"{what}: Polars")
        same(frame[name].tolist(), values, f"{what}: pandas")


def check_metadata(path, expected):
    file = pyarrow.parquet.ParquetFile(path)
    metadata = file.metadata
    rows, group_rows = expected["rows"], expected["rowGroupRows"]
    assert metadata.num_rows == rows
    assert metadata.num_row_groups == -(-rows // group_rows)
    assert metadata.created_by == "salience version 0.0.0"
    assert metadata.metadata[b"name"] == expected["name"].encode()
    codec = {"none": "UNCOMPRESSED", "zstd": "ZSTD"}[expected["compression"]]
    position = 4
    for group_index in range(metadata.num_row_groups):
        group = metadata.row_group(group_index)
        assert group.num_rows == min(group_rows, rows - group_index * group_rows)
        uncompressed = 0
        for index, column in enumerate(expected["columns"]):
            chunk = group.column(index)
            what = f"{path.name}: {column['name']}: row group {group_index}"
            values = column["values"][group_index * group_rows:(group_index + 1) * group_rows]
            suffix = ".list.element" if column["type"] == "floatList" else ""
            assert chunk.path_in_schema == column["name"] + suffix, what
            assert chunk.compression == codec, what
            # The chunks follow one another without a gap, which only right sizes allow.
            start = chunk.data_page_offset
            if chunk.has_dictionary_page:
                start = min(start, chunk.dictionary_page_offset)
            assert start == position, f"{what}: begins at {start}, not {position}"
            position += chunk.total_compressed_size
            uncompressed += chunk.total_uncompressed_size
            if codec == "UNCOMPRESSED":
                assert chunk.total_compressed_size == chunk.total_uncompressed_size, what
            if column["type"] == "string":
                leaf = file.schema.column(index)
                assert leaf.converted_type == "UTF8" and leaf.logical_type.type == "STRING", what
            check_statistics(chunk, column["type"], values, what)
        assert group.total_byte_size == uncompressed
    assert position == path.stat().st_size - 8 - metadata.serialized_size


def leaves(kind, values):
    """A column's levels: a row without elements counts as one null."""
    if kind != "floatList":
        return values
    return [element for row in values for element in (row or [None])]


def check_statistics(chunk, kind, values, what):
    statistics = chunk.statistics
    levels = leaves(kind, values)
    present = [value for value in levels if value is not None]
    assert chunk.num_values == len(levels), f"{what}: {chunk.num_values} values"
    assert statistics.null_count == len(levels) - len(present), f"{what}: {statistics.null_count} nulls"
    has_nan = any(isinstance(value, float) and math.isnan(value) for value in present)
    if not present or has_nan:
        assert not statistics.has_min_max, f"{what}: bounds over nothing or NaN"
        return
    order = (lambda value: value.encode()) if kind == "string" else (lambda value: value)
    least, greatest = min(present, key=order), max(present, key=order)
    if kind == "string" and max(len(order(least)), len(order(greatest))) > LONGEST_EXACT_BOUND:
        if statistics.has_min_max:
            assert order(statistics.min) <= order(least), f"{what}: minimum too large"
            assert order(statistics.max) >= order(greatest), f"{what}: maximum too small"
        return
    assert statistics.has_min_max, f"{what}: no bounds"
    assert statistics.min == least and statistics.max == greatest, f"{what}: {statistics.min}, {statistics.max}"
    if isinstance(least, float) and least == 0:
        assert math.copysign(1, statistics.min) == -1, f"{what}: minimum of zero must be -0"
    if isinstance(greatest, float) and greatest == 0:
        assert math.copysign(1, statistics.max) == 1, f"{what}: maximum of zero must be +0"


def check_filters(path, columns):
    """A filter finds as many rows as a look at every row does."""
    connection = duckdb.connect()
    for column in columns:
        name, kind, values = column["name"], column["type"], column["values"]
        if kind == "floatList":
            continue
        present = [value for value in values if value is not None]
        numbers = [value for value in present if not (isinstance(value, float) and math.isnan(value))]
        nan_count = len(present) - len(numbers)
        probes = [numbers[0], numbers[-1], numbers[len(numbers) // 2]] if numbers else []
        if numbers:
            order = (lambda value: value.encode()) if kind == "string" else (lambda value: value)
            probes += [min(numbers, key=order), max(numbers, key=order)]
        quoted = '"' + name.replace('"', '""') + '"'

        def count(condition, *parameters):
            query = f"select count(*) from read_parquet(?) where {condition}"
            return connection.execute(query, [str(path), *parameters]).fetchone()[0]

        what = f"{path.name}: {name}"
        assert count(f"{quoted} is null") == len(values) - len(present), f"{what}: is null"
        for probe in probes:
            key = (lambda value: value.encode()) if kind == "string" else (lambda value: value)
            equal = sum(value == probe for value in numbers)
            above = sum(key(value) > key(probe) for value in numbers)
            cast = f"?::{DUCKDB_TYPES[kind]}"
            assert count(f"{quoted} = {cast}", probe) == equal, f"{what}: DuckDB = {probe!r}"
            # DuckDB sorts NaN above every number.
            assert count(f"{quoted} > {cast}", probe) == above + nan_count, f"{what}: DuckDB > {probe!r}"
            below = len(numbers) - above - equal
            assert count(f"{quoted} < {cast}", probe) == below, f"{what}: DuckDB < {probe!r}"
            found = pyarrow.parquet.read_table(path, filters=[(name, "=", probe)], columns=[name]).num_rows
            assert found == equal, f"{what}: pyarrow = {probe!r}: {found}, not {equal}"
            lazy = polars.scan_parquet(path).filter(polars.col(name) == polars.lit(probe, POLARS_TYPES[kind]))
            found = lazy.select(polars.len()).collect().item()
            assert found == equal, f"{what}: Polars = {probe!r}: {found}, not {equal}"


def check_checksums(path, directory):
    """A damaged page is noticed by pyarrow when it verifies checksums: they are there, and over the right bytes."""
    damaged = directory / "damaged.bin"
    content = bytearray(path.read_bytes())
    chunk = pyarrow.parquet.ParquetFile(path).metadata.row_group(0).column(0)
    content[chunk.data_page_offset + chunk.total_compressed_size - 1
            if not chunk.has_dictionary_page else chunk.dictionary_page_offset + chunk.total_compressed_size - 1] ^= 1
    damaged.write_bytes(content)
    try:
        pyarrow.parquet.ParquetFile(damaged, page_checksum_verification=True).read()
    except OSError as error:
        assert "CRC" in str(error) or "checksum" in str(error), error
    else:
        raise AssertionError(f"{path.name}: a damaged page went unnoticed")


def main(directory):
    paths = sorted(directory.glob("*.parquet"))
    for path in paths:
        expected = json.loads(path.with_suffix(".json").read_text())
        columns = expected["columns"]
        for column in columns:
            column["values"] = [from_bits(column["type"], value) for value in column["values"]]
        check_metadata(path, expected)
        check_values(path, columns)
        check_filters(path, columns)
        check_checksums(path, directory)
    print(f"{len(paths)} files agree")


main(pathlib.Path(sys.argv[1]))
