"""The rows that two columns' values share, where all of them are marked and hardly another row is.

Marks are known row by row, so no AUC points are needed to tell their place: of rare outcomes these
are too few to say which part of a group lost them.
"""

from investigate.analyses.suspects.crossing import rows_of
from investigate.counts.table import Counts

NEARLY_ALL = 0.9
"""A part of the marked rows, and of the rows that two values share, that counts as all."""


def all_marked(
    counts: Counts, cohort: dict[str, str], column: str, marked: float
) -> dict[str, str]:
    """`cohort`, of one column, with the value of a second one where that leaves the marked rows.

    ``column`` of the facts counts the marks, and ``marked`` is what they weigh in the cohort, or
    their number where rows have no weights.
    """
    facts = counts.facts[counts.facts["window"] == 1]
    ((own, value),) = cohort.items()
    here = (facts["by"] == own) & (facts["cohort"] == value) & (facts["system"] == "")
    others = facts[~facts["by"].isin(["all", "system", own]) & (facts["system"] == "")]
    # Two groups that hold nearly all marks each share nearly all of these.
    holds = others[others[column] >= NEARLY_ALL * float(facts.loc[here, column].sum())]
    found = []
    for by, other in zip(holds["by"], holds["cohort"], strict=True):
        both = dict(sorted({own: value, str(by): str(other)}.items()))
        rows = rows_of(counts, both)
        if NEARLY_ALL * rows <= marked and NEARLY_ALL * marked <= rows:
            found.append((abs(rows - marked), str(by), both))
    return min(found, key=lambda one: one[:2])[2] if found else cohort
