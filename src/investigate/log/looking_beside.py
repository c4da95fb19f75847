"""Two tables that nobody has described: by which key the second belongs to the first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import ibis
from ibis import _

from investigate.errors import InputError
from investigate.log.files import find
from investigate.log.joining import key
from investigate.log.looking import Look, SampledColumn, look, looked, zones
from investigate.log.source import Engine, readable
from investigate.log.temporary import keep
from investigate.question.fields import Table

LEAST = 0.05
"""Share of the log's rows that must find their key in the table of outcomes."""
ALONE = 0.5
"""Distinct keys for each row of the outcomes, for a column to be a key."""
_KEY, _ROW = "the key of this row", "the place of this row"


@dataclass(frozen=True, eq=False)
class Beside:
    """The log joined with its outcomes, as one look.

    ``own`` is the key's column in the log, ``key`` that of the outcomes, ``names`` the columns
    that only the outcomes have, and ``matched`` the share of the log's rows that have one;
    ``encoding``, of the outcomes, as in a look.
    """

    look: Look
    outcomes: str | Table
    own: str
    key: str
    names: tuple[str, ...]
    matched: float
    encoding: str | None = None


def beside(log: str | Table, outcomes: str | Table) -> Beside:
    """Look at two tables together. Raises `InputError` where no key joins them."""
    one, other = look(log, "log"), look(outcomes, "outcomes")
    files, more = find(log, "log"), find(outcomes, "outcomes")
    with Engine() as engine:
        rows = engine.open(files, encoding=one.encoding)
        table = engine.open(more, encoding=other.encoding)
        with readable(more):
            best: tuple[float, float, str, str] | None = None
            for own, name in _pairs(one, other):
                share, back = _matched(rows, own, table, name)
                # Small numbers are found anywhere; keys are found both ways.
                if share >= LEAST and (best is None or share * back > best[0]):
                    best = share * back, share, own, name
            if best is None:
                raise InputError(
                    "outcomes: no column joins them to the log: none holds the same keys in both; "
                    f"the log has {', '.join(one.names[:20])}, and the outcomes "
                    f"{', '.join(other.names[:20])}"
                )
            _both, share, own, name = best
            unique = table.mutate(**{_KEY: key(table[name])})
            once = ibis.row_number().over(ibis.window(group_by=_KEY, order_by=name))
            unique = unique.mutate(**{_ROW: once}).filter(_[_ROW] == 0).drop(_ROW)
            kept = [n for n in unique.columns if n not in (name, _KEY, *rows.columns)]
            unique = unique.filter(_[_KEY].notnull()).select(_KEY, *kept)
            mine = rows.mutate(**{_KEY: key(rows[own]), _ROW: ibis.row_number()})
            # Rows are in the log's order, which says how its times are written.
            whole = mine.left_join(unique, _KEY).order_by(_ROW).select(*rows.columns, *kept)
            whole = keep(whole)
            found = looked(whole, log, files.kind, "log", {**zones(more), **zones(files)})
            found = replace(found, encoding=one.encoding)
    return Beside(found, outcomes, own, name, tuple(kept), share, other.encoding)


def _pairs(log: Look, outcomes: Look) -> Iterator[tuple[str, str]]:
    """Columns that may be keys: those of one name first, so that equal ones win."""
    keys = [c for c in outcomes.columns if _may_be(c) and c.distinct >= ALONE * len(c.labels)]
    own = [c for c in log.columns if _may_be(c)]
    pairs = [(a.name, b.name) for a in own for b in keys]
    yield from sorted(pairs, key=lambda pair: pair[0].lower() != pair[1].lower())


def _may_be(column: SampledColumn) -> bool:
    known = column.labels.notna().sum()
    whole = column.numbers is None or column.whole
    return bool(known) and column.times is None and whole and column.distinct > 10


def _matched(rows: ibis.Table, own: str, table: ibis.Table, name: str) -> tuple[float, float]:
    """The share of `rows` that find their key in `table`, and of its keys that they find."""
    keys = table.select(key=key(table[name])).filter(_.key.notnull()).distinct()
    mine = rows.select(key=key(rows[own]))

    def share(part: ibis.Table, of: ibis.Table) -> float:
        found, there = (one.count().to_pyarrow().as_py() for one in (part, of))
        return float(found) / float(there) if there else 0.0

    return share(mine.semi_join(keys, "key"), mine), share(keys.semi_join(mine, "key"), keys)
