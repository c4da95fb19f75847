"""Both windows as a whole: what every decomposition must add up to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from investigate.counts.auc import auc, bin_bound, delong_variance, scarcity
from investigate.counts.grouping import grouping
from investigate.counts.jackknife import around, estimate, freedom_of_both, standard_error
from investigate.counts.memory import remembered
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts
from investigate.finding import Estimate

UNIT = (0.0, 1.0)


@dataclass(frozen=True)
class Whole:
    """AUC of each window and their difference, with replicates.

    counts: replicates over all bins. auc: (2, 1 + folds). change: (1 + folds,).
    """

    counts: Replicates
    auc: NDArray[np.float64]
    change: NDArray[np.float64]


@remembered
def whole(counts: Counts) -> Whole:
    """Both windows of ``counts`` with every fold left out in turn."""
    table = grouping(counts, "all").replicates()
    areas = auc(table.positives, table.negatives)
    return Whole(table, areas, areas[1] - areas[0])


def level(table: Replicates, window: int, clustered: bool, confidence: float) -> Estimate:
    """AUC of one window of ``table``: jackknife over clusters, DeLong without them."""
    positives, negatives = table.positives[window], table.negatives[window]
    if clustered:
        return estimate(auc(positives, negatives), confidence, table.folds(window), UNIT)
    error = float(np.sqrt(delong_variance(positives[0], negatives[0])))
    return around(float(auc(positives[0], negatives[0])), error, confidence, within=UNIT)


def difference(table: Replicates, clustered: bool, confidence: float) -> Estimate:
    """Incident AUC minus baseline AUC of ``table``."""
    value, error, freedom = difference_and_error(table, clustered)
    return around(value, error, confidence, freedom)


def difference_and_error(table: Replicates, clustered: bool) -> tuple[float, float, float]:
    """`difference`, its standard error and degrees of freedom; an error that is none is NaN.

    The error is never less than were both windows alike (`scarcity`).
    """
    sides = table.positives[:, 0], table.negatives[:, 0]
    few = np.sqrt(scarcity(*sides))
    if clustered:
        areas = auc(table.positives, table.negatives)
        change = areas[1] - areas[0]
        error, freedom = standard_error(change, table.used)
        return float(change[0]), float(error * few), min(float(freedom), _freedom(table, areas))
    areas = auc(*sides)
    error = np.sqrt(delong_variance(*sides).sum())
    return float(areas[1] - areas[0]), float(error * few), np.inf


def estimated(
    counts: Counts,
    replicates: NDArray[np.float64],
    confidence: float,
    own: Replicates | None = None,
) -> Estimate:
    """What rows of both windows make, from ``replicates`` (1 + folds,), with its interval.

    No surer than the clusters of either window allow, nor those of the group that it is about,
    whose counts are ``own``.
    """
    used, most = windows_allow(counts)
    if own is not None:
        most = min(most, _freedom(own))
    return estimate(replicates, confidence, used, most=most)


@remembered
def windows_allow(counts: Counts) -> tuple[NDArray[np.bool_], float]:
    """The folds (FOLDS,) with rows, and the degrees of freedom that the two windows have."""
    table = whole(counts).counts
    return table.used, _freedom(table)


def _freedom(table: Replicates, areas: NDArray[np.float64] | None = None) -> float:
    """Degrees of freedom that the windows have by their own folds, for AUC.

    A window of few clusters says little of how far these vary, however many the other has.
    ``areas`` (2, 1 + folds), where they are known.
    """
    if areas is None:
        areas = auc(table.positives, table.negatives)
    return freedom_of_both(areas, [table.folds(window) for window in (0, 1)])


def bound(counts: Counts, table: Replicates, window: int, by: str = "all") -> float:
    """Half-width within which the AUC of the raw scores lies around that of the bins.

    ``by`` is the grouping that the table is of: of very many groups, rows are known by bands of
    bins, and where they lie in a band was dealt out, which can cost as much again as ties do.
    """
    rows = table.positives[window, 0], table.negatives[window, 0]
    exact, dealt = _exact(counts)[table.bins], 0.0
    if by != "all" and (bands := _bands(counts, by.split("*")[-1])) is not None:
        band = bands[table.bins]
        several = np.bincount(bands)[band] > 1
        sides = (np.bincount(band, own * several) / max(own.sum(), 1) for own in rows)
        dealt = float(np.multiply(*sides).sum())
        exact = exact | several
    return dealt + float(bin_bound(*rows, exact))


@remembered
def _exact(counts: Counts) -> NDArray[np.bool_]:
    """Which bins (B,) hold one score."""
    low, high = (counts.bins[side].to_numpy() for side in ("low", "high"))
    return np.asarray(low == high)


@remembered
def _bands(counts: Counts, column: str) -> NDArray[np.int64] | None:
    """The band (B,) of each bin in which groups of a cohort column were counted, if in any."""
    own = counts.bin_bands[counts.bin_bands["by"] == column]
    return own.sort_values("bin")["band"].to_numpy() if len(own) else None


def method(counts: Counts) -> str:
    """Which intervals these counts allow, in words for a caveat."""
    if counts.meta["clustered"]:
        return "Intervals: delete-a-group jackknife over clusters (32 folds)."
    if counts.weighted:
        return "Intervals: delete-a-group jackknife over 32 random folds of rows, with weights."
    return (
        "Intervals of AUC: DeLong, which takes rows as independent; name a cluster column if "
        "they are not. Intervals of contributions: jackknife over 32 random folds of rows."
    )
