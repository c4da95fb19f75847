"""Tables that the engine keeps between steps, for as long as the connection lasts.

Ibis' own cache drops a table when Python forgets it, which may be after the connection
has closed.
"""

import itertools

import ibis
import pandas as pd

_numbers = itertools.count()


def keep(table: ibis.Table) -> ibis.Table:
    """`table`, computed now and once."""
    return table.get_backend().create_table(_name(), table, temp=True)


def beside(table: ibis.Table, frame: pd.DataFrame) -> ibis.Table:
    """`frame` as a table of the engine that holds `table`."""
    return table.get_backend().create_table(_name(), frame, temp=True)


def _name() -> str:
    return f"kept_{next(_numbers)}"
