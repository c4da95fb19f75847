"""Tables that the engine keeps between steps, for as long as the connection lasts.

Ibis' own cache drops a table when Python forgets it, which may be after the connection
has closed.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.operations as ops
import pandas as pd

AT_ONCE = 2**26
"""About how many rows are put in order at once: engines hold all rows of one window function."""

_numbers = itertools.count()
"""Of tables in a session that may be another's too."""


def keep(table: ibis.Table) -> ibis.Table:
    """`table`, computed now and once."""
    backend = table.get_backend()
    return backend.create_table(_name(backend), table, temp=True)


def keep_all(tables: Sequence[ibis.Table]) -> ibis.Table:
    """The rows of `tables`, whose columns are the same, computed one after the other."""
    first, *others = tables
    backend = first.get_backend()
    if not others or not hasattr(backend, "append"):
        return keep(ibis.union(*tables) if others else first)
    kept = keep(first)
    for other in others:
        backend.append(kept, other.select(*kept.columns))
    return kept


def short(table: ibis.Table) -> ibis.Table:
    """`table` as many queries had better say it: nothing is computed."""
    backend = table.get_backend()
    return backend.as_view(_name(backend), table) if hasattr(backend, "as_view") else table


def stored(table: ibis.Table) -> bool:
    """Whether the engine keeps the rows of `table` as they are."""
    return isinstance(table.op(), ops.DatabaseTable)


def forget(table: ibis.Table) -> None:
    """Let the engine drop a table that `keep` or `beside` made, which nothing reads again."""
    # Its own name alone: with the place where it lies, no table is called that.
    table.get_backend().drop_table(table.op().name, force=True)


def beside(table: ibis.Table, frame: pd.DataFrame) -> ibis.Table:
    """`frame` as a table of the engine that holds `table`."""
    backend = table.get_backend()
    return backend.create_table(_name(backend), frame, temp=True)


def _name(backend: Any) -> str:
    return f"kept_{next(getattr(backend, 'numbers', _numbers))}"
