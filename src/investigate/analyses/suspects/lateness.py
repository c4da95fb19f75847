"""Outcomes that are not all in: rows grow few towards the end, and those that came rank worse.

The arm ends the incident where rows begin to be lacking; what that raises its AUC by is what
late outcomes account for.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.wording import day, percent
from investigate.counts.auc import auc
from investigate.counts.jackknife import estimate
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import Counts
from investigate.question.question import Question

LACKING, AT_LAST = 2.5, 4.0
"""A bucket lacks rows when they are fewer, and the last one far fewer, than the baseline's own ups
and downs explain: in their standard deviations, on the log scale …"""
AT_LEAST, LAST_AT_LEAST = 0.05, 0.15
"""… and by at least so much, however steady the baseline was."""
WEEK, DAY = 7, 86_400
FEWEST = 3
"""Buckets of the incident that must be complete, or there is nothing to compare with."""


def lateness(counts: Counts, question: Question) -> list[Suspect]:
    """`late_outcomes`, where the incident's last buckets lack rows."""
    sizes = _sizes(counts, question)
    if sizes is None:
        return []
    start, part, noise = sizes
    fewer = -np.log(np.maximum(part, 1e-9))
    lacking = fewer > max(LACKING * noise, AT_LEAST)
    if fewer[-1] <= max(AT_LAST * noise, LAST_AT_LEAST) or lacking.all():
        return []
    first = len(part) - int(np.argmin(lacking[::-1]))
    if first < FEWEST:
        return []
    points = estimate(_gained(counts, question, start[first]), question.thresholds.confidence)
    when = start[first].tz_convert(question.timezone)
    return [
        Suspect(
            kind="late_outcomes",
            points=points,
            evidence=(
                f"From {day(when.to_pydatetime())} on rows are fewer than usual, at last "
                f"{percent(float(part[-1]))} of what was to be expected."
            ),
            stands=recovers(points),
            onset=day(when.to_pydatetime()),
        )
    ]


def _sizes(
    counts: Counts, question: Question
) -> tuple[pd.DatetimeIndex, NDArray[np.float64], float] | None:
    """The incident's buckets, rows of each over what is expected, and the baseline's noise in that.

    Expected is the baseline's median, of the same weekday where buckets are days.
    """
    everyone = counts.timeline[counts.timeline["system"] == ""]
    rows = (everyone["positives"] + everyone["negatives"]).groupby(everyone["start"]).sum()
    start = pd.DatetimeIndex(rows.index)
    seconds = int(counts.meta["bucket_seconds"])
    # A bucket that a window cuts holds fewer rows for no reason but that.
    step = pd.Timedelta(seconds=seconds)
    within = [
        (start >= pd.Timestamp(first)) & (start <= pd.Timestamp(end) - step)
        for first, end in (
            w.bounds(question.timezone) for w in (question.baseline, question.incident)
        )
    ]
    if within[0].sum() < FEWEST or within[1].sum() <= FEWEST:
        return None
    size = rows.to_numpy(float)
    usual = np.full(len(size), np.median(size[within[0]]))
    if seconds == DAY and within[0].sum() >= 2 * WEEK:
        weekday = start.tz_convert(question.timezone).day_of_week.to_numpy()
        for day_of_week in range(WEEK):
            own = size[within[0] & (weekday == day_of_week)]
            usual[weekday == day_of_week] = np.median(own) if len(own) else usual[0]
    part = size / usual
    before, now = part[within[0]], part[within[1]]
    noise = 1.4826 * float(np.median(np.abs(np.log(before))))
    # Traffic may have grown or shrunk: the incident's own better half is its level.
    level = float(np.median(np.sort(now)[len(now) // 2 :]))
    return start[within[1]], now / level, noise


def _gained(counts: Counts, question: Question, until: pd.Timestamp) -> NDArray[np.float64]:
    start, end = map(pd.Timestamp, question.incident.bounds(question.timezone))
    everyone = counts.timeline[counts.timeline["system"] == ""]
    own = everyone[(everyone["start"] >= start) & (everyone["start"] < end)]
    return _areas(own[own["start"] < until]) - _areas(own)


def _areas(rows: pd.DataFrame) -> NDArray[np.float64]:
    folds, bins = int(rows["fold"].max()) + 1, int(rows["bin"].max()) + 1
    flat = rows["fold"].to_numpy() * bins + rows["bin"].to_numpy()
    sides = (
        whole_and_without(np.bincount(flat, rows[s], folds * bins).reshape(folds, bins), axis=0)
        for s in ("positives", "negatives")
    )
    return np.asarray(auc(*sides))
