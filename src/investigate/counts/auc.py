"""AUC, its bin bound and its DeLong variance, from counts of outcomes by score bin.

Throughout, ``positives`` and ``negatives`` have shape (..., B): how many rows with
outcome 1 and 0 fall in each of B bins of ascending score; leading axes broadcast.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def midranks(weights: NDArray[Any]) -> Array:
    """Share of `weights` (..., B) below each bin, ties counted half: K in the papers."""
    weights = np.asarray(weights, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weights / weights.sum(axis=-1, keepdims=True)
    return np.asarray(np.cumsum(share, axis=-1) - share / 2)


def auc(positives: NDArray[Any], negatives: NDArray[Any]) -> Array:
    """Area under the ROC curve of the binned scores, shape (...); NaN where a class is empty.

    Equal to scikit-learn's ``roc_auc_score`` on the bin numbers.
    """
    positives = np.asarray(positives, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = positives / positives.sum(axis=-1, keepdims=True)
    return np.asarray((share * midranks(negatives)).sum(axis=-1))


def bin_bound(positives: NDArray[Any], negatives: NDArray[Any], exact: NDArray[np.bool_]) -> Array:
    """Largest distance between the AUC of the bins and that of the raw scores.

    ``exact`` (B,) marks bins that hold one distinct score, whose ties are real ties.
    """
    f = np.where(exact, 0.0, positives) / np.maximum(np.sum(positives, axis=-1, keepdims=True), 1)
    h = np.where(exact, 0.0, negatives) / np.maximum(np.sum(negatives, axis=-1, keepdims=True), 1)
    return np.asarray((f * h).sum(axis=-1) / 2)


def delong_variance(positives: NDArray[Any], negatives: NDArray[Any]) -> Array:
    """Variance of the AUC for independent rows; NaN with fewer than two of a class.

    DeLong, DeLong & Clarke-Pearson 1988, in the counting form of Sun & Xu 2014.
    """
    m = np.sum(positives, axis=-1, dtype=float)
    n = np.sum(negatives, axis=-1, dtype=float)
    below = midranks(negatives)
    above = 1 - midranks(positives)
    area = auc(positives, negatives)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (positives * (below - area) ** 2).sum(axis=-1) / (m * (m - 1))
        spread = spread + (negatives * (above - area) ** 2).sum(axis=-1) / (n * (n - 1))
    return np.asarray(np.where((m > 1) & (n > 1), spread, np.nan))


def scarcity(positives: NDArray[Any], negatives: NDArray[Any]) -> float:
    """How many times the variance of a change in AUC is at least what DeLong's method gives.

    ``positives`` and ``negatives`` (2, B), by window. A few rows of an outcome that happen to rank
    high vary little, and look precise. Had AUC not changed, rows of both windows would vary alike:
    their pooled variance (Wald against score test) is no less, where a window has few. At least 1.
    """
    area = auc(positives, negatives)[:, None]
    unlike = alike = 0.0
    for rows, place in ((positives, midranks(negatives)), (negatives, 1 - midranks(positives))):
        size = np.sum(rows, axis=-1, dtype=float)
        squares = (rows * (place - area) ** 2).sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            unlike += float((squares / size**2).sum())
            alike += float(squares.sum() / size.sum() * (1 / size).sum())
    return max(1.0, alike / unlike) if unlike > 0 and np.isfinite(alike) else 1.0
