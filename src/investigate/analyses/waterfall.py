"""The change in AUC as steps, from counts alone: whose scores no longer mean what they did.

The incident is turned back into the baseline step by step: the validity (see `mechanism`) of the
few groups that cost most, one on top of the other, that of all other groups, the spread of scores,
and the mix of groups. Every step is what AUC gains by it, so the steps sum to the change. No rows
are needed, unlike for `account`, which asks what broke: a step says where, and names no cause.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.mechanism import COARSE, Cells, arm_weights, cells_in, replicated
from investigate.analyses.wording import points
from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts, label
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

MOST_GROUPS = 3
"""Groups that have a step of their own; the others have one together."""
Levels = NDArray[np.float64]


@remembered
def waterfall(counts: Counts, question: Question, by: str = "system") -> Finding:
    """From AUC of the incident back to that of the baseline, with steps for the groups of ``by``.

    Its table has a row a step: ``part`` (validity, spread or mix), ``group`` (a group's label, or
    empty for all that have no step of their own), ``points`` of the change in AUC, and their
    interval. With an AUC that rose, the groups that gained most come first.
    """
    own = grouping(counts, by)
    fine, coarse = cells_in(own), cells_in(own.merged(COARSE))
    order = _order(fine)
    levels = replicated(fine, coarse, lambda c, fold: _levels(c, order, fold))
    steps = levels[:, :-1] - levels[:, 1:]
    labels = [label(*key) for key in own.keys]
    steps_named = [("validity", labels[group]) for group in order]
    steps_named += [("validity", ""), ("spread", ""), ("mix", "")]
    confidence = question.thresholds.confidence
    found = [windows.estimated(counts, own, confidence) for own in steps.T]
    rows = tuple(
        {"part": part, "group": group, "points": n.value, "low": n.low, "high": n.high}
        for (part, group), n in zip(steps_named, found, strict=True)
    )
    first = int(np.argmax(np.abs(steps[0])))
    where = f" in {steps_named[first][1]}" if steps_named[first][1] else ""
    change = float(steps[0].sum())
    return Finding(
        name=f"waterfall by {by}",
        claim=f"With groups by {by}, the largest step is {steps_named[first][0]}{where}, "
        f"{points(float(steps[0, first]))} of {points(change)}.",
        numbers={"sum": Estimate(change)},
        table=rows,
        caveats=("A step says where AUC changed, and names no cause; ask the account for that.",),
        detail={"by": by, "change": change},
    )


def _order(cells: Cells) -> list[int]:
    """The groups that have a step of their own, in the order in which they are turned back."""
    weights = arm_weights(cells, *cells.counted())
    validity, found = np.ones(cells.groups, np.int64), list[int]()
    now = _area(cells, weights(1, 1, 1))
    sign = np.sign(now - _area(cells, weights(0, 0, 0)))
    # A group that is alone is all of them.
    for _step in range(min(MOST_GROUPS, cells.groups - 1)):
        gains = np.full(cells.groups, -np.inf)
        for group in np.flatnonzero(validity):
            back = np.where(np.arange(cells.groups) == group, 0, validity)
            gain = sign * (now - _area(cells, weights(1, 1, back)))
            gains[group] = gain if np.isfinite(gain) else -np.inf
        best = int(np.argmax(gains))
        if not gains[best] > 0:
            break
        found.append(best)
        validity[best] = 0
        now = _area(cells, weights(1, 1, validity))
    return found


def _levels(cells: Cells, order: list[int], fold: int | None) -> Levels:
    """AUC of the incident, after each step, and of the baseline: (steps + 1,)."""
    weights = arm_weights(cells, *cells.counted(fold))
    validity = np.ones(cells.groups, np.int64)
    found = [_area(cells, weights(1, 1, validity))]
    for group in order:
        validity = np.where(np.arange(cells.groups) == group, 0, validity)
        found.append(_area(cells, weights(1, 1, validity)))
    found += [_area(cells, weights(*parts, 0)) for parts in ((1, 1), (1, 0), (0, 0))]
    return np.array(found)


def _area(cells: Cells, sides: Any) -> float:
    return float(auc(*(np.bincount(cells.bin, side, cells.bins) for side in sides)))
