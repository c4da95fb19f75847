"""Which part of a group's rows each fold holds, where folds are not counted bin by bin.

Of the rows of one group, window, outcome and band of bins it is known how many each fold holds and
the sum of their bins. A fold takes from each bin a part that is linear in the bin's number, so
that both are exact: a statistic that is linear in rows and, within a band, in bins then has the
standard error that it would have with every fold in every bin.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from investigate.counts.table import FOLDS

Ints = NDArray[np.int64]
Array = NDArray[np.float64]
Sums = NDArray[Any]


@dataclass(frozen=True)
class FoldShares:
    """The parts that folds hold, and what each of n entries has of them.

    rows, sums: (2, groups, 2, bands, FOLDS) rows of each outcome by group, window, band and fold,
    and the sums of their bins, counted from any bin. parts, tilts: of the same shape; what a fold
    holds of an entry is part + tilt x ``away``. bands: (B,) the band of each bin. place: (n,) the
    flat index of an entry's group, window and band. away: (2, n) how many bins it lies beyond the
    mean bin of its place, by outcome.
    """

    rows: Sums
    sums: Sums
    parts: Array
    tilts: Array
    bands: Ints
    place: Ints
    away: Array

    @classmethod
    def of(
        cls, rows: Sums, sums: Sums, bands: Ints, entries: tuple[Ints, Ints, Ints], *sides: Sums
    ) -> "FoldShares":
        """From ``rows`` and ``sums``; the group, window and bin of ``entries``, and their sides."""
        score_bin = entries[2]
        size, shape = int(np.prod(rows.shape[1:4])), (*rows.shape[1:4], 1)
        place = np.ravel_multi_index((*entries[:2], bands[score_bin]), rows.shape[1:4])
        total = rows.sum(axis=-1, keepdims=True)
        parts = _ratio(rows, total)
        moved = sums - parts * sums.sum(axis=-1, keepdims=True)
        away, tilts = np.zeros((2, len(place))), np.zeros(rows.shape)
        for outcome, side in enumerate(sides):
            held = np.bincount(place, side, size)
            mean = _ratio(np.bincount(place, side * score_bin, size), held)
            away[outcome] = score_bin - mean[place]
            spread = np.bincount(place, side * away[outcome] ** 2, size).reshape(shape)
            # Where causes are undone, entries are not as many as were counted.
            now = _ratio(held.reshape(shape), total[outcome])
            tilts[outcome] = _ratio(moved[outcome] * now, spread)
        return cls(rows, sums, parts, tilts, bands, np.asarray(place, dtype=np.int64), away)

    @property
    def used(self) -> NDArray[np.bool_]:
        """The folds (FOLDS,) that hold any row."""
        return np.asarray((self.parts > 0).any(axis=(0, 1, 2, 3)))

    def of_entries(self, outcome: int, entries: Any = slice(None)) -> Array:
        """The part of each entry in each fold: (n, FOLDS)."""
        place, away = self.place[entries], self.away[outcome, entries]
        parts, tilts = self._flat(outcome)
        return np.asarray(parts[place] + away[:, None] * tilts[place])

    def of_fold(self, outcome: int, fold: int) -> Array:
        """The part of each entry in one fold: (n,)."""
        parts, tilts = (own[:, fold][self.place] for own in self._flat(outcome))
        return np.asarray(parts + self.away[outcome] * tilts)

    def terms(self, outcome: int, rows: Sums) -> Iterator[tuple[Sums, Array]]:
        """What of ``rows`` (n,) leaves with folds, as two terms: x (n,), and its factor by place.

        An entry loses the sum of both products, with the factor (places, FOLDS) at its place.
        """
        parts, tilts = self._flat(outcome)
        yield rows, parts
        yield rows * self.away[outcome], tilts

    def left_by(self, outcome: int, rows: Sums, at: Ints, size: int) -> Array:
        """What leaves with each fold, of ``rows`` (n,) summed by ``at`` (n,): (FOLDS, size)."""
        left = np.zeros((size, FOLDS))
        for values, factor in self.terms(outcome, rows):
            cells = (values, (at, self.place))
            left += sparse.coo_array(cells, shape=(size, len(factor))).tocsr() @ factor
        return left.T

    def left_of(self, outcome: int, rows: Sums, entries: Ints, at: Ints, size: int) -> Array:
        """As `left_by`, of few ``entries``, of which ``rows`` and ``at`` are."""
        left = np.zeros((size, FOLDS))
        if (np.diff(at) > 0).all():
            # As a group's entries are where they are in the order of its bins.
            left[at] = rows[:, None] * self.of_entries(outcome, entries)
            return left.T
        order = np.argsort(at, kind="stable")
        starts = np.flatnonzero(np.diff(at[order], prepend=-1))
        parts = rows[order][:, None] * self.of_entries(outcome, entries[order])
        left[at[order][starts]] = np.add.reduceat(parts, starts, axis=0)
        return left.T

    def _flat(self, outcome: int) -> tuple[Array, Array]:
        return self.parts[outcome].reshape(-1, FOLDS), self.tilts[outcome].reshape(-1, FOLDS)


def _ratio(one: Sums, other: Sums) -> Array:
    one, other = np.broadcast_arrays(one, other)
    return np.divide(one, other, out=np.zeros(one.shape), where=other > 0)
