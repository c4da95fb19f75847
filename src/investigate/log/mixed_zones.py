"""Parquet files of which some say the zone of their times and others do not.

The engine takes a time without a zone for one of UTC as soon as another file's has one. Such a
column is read as text, which says of each time whether it has a zone.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import ibis

from investigate.log.unreadable import literal, quoted


def as_written(
    table: ibis.Table, connection: Any, paths: Sequence[Path], file: str, wanted: Collection[str]
) -> ibis.Table:
    """`table` of the files at `paths` with its times as these have them.

    The column ``file`` holds the path of each row's file. Only columns that are `wanted` are
    looked at, or all where none is named.
    """
    for name, kind in table.schema().items():
        if not (kind.is_timestamp() and kind.timezone and (name in wanted or not wanted)):
            continue
        if local := _without_zone(connection, paths, name):
            plain = table[name].cast("timestamp").cast("string")
            told = ibis.ifelse(table[file].isin(local), plain, plain + "+00:00")
            table = table.mutate(**{name: told})
    return table


def _without_zone(connection: Any, paths: Sequence[Path], name: str) -> list[str]:
    """The files whose column `name` has no zone; none where all or none have one."""
    listed = ", ".join(quoted(path) for path in literal(paths))
    found = connection.raw_sql(
        "SELECT written, min(file_name), list(file_name) FROM (SELECT file_name, list(concat_ws("
        "' ', type, converted_type, logical_type) ORDER BY 1) AS written "
        f"FROM parquet_schema([{listed}]) WHERE lower(name) = lower({quoted(name)}) "
        "GROUP BY file_name) GROUP BY written"
    ).fetchall()
    local: list[str] = []
    for _written, first, files in found if len(found) > 1 else ():
        here = f"read_parquet({quoted(literal([Path(first)])[0])}, hive_partitioning = false)"
        columns = connection.raw_sql(f"DESCRIBE SELECT * FROM {here}").fetchall()
        kind = next((str(c[1]) for c in columns if c[0].lower() == name.lower()), "")
        if kind and "WITH TIME ZONE" not in kind:
            local += files
    return local
