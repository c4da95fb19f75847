"""The difficulty history as numbered writes, in the order in which each item got them."""

from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _

from investigate.errors import InputError
from investigate.log import casts
from investigate.log.files import find
from investigate.log.source import Engine, column, readable
from investigate.log.temporary import keep
from investigate.question.fields import Source
from investigate.question.question import Question

MOST_SYSTEMS = 8


@dataclass(frozen=True)
class Writes:
    """``table``: one row per write that can be used.

    ``time``, ``item``, ``system`` (text), ``difficulty``; ``place`` (of the write among its
    item's, from 1), ``n`` (among its item's by its system, from 1), ``over`` (the system
    that wrote the item before, null at first), ``step`` (difficulty less the one before, at
    first less 0) and ``moved`` (the sum of its system's steps so far).
    systems: their names, sorted. unusable: how many writes lack a part.
    """

    table: ibis.Table
    systems: list[str]
    unusable: int


def history(question: Question, engine: Engine) -> Writes:
    """The writes of the question's history; raises `InputError` where they cannot be used."""
    assert question.history is not None
    told = raw(question.history.log, "history", question, engine)
    unusable = told.filter(_unusable())
    writes = numbered(told.filter(~_unusable()))
    found = writes.table.group_by("system").agg(writes=_.count()).to_pandas()
    systems = sorted(found["system"])
    if not systems:
        raise InputError(
            "history: it holds no write with a time, an item, a system and a difficulty; "
            "check history.columns"
        )
    if len(systems) > MOST_SYSTEMS:
        raise InputError(
            f"history.columns.system: it names {len(systems)} systems, and replay takes at most "
            f"{MOST_SYSTEMS}; give their groups one name each"
        )
    _require_known(question, systems)
    return Writes(writes.table, systems, int(unusable.count().to_pyarrow().as_py()))


def raw(source: Source, part: str, question: Question, engine: Engine) -> ibis.Table:
    """``time``, ``item``, ``system`` and ``difficulty`` of a history, as they stand there."""
    assert question.history is not None
    names = question.history.columns
    files = find(source, part)
    table = engine.open(files, wanted=list(names.parts().values()), encoding=names.encoding)
    with readable(files):
        parts: dict[str, Any] = {}
        for name, called in names.parts().items():
            where = f"history.columns.{name}"
            if name == "system" and part != "history" and called not in table.columns:
                parts[name] = ibis.literal(None, type="string")
                continue
            value = column(table, called, where, "history")
            match name:
                case "time":
                    parts[name] = casts.moment(value, where, question.timezone, names).value
                case "difficulty":
                    parts[name] = casts.number(value, where, names)[0]
                case _:
                    parts[name] = casts.label(value)
        return keep(table.select(**parts))


def numbered(usable: ibis.Table) -> Writes:
    """Usable writes in their order; those of one moment stand by system, then by value."""
    order = ["time", "system", "difficulty"]
    item = ibis.window(group_by="item", order_by=order)
    of_system = {"group_by": ["item", "system"], "order_by": order}
    found = usable.mutate(
        place=(ibis.row_number().over(item) + 1).cast("int64"),
        n=(ibis.row_number().over(ibis.window(**of_system)) + 1).cast("int64"),
        over=_.system.lag().over(item),
        step=_.difficulty - _.difficulty.lag().over(item).fill_null(0.0),
    )
    upto = ibis.cumulative_window(**of_system)
    return Writes(keep(found.mutate(moved=_.step.sum().over(upto))), [], 0)


def usable(told: ibis.Table) -> ibis.Table:
    """The writes that lack nothing."""
    return told.filter(~_unusable())


def _unusable() -> Any:
    return _.time.isnull() | _["item"].isnull() | _.system.isnull() | _.difficulty.isnull()


def _require_known(question: Question, systems: list[str]) -> None:
    listed = set(question.precedence)
    if not listed:
        return
    if missing := sorted(set(systems) - listed):
        raise InputError(
            f"precedence: it leaves out {', '.join(missing)}, which the history holds; "
            "list every system, the strongest first"
        )
