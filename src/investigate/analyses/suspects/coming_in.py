"""The shape in which outcomes come in: of the positives that are due, fewer and fewer are there."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.isotonic import rising_rates
from investigate.counts.table import Counts
from investigate.question.question import Question

FEWEST = 3
"""Buckets of the incident that must be complete, or there is nothing to compare with."""
SCALES, SHAPES = np.geomspace(0.05, 3.0, 25), (0.5, 1.0, 1.5, 2.0)
"""Delays that are tried: scales in parts of the incident, and shapes (Weibull)."""
SURE, SURER = 8.0, 2.0
"""By how much log likelihood a delay must fit better than one level, and better than a step."""
LEVEL = 0.1
"""How far outcome rates move by themselves, on the log scale: a weak prior.

Days in which shares fall evenly fit a long delay of twice as many positives as well as a short one
of as many as ever.
"""
ALL_IN = 0.95
"""Where a larger share of the positives is in, none are said to be lacking."""

Array = NDArray[np.float64]


def in_windows(
    start: pd.DatetimeIndex, counts: Counts, question: Question
) -> list[NDArray[np.bool_]]:
    """Which buckets are of the baseline, and of the incident, as a whole."""
    # A bucket that a window cuts holds fewer rows for no reason but that.
    step = pd.Timedelta(seconds=int(counts.meta["bucket_seconds"]))
    return [
        np.asarray((start >= pd.Timestamp(first)) & (start <= pd.Timestamp(end) - step))
        for first, end in (
            w.bounds(question.timezone) for w in (question.baseline, question.incident)
        )
    ]


def rates(bins: NDArray[Any], positives: NDArray[Any], negatives: NDArray[Any]) -> Array:
    """The outcome rate of every coarse bin (bins,), rising with the score.

    Of rows before: the bin of each entry (n,), and its positives and negatives.
    """
    there, place = np.unique(bins, return_inverse=True)
    seen, unseen = (np.bincount(place, side) for side in (positives, negatives))
    return rising_rates(there, seen, seen + unseen, int(there[-1]) + 1)


def delay(
    days: pd.DataFrame, usual: pd.DataFrame, counts: Counts, question: Question, among: int = 1
) -> tuple[Array, pd.Timestamp, float] | None:
    """The share of positives that are in by bucket, and the first bucket that surely lacks some.

    And by how much log likelihood that fits better than one level. `None` where no delay fits
    surely better than that, for one of so many series, and better than any one step. ``days`` and
    ``usual``: positives ``seen`` and ``due`` by bucket, of the incident and of the baseline.
    """
    seen, due = days["seen"].to_numpy(float), days["due"].to_numpy(float)
    start = pd.DatetimeIndex(days.index)
    step = pd.Timedelta(seconds=int(counts.meta["bucket_seconds"]))
    # Rows of a month may be dated on one day of it: the last month is as long as those before.
    gap = max(step, pd.Timedelta(np.median(np.diff(start.asi8)), unit=start.unit))
    if gap == step and len(days) <= FEWEST:
        return None
    end = pd.Timestamp(question.incident.bounds(question.timezone)[1])
    ends = [start[-1] + gap / 2, *([min(start[-1] + gap, end)] if gap > step else [])]
    # Rates go up and down more than chance has it; what is surprising is so much less so.
    scatter = (usual["seen"] - usual["due"]) ** 2 / usual["due"]
    noise = max(1.0, float(scatter.mean()))

    def fit(mean: Array) -> Array:
        mean = np.maximum(mean, 1e-9)
        return np.asarray((seen * np.log(mean) - mean).sum(axis=-1)) / noise

    # Of all steps at once, and of all delays: the positives that each expects, (tried, buckets).
    after = np.tri(len(seen), dtype=bool)[:-1]
    steps = fit(sum(due * part * _level(seen, due, part) for part in (after, ~after)))
    left = [np.asarray((end - start) / gap, dtype=float) for end in ends]
    shares = np.stack([_come_in(*tried) for tried in product(left, SCALES, SHAPES)])
    level = _level(seen, due * shares)
    delays = fit(due * shares * level) - (np.log(np.maximum(level[:, 0], 1e-9)) / LEVEL) ** 2 / 2
    best, fitted = shares[delays.argmax()], float(delays.max())
    better = fitted - float(fit(due * _level(seen, due)))
    if better < SURE + np.log(among) or fitted - float(steps.max()) < SURER:
        return None
    lacking = np.flatnonzero(best < ALL_IN)
    return (best, start[int(lacking[0])], better) if len(lacking) else None


def _level(seen: Array, due: Array, part: Any = 1) -> Array:
    """The share of what is ``due`` that was seen, in a part of the buckets: (..., 1)."""
    expected = (due * part).sum(axis=-1, keepdims=True)
    return np.asarray((seen * part).sum(axis=-1, keepdims=True) / np.maximum(expected, 1e-9))


def _come_in(left: Array, scale: float, shape: float) -> Array:
    """The share of positives that are in after the times that were left (n,), the longest first."""
    return np.asarray(1 - np.exp(-((left / (scale * (left[0] + 0.5))) ** shape)))
