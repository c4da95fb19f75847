"""Windows of other weekdays or hours: whether AUC was as low at these in the baseline already.

The baseline's rows are weighted such that every weekday, or hour of the day, or both together, has
the share that it has among the incident's (Kitagawa 1955); what is lost between the baseline and
the baseline so weighted is no news. The counts by bucket tell it, each bucket being of one weekday
and hour; AUC is of pooled rows, not a mean over buckets.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.wording import day, level, percent, signed
from investigate.counts.auc import auc
from investigate.counts.jackknife import difference, estimate
from investigate.counts.memory import remembered
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

UNLIKE = 0.1
"""The windows are of other times where so large a part of their rows is."""
FEWEST = 2
"""Weeks, or days, of the baseline that must hold each of the incident's times."""
MOST_LEFT = 1 / 3
"""It is the times of the week where no larger part of the drop is left …"""
HALF = 1 / 2
"""… or nothing surely is, and at least so much is accounted for."""
DAY, HOURS, WEEKDAYS = 86_400, 24, 7
MOST_CELLS = 20_000_000
NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cycle:
    """A rhythm: what its ``times`` are called, and for each entry the ``time`` and its ``period``.

    time: (n,) the weekday, hour of day, or both. period: (n,) the week or day, numbered.
    days: how many days a period has.
    """

    times: str
    time: Ints
    period: Ints
    days: int


@dataclass(frozen=True)
class Like:
    """The baseline at the incident's times.

    points: AUC that the baseline loses by being put to them. like: its AUC then. left: what the
    incident has less than that. named: the times of which the incident has more than its share,
    with their ``share`` of rows in each window, and the baseline's AUC at these and ``otherwise``.
    periods: how many of them the baseline has.
    """

    cycle: Cycle
    points: Estimate
    like: Estimate
    left: Estimate
    named: str
    share: tuple[float, float]
    there: float
    otherwise: float

    @property
    def tells(self) -> bool:
        """Whether the times surely account for most of the drop, and no more is surely lost."""
        if not recovers(self.points) or self.left.value is None or self.points.value is None:
            return False
        lost = self.points.value + self.left.value
        if self.left.value <= MOST_LEFT * lost:
            return True
        return self.points.value >= HALF * lost and not recovers(self.left)


@remembered
def like_with_like(counts: Counts, question: Question) -> list[Suspect]:
    """`unlike_windows`, where AUC was as low at the incident's times in the baseline."""
    found = next((one for one in _likes(counts, question) if one.tells), None)
    if found is None:
        return []
    left = found.left
    return [
        Suspect(
            kind="unlike_windows",
            points=found.points,
            evidence=_evidence(found, question),
            supported=True,
            either=left.high is None or left.high >= question.thresholds.tolerance,
        )
    ]


def _evidence(found: Like, question: Question) -> str:
    times = found.cycle.times
    now, before = percent(found.share[1]), percent(found.share[0])
    change = -found.left
    otherwise = f" and {found.otherwise:.3f} otherwise" if np.isfinite(found.otherwise) else ""
    surely = ", which is within its interval" if not change.excludes_zero else ""
    earlier = _earlier(question, found.cycle.days)
    such = f", such as {earlier}" if earlier else ", or of whole weeks in both windows"
    return (
        f"In the baseline AUC was low at the same {times} too: {level(found.like)} when weighted "
        f"as in the incident; it was {found.there:.3f} {found.named}{otherwise}, and {now} of the "
        f"incident's rows are of these, {before} of the baseline's; against the same {times} the "
        f"incident changed by {signed(change)}{surely}. Ask again with a baseline of the same "
        f"{times}{such}."
    )


def _earlier(question: Question, days: int) -> str:
    """The latest stretch of the baseline of the same times; empty where none is as long."""
    first, last = (pd.Timestamp(end) for end in question.baseline.bounds(question.timezone))
    start, end = (
        pd.Timestamp(moment).tz_convert(question.timezone)
        for moment in question.incident.bounds(question.timezone)
    )
    # Whole periods of the clock on the wall, so that many hours are the same on every day.
    back = max(int(np.ceil((end - last) / pd.Timedelta(days=days))), 1) * days
    moved = [moment - pd.DateOffset(days=back) for moment in (start, end)]
    if moved[0] < first or moved[1] > last:
        return ""
    return " until ".join(day(moment.to_pydatetime()) for moment in moved)


def _likes(counts: Counts, question: Question) -> Iterator[Like]:
    """What each cycle says, the shortest first."""
    rows = counts.timeline[counts.timeline["system"] == ""]
    start = pd.DatetimeIndex(pd.to_datetime(rows["start"], utc=True))
    step = pd.Timedelta(seconds=int(counts.meta["bucket_seconds"]))
    window = np.full(len(rows), -1)
    for number, asked in enumerate((question.baseline, question.incident)):
        first, end = (pd.Timestamp(moment) for moment in asked.bounds(question.timezone))
        # A bucket that a window cuts holds rows of elsewhere too.
        window[np.asarray((start >= first) & (start <= end - step))] = number
    rows, start, window = rows[window >= 0], start[window >= 0], window[window >= 0]
    if len(np.unique(window)) < 2:
        return
    for cycle in _cycles(start.tz_convert(question.timezone), int(counts.meta["bucket_seconds"])):
        found = _put_to(rows, window, cycle, question.thresholds.confidence)
        if found is not None:
            yield found


def _cycles(local: pd.DatetimeIndex, seconds: int) -> Iterator[Cycle]:
    dates = local.normalize().tz_localize(None)
    days = np.asarray((dates - pd.Timestamp("2001-01-01")) // pd.Timedelta(days=1), dtype=np.int64)
    weekday, hour = days % WEEKDAYS, local.hour.to_numpy(np.int64)
    if seconds < DAY:
        yield Cycle("hours", hour, days, 1)
    yield Cycle("weekdays", weekday, days // WEEKDAYS, WEEKDAYS)
    if seconds < DAY:
        yield Cycle("hours of the week", weekday * HOURS + hour, days // WEEKDAYS, WEEKDAYS)


def _put_to(rows: pd.DataFrame, window: Ints, cycle: Cycle, confidence: float) -> Like | None:
    """The baseline at the incident's times; `None` where times are alike, or it has not these."""
    times = int(cycle.time.max()) + 1
    sides = [rows[side].to_numpy(float) for side in ("positives", "negatives")]
    size = np.stack(
        [
            np.bincount(cycle.time[here], (sides[0] + sides[1])[here], times)
            for here in (window == 0, window == 1)
        ]
    )
    share = size / size.sum(axis=1, keepdims=True)
    if np.abs(share[1] - share[0]).sum() / 2 < UNLIKE:
        return None
    before = window == 0
    pairs = pd.DataFrame({"time": cycle.time[before], "period": cycle.period[before]})
    often = pairs.drop_duplicates()["time"].value_counts().reindex(range(times), fill_value=0)
    if (often.to_numpy()[size[1] > 0] < FEWEST).any():
        return None
    weight = np.divide(share[1], share[0], out=np.zeros(times), where=share[0] > 0)
    folds, bins = (int(rows[name].max()) + 1 for name in ("fold", "bin"))
    flat = rows["fold"].to_numpy(np.int64) * bins + rows["bin"].to_numpy(np.int64)
    factor = weight[cycle.time]

    def area(kept: NDArray[np.bool_], by: Array | None = None) -> Array:
        """With each fold left out in turn (1 + folds,)."""
        summed = (
            np.bincount(flat[kept], (side if by is None else side * by)[kept], folds * bins)
            for side in sides
        )
        return auc(*(whole_and_without(s.reshape(folds, bins), axis=0) for s in summed))

    now, then, like = area(~before), area(before), area(before, factor)
    used = [np.bincount(rows["fold"][here], minlength=folds) > 0 for here in (before, ~before)]
    points = estimate(then - like, confidence, used[0])
    left = difference((now, like), confidence, used[::-1])
    if not recovers(points) or not _steady(rows, before, cycle, weight, then[0], then[0] - now[0]):
        return None
    more = share[1] > share[0]
    theirs = more[cycle.time]
    return Like(
        cycle=cycle,
        points=points,
        like=estimate(like, confidence, used[0], (0.0, 1.0)),
        left=left,
        named=_named(cycle.times, np.flatnonzero(more)),
        share=(float(share[0][more].sum()), float(share[1][more].sum())),
        there=float(area(before & theirs)[0]),
        otherwise=float(area(before & ~theirs)[0]),
    )


def _steady(
    rows: pd.DataFrame, before: NDArray[np.bool_], cycle: Cycle, weight: Array, then: float,
    lost: float,
) -> bool:  # fmt: skip
    """Whether no single week or day makes the baseline's times so low: a fault would be one."""
    times, bins = len(weight), int(rows["bin"].max()) + 1
    own = before & (weight[cycle.time] > 0)
    number, periods = pd.factorize(cycle.period[own])
    shape = (len(periods), times, bins)
    if np.prod(shape) > MOST_CELLS:
        return False
    flat = np.ravel_multi_index(
        (number, cycle.time[own], rows["bin"].to_numpy(np.int64)[own]), shape
    )
    sides = [
        np.bincount(flat, rows[side].to_numpy(float)[own], int(np.prod(shape))).reshape(shape)
        for side in ("positives", "negatives")
    ]
    whole = [side.sum(axis=0) for side in sides]
    size = (whole[0] + whole[1]).sum(axis=1)
    for period in range(len(periods)):
        rest = [total - side[period] for total, side in zip(whole, sides, strict=True)]
        kept = (rest[0] + rest[1]).sum(axis=1)
        again = np.divide(weight * size, kept, out=np.zeros(times), where=kept > 0)
        like = auc(*((again[:, None] * side).sum(axis=0) for side in rest))
        if not then - float(like) >= MOST_LEFT * lost:
            return False
    return True


def _named(times: str, more: Ints) -> str:
    """The times in words, with their preposition."""
    if times == "weekdays":
        return f"on {_listed([NAMES[weekday] for weekday in more])}"
    if times == "hours":
        return f"from {_runs(more)}"
    weekdays, hours = np.unique(more // HOURS), np.unique(more % HOURS)
    if len(weekdays) * len(hours) == len(more):
        return f"on {_listed([NAMES[weekday] for weekday in weekdays])} from {_runs(hours)}"
    return "at those of which the incident has more"


def _runs(hours: Ints) -> str:
    """Hours in a row as one stretch: 00:00 to 06:00."""
    stretches = np.split(hours, np.flatnonzero(np.diff(hours) > 1) + 1)
    return _listed([f"{run[0]:02}:00 to {run[-1] + 1:02}:00" for run in stretches])


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
