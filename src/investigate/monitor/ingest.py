"""Ingest what is new in the log: read it, count it, and replace what was counted of it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate import log
from investigate.counts.auc import auc
from investigate.counts.hanley_mcneil import hanley_mcneil
from investigate.counts.table import MISSING, OTHER
from investigate.errors import InputError
from investigate.log.daily import EXACT
from investigate.monitor.state import MonitorState
from investigate.monitor.state.store import bounds
from investigate.monitor.waiting import NONE, Wait, waiting
from investigate.monitor.watch import Watch
from investigate.question.question import Question, Window

if TYPE_CHECKING:
    from investigate.log.daily.counted import DayCounts
    from investigate.log.daily.parts import LogPart
    from investigate.log.daily.reading import Reading

COARSE = 0.002
"""The bound of an AUC from which on new edges are learnt."""
NOISE = 0.1
"""A bound below this share of the AUC's own standard error needs no new edges."""
AT_ONCE = 64_000_000
"""Bytes of files that are read together: about two million rows."""

_CLOCKS = 3
_SIDES = ["positives", "negatives", "off"]
_NO_PART_IN_EDGES = ("system", "item", "cluster", "ability")

Overall = dict[pd.Timestamp, tuple[float, ...]]


@dataclass(frozen=True)
class ChangedBucket:
    """A bucket that was known already, and how many rows it had and has."""

    start: datetime
    before: int
    after: int


@dataclass(frozen=True)
class Ingested:
    """What was read and counted.

    ``parts`` read, the ``rows`` in them that were read (of which ``untimed`` have no usable
    time and are in no bucket), buckets that ``changed``, and parts that ``vanished`` from the
    log, whose counts stay. ``refused`` says which parts are empty, lack a column or have one that
    could not be read, and why: there, all values are unusable. ``again`` are the rows that were
    known and read for their outcomes, which are waited for as ``waits`` says.
    """

    parts: tuple[str, ...]
    rows: int
    untimed: int
    changed: tuple[ChangedBucket, ...]
    vanished: tuple[str, ...]
    refused: tuple[str, ...] = ()
    again: int = 0
    waits: Wait = NONE


def ingest(watch: Watch, state: MonitorState, now: datetime | None = None) -> Ingested:
    """Count what `state` does not hold yet of the log of `watch`, as of `now`.

    Reads the files that are new or changed, and of a log that is one file or table, if it
    changed, what lies at most `late_days` before the newest bucket. Where new outcomes are in, it
    reads again what still waits for some. Raises `InputError`
    where one cannot be read. Once rows were counted, files that are empty, lack a column or
    have one that cannot be read are counted as they are, unusable, so that the days can be
    judged: what prevents a measure is for an alert, and no reason to stop.
    """
    parts = log.parts(watch.log)
    question = _question(watch)
    moment = now or datetime.now(UTC)
    waits = waiting(watch, state, question, parts, moment)
    stored = state.parts()
    vanished = tuple(sorted(set(stored) - {part.name for part in parts}))
    known = {} if waits.anew else stored
    new = [p for p in parts if p.name not in known or known[p.name].version != p.version]
    if new and not state.edges():
        edges, zeros = _learnt(watch, question, new, waits.wait)
        if edges:
            state.add_edges(edges)
    else:
        zeros = ()
    # Before the baseline is over, what is still open may be what most of its rows hold.
    if moment - waits.wait >= watch.baseline.bounds(watch.timezone)[1] and not state.zeros():
        known_logs = [some for some in (parts, new) if some] if new or waits.fresh else []
        state.keep_zeros(zeros or _zeros(watch, question, known_logs, waits.wait))
    question = _question(as_read(watch, state))
    since = None if waits.anew else _since(watch, state, new, waits.wait)
    batches = [(batch, since) for batch in _batches(new)]
    open_since = _newest(state, watch.late_days, waits.wait)
    if waits.fresh and not waits.anew and open_since is not None:
        waiting_parts = state.parts_since(pd.Timestamp(open_since))
        old = [p for p in parts if p not in new and known[p.name].number in waiting_parts]
        batches += [(batch, open_since) for batch in _batches(old)]
    touched: set[pd.Timestamp] = set()
    rows = untimed = again = 0
    refused: list[str] = []
    for batch, start in batches:
        strict = batch[0].whole or not state.buckets()
        with log.reading(
            question, watch.every, batch, start, strict=strict, wait=waits.wait
        ) as reading:
            refused += [f"{_named(batch)}: {line}" for line in reading.refused]
            refused += reading.noted
            touched |= _replaced(watch, state, reading, batch, start)
            read = int(reading.sizes["rows"].sum())
            if batch[0] in new:
                rows += read
                untimed += int(reading.sizes["untimed"].sum())
            else:
                again += read
    if watch.outcomes is not None:
        state.keep_outcomes(waits.version, waits.wait)
    before = state.overall(sorted(touched))
    state.refresh(sorted(touched))
    changed = _changed(before, state.overall(sorted(touched)))
    names = tuple(part.name for part in new)
    return Ingested(names, rows, untimed, changed, vanished, tuple(refused), again, waits)


def _named(batch: "Sequence[LogPart]") -> str:
    """Parts that are read together, as messages name them."""
    more = f" and {len(batch) - 1} more" if len(batch) > 1 else ""
    return f"{batch[0].name}{more}"


def _question(watch: Watch) -> Question:
    end = watch.baseline.bounds(watch.timezone)[1]
    return watch.question(watch.watch, watch.baseline, Window(start=end, end=end + watch.step))


def as_read(watch: Watch, state: MonitorState) -> Watch:
    """`watch` with the text that was learnt to mean 0, where it names those of 1 alone.

    Each part of the log would take its own most frequent one: in a new file that may be what is
    still open.
    """
    if not _learns_zeros(watch) or not state.zeros():
        return watch
    columns = watch.columns.model_copy(update={"negative": state.zeros()})
    return watch.model_copy(update={"columns": columns})


def _learns_zeros(watch: Watch) -> bool:
    return bool(watch.columns.positive and not watch.columns.negative)


def _zeros(
    watch: Watch, question: Question, logs: "Sequence[Sequence[LogPart]]", wait: timedelta
) -> tuple[str, ...]:
    """The text that means 0, by the first of `logs` that can be read; one may be damaged by now."""
    for parts in logs if _learns_zeros(watch) else ():
        with suppress(InputError):
            return _learnt(watch, question, parts, wait, strict=False)[1]
    return ()


def _learnt(
    watch: Watch,
    question: Question,
    parts: "Sequence[LogPart]",
    wait: timedelta,
    strict: bool = True,
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Edges, and the text that means 0, learnt from the baseline, or from all that is there."""
    # How values are written still has to be said.
    columns = question.columns.model_copy(update=dict.fromkeys(_NO_PART_IN_EDGES))
    narrow = question.model_copy(update={"columns": columns, "cohorts": ()})
    zeros: tuple[str, ...] = ()
    for since, until in (watch.baseline.bounds(watch.timezone), (None, None)):
        with log.reading(narrow, watch.every, parts, since, until, strict, wait) as reading:
            zeros = zeros or reading.zeros
            if edges := reading.edges():
                return edges, zeros
    return (), zeros


def _since(
    watch: Watch, state: MonitorState, new: "Sequence[LogPart]", wait: timedelta
) -> datetime | None:
    """From where on a log without parts is read again; `None`: from its beginning."""
    if len(new) != 1 or not new[0].whole or new[0].name not in state.parts():
        return None
    # A time after the file was written is a mistake, and says nothing about what is new.
    written = pd.Timestamp(new[0].modified, unit="ns", tz="UTC")
    waits = wait if watch.outcomes is not None else timedelta()
    return _newest(state, watch.late_days, waits, written)


def _newest(
    state: MonitorState, late_days: int, wait: timedelta, until: pd.Timestamp | None = None
) -> datetime | None:
    """What lies so long before the newest bucket (up to `until`) that it may still change."""
    seen = [start for start in state.buckets() if until is None or start <= until]
    if not seen:
        return None
    # Days are up to some hours longer than others where clocks change.
    return max(seen).to_pydatetime() - timedelta(days=late_days, hours=_CLOCKS) - wait


def _batches(parts: "Sequence[LogPart]") -> "Iterator[list[LogPart]]":
    batch: list[LogPart] = []
    for part in parts:
        if batch and sum(other.size for other in batch) + part.size > AT_ONCE:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _replaced(
    watch: Watch,
    state: MonitorState,
    reading: "Reading",
    batch: "Sequence[LogPart]",
    since: datetime | None,
) -> set[pd.Timestamp]:
    """Put what is read in the place of what was counted; the buckets that this touches."""
    numbers = np.array([state.enter(part.name, part.version) for part in batch])
    gone = state.forget(numbers.tolist(), None if since is None else pd.Timestamp(since))
    _register(watch, state, reading)
    starts = set(reading.starts())
    known = state.buckets()
    for version in sorted({known[start] for start in starts if start in known}):
        own = sorted(start for start in starts if known.get(start) == version)
        state.add(_tables(_days(state, reading, version, own), numbers))
    _add_new(state, reading, sorted(starts - set(known)), numbers)
    sizes = reading.sizes
    state.measure(sizes.assign(part=numbers[sizes["part"]]))
    return starts | set(gone)


def _add_new(
    state: MonitorState, reading: "Reading", starts: list[pd.Timestamp], numbers: NDArray[np.int64]
) -> None:
    """Count buckets that were not known, with edges that are fine enough for each.

    Those that are not fine with the newest edges get new ones, as many together as may be.
    """
    alone: set[pd.Timestamp] = set()
    while starts:
        version = max(state.edges(), default=0)
        counts = _days(state, reading, version, starts)
        # No edges are finer for a bucket than those that were learnt from it.
        coarse = [start for start in _coarse(counts.cells) if start not in alone]
        fine = set(starts) - set(coarse)
        state.add(_tables(counts, numbers, fine), dict.fromkeys(sorted(fine), version))
        if coarse:
            own = _at_once(coarse, counts.facts)
            alone.update(own)
            state.add_edges(reading.edges(pd.DatetimeIndex(own)))
        starts = coarse


def _at_once(starts: list[pd.Timestamp], facts: pd.DataFrame) -> list[pd.Timestamp]:
    """The first of `starts`, one at least, whose rows are so few that each score is an edge."""
    rows = facts[facts["by"] == "all"].groupby("start")["rows"].sum()
    together = rows.loc[starts].cumsum()
    return starts[: max(1, int((together <= EXACT).sum()))]


def _days(
    state: MonitorState, reading: "Reading", version: int, starts: list[pd.Timestamp]
) -> "DayCounts":
    groups: dict[str, list[str]] = {}
    for by, label in state.streams()[["by", "label"]].itertuples(index=False):
        groups.setdefault(by, []).append(label)
    return reading.days(state.edges().get(version, ()), groups, pd.DatetimeIndex(starts))


def _tables(
    counts: "DayCounts", numbers: NDArray[np.int64], starts: set[pd.Timestamp] | None = None
) -> dict[str, pd.DataFrame]:
    """The tables of `counts`, with the state's numbers of parts; only `starts` if any are named."""
    tables = {}
    for name in ("cells", "facts", "dependence"):
        table: pd.DataFrame = getattr(counts, name)
        chosen = table if starts is None else table[table["start"].isin(starts)]
        tables[name] = chosen.assign(part=numbers[chosen["part"]])
    return tables


def _coarse(cells: pd.DataFrame) -> "Iterator[pd.Timestamp]":
    """The buckets whose bins may hide some of their AUC, in order."""
    overall = cells[cells["by"] == "all"].groupby(["start", "bin"])[_SIDES].sum()
    for start, own in overall.groupby("start"):
        positives, negatives, off = (own[name].to_numpy() for name in _SIDES)
        m, n = positives.sum(), negatives.sum()
        if not m or not n:
            continue
        noise = float(np.sqrt(hanley_mcneil(auc(positives, negatives), m, n)))
        if bounds(positives, negatives, off) > max(COARSE, NOISE * noise):
            yield pd.Timestamp(start)  # type: ignore[arg-type]


def _register(watch: Watch, state: MonitorState, reading: "Reading") -> None:
    """Enter groups that were not seen before as streams, while a column has too few."""
    streams = state.streams()
    columns = [*(["system"] if watch.columns.system else []), *watch.cohorts]
    if streams.empty:
        both = [(by, label) for by in columns for label in (MISSING, OTHER)]
        state.add_streams([("all", ""), *both])
    known = set(streams[["by", "label"]].itertuples(index=False, name=None))
    found = reading.labels().sort_values(["rows", "label"], ascending=[False, True])
    for by in columns:
        own = {label for column, label in known if column == by} - {MISSING, OTHER}
        fresh = [label for label in found.loc[found["by"] == by, "label"] if label not in own]
        fresh = [label for label in fresh if label not in (MISSING, OTHER)]
        state.add_streams([(by, label) for label in fresh[: watch.most_groups - len(own)]])


def _changed(before: Overall, after: Overall) -> tuple[ChangedBucket, ...]:
    return tuple(
        ChangedBucket(
            start.to_pydatetime(), int(was[0]), int(after[start][0]) if start in after else 0
        )
        for start, was in sorted(before.items())
        if after.get(start) != was
    )
