"""When a cause began, given that it did: by all rows of its slice, from window to window.

A series of AUC first asks whether anything changed (`change_point`), and in a slice of few rows a
day it cannot tell. A cause that is named has shown already that its slice is not what it was
between the windows. What is left to ask is when, and of that each row says something: how outcomes
follow scores, and how often each score occurs (`change_date`).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.change_date import likelier, nearest
from investigate.analyses.dating import DAY, asked
from investigate.analyses.series import Daily, daily
from investigate.analyses.wording import day
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

FEWEST = 3
"""Buckets with rows that a slice must have in each window to be dated."""


class Began(NamedTuple):
    """The likeliest first moment of a change and the interval that holds it, both inclusive."""

    date: str
    low: str
    high: str


def began_in(
    counts: Counts, question: Question, system: str, cohort: Mapping[str, str] | None
) -> Began | None:
    """When a slice changed that surely differs between the windows.

    Of a cohort of two columns that of the column which dates it closer. `None` where the counts
    hold no series of the slice, or a window has rows on too few days.
    """
    parts = list((cohort or {}).items()) or [("", "")]
    found = [_began(counts, question, "" if by else system, by, value) for by, value in parts]
    return min(filter(None, found), key=_length, default=None)


def _length(found: Began) -> pd.Timedelta:
    return pd.Timestamp(found.high) - pd.Timestamp(found.low)


@remembered
def _began(counts: Counts, question: Question, system: str, by: str, value: str) -> Began | None:
    own = asked(daily(counts, system, by, value), counts, question)
    return _nearest(own, counts, question)


def rows_prefer(
    date: str, other: str, counts: Counts, question: Question, system: str, by: str, value: str
) -> bool:
    """Whether all rows of a slice are likelier by a step on `date` than by one on `other`."""
    own = asked(daily(counts, "" if by else system, by, value), counts, question)
    own = own.within(own.rows > 0)
    places = [
        int(
            own.start.searchsorted(
                pd.Timestamp(one).tz_localize(
                    question.timezone, ambiguous=True, nonexistent="shift_forward"
                )
            )
        )
        for one in (date, other)
    ]
    if not all(0 < place < len(own.start) for place in places):
        return False
    return likelier(own.positives, own.negatives, *places)


def presence_began(
    counts: Counts, question: Question, system: str, cohort: Mapping[str, str] | None
) -> Began | None:
    """When a slice's share of all rows changed, as `began_in`; `None` of no slice, too."""
    by, value = next(iter((cohort or {}).items()), ("", ""))
    if not system and not by:
        return None
    own, everyone = daily(counts, "" if by else system, by, value), daily(counts)
    its = pd.Series(own.rows, index=own.start).reindex(everyone.start, fill_value=0)
    return share_began(everyone.start, its.to_numpy(), everyone.rows, counts, question)


def share_began(
    start: pd.DatetimeIndex,
    hits: NDArray[np.int64],
    rows: NDArray[np.int64],
    counts: Counts,
    question: Question,
) -> Began | None:
    """When the share of `hits` among `rows`, by bucket (n,), changed, as `began_in`.

    `start`: the buckets of `counts`, in UTC and in order.
    """
    own = Daily(start, np.asarray(hits)[:, None], np.asarray(rows - hits)[:, None])
    own = asked(own, counts, question)
    found = _nearest(own, counts, question)
    return _since_seen(found, own, counts, question) if found else None


def _since_seen(found: Began, own: Daily, counts: Counts, question: Question) -> Began:
    """What no row of the baseline has began with its first row, or since the last one without."""
    own = own.within(own.rows > 0)
    hits, rows = own.positives[:, 0], own.rows
    baseline = own.start < pd.Timestamp(question.incident.bounds(question.timezone)[0])
    if not hits.any() or hits[baseline].any():
        return found
    first = int(np.flatnonzero(hits)[0])
    rate = hits[first:].sum() / rows[first:].sum()
    until_seen = np.cumsum(rows[:first][::-1])
    few = int(((1 - rate) ** until_seen >= 1 - question.thresholds.confidence).sum())
    seen, low = (
        day(_after(own, place, counts, question).to_pydatetime())
        for place in (first, max(first - few, 1))
    )
    high = day(own.start[first].tz_convert(question.timezone).to_pydatetime())
    date = min(max(found.date, seen), high)
    return Began(date, min(max(found.low, low), date), high)


def _nearest(own: Daily, counts: Counts, question: Question) -> Began | None:
    everyone = asked(daily(counts), counts, question)
    own, everyone = (one.within(one.rows > 0) for one in (own, everyone))
    start = pd.Timestamp(question.incident.bounds(question.timezone)[0])
    first, n = int(own.start.searchsorted(start)), len(own.start)
    if min(first, n - first) < FEWEST:
        return None
    found = nearest(
        own.positives, own.negatives, (0, first, n), (1, n - 1),
        question.thresholds.confidence, False, first,
    )  # fmt: skip
    date, high = (own.start[i].tz_convert(question.timezone) for i in (found.index, found.high))
    # It may have begun at any moment since the last rows before it.
    low = _after(own, found.low, counts, question)
    opens = everyone.start[everyone.start >= start][0].tz_convert(question.timezone)
    if low <= opens < date and not own.rows[(own.start >= opens) & (own.start < date)].any():
        # Of days on which the slice has no rows, none is likelier than the one that was asked for.
        date = opens
    return Began(*(day(moment.to_pydatetime()) for moment in (date, low, high)))


def _after(own: Daily, place: int, counts: Counts, question: Question) -> pd.Timestamp:
    """The first bucket after the one with rows that comes before `place`."""
    before = own.start[place - 1].tz_convert(question.timezone)
    if counts.meta["bucket_seconds"] == DAY:
        return pd.Timestamp(before + pd.DateOffset(days=1))
    return pd.Timestamp(before + pd.Timedelta(seconds=counts.meta["bucket_seconds"]))
