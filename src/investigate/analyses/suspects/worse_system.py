"""A system that took rows over from others and ranks them worse, as a roll-out of a worse model.

Each system ranks as it did, and AUC falls. Harder rows sent to one of them look the same; where
its rows are spread over every cohort column as those of the others are, who serves a row does not
depend on what the row is, and in the same groups the others rank better.
"""

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.cause_date import presence_began
from investigate.analyses.mechanism import mechanism
from investigate.analyses.suspects.handover import share_of, took_over
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.whole import whole
from investigate.analyses.wording import listed, percent
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


def worse_system(counts: Counts, question: Question) -> list[Suspect]:
    """`lost_resolution` in a system that took rows over and ranks them worse than others do."""
    found = successor(counts, question)
    if found is None:
        return []
    system, columns, own, others = found
    before, now = share_of(counts, system)
    points = -mechanism(counts, question, "system").numbers["mix"]
    text = (
        f"{system} serves {percent(now)} of the incident's rows, {percent(before)} of the "
        f"baseline's, and each system ranks as it did. Its rows are spread over {listed(columns)} "
        f"as those of the others are, and in the same groups they have an AUC of {own:.3f}, where "
        f"those of the others have {others:.3f}"
    )
    suspect = Suspect("lost_resolution", points, f"{text}.", recovers(points), system=system)
    # Its scores are as they were: what began is its share.
    since = presence_began(counts, question, system, None)
    return [suspect.begun(*since) if since else suspect]


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
    columns = [by for by in counts.groupings() if by.startswith("system*")]
    found = [(by, _beside(grouping(counts, by), system)) for by in columns]
    known = [(by, one) for by, one in found if one is not None]
    if not known or not all(alike and own + SURE * error < other for _, (alike, own, other, error)
                            in known):  # fmt: skip
        return None
    _, own, others, _ = known[0][1]
    return system, tuple(by.removeprefix("system*") for by, _ in known), own, others


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
