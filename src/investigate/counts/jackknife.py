"""Intervals by the delete-a-group jackknife: no random numbers, any statistic.

Rows of one cluster share a fold, so leaving folds out respects that they depend on
each other; a cluster in both windows leaves both at once. Obuchowski 1997 is the
closed form for one AUC; Kott 2001 describes the delete-a-group jackknife.

A change between two windows is known no better than the window of fewer clusters allows: folds
that the other one alone fills add degrees of freedom and no knowledge (`freedom_of_both`).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from investigate.finding import Estimate

Array = NDArray[np.float64]
ROUNDING = 1e-12
"""A statistic closer to zero is zero: decompositions subtract sums that are equal."""


def standard_error(replicates: Array, used: NDArray[np.bool_] | None = None) -> tuple[Array, Any]:
    """Standard error (...) and degrees of freedom from ``replicates`` (1 + G, ...).

    ``replicates[0]`` is the statistic on all rows and ``replicates[1 + g]`` the one
    without fold g. ``used`` (G, ...) marks the folds that hold rows of the statistic;
    empty folds carry no information and are not counted. A replicate that does not
    exist (NaN) leaves the error undefined.
    """
    left_out = np.asarray(replicates[1:], dtype=float)
    keep = None if used is None or used.all() else np.broadcast_to(used, left_out.shape)
    groups = np.full(left_out.shape[1:], len(left_out)) if keep is None else keep.sum(axis=0)

    def added(values: Array) -> Array:
        # Nearly always all folds count, and to choose takes as long as the rest.
        return np.asarray((values if keep is None else np.where(keep, values, 0)).sum(axis=0))

    with np.errstate(invalid="ignore", divide="ignore"):
        mean = added(left_out) / groups
        squares = added((left_out - mean) ** 2)
        error = np.sqrt(squares * (groups - 1) / groups)
    return np.where(groups >= 2, error, np.nan), groups - 1


def estimate(
    replicates: Array,
    confidence: float,
    used: NDArray[np.bool_] | None = None,
    within: tuple[float, float] = (-np.inf, np.inf),
    most: float = np.inf,
) -> Estimate:
    """The statistic with its t interval, from ``replicates`` (1 + G,).

    ``most``: the degrees of freedom that it has at most, whatever folds were used.
    """
    error, freedom = standard_error(replicates, used)
    own = min(float(freedom), most)
    return around(float(replicates[0]), float(error), confidence, own, within)


def difference(
    sides: Iterable[Array], confidence: float, used: Iterable[NDArray[np.bool_]]
) -> Estimate:
    """The incident's statistic minus the baseline's, each (1 + G,), with its t interval.

    ``sides``: baseline and incident; ``used``: the folds (G,) with rows of each.
    """
    (before, now), (first, second) = sides, used
    most = freedom_of_both((before, now), (first, second))
    return estimate(now - before, confidence, first | second, most=most)


def freedom_of_both(sides: Iterable[Array], used: Iterable[NDArray[np.bool_]]) -> float:
    """Degrees of freedom of a difference of two statistics by the folds that each has.

    Satterthwaite 1946. ``sides``: replicates (1 + G,) of each, ``used`` (G,) its folds. Where a
    statistic has no error, those of the one with fewer folds.
    """
    used = list(used)
    squares = divided = 0.0
    for own, folds in zip(sides, used, strict=True):
        error, freedom = standard_error(own, folds)
        squares += float(error) ** 2
        divided += float(error) ** 4 / max(float(freedom), 1.0)
    if not np.isfinite(divided):
        return float(min(folds.sum() for folds in used) - 1)
    return squares**2 / divided if divided > 0 else np.inf


def around(
    value: float,
    error: float,
    confidence: float,
    freedom: float = np.inf,
    within: tuple[float, float] = (-np.inf, np.inf),
) -> Estimate:
    """`value` ± its error by Student's t, cut to where the statistic can lie."""
    if not (np.isfinite(error) and freedom >= 1):
        return Estimate(value)
    reach = _quantile(confidence, float(freedom)) * error
    return Estimate(value, max(value - reach, within[0]), min(value + reach, within[1]))


@lru_cache(maxsize=256)
def _quantile(confidence: float, freedom: float) -> float:
    return float(special.stdtrit(freedom, (1 + confidence) / 2))


def p_value(
    replicates: Array, used: NDArray[np.bool_] | None = None, most: float = np.inf
) -> float:
    """Two-sided p-value of `replicates[0]` against zero; NaN where there is no error.

    ``most`` as of `estimate`.
    """
    error, freedom = standard_error(replicates, used)
    freedom = min(float(freedom), most)
    if not np.isfinite(error) or freedom < 1:
        return float("nan")
    if abs(replicates[0]) < ROUNDING:
        return 1.0
    if error == 0:
        return 0.0
    return float(2 * special.stdtr(freedom, -abs(replicates[0]) / error))
