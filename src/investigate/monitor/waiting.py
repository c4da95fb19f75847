"""How long a monitor waits for outcomes of a table of their own, learnt from when they came."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from investigate import log
from investigate.errors import InputError
from investigate.monitor.state import MonitorState, kept
from investigate.monitor.watch import Watch

if TYPE_CHECKING:
    from investigate.log.daily.parts import LogPart
    from investigate.question.question import Question


@dataclass(frozen=True)
class Wait:
    """For how long outcomes are waited for after a bucket's end, and the `version` of their table.

    ``anew``: all counts were made with another wait, and have to be made anew. ``fresh``: the
    table is another than when it was read last.
    """

    wait: timedelta
    version: str = ""
    learnt: bool = False
    anew: bool = False
    fresh: bool = False


NONE = Wait(timedelta())
"""Nothing is waited for."""


def waiting(
    watch: Watch,
    state: MonitorState,
    question: "Question",
    parts: "Sequence[LogPart]",
    now: datetime,
) -> Wait:
    """The wait of `watch`: as it says, or learnt from the baseline until something was judged.

    Raises `InputError` where the baseline is over and none of its outcomes is in.
    """
    stated_wait = timedelta(days=watch.wait_days or 0)
    if watch.outcomes is None:
        return Wait(stated_wait)
    version = _version(log.parts(watch.outcomes.log, "outcomes"))
    before = state.outcomes()
    wait, learns = stated_wait, watch.dated_outcomes and watch.wait_days is None
    if learns and before and len(kept.judged(state)):
        # What was judged stays, so that the wait does as well.
        wait = before[1]
    elif learns:
        steps = _learnt(watch, question, parts, now)
        wait = watch.step * steps
    anew = before is not None and before[1] != wait
    return Wait(wait, version, learns, anew, before is not None and before[0] != version)


def _version(parts: "Sequence[LogPart]") -> str:
    listing = "\n".join(f"{part.name}\t{part.version}" for part in parts)
    return hashlib.sha256(listing.encode()).hexdigest()


def _learnt(watch: Watch, question: "Question", parts: "Sequence[LogPart]", now: datetime) -> int:
    begin, end = watch.baseline.bounds(watch.timezone)
    with log.reading(question, watch.every, parts, begin, end) as reading:
        delays = reading.delays(watch.every, now)
    steps = steps_until(delays, now, watch.step, watch.enough_outcomes)
    if steps is None:
        if now >= end:
            raise InputError(
                "outcomes: none is known of the rows of the baseline; see whether "
                "outcomes.columns.key and columns.key name the same thing, and whether "
                "outcomes.columns.observed_at comes before now"
            )
        return 0
    return steps


def steps_until(delays: pd.DataFrame, now: datetime, step: timedelta, enough: float) -> int | None:
    """After how many whole buckets the share `enough` of outcomes is in; `None` without any.

    `delays`: ``end`` of a bucket, ``steps`` that outcomes took after it, ``rows``. What took
    longer than there was time is not known yet, most of all of the newest buckets: the share that
    took at most d is the product of 1 - n(k) / r(k) over all k > d, with n(k) outcomes that took
    k, of the r(k) that took at most k and could be seen to take k. (The reverse-time hazard of
    right-truncated delays: Lagakos, Barraj & De Gruttola 1988; Kalbfleisch & Lawless 1989.)
    """
    since = pd.Timestamp(now) - delays["end"]
    most = since.dt.total_seconds().to_numpy(float) // step.total_seconds()
    steps, rows = delays["steps"].to_numpy("int64"), delays["rows"].to_numpy(float)
    seen = steps <= most
    most, steps, rows = most[seen], steps[seen], rows[seen]
    if not rows.sum():
        return None
    share, found = 1.0, int(steps.max())
    for k in range(found, 0, -1):
        took = rows[steps == k].sum()
        could = rows[(steps <= k) & (most >= k)].sum()
        share *= 1 - took / could if could else 1.0
        if share < enough:
            return k
    return 0
