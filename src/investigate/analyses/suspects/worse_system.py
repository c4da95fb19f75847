"""A system that took rows over from others and ranks them worse, as a roll-out of a worse model.

Each system ranks as it did, and AUC falls. Harder rows sent to one of them look the same; where
its rows are spread over every cohort column as those of the others are, who serves a row does not
depend on what the row is, and in the same groups the others rank better.
"""

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.mechanism import mechanism
from investigate.analyses.suspects.handover import took_over
from investigate.analyses.whole import whole
from investigate.analyses.wording import listed
from investigate.counts.auc import auc, delong_variance
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

NEARLY_ALL = 0.8
"""Shares of systems account for nearly all of a drop where they do for so large a part."""
APART = 0.1
"""Rows are spread alike over a column where so small a share would have to move, beyond chance."""
SURE = 3.0
"""Standard errors by which it ranks worse than the others in the same groups."""
FEWEST, MOST = 10, 0.5
"""Rows of each outcome that a group has in either; the share of its rows that such groups hold."""

Array = NDArray[np.float64]


def ranks_worse(counts: Counts, question: Question) -> str:
    """That the system which took rows over ranks them worse than the others; else nothing."""
    found = successor(counts, question)
    if found is None:
        return ""
    system, columns, own, others = found
    return (
        f" Rows of {system} are spread over {listed(columns)} as those of the others are, and in "
        f"the same groups they have an AUC of {own:.3f}, where those of the others have "
        f"{others:.3f}: it ranks them worse, and did before."
    )


@remembered
def successor(
    counts: Counts, question: Question
) -> tuple[str, tuple[str, ...], float, float] | None:
    """The system, the cohort columns that show it, and AUC in the same groups: its, the others'."""
    system = took_over(counts, None)
    if system is None:
        return None
    mix = -(mechanism(counts, question, "system").numbers["mix"].value or 0.0)
    if mix < NEARLY_ALL * float(-whole(counts).change[0]):
        return None
    own = grouping(counts, "system")
    its_own = np.array([name == system for name, _ in own.keys], dtype=bool)
    mine = its_own[own.group] & (own.window == 0)
    if min(own.positives[mine].sum(), own.negatives[mine].sum()) < FEWEST:
        # Of a system that came with the incident nobody knows how it ranked before.
        return None
    columns = [by for by in counts.groupings() if by.startswith("system*")]
    found = [(by, _beside(grouping(counts, by), system)) for by in columns]
    known = [(by, beside) for by, beside in found if beside is not None]
    worse = [alike and its + SURE * error < other for _, (alike, its, other, error) in known]
    if not worse or not all(worse):
        return None
    _, its, others, _ = known[0][1]
    return system, tuple(by.removeprefix("system*") for by, _ in known), its, others


def _beside(pairs: Grouping, system: str) -> tuple[bool, float, float, float] | None:
    """Whether the incident's rows of a system are spread over groups as the others' are.

    And the mean AUC of both within the same groups, by rows of the system, with the error of the
    difference; `None` where hardly any group has rows enough of both.
    """
    cohorts = sorted({cohort for _, cohort in pairs.keys})
    sides = np.zeros((2, len(cohorts), 2, pairs.bins))
    now = pairs.window == 1
    mine = np.array([name == system for name, _ in pairs.keys])[pairs.group]
    place = np.array([cohorts.index(cohort) for _, cohort in pairs.keys])[pairs.group]
    for at, here in enumerate((mine, ~mine)):
        for side, values in enumerate((pairs.positives, pairs.negatives)):
            chosen = here & now
            np.add.at(sides[at, :, side], (place[chosen], pairs.bin[chosen]), values[chosen])
    outcomes = sides.sum(axis=-1)
    rows = outcomes.sum(axis=-1)
    share = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1)
    moved = np.abs(share[0] - share[1])
    sizes = np.maximum(rows.sum(axis=1, keepdims=True), 1)
    chance = np.sqrt(2 / np.pi * (share * (1 - share) / sizes).sum(axis=0))
    alike = float(np.clip(moved - chance, 0, None).sum() / 2) < APART
    enough = (outcomes >= FEWEST).all(axis=(0, 2))
    if rows[0][enough].sum() < MOST * rows[0].sum():
        return None
    weight = rows[0][enough] / rows[0][enough].sum()
    areas, variance = np.zeros(2), 0.0
    for at in (0, 1):
        for part, own in zip(weight, sides[at, enough], strict=True):
            areas[at] += part * float(auc(*own))
            variance += part**2 * float(delong_variance(*own))
    return alike, float(areas[0]), float(areas[1]), float(np.sqrt(variance))
