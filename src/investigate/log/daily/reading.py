"""Some parts of a log, read once, to be counted by day or hour; no row leaves this room."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.log import casts
from investigate.log.daily import EXACT, awaited, counted
from investigate.log.daily.awaited import SECONDS, Every
from investigate.log.daily.edges import MOST, learnt
from investigate.log.daily.parts import LogPart
from investigate.log.daily.since import within
from investigate.log.files import Files, find
from investigate.log.local import UTC_TIME
from investigate.log.rows import REASONS, canonical, named, narrowed, wanted
from investigate.log.source import EmptyError, Engine, column, readable
from investigate.log.sums import sums
from investigate.log.temporary import beside, keep
from investigate.question.question import Question

_ORIGIN = "the file that this row comes from"


@dataclass(frozen=True)
class Reading:
    """Rows of some parts. ``sizes`` has ``part``, ``rows`` and ``untimed`` (no usable time).

    ``refused`` says of each column that could not be read why; its values are unusable.
    ``noted`` says which files are empty or lack a column that others have. ``zeros`` is the text
    that was taken for 0, as the most frequent one, where the question names those of 1 alone.
    """

    rows: ibis.Table
    question: Question
    sizes: pd.DataFrame
    refused: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()

    def starts(self) -> pd.DatetimeIndex:
        """The buckets that have rows, by their start in UTC."""
        found = sums(self.rows, ["start"], {"rows": _.count()})
        return pd.DatetimeIndex(found["start"].astype("datetime64[us, UTC]"))

    def labels(self) -> pd.DataFrame:
        """The groups of the system and of each cohort: ``by``, ``label``, ``rows``."""
        return counted.labels(self.rows, self.question)

    def edges(self, starts: pd.DatetimeIndex | None = None) -> tuple[float, ...]:
        """Score bins learnt from the scored rows; finer ones from those of the buckets `starts`.

        Empty where none is scored.
        """
        most = MOST if starts is None else EXACT
        return learnt(self._of(starts).filter(_.reason.isnull()), most)

    def delays(self, every: Every, until: datetime) -> pd.DataFrame:
        """How long outcomes took that were observed before `until`: see `awaited.delays`."""
        return awaited.delays(self.rows, every, self.question.timezone, until)

    def days(
        self,
        edges: tuple[float, ...],
        groups: counted.Groups,
        starts: pd.DatetimeIndex | None = None,
    ) -> counted.DayCounts:
        """Counts of all rows, or of those of the buckets `starts`."""
        return counted.counted(self._of(starts), self.question, edges, groups)

    def _of(self, starts: pd.DatetimeIndex | None) -> ibis.Table:
        if starts is None:
            return self.rows
        chosen = beside(self.rows, pd.DataFrame({"start": starts.astype("datetime64[us, UTC]")}))
        return self.rows.semi_join(chosen, "start")


@contextmanager
def reading(
    question: Question,
    every: Every,
    parts: Sequence[LogPart],
    since: datetime | None = None,
    until: datetime | None = None,
    strict: bool = True,
    wait: timedelta | None = None,
) -> Iterator[Reading]:
    """Within, the rows of `parts`: buckets that start from `since` on and before `until`.

    `question` says how a row is read; its windows mean nothing. Days begin in its time zone,
    hours are those of UTC. Only these parts are opened, and of columns that hold times or
    epochs only what lies in that span is read. Rows without a usable time count as untimed.
    Raises `InputError` where a file cannot be read or, if `strict`, where it is empty, lacks a
    column or has one that cannot be read: else its values are unusable, and the rest counts.
    Of outcomes that say when they were observed, those count that were known `wait` after the
    end of a row's bucket; all, and `Reading.delays` tells how long they took, without.
    """
    files = find(question.log, "log")
    if files.paths:
        files = replace(files, paths=tuple(part.path for part in parts))
    origin = _ORIGIN if files.kind in ("Parquet", "CSV") else None
    with Engine() as engine:
        refused: list[str] = []
        log = _opened(engine, files, origin, question, None if strict else refused)
        with readable(files):
            time = column(log, question.columns.time, "columns.time")
            chosen = within(time, since, until, question.timezone)
            log = log if chosen is None else log.filter(chosen)
            carried: tuple[str, ...] = () if origin is None else (origin,)
            untyped = files.kind == "CSV"
            # A part need not hold every value that the whole log does.
            log = narrowed(log, question, strict=False)
            log, dated = awaited.awaited(log, question, engine)
            carried += tuple(dated)
            log = log.select(*named(log, question), *carried)
            rows = keep(log) if untyped else log
            names = question.columns
            own = names.positive and not names.negative
            zeros = casts.zeros(rows[names.outcome], names.positive) if own else ()
            refusals = None if strict else refused
            rows = canonical(rows, question, SECONDS[every], carried, refusals)
            # The first reason that is looked for, so it is given wherever it holds.
            pending = (rows.reason == REASONS.index("missing outcome")).fill_null(False)
            rows = rows.mutate(pending=pending)
            used = [name for name in rows.columns if not name.startswith("shown")]
            rows = keep(rows.select(*(name for name in used if name not in _UNUSED)))
        found = _read(rows, question, every, parts, since, until)
        if dated and wait is not None:
            aged = awaited.of_age(found.rows, every, question.timezone, wait)
            found = replace(found, rows=aged)
        noted = tuple(str(breach["reason"]) for breach in engine.breaches)
        yield replace(found, refused=tuple(refused), noted=noted, zeros=zeros)


def _opened(
    engine: Engine, files: Files, origin: str | None, question: Question, refused: list[str] | None
) -> ibis.Table:
    """The files as a table; with a list `refused` columns that are not there are without values."""
    names = wanted(question)
    try:
        log = engine.open(files, origin, names, question.columns.encoding)
    except EmptyError as error:
        if refused is None:
            raise
        refused.append(str(error))
        return engine.nothing([*names, *([] if origin is None else [origin])])
    if refused is None:
        return log
    for name in names:
        if name not in log.columns:
            refused.append(f"{files.part}: there is no column {name!r}")
            log = log.mutate(**{name: ibis.literal(None, type="string")})
    return log


_UNUSED = ("window", "ability")


def _read(
    rows: ibis.Table,
    question: Question,
    every: Every,
    parts: Sequence[LogPart],
    since: datetime | None,
    until: datetime | None,
) -> Reading:
    if every == "hour":
        rows = rows.mutate(start=rows.start.truncate("h").cast(UTC_TIME))
    rows = _numbered(rows, parts)
    span: Any = ibis.literal(True)
    if since is not None:
        span = span & (rows.start >= ibis.literal(since, type=UTC_TIME))
    if until is not None:
        span = span & (rows.start < ibis.literal(until, type=UTC_TIME))
    inside = rows.filter(span | rows.start.isnull())
    sizes = sums(inside, ["part"], {"rows": _.count(), "untimed": _.start.isnull().sum()})
    every_part = pd.DataFrame({"part": range(len(parts))})
    sizes = every_part.merge(sizes, how="left").fillna(0).astype("int64")
    return Reading(inside.filter(inside.start.notnull()), question, sizes)


def _numbered(rows: ibis.Table, parts: Sequence[LogPart]) -> ibis.Table:
    if _ORIGIN not in rows.columns:
        return rows.mutate(part=ibis.literal(0, type="int32"))
    places = pd.DataFrame(
        {
            _ORIGIN: pd.array([str(part.path) for part in parts], dtype="str"),
            "part": pd.array(range(len(parts)), dtype="int32"),
        }
    )
    return rows.join(beside(rows, places), _ORIGIN).drop(_ORIGIN)
