"""How much of the drop goes when one scope's rows mean again what they meant.

The arm leaves the incident's rows, mix and scores in place and gives the scope's rows the
validity of the baseline (and, for a system whose values lost their order, its spread).
"""

import weakref
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.mechanism import (
    COARSE,
    PARTS,
    Cells,
    arm_weights,
    cells_in,
    parts_of,
    replicated,
)
from investigate.analyses.suspects.hosts import hosted
from investigate.analyses.suspects.items import ItemEvidence, evidence
from investigate.analyses.suspects.narrowing import Scope
from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered, remembered_of
from investigate.counts.table import Counts
from investigate.finding import Estimate

Array = NDArray[np.float64]


class Undo:
    """The undo arm over every scope of the counts; cells of a grouping are made once."""

    stays_here: ClassVar[bool] = True

    def __init__(self, counts: Counts) -> None:
        # Kept on the counts, it must not hold them: they would outlive their last user.
        self._whose = weakref.ref(counts)
        self._cells: dict[str, tuple[Cells, Cells]] = {}
        self._gains: dict[tuple[str, bool], dict[tuple[str, str], float]] = {}
        self._found: dict[tuple[Scope, bool], Array] = {}
        self._scopes: dict[str, list[Scope]] = {}

    @property
    def _counts(self) -> Counts:
        if (counts := self._whose()) is None:
            raise ReferenceError("the counts of this undo arm are gone; keep them while it is used")
        return counts

    def scopes(self, by: str) -> list[Scope]:
        """The groups of ``by`` with rows in the incident, in order."""
        if by not in self._scopes:
            self._scopes[by] = self._scopes_of(by)
        return list(self._scopes[by])

    def _scopes_of(self, by: str) -> list[Scope]:
        facts = self._counts.facts
        own = facts[(facts["by"] == by) & (facts["window"] == 1) & (facts["rows"] > 0)]
        own = own.sort_values(["system", "cohort"])
        return [
            Scope(by, str(s), str(c), int(n))
            for s, c, n in zip(own["system"], own["cohort"], own["rows"], strict=True)
        ]

    def points(self, scope: Scope, with_spread: bool, folds: bool = True) -> Array:
        """AUC points recovered, (1 + folds,), or (1,) without folds."""
        if not folds:
            return np.array([self._alone(scope.by, with_spread)[scope.system, scope.cohort]])
        if (scope, with_spread) not in self._found:
            keys = hosted(self._counts, scope.by).keys
            chosen = np.array([key == (scope.system, scope.cohort) for key in keys])
            parts = (1, np.where(chosen & with_spread, 0, 1), np.where(chosen, 0, 1))
            self._found[scope, with_spread] = self._points(scope.by, parts, folds)
        return self._found[scope, with_spread]

    def beside(self, scope: Scope, with_spread: bool) -> float:
        """As `points`, of all other groups of the scope's grouping at once, without folds."""
        keys = hosted(self._counts, scope.by).keys
        others = np.array([key != (scope.system, scope.cohort) for key in keys])
        parts = (1, np.where(others & with_spread, 0, 1), np.where(others, 0, 1))
        return float(self._points(scope.by, parts, folds=False)[0])

    def alone(self, by: str, chosen: Sequence[tuple[str, str]], with_spread: bool) -> float:
        """How far groups of ``by`` fell when they are ranked by themselves, without the rest.

        AUC of their rows with validity (and spread) put back, minus as it is.
        """
        keys = hosted(self._counts, by).keys
        mine = np.array([key in set(chosen) for key in keys])
        parts = (1, 0 if with_spread else 1, 0)
        return gain_of(self._both(by)[0], parts, groups=mine)

    def everywhere(self, by: str, folds: bool = True, with_spread: bool = False) -> Array:
        """As `points`, with the validity of every group of ``by`` put back at once."""
        return self._points(by, (1, 0 if with_spread else 1, 0), folds)

    def _alone(self, by: str, with_spread: bool) -> dict[tuple[str, str], float]:
        """What each group of ``by`` recovers alone, of all groups at once."""
        if (by, with_spread) not in self._gains:
            gains = gains_alone(self._both(by)[0], (1, 0 if with_spread else 1, 0))
            keys = hosted(self._counts, by).keys
            self._gains[by, with_spread] = dict(zip(keys, gains.tolist(), strict=True))
        return self._gains[by, with_spread]

    def _both(self, by: str) -> tuple[Cells, Cells]:
        if by not in self._cells:
            own = hosted(self._counts, by)
            self._cells[by] = (cells_in(own), cells_in(own.merged(COARSE)))
        return self._cells[by]

    def _points(self, by: str, parts: tuple[Any, ...], folds: bool) -> Array:
        fine, coarse = self._both(by)
        if not folds:
            return np.array([gain_of(fine, parts)])
        return replicated(fine, coarse, lambda cells, fold: gain_of(cells, parts, fold))


@remembered
def undo_of(counts: Counts) -> Undo:
    """The one of these counts: what every kind of cause asks of it is computed once."""
    return Undo(counts)


def points_of(counts: Counts, scope: Scope, replicates: Array, confidence: float) -> Estimate:
    """AUC points of a scope, from replicates (1 + folds,), no surer than its own clusters allow."""
    if scope.by == "all":
        return windows.estimated(counts, replicates, confidence)
    own = hosted(counts, scope.by)
    table = own.replicates(own.keys.index((scope.system, scope.cohort)))
    return windows.estimated(counts, replicates, confidence, table)


def unmixed(counts: Counts, by: str, folds: bool = True) -> Array:
    """Validity lost without the mix of one column, (1 + folds,), or (1,) without folds.

    That of each of its groups; and no less than what the whole log lost without the mix itself:
    scores that know nothing put a group's rows where the baseline had none of it, and of these the
    group's own rows of before say nothing.
    """
    undo = undo_of(counts)
    validity, both = (undo.everywhere(by, folds, spread) for spread in (False, True))
    mix = -windows.whole(counts).change[: len(both)] - both
    whole = undo.everywhere("all", folds)
    return max(validity, whole - np.maximum(mix, 0.0), key=lambda one: float(one[0]))


def width_and_validity(counts: Counts, by: str) -> tuple[Array, Array]:
    """Points that went with narrower scores, and with validity, by a column: (1 + folds,) each.

    Validity is no less than that of the whole log without the column's mix, as in `unmixed`.
    """
    own, whole = (parts_of(grouping(counts, column)) for column in (by, "all"))
    mix, spread, validity = (-own[:, PARTS.index(part)] for part in ("mix", "spread", "validity"))
    least = -whole[:, PARTS.index("validity")] - np.maximum(mix, 0.0)
    more = least - validity if least[0] > validity[0] else np.zeros_like(validity)
    return spread - more, validity + more


def gain_of(
    cells: Cells,
    parts: tuple[Any, ...],
    without: int | None = None,
    groups: NDArray[np.bool_] | None = None,
) -> float:
    """AUC points gained when parts of the incident's groups come from the baseline.

    Among all rows, or among those of some ``groups`` alone.
    """
    weights = arm_weights(cells, *cells.counted(without))
    here = slice(None) if groups is None else groups[cells.group]
    undone, observed = (
        float(auc(*(np.bincount(cells.bin[here], s[here], cells.bins) for s in weights(*arm))))
        for arm in (parts, (1, 1, 1))
    )
    return undone - observed


def gains_alone(cells: Cells, parts: tuple[int, int, int]) -> Array:
    """AUC points gained when ``parts`` of one group alone come from the windows named: (groups,).

    A group's weights depend on its own cells alone, and the pairs in order that AUC counts are
    bilinear in positives and negatives: one pass over all cells does for every group.
    """
    weights = arm_weights(cells, *cells.counted())
    gained, lost = weights(1, 1, 1)
    more, fewer = (new - old for new, old in zip(weights(*parts), (gained, lost), strict=True))
    positives, negatives = (np.bincount(cells.bin, w, cells.bins) for w in (gained, lost))
    below = np.cumsum(negatives) - negatives / 2
    above = positives.sum() - np.cumsum(positives) + positives / 2

    def by_group(values: Array) -> Array:
        return np.bincount(cells.group, values, cells.groups).astype(float)

    # Cells are sorted by group and bin.
    starts = np.searchsorted(cells.group, np.arange(cells.groups))
    before = np.concatenate([[0.0], np.cumsum(fewer)])[starts]
    own = np.cumsum(fewer) - before[cells.group] - fewer / 2
    ordered = float(positives @ below)
    moved = by_group(more * (below[cells.bin] + own) + fewer * above[cells.bin])
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = ordered / (positives.sum() * negatives.sum())
        sizes = (positives.sum() + by_group(more)) * (negatives.sum() + by_group(fewer))
        return np.asarray((ordered + moved) / sizes - whole)


def inside(items: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """The item counts of one scope; of every row where the whole log or a pair is meant."""
    if scope.by == "all" or items.empty:
        return items[items["by"] == "system"] if not items.empty else items
    by, system, cohort = scope.by, scope.system, scope.cohort
    return items[(items["by"] == by) & (items["system"] == system) & (items["cohort"] == cohort)]


@remembered_of("items")
def evidence_of(counts: Counts, scope: Scope, confidence: float) -> ItemEvidence | None:
    """What items of one scope say; see `items.evidence`."""
    return evidence(inside(counts.items, scope), confidence)
