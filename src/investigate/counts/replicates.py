"""Counts of a group of rows with each fold left out in turn."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.counts.table import FOLDS


@dataclass(frozen=True)
class Replicates:
    """Counts in both windows, whole and without each fold.

    positives, negatives: (2, 1 + FOLDS, b) by window, replicate and bin; replicate 0 is
    whole; sums of weights where rows have some. bins: (b,) the numbers of the bins that hold
    any row of the group.
    used: (FOLDS,) the folds that hold any.
    """

    positives: NDArray[Any]
    negatives: NDArray[Any]
    bins: NDArray[np.int64]
    used: NDArray[np.bool_]

    @property
    def rows(self) -> NDArray[Any]:
        """Rows by window (2,); the effective sample size where they have weights."""
        total = self.positives[:, 0].sum(axis=-1) + self.negatives[:, 0].sum(axis=-1)
        return np.asarray(total)

    def folds(self, window: int) -> NDArray[np.bool_]:
        """The folds (FOLDS,) that hold rows of one window."""
        rows = (self.positives[window] + self.negatives[window]).sum(axis=-1)
        return np.asarray(rows[1:] < rows[0])


def replicates(
    window: NDArray[Any],
    fold: NDArray[Any],
    score_bin: NDArray[Any],
    positives: NDArray[Any],
    negatives: NDArray[Any],
    bins: int | None = None,
) -> Replicates:
    """Replicates of sparse counts, each argument (n,): over all ``bins``, or those that occur."""
    if bins is None:
        numbers, position = np.unique(score_bin, return_inverse=True)
    else:
        numbers, position = np.arange(bins), score_bin
    shape = (2, FOLDS, len(numbers))
    flat = np.ravel_multi_index((window, fold, position), shape)

    def filled(values: NDArray[Any]) -> NDArray[Any]:
        sums = np.bincount(flat, values, minlength=int(np.prod(shape)))
        kind = np.float64 if values.dtype.kind == "f" else np.int64
        return whole_and_without(sums.astype(kind).reshape(shape), axis=1)

    used = np.zeros(FOLDS, dtype=bool)
    used[fold] = True
    return Replicates(filled(positives), filled(negatives), numbers.astype(np.int64), used)


def whole_and_without(by_fold: NDArray[Any], axis: int) -> NDArray[Any]:
    """Totals over ``axis`` (folds), then the totals without each fold, along that axis."""
    whole = by_fold.sum(axis=axis, keepdims=True)
    return np.concatenate([whole, whole - by_fold], axis=axis)
