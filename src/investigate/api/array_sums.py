"""Rows of plain arrays summed by score, and dealt out to folds."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.counts.auc import auc
from investigate.counts.table import FOLDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def areas_of(
    rank: Ints, outcome: Ints, fold: Ints, weight: Floats | None = None
) -> tuple[Floats, NDArray[np.bool_]]:
    """AUC of all rows and without each fold (1 + FOLDS,), and which folds hold any."""
    rank = np.unique(rank, return_inverse=True)[1]
    positives, negatives = by_bin(rank, outcome, weight=weight)
    used = np.bincount(fold, minlength=FOLDS) > 0
    areas = np.full(1 + FOLDS, float(auc(positives, negatives)))
    for f in np.flatnonzero(used):
        own = fold == f
        mine = None if weight is None else weight[own]
        gone = by_bin(rank[own], outcome[own], len(positives), mine)
        areas[1 + f] = auc(positives - gone[0], negatives - gone[1])
    return areas, used


def by_bin(
    rank: Ints, outcome: Ints, bins: int = 0, weight: Floats | None = None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Positives and negatives of each rank (B,): rows, or the sums of their weights."""
    size = bins or (int(rank.max()) + 1 if len(rank) else 1)
    sides = []
    for value in (1, 0):
        own = outcome == value
        mine = None if weight is None else weight[own]
        sides.append(np.bincount(rank[own], mine, minlength=size))
    return sides[0], sides[1]


def folds_of(names: NDArray[Any]) -> Ints:
    """The fold of each label: the hash by which logs are counted too."""
    known, place = np.unique(names, return_inverse=True)
    # Not for security: a hash that every engine has.
    digests = [hashlib.md5(str(n).encode(), usedforsecurity=False).digest()[0] for n in known]
    return (np.array(digests, dtype=np.int64) % FOLDS)[place]


def shuffled(*keys: NDArray[Any]) -> Ints:
    """Folds of rows (n,) at random; rows that are alike trade places without being noticed."""
    order = np.lexsort(keys)
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.random.default_rng(0).permutation(len(order)) % FOLDS
    return fold
