"""When a slice of the log changed: its AUC, or a share of its rows, as a date with an interval.

The series of blocks says whether it changed, in which shape, and about when (`change_point`); the
rows of the buckets around that say on which day (`change_date`).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.change_date import Dated, nearest, slides_better
from investigate.analyses.change_point import LevelChange, change_point
from investigate.analyses.change_shape import FEWEST, FINEST
from investigate.analyses.series import Blocks, Daily, blocks, daily, dependence
from investigate.analyses.wording import day
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

WEEK = 7
DAY = 86_400
FREQUENCY = {DAY: "D", 3_600: "h", 60: "min"}
DAYS = pd.Timedelta(days=1)
AROUND = 2
"""Buckets with rows beyond the series' own 99% interval within which rows may date a change."""
NEW, GREW = 0.05, 0.2
"""A group was new before a slide, and large after it, at these shares of the rows."""


def dated(
    counts: Counts,
    question: Question,
    system: str = "",
    cohort: Mapping[str, str] | None = None,
) -> dict[str, Any] | None:
    """When AUC changed within one system, or within one cohort ({column: value}), or overall.

    With a cohort the system is left out of account. ``date``, ``low``, ``high``; ``p_value``;
    ``before``, ``after`` (AUC); ``shape`` (``step``, ``slide``, ``rollout``, ``temporary``),
    ``from`` and ``to`` (when the new level was reached, or last seen; null for a step), and
    ``group``: what grew in a roll-out. `None` where too few points in time have an AUC, or the
    counts hold no series of the cohort.
    """
    by, value = next(iter((cohort or {}).items()), ("", ""))
    return _dated(counts, question, "" if by else system, by, value)


def dated_share(
    start: pd.DatetimeIndex,
    hits: NDArray[np.int64],
    rows: NDArray[np.int64],
    counts: Counts,
    question: Question,
) -> dict[str, Any] | None:
    """When the share of `hits` among `rows` changed, by bucket (n,); as `dated`, of shares.

    `start`: the buckets of `counts`, in UTC and in order.
    """
    own = Daily(start, np.asarray(hits)[:, None], np.asarray(rows - hits)[:, None])
    own = asked(own.within(own.rows > 0), counts, question)
    total = int(own.rows.sum())
    if not total:
        return None
    share = own.positives[:, 0] / own.rows
    # A day's own share knows no error where it is 0 or 1: the error is that of the whole.
    pooled = float((own.positives.sum() + 0.5) / (total + 1))
    each = np.arange(len(share))
    found = Blocks(each, each, share, np.sqrt(pooled * (1 - pooled) / own.rows))
    return _change(own, found, counts, question)


def dated_base_rate(
    counts: Counts,
    question: Question,
    system: str = "",
    cohort: Mapping[str, str] | None = None,
) -> dict[str, Any] | None:
    """When the share of outcomes that are one changed in a slice; as `dated`."""
    by, value = next(iter((cohort or {}).items()), ("", ""))
    own = daily(counts, "" if by else system, by, value)
    return dated_share(own.start, own.positives.sum(axis=1), own.rows, counts, question)


def sharpest(
    counts: Counts,
    question: Question,
    system: str = "",
    cohort: Mapping[str, str] | None = None,
    labels: bool = False,
) -> dict[str, Any] | None:
    """The change of a slice or of all rows, whichever date is surer; `None` where neither is sure.

    Of a slice its fall in AUC and, with `labels`, the change in its outcome rate. Of two dates with
    intervals of equal length the slice's is taken. Where the slice surely fell, another date counts
    only within the interval of that fall: outcome rates and the rest of a log change by themselves.
    """
    alpha = 1 - question.thresholds.confidence
    # The series hold one column: of two combined, each stands for the part that both name.
    parts = [{column: value} for column, value in (cohort or {}).items()] or [{}]
    own: list[dict[str, Any] | None] = []
    for part in parts if system or cohort else []:
        fall = dated(counts, question, system, part)
        own += [fall] if fall and fall["after"] < fall["before"] else []
    fell = list(own)
    if labels:
        own += [dated_base_rate(counts, question, system, part) for part in parts]
    every = [one for one in [*own, dated(counts, question)] if one and one["p_value"] <= alpha]
    falls = [one for one in every if any(one is fall for fall in fell)]
    if falls:
        every = [one for one in every if any(meet(one, fall) for fall in falls)]
    return min(every, key=_length, default=None)


def meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the intervals of two dates share a moment."""
    ends = [pd.Timestamp(found[end]) for found in (one, other) for end in ("low", "high")]
    return bool(ends[0] <= ends[3] and ends[2] <= ends[1])


def began(
    counts: Counts, question: Question, system: str, cohort: Mapping[str, str] | None
) -> str | None:
    """The first day of a slice that has no row in the baseline; `None` if it has, or is unknown."""
    by, value = next(iter((cohort or {}).items()), ("", ""))
    rows = asked(daily(counts, "" if by else system, by, value), counts, question)
    days = rows.start[rows.rows > 0]
    if not len(days) or days[0] < pd.Timestamp(question.baseline.bounds(question.timezone)[1]):
        return None
    return day(days[0].tz_convert(question.timezone).to_pydatetime())


def _length(found: dict[str, Any]) -> pd.Timedelta:
    return pd.Timestamp(found["high"]) - pd.Timestamp(found["low"])


@remembered
def _dated(
    counts: Counts, question: Question, system: str, by: str, value: str
) -> dict[str, Any] | None:
    own = asked(daily(counts, system, by, value), counts, question)
    found = _change(own, blocks(own, dependence(counts, system)), counts, question)
    if found and found["shape"] == "slide" and (grew := _grew(counts, question, found)):
        found.update(shape="rollout", group=grew)
    return found


def asked(own: Daily, counts: Counts, question: Question) -> Daily:
    """The buckets from the baseline's start to the incident's end."""
    first = pd.Timestamp(question.baseline.bounds(question.timezone)[0])
    end = pd.Timestamp(question.incident.bounds(question.timezone)[1])
    bucket = pd.Timedelta(seconds=counts.meta["bucket_seconds"])
    return own.within(np.asarray((own.start > first - bucket) & (own.start < end)))


def _change(own: Daily, found: Blocks, counts: Counts, question: Question) -> dict[str, Any] | None:
    if not len(found.first):
        return None
    # Every bucket has a place, also one without rows: weeks and autocorrelation count places.
    local = own.start.tz_convert(question.timezone)
    places = pd.date_range(local[0], local[-1], freq=FREQUENCY[counts.meta["bucket_seconds"]])
    at = places.get_indexer(local)
    own, at = own.within(at >= 0), at[at >= 0]
    block = at[found.first]
    values, errors = np.full((2, len(places)), np.nan)
    values[block], errors[block] = found.auc, found.error
    start = pd.Timestamp(question.incident.bounds(question.timezone)[0])
    change = change_point(
        values,
        errors,
        incident=int(places.searchsorted(start)),
        confidence=question.thresholds.confidence,
        period=WEEK if counts.meta["bucket_seconds"] == DAY else None,
    )
    if change is None:
        return None
    shape, before, after, stop = change.shape, change.before, change.after, change.shape.stop
    asked_for = int(np.searchsorted(at, places.searchsorted(start)))
    rows = own, at, found, change, question.thresholds.confidence
    best = _closer(*rows, asked_for, shape.kind != "temporary")
    starts: int | None = None
    if best.reached is not None:
        starts = _slides(values, errors, change, at, best)
        if starts is None:
            best = _closer(*rows, asked_for, False)
    index, low, high = (int(at[i]) for i in (best.index, best.low, best.high))
    kind, to = shape.kind, None if stop is None else _last(at, found, stop)
    if best.reached is not None and starts is not None:
        # AUC feels the beginning least: where it falls later than rows show, either may be it.
        kind, to, high = "slide", int(at[best.reached]), max(high, starts)
    elif kind == "slide" and not _by_rows_too(own, at, change, best):
        kind, to = "step", None
    elif kind == "slide" and shape.low is not None and shape.high is not None:
        index, low, high = shape.start, shape.low, shape.high
    if kind == "slide" and to is not None:
        before, after = _levels(values, errors, index, to)
    # The moment may have been any since the last bucket with rows before it.
    earlier = at[at < low]

    def date(place: int) -> str:
        return day(places[place].to_pydatetime())

    return {
        "date": date(index),
        "low": date(int(earlier[-1]) + 1 if len(earlier) else low),
        "high": date(high),
        "p_value": change.p_value,
        "before": before,
        "after": after,
        "shape": kind,
        "from": date(index),
        "to": None if to is None else date(to),
        "group": None,
    }


def _closer(
    own: Daily,
    at: NDArray[np.int64],
    found: Blocks,
    change: LevelChange,
    confidence: float,
    asked_for: int,
    slides: bool,
) -> Dated:
    """The date and its interval from the rows around the date of the series.

    `asked_for`: the first bucket with rows of the incident window.
    """
    block = at[found.first]

    def first(place: int) -> int:
        return int(found.first[np.searchsorted(block, place).clip(max=len(block) - 1)])

    stop = change.end
    if change.shape.kind == "temporary" and change.shape.stop is not None:
        stop = min(stop, change.shape.stop + 1)
    last = int(found.last[np.searchsorted(block, change.latest, side="right") - 1])
    end = int(found.last[np.searchsorted(block, stop) - 1]) + 1
    return nearest(
        own.positives,
        own.negatives,
        (first(change.begin), first(change.index), max(end, first(change.index) + 1)),
        (first(change.earliest) - AROUND, last + AROUND),
        confidence,
        slides,
        asked_for,
    )


def _last(at: NDArray[np.int64], found: Blocks, place: int) -> int:
    return int(at[found.last[np.searchsorted(at[found.first], place)]])


def _slides(
    values: NDArray[np.float64],
    errors: NDArray[np.float64],
    change: LevelChange,
    at: NDArray[np.int64],
    slide: Dated,
) -> int | None:
    """Where AUC begins to fall on a slide that its rows tell of, or `None` where it steps.

    Scores may drift for longer than AUC falls, and AUC feels the beginning least: its own slide
    may begin later, but must reach the new level no sooner, and follow AUC as well as a step.
    """
    place = np.arange(change.begin, change.end)
    known = np.isfinite(values[place]) & (errors[place] > 0)
    place = place[known]
    y, w = values[place], errors[place] ** -2.0

    def gain(part: NDArray[np.float64]) -> float:
        apart = part - np.average(part, weights=w)
        spread = float(w @ apart**2)
        return float(w @ (apart * y)) ** 2 / spread if spread else 0.0

    first, reached = int(at[slide.index]), int(at[slide.reached or slide.index])
    best, begins = gain((place >= change.index).astype(float)), None
    # Rows are looked at near the step alone, and AUC may fall on beyond.
    stops = range(reached, max(change.end, reached + 1), -(-len(place) // FINEST))
    for start in range(first, reached + 1 - FEWEST):
        for stop in stops:
            if (own := gain(((place - start) / (stop - start)).clip(0, 1))) >= best:
                best, begins = own, start
    return begins


def _by_rows_too(own: Daily, at: NDArray[np.int64], change: LevelChange, step: Dated) -> bool:
    """Whether a slide of the series is the likelier tale of its rows, too, than the step."""
    shape = change.shape
    first, reached = np.searchsorted(at, [shape.start, shape.stop or shape.start])
    begin, end = np.searchsorted(at, [change.begin, change.end])
    return slides_better(
        own.positives,
        own.negatives,
        (int(begin), int(end)),
        step.index,
        (int(first), int(reached)),
    )


def _levels(
    values: NDArray[np.float64], errors: NDArray[np.float64], first: int, reached: int
) -> tuple[float, float]:
    """Weighted means up to a slide's first place, and from where it has reached the new level."""
    known = np.isfinite(values) & np.isfinite(errors) & (errors > 0)
    weight, place = np.zeros(len(values)), np.arange(len(values))
    weight[known] = errors[known] ** -2.0
    # Where nothing lies beyond, the nearest block gives the level.
    blocks = np.flatnonzero(known)
    sides = (place <= max(first, blocks[0]), place >= min(reached, blocks[-1]))
    early, late = (float(np.average(values[s & known], weights=weight[s & known])) for s in sides)
    return early, late


def _grew(counts: Counts, question: Question, found: dict[str, Any]) -> str | None:
    """The group that hardly any rows had before a slide, some during it, and many after it."""
    first, last = (pd.Timestamp(found[end], tz=question.timezone) for end in ("from", "to"))
    everyone = asked(daily(counts), counts, question)
    middle = first + (last - first) / 2
    groups: list[tuple[str, Daily]] = [
        (name, daily(counts, name)) for name in sorted(set(counts.timeline["system"]) - {""})
    ]
    known = counts.cohort_timeline[["by", "cohort"]].drop_duplicates()
    groups += [(f"{by} {v}", daily(counts, "", by, v)) for by, v in known.itertuples(index=False)]
    best: tuple[float, str] | None = None
    for name, own in groups:
        rows = pd.Series(own.rows, index=own.start).reindex(everyone.start, fill_value=0)

        def share(begin: Any, end: Any, rows: "pd.Series[Any]" = rows) -> float:
            inside = (everyone.start >= begin) & (everyone.start < end)
            total = int(everyone.rows[inside].sum())
            return float(rows.to_numpy()[inside].sum()) / total if total else 0.0

        before, after = share(everyone.start[0], first), share(last, everyone.start[-1] + DAYS)
        early, late = share(first, middle), share(middle, last)
        grows = before <= NEW and after >= GREW and before < early < late < after
        if grows and (best is None or after > best[0]):
            best = (after, name)
    return best[1] if best else None
