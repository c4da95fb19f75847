"""Columns of one table whose names differ in case alone: the engine takes the first for all."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from investigate.errors import InputError
from investigate.log.unreadable import literal, quoted


def require_first_in_files(
    connection: Any, paths: Sequence[Path], wanted: Collection[str]
) -> dict[str, set[str]]:
    """As `require_first` of each Parquet file; by each name in small letters, who has it."""
    listed = ", ".join(quoted(path) for path in literal(paths))
    found = connection.raw_sql(
        f"SELECT file_name, lower(name), count(DISTINCT name) FROM parquet_schema([{listed}]) "
        "GROUP BY ALL ORDER BY 1, 2"
    ).fetchall()
    for path in dict.fromkeys(path for path, _name, spelt in found if spelt > 1):
        require_first(pq.read_schema(path).names, wanted, repr(Path(path).name))
    known: dict[str, set[str]] = {}
    for path, name, _spelt in found:
        known.setdefault(name, set()).add(path)
    return known


def require_first(names: Sequence[str], wanted: Collection[str], holder: str) -> None:
    """Raises `InputError` where a column that is `wanted` comes after one of another case.

    ``names`` are those of the columns, in their order; ``holder`` is what has them.
    """
    for name in wanted:
        alike = [own for own in names if own.lower() == name.lower()]
        if name in alike and alike[0] != name:
            raise InputError(
                f"{holder} has columns {alike[0]!r} and {name!r}, which the engine cannot tell "
                "apart; rename one"
            )
