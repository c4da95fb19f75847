"""Counts by fold and bin from counts by bin and counts by fold, so that they stay small.

Of many groups, every fold in every bin would be as many cells as the log has rows. What is said
of a group needs its rows by bin; how it varies needs them by fold, and there a band of bins is
fine enough. Within a band the rows of a group, ordered by bin, are dealt out to the folds one
after the other: both margins hold exactly, and there are hardly more cells than in both.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.table import FOLDS

STEP = 11
"""By how much the first fold differs from band to band, so that no fold has the low scores."""

Ints = NDArray[np.int64]


def dealt(
    by_bin: pd.DataFrame, by_fold: pd.DataFrame, keys: list[str], band: NDArray[Any]
) -> pd.DataFrame:
    """`keys`, ``fold``, ``bin``, ``positives``, ``negatives``, sorted; every cell has rows.

    `by_bin` has the keys and ``bin``, `by_fold` the keys, ``band`` and ``fold``, both
    ``positives`` and ``negatives``; ``band`` (B,) is the band of each bin. Keys are whole numbers
    from 0. Sums by group and bin, and by group, band and fold, are those given.
    """
    sizes = [int(by_bin[key].max()) + 1 if len(by_bin) else 1 for key in keys]
    bins, bands = len(band), int(band.max()) + 1
    groups = [
        np.ravel_multi_index([side[key].to_numpy() for key in keys], sizes).astype(np.int64)
        if len(side)
        else np.zeros(0, np.int64)
        for side in (by_bin, by_fold)
    ]
    place = by_bin["bin"].to_numpy().astype(np.int64)
    cell = (groups[0] * bands + band[place]) * bins + place
    of = groups[1] * bands + by_fold["band"].to_numpy().astype(np.int64)
    turn = (by_fold["fold"].to_numpy().astype(np.int64) + STEP * of) % FOLDS
    ranked = [np.argsort(cell, kind="stable"), np.argsort(of * FOLDS + turn, kind="stable")]
    found: dict[str, tuple[Ints, Ints]] = {}
    for side in ("positives", "negatives"):
        own = [
            frame[side].to_numpy()[order]
            for frame, order in zip((by_bin, by_fold), ranked, strict=True)
        ]
        ends = [np.cumsum(one) for one in own]
        edges = _distinct(*ends)
        edges = edges[edges > 0]
        first = np.concatenate([[0], edges[:-1]]) if len(edges) else edges
        one, other = (
            order[np.searchsorted(end, first, side="right")]
            for order, end in zip(ranked, ends, strict=True)
        )
        fold = by_fold["fold"].to_numpy().astype(np.int64)[other]
        key = (groups[0][one] * FOLDS + fold) * bins + place[one]
        found[side] = key, edges - first
    places = _distinct(found["positives"][0], found["negatives"][0])
    group, rest = np.divmod(places, FOLDS * bins)
    table = dict(zip(keys, np.unravel_index(group, sizes), strict=True))
    frame = pd.DataFrame({**table, "fold": rest // bins, "bin": rest % bins})
    for side, (key, rows) in found.items():
        sums = np.bincount(np.searchsorted(places, key), rows, len(places))
        frame[side] = sums.astype(np.int64)
    return frame


def _distinct(one: Ints, other: Ints) -> Ints:
    """What stands in either, sorted; `numpy.union1d` puts each number into a hash table first.

    Both are nearly in order, and a stable sort makes use of that.
    """
    both = np.sort(np.concatenate([one, other]), kind="stable")
    return both[np.diff(both, prepend=-1) > 0]
