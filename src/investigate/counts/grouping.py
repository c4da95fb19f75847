"""The counts of one grouping as plain arrays, made once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.memory import remembered
from investigate.counts.replicates import Replicates, replicates
from investigate.counts.table import FOLDS, Counts

Ints = NDArray[np.int64]
Sums = NDArray[Any]
"""Numbers of rows; sums of their weights, as floats, where rows have weights."""
Made = TypeVar("Made")


@dataclass(frozen=True)
class Grouping:
    """Sparse counts of every group: n entries, each a group, window, fold and bin.

    keys: (system, cohort) of each group, sorted; ``group`` holds positions in it. memory: what
    `once` made of them.
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
        return replicates(
            self.window[own],
            self.fold[own],
            self.bin[own],
            self.positives[own],
            self.negatives[own],
        )

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
        shape = (len(self.keys), 2, FOLDS, bins)
        flat = np.ravel_multi_index((self.group, self.window, self.fold, score_bin), shape)
        used, entry = np.unique(flat, return_inverse=True)
        group, window, fold, kept = np.unravel_index(used, shape)
        positives, negatives = (
            np.bincount(entry, side, len(used)).astype(side.dtype)
            for side in (self.positives, self.negatives)
        )
        return Grouping(self.by, self.keys, group, window, fold, kept, positives, negatives, bins)


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

    return Grouping(
        by=by,
        keys=[(labels[0][p // len(labels[1])], labels[1][p % len(labels[1])]) for p in pairs],
        group=group.astype(np.int64),
        window=ints("window"),
        fold=ints("fold"),
        bin=ints("bin"),
        positives=ints("positives"),
        negatives=ints("negatives"),
        bins=len(counts.bins),
    )


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
