"""How strongly rows depend on each other: by how much an AUC varies more than it would."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.auc import auc
from investigate.counts.hanley_mcneil import hanley_mcneil
from investigate.counts.jackknife import standard_error
from investigate.counts.replicates import whole_and_without

FOLDS = 8
COARSE = 64
"""Bins that are told apart here; the ratio of two variances needs no more."""
ENOUGH = 10
"""With fewer rows of a class a group says too little."""

_AT_ONCE = 1_000


def ratios(sums: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """``ratio`` of jackknife to Hanley-McNeil variance by `keys`, where there are enough rows.

    `sums` has the keys, ``fold`` (0 to `FOLDS` - 1), ``bin`` (0 to `COARSE` - 1),
    ``positives`` and ``negatives``. Sorted by the keys; never NaN.
    """
    totals = sums.groupby(keys, sort=True)[["positives", "negatives"]].sum()
    totals = totals[totals.min(axis=1) >= ENOUGH]
    known = totals.index.to_frame(index=False)
    known["group"] = np.arange(len(known))
    placed = sums.merge(known, on=keys)
    ratio = np.full(len(known), np.nan)
    for first in range(0, len(known), _AT_ONCE):
        here = placed["group"].between(first, first + _AT_ONCE - 1)
        size = min(_AT_ONCE, len(known) - first)
        ratio[first : first + size] = _ratios(placed[here], first, size)
    found = known[keys].assign(ratio=ratio)
    return found[np.isfinite(ratio)].reset_index(drop=True)


def _ratios(placed: pd.DataFrame, first: int, groups: int) -> NDArray[np.float64]:
    shape = (groups, FOLDS, COARSE)
    at = np.ravel_multi_index((placed["group"] - first, placed["fold"], placed["bin"]), shape)

    def replicated(name: str) -> NDArray[Any]:
        sums = np.bincount(at, placed[name], minlength=int(np.prod(shape)))
        return whole_and_without(sums.astype(np.int64).reshape(shape), axis=1)

    positives, negatives = replicated("positives"), replicated("negatives")
    areas = auc(positives, negatives)
    rows = (positives + negatives).sum(axis=-1)
    m, n = positives[:, 0].sum(axis=-1), negatives[:, 0].sum(axis=-1)
    error = standard_error(areas.T, (rows[:, 1:] < rows[:, :1]).T)[0]
    return np.asarray(error**2 / hanley_mcneil(areas[:, 0], m, n))
