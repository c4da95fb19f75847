"""Which part of a group's rows each fold holds, where folds are not counted bin by bin.

Of the rows of one group, window, outcome and band of bins, each bin loses the same part when a fold
is left out. What a band loses is exact; within a band a fold's rows lie as those of its group.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from investigate.counts.table import FOLDS

Ints = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class FoldShares:
    """The parts, and the place of each of n entries among them.

    parts: (2, groups, 2, bands, FOLDS) by outcome, group, window and band; each sums to 1 over the
    folds where there are rows. bands: (B,) the band of each bin. place: (n,) the flat index of
    the entry's group, window and band.
    """

    parts: Array
    bands: Ints
    place: Ints

    @classmethod
    def of(
        cls, rows: Array, bands: Ints, group: Ints, window: Ints, score_bin: Ints
    ) -> "FoldShares":
        """From ``rows`` of the shape of ``parts``; group, window and bin are those of entries."""
        total = rows.sum(axis=-1, keepdims=True)
        parts = np.divide(rows, total, out=np.zeros(rows.shape), where=total > 0)
        place = np.ravel_multi_index((group, window, bands[score_bin]), rows.shape[1:4])
        return cls(parts, bands, np.asarray(place, dtype=np.int64))

    def at(self, place: Ints) -> "FoldShares":
        """The same parts, of other entries, at the places (n,)."""
        return FoldShares(self.parts, self.bands, place)

    @property
    def used(self) -> NDArray[np.bool_]:
        """The folds (FOLDS,) that hold any row."""
        return np.asarray((self.parts > 0).any(axis=(0, 1, 2, 3)))

    def of_entries(self, outcome: int, entries: Any = slice(None)) -> Array:
        """The part of each entry in each fold: (n, FOLDS)."""
        return np.asarray(self._flat(outcome)[self.place[entries]])

    def of_fold(self, outcome: int, fold: int, entries: Any = slice(None)) -> Array:
        """The part of each entry in one fold: (n,)."""
        return np.asarray(self._flat(outcome)[:, fold][self.place[entries]])

    def left_of(
        self, outcome: int, rows: NDArray[Any], entries: Ints, at: Ints, size: int
    ) -> Array:
        """As `left_by`, of few ``entries``, of which ``rows`` and ``at`` are."""
        left = np.zeros((size, FOLDS))
        order = np.argsort(at, kind="stable")
        starts = np.flatnonzero(np.diff(at[order], prepend=-1))
        parts = rows[order][:, None] * self.of_entries(outcome, entries[order])
        left[at[order][starts]] = np.add.reduceat(parts, starts, axis=0)
        return left.T

    def left_by(self, outcome: int, rows: NDArray[Any], at: Ints, size: int) -> Array:
        """What leaves with each fold, of ``rows`` (n,) summed by ``at`` (n,): (FOLDS, size)."""
        flat = self._flat(outcome)
        table = sparse.coo_array((rows, (at, self.place)), shape=(size, len(flat))).tocsr()
        return np.asarray((table @ flat).T)

    def _flat(self, outcome: int) -> Array:
        return self.parts[outcome].reshape(-1, FOLDS)
