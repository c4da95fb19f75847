"""The counts of one grouping as plain arrays, made once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.fold_shares import FoldShares
from investigate.counts.memory import remembered
from investigate.counts.replicates import Replicates, replicates
from investigate.counts.table import FOLDS, WHOLE, Counts

Ints = NDArray[np.int64]
Sums = NDArray[Any]
"""Numbers of rows; sums of their weights, as floats, where rows have weights."""
Made = TypeVar("Made")


@dataclass(frozen=True)
class Grouping:
    """Sparse counts of every group: n entries, each a group, window, fold and bin.

    keys: (system, cohort) of each group, sorted; ``group`` holds positions in it. shares: where
    entries are of all folds (-1), which part of them each fold holds. memory: what `once` made of
    them.
    """

    stays_here: ClassVar[bool] = True

    by: str
    keys: list[tuple[str, str]]
    group: Ints
    window: Ints
    fold: Ints
    bin: Ints
    positives: Sums
    negatives: Sums
    bins: int
    shares: FoldShares | None = None
    memory: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, name: str, make: Callable[["Grouping"], Made]) -> Made:
        """What ``make`` makes of these counts, made once and kept with them under `name`."""
        if name not in self.memory:
            self.memory[name] = make(self)
        made: Made = self.memory[name]
        return made

    def replicates(self, group: int | None = None) -> Replicates:
        """Replicates of one group over the bins that it has, or of all over every bin."""
        if group is None:
            return replicates(
                self.window, self.fold, self.bin, self.positives, self.negatives, self.bins
            )
        own = self.entries(group)
        if self.shares is not None:
            return self._shared(own, self.shares)
        return replicates(
            self.window[own],
            self.fold[own],
            self.bin[own],
            self.positives[own],
            self.negatives[own],
        )

    @property
    def folds(self) -> NDArray[np.bool_]:
        """The folds (FOLDS,) that hold any row."""
        if self.shares is not None:
            return self.shares.used
        found = np.zeros(FOLDS, dtype=bool)
        found[self.fold] = True
        return found

    def sides(self) -> tuple[Sums, Sums]:
        """Negatives and positives, each (n,): by outcome."""
        return self.negatives, self.positives

    def without(self, fold: int) -> tuple[Sums, Sums]:
        """Positives and negatives (n,) of what is left without a fold."""
        if self.shares is None:
            stays = self.fold != fold
            return self.positives * stays, self.negatives * stays
        negatives, positives = (
            side * (1 - self.shares.of_fold(outcome, fold))
            for outcome, side in enumerate(self.sides())
        )
        return positives, negatives

    def leave(self, sums: NDArray[Any], outcome: int, at: Ints) -> None:
        """Take from ``sums`` (1 + FOLDS, size), by ``at`` (n,), what leaves with each fold."""
        rows = self.sides()[outcome]
        if self.shares is None:
            np.subtract.at(sums, (self.fold + 1, at), rows)
        else:
            sums[1:] -= self.shares.left_by(outcome, rows, at, sums.shape[1])

    def _shared(self, own: Ints, shares: FoldShares) -> Replicates:
        """Replicates of the entries ``own`` of one group, over the bins that they have."""
        score_bin, there = self.bin[own], np.zeros(self.bins, dtype=bool)
        there[score_bin] = True
        numbers = np.flatnonzero(there)
        position = np.cumsum(there)[score_bin] - 1
        flat, size = self.window[own] * len(numbers) + position, 2 * len(numbers)
        found = []
        for outcome, side in enumerate(self.sides()):
            whole = np.bincount(flat, side[own], size)
            left = shares.left_of(outcome, side[own], own, flat, size)
            kept = np.concatenate([whole[None], whole - left])
            found.append(kept.reshape(1 + FOLDS, 2, -1).transpose(1, 0, 2))
        group = self.group[own[:1]]
        used = np.asarray((shares.parts[:, group] > 0).any(axis=(0, 1, 2, 3)), dtype=bool)
        return Replicates(found[1], found[0], numbers.astype(np.int64), used)

    def entries(self, group: int) -> Ints:
        """Which entries are of one group, in order."""
        return self._order[self._starts[group] : self._starts[group + 1]]

    @cached_property
    def _order(self) -> Ints:
        # Entries by group, so that a group is read without looking at all others.
        return np.argsort(self.group, kind="stable")

    @cached_property
    def _starts(self) -> Ints:
        edges = np.arange(len(self.keys) + 1)
        return np.searchsorted(self.group[self._order], edges).astype(np.int64)

    def merged(self, most: int) -> "Grouping":
        """The same counts over at most ``most`` bins of about equal rows.

        For standard errors: neighbours are merged, so nothing moves but ties.
        """
        if self.bins <= most:
            return self
        return self.once(f"merged {most}", lambda own: own.onto(own.places(most)))

    def places(self, most: int) -> Ints:
        """The merged bin (B,) of every bin, of at most ``most`` with about equal rows."""
        if self.bins <= most:
            return np.arange(self.bins)
        rows = np.bincount(self.bin, self.positives + self.negatives, self.bins)
        middle = (np.cumsum(rows) - rows / 2) / rows.sum()
        places = (middle * most).astype(np.int64).clip(0, most - 1)
        return np.asarray(np.unique(places, return_inverse=True)[1])

    def onto(self, places: Ints) -> "Grouping":
        """The same counts over the bins that ``places`` (B,) names for each bin."""
        score_bin, bins = places[self.bin], int(places.max()) + 1
        if self.shares is not None:
            return self._shared_onto(score_bin, bins, self.shares)
        shape = (len(self.keys), 2, FOLDS, bins)
        flat = np.ravel_multi_index((self.group, self.window, self.fold, score_bin), shape)
        used, entry = np.unique(flat, return_inverse=True)
        group, window, fold, kept = np.unravel_index(used, shape)
        positives, negatives = (
            np.bincount(entry, side, len(used)).astype(side.dtype)
            for side in (self.positives, self.negatives)
        )
        return Grouping(self.by, self.keys, group, window, fold, kept, positives, negatives, bins)

    def _shared_onto(self, score_bin: Ints, bins: int, shares: FoldShares) -> "Grouping":
        # A bin may hold parts of two bands, which lose different parts with a fold.
        used, entry = np.unique(shares.place * bins + score_bin, return_inverse=True)
        place, kept = np.divmod(used, bins)
        parts = np.unravel_index(place, shares.parts.shape[1:4])
        group, window = (np.asarray(part, dtype=np.int64) for part in parts[:2])
        positives, negatives = (
            np.bincount(entry, side, len(used)).astype(side.dtype)
            for side in (self.positives, self.negatives)
        )
        away = np.stack(
            [
                np.bincount(entry, side * beyond) / np.maximum(np.bincount(entry, side), 1e-300)
                for side, beyond in zip(self.sides(), shares.away, strict=True)
            ]
        )
        fold, own = (
            np.full(len(used), WHOLE, dtype=np.int64),
            replace(shares, place=place, away=away),
        )
        sides = positives, negatives
        return Grouping(self.by, self.keys, group, window, fold, kept, *sides, bins, own)


@remembered
def grouping(counts: Counts, by: str) -> Grouping:
    """The arrays of grouping ``by``."""
    entries = _entries(counts, by)
    numbers, labels = zip(*(labelled(counts, name) for name in ("system", "cohort")), strict=True)
    system, cohort = (own[entries] for own in numbers)
    places = system * len(labels[1]) + cohort
    pairs = np.unique(places)
    group = np.searchsorted(pairs, places)

    def ints(name: str) -> NDArray[Any]:
        values = counts.slices[name].to_numpy()[entries]
        return values if values.dtype.kind == "f" else values.astype(np.int64)

    keys = [(labels[0][p // len(labels[1])], labels[1][p % len(labels[1])]) for p in pairs]
    found = Grouping(
        by=by,
        keys=keys,
        group=group.astype(np.int64),
        window=ints("window"),
        fold=ints("fold"),
        bin=ints("bin"),
        positives=ints("positives"),
        negatives=ints("negatives"),
        bins=len(counts.bins),
    )
    return (
        found if not (found.fold == WHOLE).any() else replace(found, shares=_shares(counts, found))
    )


def _shares(counts: Counts, own: Grouping) -> FoldShares:
    """The parts of every group's rows in each fold, from the table of bands."""
    bins = counts.bin_bands[counts.bin_bands["by"] == own.by.split("*")[-1]]
    bands = bins.sort_values("bin")["fold_band"].to_numpy().astype(np.int64)
    table = counts.fold_bands[counts.fold_bands["by"] == own.by]
    codes, names = zip(*(pd.factorize(table[name]) for name in ("system", "cohort")), strict=True)
    pairs, place = np.unique(codes[0] * len(names[1]) + codes[1], return_inverse=True)
    keys = [(str(names[0][p // len(names[1])]), str(names[1][p % len(names[1])])) for p in pairs]
    at = {key: number for number, key in enumerate(own.keys)}
    group = np.array([at.get(key, -1) for key in keys], dtype=np.int64)[place]
    known = group >= 0
    shape = (len(own.keys), 2, int(bands.max()) + 1, FOLDS)
    places = [table[name].to_numpy().astype(np.int64)[known] for name in ("window", "band", "fold")]
    flat = np.ravel_multi_index((group[known], *places), shape)
    rows, sums = (
        np.stack(
            [
                np.bincount(flat, table[side].to_numpy()[known], int(np.prod(shape))).reshape(shape)
                for side in sides
            ]
        )
        for sides in (("negatives", "positives"), ("negative_bins", "positive_bins"))
    )
    return FoldShares.of(rows, sums, bands, (own.group, own.window, own.bin), *own.sides())


def _entries(counts: Counts, by: str) -> Ints:
    numbers, labels = labelled(counts, "by")
    if by not in labels:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(numbers == labels.index(by)).astype(np.int64)


@remembered
def labelled(counts: Counts, column: str) -> tuple[Ints, list[str]]:
    """A column of slices as places in its sorted labels: text is read once, not by grouping."""
    codes, values = pd.factorize(counts.slices[column])
    labels, places = np.unique(np.asarray(values, dtype=object).astype(str), return_inverse=True)
    return places.astype(np.int64)[codes], [str(label) for label in labels]
