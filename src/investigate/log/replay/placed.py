"""For each row, how many writes of each system its item had got, by one running count.

Rows and writes are laid in one order of item and time, so no engine needs an as-of join. A
write counts for a row when it is strictly earlier.
"""

from datetime import datetime

import ibis
from ibis import _

from investigate.log.replay.writes import Writes
from investigate.log.temporary import keep

VALUE = ["difficulty", "place", "moved"]


def with_counts(rows: ibis.Table, writes: Writes, moments: list[datetime]) -> ibis.Table:
    """`rows` with how many writes of each system their item had got.

    ``n{j}``: of system j; ``n{j}_{m}``: of system j, those before moment m.
    ``rows`` needs ``item`` and ``time``; a row without either has none.
    """
    empty = {name: ibis.null(kind) for name, kind in rows.schema().items()}
    shared = {"item": _["item"], "time": _.time}
    laid = writes.table.select(
        **{**empty, **shared},
        writer=ibis.cases(*((_.system == s, j) for j, s in enumerate(writes.systems)), else_=-1),
    )
    laid = laid.select(*rows.columns, writer=_.writer.cast("int8"))
    own = rows.mutate(writer=ibis.literal(-1, type="int8"))
    # At one moment the row comes first: it was scored from what had been written before.
    window = ibis.cumulative_window(group_by="item", order_by=["time", _.writer >= 0])
    counts = {}
    for j in range(len(writes.systems)):
        counts[f"n{j}"] = (_.writer == j).cast("int64").sum().over(window)
        for m, moment in enumerate(moments):
            early = (_.writer == j) & (_.time < ibis.literal(moment))
            counts[f"n{j}_{m}"] = early.cast("int64").sum().over(window)
    united = ibis.union(own, laid).mutate(**counts)
    return keep(united.filter(_.writer == -1).drop("writer"))


def with_values(rows: ibis.Table, writes: Writes, counts: dict[str, int]) -> ibis.Table:
    """`rows` with the write that each count points at, as ``{count}_difficulty`` and so on.

    ``counts`` maps the name of a column with a number of writes to its system's number.
    """
    for name, j in counts.items():
        chosen = writes.table.filter(_.system == writes.systems[j]).select(
            **{"item": _["item"], name: _.n}, **{f"{name}_{part}": _[part] for part in VALUE}
        )
        rows = rows.left_join(chosen, ["item", name])
        rows = rows.drop(*(n for n in rows.columns if n.endswith("_right")))
    return rows
