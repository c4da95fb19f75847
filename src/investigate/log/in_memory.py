"""A table that a program holds: its content as Arrow, and the hash by which a question names it."""

import hashlib
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from investigate.errors import InputError
from investigate.question.fields import InMemory


def hold(value: Any, part: str) -> tuple[InMemory, pa.Table]:
    """See `investigate.log.hold`."""
    table = _of_pandas(value, part) if isinstance(value, pd.DataFrame) else _of_arrow(value, part)
    for name in table.column_names:
        if table.column_names.count(name) > 1:
            raise InputError(f"{part}: the table has two columns called {name!r}; rename one")
    if not table.num_columns:
        raise InputError(f"{part}: the table has no columns")
    columns = [_readable(column) for column in table.columns]
    table = pa.table(columns, names=table.column_names)
    return InMemory(in_memory=digest(table), rows=table.num_rows), table


def digest(table: pa.Table) -> str:
    """SHA-256 of the names, types and values of `table`, however it lies in memory."""
    hasher = hashlib.sha256(f"{table.num_rows}".encode())
    for name, column in zip(table.column_names, table.columns, strict=True):
        hasher.update(f"\0{name}\0{column.type}\0".encode())
        for data in _content(column):
            hasher.update(data)
    return hasher.hexdigest()


def _of_pandas(frame: pd.DataFrame, part: str) -> pa.Table:
    if isinstance(frame.columns, pd.MultiIndex):
        raise InputError(
            f"{part}: the table's columns have {frame.columns.nlevels} levels of names; give each "
            "one name, as by frame.columns = frame.columns.map('_'.join)"
        )
    names = [str(name) for name in frame.index.names if name is not None]
    if names and not set(names) & {str(name) for name in frame.columns}:
        frame = frame.reset_index()
    elif names:
        frame = frame.reset_index(drop=True)
    columns = [_of_series(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return pa.Table.from_arrays(columns, names=[str(name) for name in frame.columns])


def _of_series(series: "pd.Series[Any]") -> Any:
    try:
        column = pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        column = None
    if column is not None and pa.types.is_timestamp(column.type) and _zones_differ(series):
        column = None
    if column is None or isinstance(column.type, pa.BaseExtensionType):
        # Of no one type: written as a CSV would write it.
        texts = [None if pd.api.types.is_scalar(v) and pd.isna(v) else str(v) for v in series]
        column = pa.array(texts, type=pa.string())
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _zones_differ(series: "pd.Series[Any]") -> bool:
    """Whether some times have a zone and others have none, which Arrow would take for UTC."""
    if series.dtype != object:
        return False
    times = [v for v in series if isinstance(v, datetime | np.datetime64) and v == v]
    return len({getattr(time, "tzinfo", None) is None for time in times}) > 1


def _of_arrow(value: Any, part: str) -> pa.Table:
    try:
        return value if isinstance(value, pa.Table) else pa.table(value)
    except Exception as error:
        raise InputError(
            f"{part}: a {type(value).__name__} cannot be read as a table: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from error


def _readable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in a type that every engine reads."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _readable(column.cast(kind.value_type))
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    plain = (
        *(pa.types.is_boolean(kind), pa.types.is_integer(kind), pa.types.is_floating(kind)),
        *(pa.types.is_timestamp(kind), pa.types.is_date(kind), pa.types.is_decimal128(kind)),
    )
    if any(plain):
        return column
    try:
        return column.cast(pa.large_string())
    except pa.ArrowException:
        texts = [None if value is None else str(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, type=pa.large_string())])


def _content(column: pa.ChunkedArray) -> list[Any]:
    """The bytes that say which values are there, and what they are; a null's are zeros."""
    there = column.is_valid()
    known = column.drop_null().combine_chunks()
    kind = known.type
    if pa.types.is_decimal(kind):
        known, kind = known.cast(pa.large_string()), pa.large_string()
    if pa.types.is_timestamp(kind) or pa.types.is_date64(kind):
        known = known.cast(pa.int64())
    elif pa.types.is_date(kind):
        known = known.cast(pa.int32())
    if isinstance(known, pa.ChunkedArray):
        known = pa.concat_arrays(known.chunks) if known.num_chunks else pa.array([], known.type)
    validity = there.to_numpy().astype("u1").tobytes()
    if pa.types.is_large_string(known.type):
        _, offsets, data = known.buffers()
        ends = np.frombuffer(offsets, "<i8")[known.offset : known.offset + len(known) + 1]
        if not len(known) or data is None:
            return [validity, np.diff(ends).tobytes()]
        return [validity, np.diff(ends).tobytes(), memoryview(data)[ends[0] : ends[-1]]]
    if pa.types.is_boolean(known.type):
        known = known.cast(pa.uint8())
    return [validity, known.to_numpy(zero_copy_only=False).tobytes()]
