"""A group whose scale alone moved: its scores put back rank by rank, and what that recovers.

Where a group ranks its own rows as before and its scores surely stand for other outcomes, no order
was lost in it. Outcome rates of before at the scores of now would make a better score than there
ever was. What a repair takes back is the monotone map of its scores onto those of its baseline,
rank by rank: equipercentile linking (Kolen & Brennan 2014).
"""

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.mechanism import COARSE, Cells, cells_in, replicated
from investigate.analyses.suspects.coarsening import on_values
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.rates import Rates
from investigate.analyses.suspects.scopes import points_of, undo_of
from investigate.analyses.suspects.struck import HALF, keeps_its_order, moved_scale
from investigate.counts.auc import Array, auc
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.finding import Estimate


def unshifted(
    counts: Counts, scope: Scope, shift: Rates, gained: Array, confidence: float
) -> tuple[Array, bool]:
    """What undoing a group gains (1 + folds,), and whether that is by the map of its scores.

    ``gained``: by its outcome rates of before, which stays where more than its scale moved. The
    scales of systems have an undo of their own, `misalignment`.
    """
    if scope.by in ("all", "system"):
        return gained, False
    link = moved_scale(counts, scope, shift)
    if link is None or not link.surely:
        return gained, False
    kept, mapped = keeps_its_order(counts, scope, float(gained[0])), map_points(counts, scope)
    if not (kept or mostly_scale(counts, scope, points_of(counts, scope, mapped, confidence))):
        return gained, False
    return mapped, True


def mostly_scale(counts: Counts, scope: Scope, mapped: Estimate) -> bool:
    """Whether the map of a group's scores, which gains ``mapped``, takes back most of its loss.

    The map keeps the order of a group's own rows: what it surely takes back was not lost with that,
    also where outcomes are too rare to show that the order stayed.
    """
    lost = float(undo_of(counts).points(scope, with_spread=True, folds=False)[0])
    return (mapped.low or 0.0) > HALF * lost


def map_points(counts: Counts, scope: Scope) -> Array:
    """AUC points of one group's incident scores put on its baseline's: (1 + folds,)."""
    own = grouping(counts, scope.by)
    chosen = np.array([key == (scope.system, scope.cohort) for key in own.keys])
    fine, coarse = cells_in(own), cells_in(own.merged(COARSE))
    return replicated(fine, coarse, lambda cells, fold: map_gain(cells, chosen, fold))


def map_gain(cells: Cells, chosen: NDArray[np.bool_], without: int | None = None) -> float:
    """AUC points gained when each of the ``chosen`` (groups,) is put on its baseline's scores."""
    positives, negatives = cells.counted(without)
    state = np.stack([negatives[1], positives[1]]).astype(float)
    mapped = put_back(cells, state, negatives[0] + positives[0], chosen)
    after, before = (
        float(auc(*(np.bincount(cells.bin, side, cells.bins) for side in (sides[1], sides[0]))))
        for sides in (mapped, state)
    )
    return after - before


def put_back(cells: Cells, state: Array, rows: Array, chosen: NDArray[np.bool_]) -> Array:
    """Negatives and positives ``state`` (2, cells) with chosen groups on the scores of ``rows``.

    ``rows`` (cells,) are the baseline's. Cells of a group are in the order of their bins.
    """
    found = np.array(state, dtype=float)
    for group in np.flatnonzero(chosen):
        own = cells.group == group
        moved = on_values(state[1][own], state[0][own], rows[own])
        found[1, own], found[0, own] = moved
    return found
