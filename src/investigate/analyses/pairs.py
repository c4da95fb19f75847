"""Which groups disagree: AUC split over pairs of groups, positives of one, negatives of another.

AUC is the mean over pairs (i, j) of A_ij, the AUC of i's positives against j's negatives,
weighted by p_i q_j (Kallus & Zhou 2019; Tafvizi et al. 2022; Sudjianto & Liu 2025). The
change splits into what moved within the pairs and what their weights moved (Kitagawa
1955). Two systems can each rank well while their pair does not: their scales disagree.
"""

import numpy as np
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.wording import points
from investigate.counts.auc import midranks
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.jackknife import around, standard_error
from investigate.counts.table import FOLDS, Counts, label
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]
MOST_GROUPS = 40


def pairs(counts: Counts, question: Question, by: str = "system") -> Finding:
    """The change in AUC by pairs of groups of ``by``, plus mix and entered or left.

    A pair that exists in one window only has no change of its own; what it brought or
    took is given as ``entered_or_left``.
    """
    groups = grouping(counts, by)
    keys = groups.keys
    if len(keys) > MOST_GROUPS:
        return Finding(f"pairs by {by}", f"{by} has {len(keys)} groups: too many for pairs.")
    terms = np.stack([pair_terms(groups, f) for f in (None, *range(FOLDS))])
    confidence, (used, most) = question.thresholds.confidence, windows.windows_allow(counts)
    size = len(keys) ** 2
    area, weight = _moments(*_tables(groups, None))
    names = [label(*key) for key in keys]
    errors, freedom = standard_error(terms, used[:, None])
    rows = []
    for i, j in np.ndindex(len(keys), len(keys)):
        at = i * len(keys) + j
        moved = around(terms[0, at], errors[at], confidence, min(freedom[at], most))
        rows.append(
            {
                "positives_of": names[i],
                "negatives_of": names[j],
                "contribution": moved.value,
                "low": moved.low,
                "high": moved.high,
                "auc_baseline": Estimate(area[0, i, j]).value,
                "auc_incident": Estimate(area[1, i, j]).value,
                "weight_baseline": float(weight[0, i, j]),
                "weight_incident": float(weight[1, i, j]),
            }
        )
    mix, entered = (windows.estimated(counts, terms[:, size + k], confidence) for k in (0, 1))
    moves = terms[:, :size].reshape(-1, len(keys), len(keys))
    diagonal = np.trace(moves, axis1=1, axis2=2)
    within = windows.estimated(counts, diagonal, confidence)
    across = windows.estimated(counts, moves.sum(axis=(1, 2)) - diagonal, confidence)
    total, change = float(terms[0].sum()), float(windows.whole(counts).change[0])
    return Finding(
        name=f"pairs by {by}",
        claim=_claim(within, across, mix, entered, by, change),
        numbers={
            "within": within,
            "across": across,
            "mix": mix,
            "entered_or_left": entered,
            "sum": Estimate(total),
        },
        table=tuple(rows),
        caveats=(f"Pairs, mix and entered or left sum to {points(total)}, the change in AUC.",),
        detail={"by": by, "groups": names, "sum": total, "change": change},
    )


def pair_terms(groups: Grouping, without: int | None = None) -> Array:
    """What each pair of groups moved, then mix, then entered or left; without one fold if given.

    Shape (groups² + 2,); pairs by the group of the positives, then by that of the negatives.
    """
    return _terms(*_moments(*_tables(groups, without)))


def _tables(groups: Grouping, without: int | None) -> tuple[Array, Array]:
    """Positives and negatives by window, group and bin, without one fold where given."""
    shape = (2, len(groups.keys), groups.bins)
    flat = np.ravel_multi_index((groups.window, groups.group, groups.bin), shape)
    size = int(np.prod(shape))
    sides = (groups.positives, groups.negatives) if without is None else groups.without(without)
    positives, negatives = (
        np.asarray(np.bincount(flat, side, minlength=size), float).reshape(shape) for side in sides
    )
    return positives, negatives


def _moments(positives: Array, negatives: Array) -> tuple[Array, Array]:
    """A_ij and its weight by window, each (2, groups, groups); NaN where a class is empty."""
    m, n = positives.sum(axis=2), negatives.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        f = positives / m[..., None]
        area = np.einsum("wib,wjb->wij", f, midranks(negatives), optimize=True)
        p, q = m / m.sum(axis=1, keepdims=True), n / n.sum(axis=1, keepdims=True)
    return area, p[:, :, None] * q[:, None, :]


def _terms(area: Array, weight: Array) -> Array:
    """Contribution of every pair (flat), then mix, then entered or left."""
    both = np.isfinite(area).all(axis=0)
    known = np.nan_to_num(area)
    centre = (weight * known).sum(axis=(1, 2)).mean()
    moved = np.where(both, weight.mean(axis=0) * (known[1] - known[0]), 0)
    mix = np.where(both, (weight[1] - weight[0]) * (known.mean(axis=0) - centre), 0).sum()
    present = weight * np.where(np.isfinite(area), area - centre, 0)
    entered = np.where(both, 0, present[1] - present[0]).sum()
    return np.append(moved.ravel(), [mix, entered])


def _claim(
    within: Estimate, across: Estimate, mix: Estimate, entered: Estimate, by: str, change: float
) -> str:
    parts = {
        "ranking within each": within.value or 0,
        "ranking of one against another": across.value or 0,
        "the mix of pairs": mix.value or 0,
        "groups with rows in one window only": entered.value or 0,
    }
    name, value = min(parts.items(), key=lambda part: part[1] if change < 0 else -part[1])
    return f"By pairs of {by}, the largest part is {name}: {points(value)} of {points(change)}."
