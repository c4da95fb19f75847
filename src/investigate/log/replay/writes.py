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
from investigate.log.texts import stripped
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
    raw_writes = raw(question.history.log, "history", question, engine)
    _require_readable(raw_writes, question)
    unusable = raw_writes.filter(_unusable())
    writes = numbered(raw_writes.filter(~_unusable()))
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
    """``time``, ``item``, ``system`` and ``difficulty`` of a history, as they are there."""
    assert question.history is not None
    names = question.history.columns
    files = find(source, part)
    table = engine.open(files, wanted=list(names.parts().values()), encoding=names.encoding)
    with readable(files):
        parts: dict[str, Any] = {}
        there = {
            name: called
            for name, called in names.parts().items()
            if name != "system" or part == "history" or called in table.columns
        }
        for name, called in there.items():
            column(table, called, f"history.columns.{name}", "history")
        table, cells = stripped(table, {names.time, names.difficulty})
        for name in names.parts():
            where = f"history.columns.{name}"
            match name:
                case "time":
                    when = casts.moment(cells[names.time], where, question.timezone, names)
                    parts |= {name: when.value, "dark_time": when.present & when.value.isnull()}
                case "difficulty":
                    number, known = casts.number(cells[names.difficulty], where, names)
                    parts |= {name: number, "dark_difficulty": known & number.isnull()}
                case _ if name in there:
                    parts[name] = casts.label(table[there[name]])
                case _:
                    parts[name] = ibis.literal(None, type="string")
        for name in ("time", "difficulty"):
            parts[f"shown_{name}"] = table[there[name]].cast("string")
        return keep(table.select(**parts))


def _require_readable(raw_writes: ibis.Table, question: Question) -> None:
    """Raises `InputError` where more than a share of the writes cannot be read."""
    assert question.history is not None
    names, most = question.history.columns.parts(), question.thresholds.unreadable
    for part, what in (("time", "time"), ("difficulty", "finite number")):
        dark, shown = raw_writes[f"dark_{part}"], raw_writes[f"shown_{part}"]
        sizes = raw_writes.agg(rows=_.count(), dark=dark.sum(), first=shown.min(where=dark))
        found = sizes.to_pyarrow().to_pylist()[0]
        if (found["dark"] or 0) > most * found["rows"]:
            raise InputError(
                f"history.columns.{part}: {found['dark']:,} of the {found['rows']:,} writes have "
                f"no {what} that can be read in {names[part]!r}, such as "
                f"{str(found['first'])[:60]!r}; mend the history, or say how it is written "
                "(time_format:, decimal:)"
            )


def numbered(usable: ibis.Table) -> Writes:
    """Usable writes in their order; those of one moment are ordered by system, then by value."""
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


def usable(raw_writes: ibis.Table) -> ibis.Table:
    """The writes that lack nothing."""
    return raw_writes.filter(~_unusable())


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
