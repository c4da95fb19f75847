"""The one group whose scores lie closer together than before, told by its scores alone.

Where outcomes are rare, AUC says too little of which group's scores no longer tell rows apart, and
how far apart the scores lie says it at once: that is known of every row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.suspects.hosts import newcomers
from investigate.analyses.suspects.narrowing import NEARLY_ALL, QUIET, Scope
from investigate.analyses.whole import whole
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts

CLOSER = 0.9
"""Scores of a group lie closer together where their deviation is so small a part of before."""
SURE = 5.0
"""Standard errors by which they surely do: all groups of all columns are looked at."""
AS_CLOSE = 0.5
"""Of two groups that came closer, one moved as far where it is at least this part of the other."""
FEWEST = 100
"""Rows that a group has in either window at least."""

Array = NDArray[np.float64]


@remembered
def closer(counts: Counts) -> Scope | None:
    """The group in which scores surely came closer together, while all others of its column stayed.

    Of several, as columns that name nearly the same rows, the one with the most rows. A group that
    holds another has come closer by less, as most of its rows did not.
    """
    found = []
    for by in counts.groupings():
        if by == "all" or "*" in by:
            continue
        widths = _widths(counts, by)
        total = sum(one.rows for one in widths)
        for own in widths:
            if own.rows >= NEARLY_ALL * total or not own.surely_closer:
                continue
            if abs(_of_others(widths, own)) < QUIET * abs(own.moved):
                found.append((own.moved, Scope(by, *own.key, own.rows)))
    most = min((moved for moved, _ in found), default=0.0)
    as_close = [one for moved, one in found if moved <= AS_CLOSE * most]
    return max(as_close, key=lambda one: (one.rows, one.by), default=None)


def all_of_it(counts: Counts, place: Scope, part: Scope) -> bool:
    """Whether scores came closer together in all of a place, and not in a part of it alone."""
    others = [
        one
        for one in _widths(counts, part.by)
        if one.key[1] == place.cohort and one.key != (part.system, part.cohort)
    ]
    return any(one.surely_closer for one in others)


@dataclass(frozen=True)
class _Width:
    """A group's rows in the incident, and the log of by how much its scores' deviation changed."""

    key: tuple[str, str]
    rows: int
    variances: tuple[float, float]
    moved: float
    error: float

    @property
    def surely_closer(self) -> bool:
        return self.moved < np.log(CLOSER) and self.moved < -SURE * self.error


@remembered
def _widths(counts: Counts, by: str) -> tuple[_Width, ...]:
    """Of every group of ``by`` with rows enough in both windows."""
    own, rank = grouping(counts, by), _rank(counts)
    new = newcomers(counts, by)
    found = (_width(own, place, key, rank) for place, key in enumerate(own.keys) if key not in new)
    return tuple(one for one in found if one is not None)


def _rank(counts: Counts) -> Array:
    """The share of both windows' rows that score lower than those of a bin, (B,)."""
    table = whole(counts).counts
    rows = np.zeros(int(table.bins.max()) + 1)
    rows[table.bins] = (table.positives[:, 0] + table.negatives[:, 0]).sum(axis=0)
    return np.asarray((rows.cumsum() - rows / 2) / rows.sum())


def _width(own: Grouping, place: int, key: tuple[str, str], rank: Array) -> _Width | None:
    table = own.replicates(place)
    rows = np.asarray(table.positives + table.negatives, dtype=float)
    if rows[:, 0].sum(axis=-1).min() < FEWEST:
        return None
    sizes = np.maximum(rows.sum(axis=-1), 1e-9)
    at = rank[table.bins]
    mean = rows @ at / sizes
    variance = np.maximum(rows @ at**2 / sizes - mean**2, 1e-9)
    moved = np.log(variance[1] / variance[0]) / 2
    folds = moved[1:][table.used]
    n = max(len(folds), 2)
    error = float(np.sqrt((n - 1) / n * ((folds - folds.mean()) ** 2).sum()))
    both = float(variance[0, 0]), float(variance[1, 0])
    return _Width(key, int(sizes[1, 0]), both, float(moved[0]), error)


def _of_others(widths: tuple[_Width, ...], own: _Width) -> float:
    """The same of all other groups together, each with its rows of the incident."""
    others = [one for one in widths if one is not own]
    if not others:
        return np.inf
    rows = np.array([one.rows for one in others], dtype=float)
    before, after = (np.array([one.variances[w] for one in others]) @ rows for w in (0, 1))
    return float(np.log(after / before) / 2)
