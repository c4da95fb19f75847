"""AUC over time: one value and standard error a bucket (day, hour or minute)."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.auc import auc
from investigate.counts.hanley_mcneil import hanley_mcneil
from investigate.counts.jackknife import standard_error
from investigate.counts.memory import remembered
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import Counts

FOLDS = 8
"""The timeline keeps fewer folds than the windows: a day has fewer rows."""
ENOUGH = 10
"""Buckets with fewer rows of a class say too little about how strongly rows depend."""
BLOCK = (5, 3, 2, 1)
"""Rows of each class that a block has; fewer where that leaves fewer than `BLOCKS` of them."""
BLOCKS = 30
READABLE, FEW_OF = 100, 10
STRETCHES = (7, 28, 91, 364)
"""Buckets that a figure counts together where days have fewer than a tenth of `READABLE` rows."""

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Daily:
    """Outcomes of the buckets with rows: start (n,) in UTC; positives, negatives (n, bins)."""

    start: pd.DatetimeIndex
    positives: NDArray[Any]
    negatives: NDArray[Any]

    @property
    def rows(self) -> Ints:
        """Rows by bucket (n,)."""
        return np.asarray((self.positives + self.negatives).sum(axis=1))

    def within(self, kept: NDArray[np.bool_]) -> "Daily":
        """The buckets that are `kept` (n,)."""
        return replace(
            self,
            start=self.start[kept],
            positives=self.positives[kept],
            negatives=self.negatives[kept],
        )


@dataclass(frozen=True)
class Series:
    """AUC by bucket: start (n,) in UTC, auc and error (n,) with NaN where undefined, rows (n,)."""

    start: pd.DatetimeIndex
    auc: Array
    error: Array
    rows: Ints


@dataclass(frozen=True)
class Blocks:
    """Neighbouring buckets counted together until both classes have rows enough.

    first, last: (k,) indices of the buckets, inclusive. auc, error: (k,).
    """

    first: Ints
    last: Ints
    auc: Array
    error: Array


def series(counts: Counts, system: str = "") -> Series:
    """The series of one system, or of all rows where ``system`` is empty.

    The error is that of Hanley & McNeil 1982 at the series' own mean AUC, which a bucket's
    luck does not move, times one factor for dependent rows (`dependence`).
    """
    own = daily(counts, system)
    areas = auc(own.positives, own.negatives)
    m, n = own.positives.sum(axis=1), own.negatives.sum(axis=1)
    variance = _expected(areas, m, n) * dependence(counts, system)
    return Series(own.start, areas, np.sqrt(variance), own.rows)


def pooled(counts: Counts) -> tuple[int, Series] | None:
    """AUC of longer stretches, and their length in buckets, where a bucket has but a few rows.

    The shortest of `STRETCHES` whose median has `READABLE` rows; `None` where buckets have a good
    part of that themselves.
    """
    own = daily(counts)
    if not len(own.start) or np.median(own.rows) * FEW_OF >= READABLE:
        return None
    age = (own.start - own.start[0]) // pd.Timedelta(seconds=counts.meta["bucket_seconds"])
    for length in STRETCHES:
        place, first = np.unique(np.asarray(age) // length, return_index=True)
        positives, negatives = (
            np.add.reduceat(side, first, axis=0) for side in (own.positives, own.negatives)
        )
        rows = (positives + negatives).sum(axis=1)
        if np.median(rows) >= READABLE:
            break
    m, n = positives.sum(axis=1), negatives.sum(axis=1)
    areas = auc(positives, negatives)
    error = np.sqrt(_expected(areas, m, n) * dependence(counts))
    step = pd.Timedelta(seconds=counts.meta["bucket_seconds"] * length)
    return length, Series(pd.DatetimeIndex(own.start[0] + place * step), areas, error, rows)


@remembered
def daily(counts: Counts, system: str = "", by: str = "", cohort: str = "") -> Daily:
    """Outcomes by bucket and coarse bin of a system, of a cohort (column `by`), or of all rows.

    Without buckets where the timeline does not hold the group.
    """
    table = counts.cohort_timeline if by else counts.timeline
    if by:
        own = table[(table["by"] == by) & (table["cohort"] == cohort)]
    else:
        own = table[table["system"] == system]
    bucket, starts = pd.factorize(pd.to_datetime(own["start"], utc=True), sort=True)
    shape = (len(starts), int(table["bin"].max()) + 1 if len(table) else 1)
    flat = bucket * shape[1] + own["bin"].to_numpy(dtype=np.int64)
    positives, negatives = (
        np.bincount(flat, own[side], shape[0] * shape[1])
        .astype(own[side].to_numpy().dtype)
        .reshape(shape)
        for side in ("positives", "negatives")
    )
    return Daily(pd.DatetimeIndex(starts), positives, negatives)


@remembered
def dependence(counts: Counts, system: str = "") -> float:
    """By how much rows that depend on each other raise the variance of an AUC: 1 or more.

    The median ratio of jackknife to Hanley-McNeil variance over the buckets that have rows enough.
    """
    own = counts.timeline[counts.timeline["system"] == system]
    bucket, starts = pd.factorize(own["start"], sort=True)
    bins = int(counts.timeline["bin"].max()) + 1 if len(counts.timeline) else 1
    shape = (len(starts), FOLDS, bins)
    flat = np.ravel_multi_index((bucket, own["fold"], own["bin"]), shape)

    def replicated(name: str) -> NDArray[Any]:
        sums = np.bincount(flat, own[name], minlength=int(np.prod(shape)))
        return whole_and_without(sums.astype(own[name].to_numpy().dtype).reshape(shape), axis=1)

    positives, negatives = replicated("positives"), replicated("negatives")
    areas, rows = auc(positives, negatives), (positives + negatives).sum(axis=-1)
    m, n = positives[:, 0].sum(axis=1), negatives[:, 0].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        used = rows[:, 1:] < rows[:, :1]
        ratio = standard_error(areas.T, used.T)[0] ** 2 / _expected(areas[:, 0], m, n)
    trusted = np.isfinite(ratio) & (np.minimum(m, n) >= ENOUGH)
    return max(1.0, float(np.median(ratio[trusted]))) if trusted.any() else 1.0


def blocks(own: Daily, factor: float) -> Blocks:
    """Buckets with neighbours, so that none has only a handful of rows.

    A bucket with rows enough is its own block; thin ones join the next until there are enough.
    `factor` as of `dependence`.
    """
    m, n = own.positives.sum(axis=1), own.negatives.sum(axis=1)
    for enough in BLOCK:
        last = _ends(m, n, enough)
        if len(last) >= BLOCKS:
            break
    first = np.concatenate([[0], last[:-1] + 1]).astype(np.int64)[: len(last)]
    if not len(last):
        return Blocks(first, last, np.zeros(0), np.zeros(0))
    stop = last[-1] + 1
    positives, negatives = (
        np.add.reduceat(side[:stop], first, axis=0) for side in (own.positives, own.negatives)
    )
    areas = auc(positives, negatives)
    variance = _expected(areas, positives.sum(axis=1), negatives.sum(axis=1)) * factor
    return Blocks(first, last, areas, np.sqrt(variance))


def _ends(positives: Ints, negatives: Ints, enough: int) -> Ints:
    """The last bucket of each block."""
    ends, m, n = [], 0, 0
    for i, (more, fewer) in enumerate(zip(positives.tolist(), negatives.tolist(), strict=True)):
        m, n = m + more, n + fewer
        if min(m, n) >= enough:
            ends.append(i)
            m = n = 0
    return np.array(ends, dtype=np.int64)


def _expected(area: Array, m: Ints, n: Ints) -> Array:
    known = np.isfinite(area)
    if not known.any():
        return np.full(len(area), np.nan)
    mean = float(np.average(area[known], weights=(m + n)[known]))
    return np.asarray(np.where(known, hanley_mcneil(mean, m, n), np.nan))
