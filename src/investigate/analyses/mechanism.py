"""Is the score broken, or is the task harder: mix, spread and validity.

A window is (mix of groups) x (spread of scores within a group) x (validity: the outcome
rate at a score, and the order within a narrow band of scores). AUC is recomputed with
each of the eight combinations of baseline and incident parts; the Shapley value of the
three sums to the change in AUC (Shorrocks 2013; Zhang et al. 2023). Mix: other rows are
scored. Spread: scores lie closer together, still meaning the same. Validity: a score no
longer means what it meant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.wording import percent, points
from investigate.counts.auc import auc
from investigate.counts.fold_shares import FoldShares
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.memory import remembered
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]
PARTS = ("mix", "spread", "validity")
MOST_BANDS = 32
ROWS_A_BAND = 20
COARSE = 512
"""Bins for standard errors: finer ones cost time and move no digit that is shown."""
BORROWED_ROWS = 5.0
"""Where a band is put to a spread that it was not observed with, it is filled up to so many rows
with the other window's: a band with few rows says little, one with none says nothing. Bands with
more rows borrow none, so large logs show the parts without bias."""


@dataclass(frozen=True)
class Cells:
    """Sparse counts of one grouping: what an arm reweights.

    group, band, bin: (n,) of each cell. rows, positives, negatives: (2, folds, n) would be
    large, so cells keep their entries: window, fold and the cell's index of each entry; or, with
    no fold, the ``shares`` of each fold in it.
    """

    groups: int
    bands: int
    bins: int
    group: NDArray[np.int64]
    band: NDArray[np.int64]
    bin: NDArray[np.int64]
    window: NDArray[np.int64]
    fold: NDArray[np.int64]
    cell: NDArray[np.int64]
    positives: Array
    negatives: Array
    shares: FoldShares | None = None

    def counted(self, without: int | None = None) -> tuple[Array, Array]:
        """Positives and negatives (2, cells), without one fold where given."""
        if without is None:
            return self._all
        if self.shares is not None:
            return self._without_part(without, self.shares)
        order, edges = self._by_fold
        own = order[edges[without] : edges[without + 1]]
        # Counts are whole numbers, so that a difference is exact.
        positives, negatives = (
            whole - left for whole, left in zip(self._all, self._summed(own), strict=True)
        )
        return positives, negatives

    @property
    def folds(self) -> frozenset[int]:
        """The folds that hold any row."""
        if self.shares is not None:
            return frozenset(np.flatnonzero(self.shares.used).tolist())
        return frozenset(self.fold.tolist())

    def _without_part(self, fold: int, shares: FoldShares) -> tuple[Array, Array]:
        size = 2 * len(self.group)
        flat = self.window * len(self.group) + self.cell
        positives, negatives = (
            np.asarray(np.bincount(flat, side * (1 - shares.of_fold(outcome, fold)), size), float)
            for outcome, side in ((1, self.positives), (0, self.negatives))
        )
        return positives.reshape(2, -1), negatives.reshape(2, -1)

    @cached_property
    def _all(self) -> tuple[Array, Array]:
        return self._summed(slice(None))

    @cached_property
    def _by_fold(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Entries in the order of folds, and where each fold begins."""
        order = np.argsort(self.fold, kind="stable")
        return order, np.searchsorted(self.fold[order], np.arange(FOLDS + 1)).astype(np.int64)

    def _summed(self, entries: Any) -> tuple[Array, Array]:
        size = 2 * len(self.group)
        flat = (self.window * len(self.group) + self.cell)[entries]
        positives, negatives = (
            np.bincount(flat, side[entries], size).astype(float).reshape(2, -1)
            for side in (self.positives, self.negatives)
        )
        return positives, negatives


@remembered
def mechanism(counts: Counts, question: Question, by: str = "system") -> Finding:
    """The change in AUC as mix, spread and validity, with the groups of ``by`` for the mix."""
    own = grouping(counts, by)
    cells, shares = cells_in(own), parts_of(own)
    confidence = question.thresholds.confidence
    numbers = {
        part: windows.estimated(counts, own, confidence)
        for part, own in zip(PARTS, shares.T, strict=True)
    }
    total, change = float(shares[0].sum()), float(windows.whole(counts).change[0])
    borrowed = _borrowed(cells)
    return Finding(
        name=f"mechanism by {by}",
        claim=_claim(numbers, by, change),
        numbers={**numbers, "sum": Estimate(total), "borrowed": Estimate(borrowed)},
        table=tuple(
            {"part": part, "auc points": n.value, "low": n.low, "high": n.high}
            for part, n in numbers.items()
        ),
        caveats=(
            f"Mix, spread and validity sum to {points(total)}, the change in AUC.",
            f"Scores are held alike within {cells.bands} bands; {percent(borrowed)} of the rows "
            "lie where the other window has none, and lend it their outcome rate.",
        ),
        detail={"by": by, "sum": total, "change": change},
    )


def parts_of(own: Grouping) -> Array:
    """Mix, spread and validity of a grouping's counts, then without each fold: (1 + folds, 3)."""
    return own.once("parts", _parts_of)


def _parts_of(own: Grouping) -> Array:
    fine, coarse = cells_in(own), cells_in(own.merged(COARSE))
    return replicated(fine, coarse, lambda c, fold: _shapley(arms(c, *c.counted(fold))))


def replicated(fine: Cells, coarse: Cells, statistic: Callable[[Cells, int | None], Any]) -> Array:
    """A statistic on all rows and without each fold, shape (1 + folds, ...).

    The value comes from the fine cells; how it varies from fold to fold from the coarse.
    """
    value, nothing_left_out = np.asarray(statistic(fine, None)), statistic(coarse, None)
    used = coarse.folds
    left_out = [statistic(coarse, f) if f in used else nothing_left_out for f in range(FOLDS)]
    return np.concatenate([value[None], value + np.stack(left_out) - nothing_left_out])


def cells_of(counts: Counts, by: str, most_bins: int | None = None) -> Cells:
    """The sparse cells of grouping ``by``, over at most so many bins where given."""
    own = grouping(counts, by)
    return cells_in(own.merged(most_bins) if most_bins else own)


def cells_in(own: Grouping) -> Cells:
    """The sparse cells of a grouping's counts, made once."""
    return own.once("cells", _cells)


def _cells(own: Grouping) -> Cells:
    bins, band = own.bins, _bands(own)
    flat, cell = np.unique(own.group * bins + own.bin, return_inverse=True)
    return Cells(
        groups=len(own.keys),
        bands=int(band.max()) + 1,
        bins=bins,
        group=flat // bins,
        band=band[flat % bins],
        bin=flat % bins,
        window=own.window,
        fold=own.fold,
        cell=cell.astype(np.int64),
        positives=own.positives.astype(float),
        negatives=own.negatives.astype(float),
        shares=own.shares,
    )


def _bands(own: Grouping) -> NDArray[np.int64]:
    """The band of every bin: equal shares of both windows, wide enough to hold rows."""
    rows, flat = own.positives + own.negatives, own.window * own.bins + own.bin
    mass = np.bincount(flat, rows, minlength=2 * own.bins).reshape(2, own.bins)
    fewest = mass.sum(axis=1).min() / len(own.keys)
    bands = int(np.clip(fewest / ROWS_A_BAND, 8, MOST_BANDS))
    share = (mass / mass.sum(axis=1, keepdims=True)).mean(axis=0)
    middle = np.cumsum(share) - share / 2
    band = np.minimum((middle * bands).astype(np.int64), bands - 1)
    return np.asarray(np.unique(band, return_inverse=True)[1])


_ARMS = np.array(list(product((0, 1), repeat=3)))
"""The window of each part in each arm: (8, 3) for mix, spread and validity."""
_AT_ONCE = 2**18
"""Weights of cells that are computed together: more take memory and save no time."""


def arms(cells: Cells, positives: Array, negatives: Array) -> Array:
    """AUC with each part taken from a window: (2, 2, 2) by those of mix, spread and validity."""
    weights = arm_weights(cells, positives, negatives)
    step = max(_AT_ONCE // max(len(cells.bin), 1), 1)
    found = []
    for first in range(0, len(_ARMS), step):
        parts = _ARMS[first : first + step]
        flat = (np.arange(len(parts))[:, None] * cells.bins + cells.bin).ravel()
        sides = (
            np.bincount(flat, side.ravel(), len(parts) * cells.bins).reshape(len(parts), -1)
            for side in weights(*parts.T[..., None])
        )
        found.append(auc(*sides))
    return np.concatenate(found).reshape(2, 2, 2)


def arm_weights(cells: Cells, positives: Array, negatives: Array) -> Callable[..., Any]:
    """Weighted positives and negatives of each cell when parts come from given windows.

    The returned function takes ``mix``, ``spread`` and ``validity``, each a window or an
    array (..., groups) of windows, so that single groups can be put back alone; it gives two
    arrays (..., cells).
    """
    size = cells.groups * cells.bands
    flat = cells.group * cells.bands + cells.band

    def by_band(values: Array) -> Array:
        sums = np.stack([np.bincount(flat, v, size) for v in values])
        return sums.astype(float).reshape(2, cells.groups, -1)

    pos, neg = by_band(positives), by_band(negatives)
    rows = pos + neg
    groups = rows.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mix = groups / groups.sum(axis=1, keepdims=True)
        spread = np.where(groups[..., None] > 0, rows / groups[..., None], 0.0)
    index, every = np.arange(cells.groups), np.arange(len(flat))

    def weights(mix_of: Any, spread_of: Any, validity_of: Any) -> tuple[Array, Array]:
        # Where all groups have theirs from one window, whole rows are taken and none looked up.
        window = np.asarray(validity_of)[..., 0] if np.shape(validity_of)[-1:] == (1,) else None
        mix_of, spread_of, validity_of = (
            np.zeros(cells.groups, np.int64) + part for part in (mix_of, spread_of, validity_of)
        )
        present = groups[spread_of, index] > 0
        spread_from = np.where(present, spread_of, 1 - spread_of)
        mass = mix[mix_of, index][..., None] * spread[spread_from, index]
        own, other = rows[validity_of, index], rows[1 - validity_of, index]
        strange = (spread_from != validity_of)[..., None]
        borrowed = np.where(strange, np.clip(BORROWED_ROWS - own, 0, None), 0.0)
        borrowed = np.where(other == 0, 0.0, np.where(own == 0, 1.0, borrowed))
        scale = np.divide(mass, own + borrowed, out=np.zeros_like(mass), where=own + borrowed > 0)
        lent = np.divide(scale * borrowed, other, out=np.zeros_like(mass), where=other > 0)
        scale, lent = (own.reshape(*own.shape[:-2], -1)[..., flat] for own in (scale, lent))
        if window is not None:
            return (
                positives[window] * scale + positives[1 - window] * lent,
                negatives[window] * scale + negatives[1 - window] * lent,
            )
        mine = validity_of[..., cells.group]
        theirs = 1 - mine
        return (
            positives[mine, every] * scale + positives[theirs, every] * lent,
            negatives[mine, every] * scale + negatives[theirs, every] * lent,
        )

    return weights


def _shapley(value: Array) -> Array:
    """What each part gains, over the orders in which the parts can change windows.

    Tiny groups can leave an arm with one outcome and no AUC; orders through it do not count,
    and each of the others sums to the change.
    """
    gained = np.zeros((6, 3))
    for gains, order in zip(gained, permutations(range(3)), strict=True):
        parts = (0, 0, 0)
        for i in order:
            m, s, v = (1 if k == i else part for k, part in enumerate(parts))
            gains[i] = value[m, s, v] - value[parts]
            parts = (m, s, v)
    known = gained[np.isfinite(gained).all(axis=1)]
    return np.asarray(known.mean(axis=0)) if len(known) else np.full(3, np.nan)


def _borrowed(cells: Cells) -> float:
    positives, negatives = cells.counted()
    flat = cells.group * cells.bands + cells.band
    rows = np.stack([np.bincount(flat, r) for r in positives + negatives])
    return float(rows[:, (rows == 0).any(axis=0)].sum() / rows.sum())


def _claim(numbers: dict[str, Estimate], by: str, change: float) -> str:
    if any(number.value is None for number in numbers.values()):
        return f"With groups by {by}, mix, spread and validity cannot be told apart: too few rows."
    values = {part: number.value or 0.0 for part, number in numbers.items()}
    first = (min if change < 0 else max)(values, key=lambda part: values[part])
    meaning = {
        "mix": "other rows are scored now",
        "spread": "scores lie closer together or further apart, "
        "and outcomes at equal scores are as before",
        "validity": "outcomes at equal scores are no longer as before",
    }[first]
    rest = ", ".join(f"{part} {points(values[part])}" for part in PARTS if part != first)
    if not numbers[first].excludes_zero:
        # What chance moves too says nothing of rows, scores or outcomes.
        meaning = f"its interval holds zero, so that no {first} is surely lost or gained"
    most = max(values, key=lambda part: abs(values[part]))
    verb = "moved most" if first == most else "is the largest part"
    return (
        f"With groups by {by}, {first} {verb}, {points(values[first])} of {points(change)} "
        f"({rest}): {meaning}."
    )
