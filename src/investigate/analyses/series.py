"""AUC over time: one value and standard error a bucket (day, hour or minute)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.auc import auc
from investigate.counts.hanley_mcneil import hanley_mcneil
from investigate.counts.jackknife import standard_error
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import Counts

FOLDS = 8
"""The timeline keeps fewer folds than the windows: a day has fewer rows."""
ENOUGH = 10
"""Buckets with fewer rows of a class say too little about how strongly rows depend."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """AUC by bucket: start (n,) in UTC, auc and error (n,) with NaN where undefined, rows (n,)."""

    start: pd.DatetimeIndex
    auc: Array
    error: Array
    rows: NDArray[np.int64]


def series(counts: Counts, system: str = "") -> Series:
    """The series of one system, or of all rows where ``system`` is empty.

    The error is that of Hanley & McNeil 1982 at the series' own mean AUC, which a bucket's
    luck does not move, times one factor for dependent rows: the median ratio of jackknife
    to Hanley-McNeil variance over the buckets.
    """
    own = counts.timeline[counts.timeline["system"] == system]
    bucket, starts = pd.factorize(pd.to_datetime(own["start"], utc=True), sort=True)
    bins = int(counts.timeline["bin"].max()) + 1 if len(counts.timeline) else 1
    shape = (len(starts), FOLDS, bins)
    flat = np.ravel_multi_index((bucket, own["fold"], own["bin"]), shape)

    def replicated(name: str) -> NDArray[np.int64]:
        sums = np.bincount(flat, own[name], minlength=int(np.prod(shape)))
        return whole_and_without(sums.astype(np.int64).reshape(shape), axis=1)

    positives, negatives = replicated("positives"), replicated("negatives")
    areas = auc(positives, negatives)
    m, n = positives[:, 0].sum(axis=1), negatives[:, 0].sum(axis=1)
    rows = (positives + negatives).sum(axis=-1)
    expected = _expected(areas[:, 0], m, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        used = rows[:, 1:] < rows[:, :1]
        ratio = standard_error(areas.T, used.T)[0] ** 2 / expected
    trusted = np.isfinite(ratio) & (np.minimum(m, n) >= ENOUGH)
    factor = max(1.0, float(np.median(ratio[trusted]))) if trusted.any() else 1.0
    return Series(pd.DatetimeIndex(starts), areas[:, 0], np.sqrt(expected * factor), rows[:, 0])


def _expected(area: Array, m: NDArray[np.int64], n: NDArray[np.int64]) -> Array:
    known = np.isfinite(area)
    if not known.any():
        return np.full(len(area), np.nan)
    mean = float(np.average(area[known], weights=(m + n)[known]))
    return np.asarray(np.where(known, hanley_mcneil(mean, m, n), np.nan))
