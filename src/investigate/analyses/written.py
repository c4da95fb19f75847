"""The day of a system's own writes, where rows leave open on which day it broke."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from investigate.analyses.series import daily
from investigate.analyses.wording import day
from investigate.counts.table import Counts
from investigate.question.question import Question

FEW = 0.25
"""Share of a system's rows from its writes on that may lie before the date that rows gave."""
LEAP, MOST_TIMES = 3.0, 100
"""A day's writes date a fault when values moved so many times as far as on any day before it; how
many times is stated up to a hundred."""


class Rewritten(NamedTuple):
    """``date``: the first day with rows from the writes on. ``wrote``: the day of the writes.

    ``until``: the first day with rows after that, on which they are in force at the latest.
    """

    date: str
    sentence: str
    wrote: str
    until: str


def rewritten(
    counts: Counts, question: Question, system: str, found: Mapping[str, Any]
) -> Rewritten | None:
    """The day on which a system moved its values further than ever, and that as a sentence.

    `None` without a history, where no day stands out, or where that day lies outside of the
    interval of `found`, which rows gave, and more than a few rows between. The day is the first
    with rows from the writes on.
    """
    if counts.writes.empty:
        return None
    own = counts.writes[counts.writes["system"] == system]
    if own.empty:
        return None
    moved = own.groupby("start")["moved"].sum().sort_index()
    first, last = (
        pd.Timestamp(found[end]).tz_localize(
            question.timezone, ambiguous=True, nonexistent="shift_forward"
        )
        for end in ("low", "high")
    )
    served = daily(counts, system)
    bucket = pd.Timedelta(seconds=counts.meta["bucket_seconds"])
    end = pd.Timestamp(question.incident.bounds(question.timezone)[1])
    # What was written late on one day is in force from the next; and few rows leave days open.
    rows = pd.Series(served.rows, index=served.start)[lambda s: s.index < end]
    few = [
        at
        for at in moved.index[moved.index < last + bucket]
        if at >= first - bucket
        or rows[(rows.index >= at) & (rows.index < first)].sum()
        <= FEW * rows[rows.index >= at].sum()
    ]
    near, before = moved[few], moved.drop(few)
    if near.empty or before.empty or near.max() < LEAP * max(before.max(), 1):
        return None
    at = pd.Timestamp(near.index[int(near.to_numpy().argmax())])
    later = served.start[np.asarray(served.start >= at)]
    if not len(later):
        return None
    before = moved[moved.index < at]
    times = near.max() / max(before.max(), 1)
    if times < LEAP:
        return None
    until = later[later > at]
    date, in_force = (
        day(moment.tz_convert(question.timezone).to_pydatetime())
        for moment in (later[0], until[0] if len(until) else later[0])
    )
    wrote = day(at.tz_convert(question.timezone).to_pydatetime())
    many = f"{times:.0f} times as far as" if times < MOST_TIMES else "far further than"
    values = int(own.loc[own["start"] == at, "writes"].sum())
    sentence = f"On {wrote} {system} wrote {values:,} values that moved {many} on any day before."
    return Rewritten(date, sentence, wrote, in_force)


def on_a_write(
    counts: Counts, question: Question, system: str, found: Mapping[str, Any]
) -> str | None:
    """The day with rows from the write of a system on that is next to the date of `found`.

    What a system's writes broke cannot have begun where none of them came into force. `None`
    where it wrote on that day or the day before, or nowhere within the interval.
    """
    if counts.writes.empty:
        return None
    own = counts.writes[counts.writes["system"] == system]
    if own.empty:
        return None
    wrote = pd.DatetimeIndex(own.loc[own["writes"] > 0, "start"].drop_duplicates().sort_values())
    first, last, date = (
        pd.Timestamp(found[end]).tz_localize(
            question.timezone, ambiguous=True, nonexistent="shift_forward"
        )
        for end in ("low", "high", "date")
    )
    bucket = pd.Timedelta(seconds=counts.meta["bucket_seconds"])
    wrote = wrote[(wrote >= first - bucket) & (wrote <= last)]
    if not len(wrote) or ((wrote >= date - bucket) & (wrote <= date)).any():
        return None
    later = wrote[wrote > date]
    at = later[0] if len(later) else wrote[-1]
    served = daily(counts, system).start
    served = served[served >= at]
    return day(served[0].tz_convert(question.timezone).to_pydatetime()) if len(served) else None
