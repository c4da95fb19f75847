"""Other rows that raised AUC meanwhile, which hides a part of what causes took."""

from investigate.analyses.contributions import contributions
from investigate.analyses.mechanism import mechanism
from investigate.analyses.suspects.innocent import usable
from investigate.analyses.suspects.newcomers import share_told, totals
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.question.question import Question


def raising(counts: Counts, question: Question) -> str | None:
    """The column by which other rows raised AUC most, of those that may say so."""
    mix = {
        by: mechanism(counts, question, by).numbers["mix"].value or 0.0
        for by in usable(counts, question)
        if len(grouping(counts, by).keys) > 1
    }
    best = max(mix, key=lambda by: mix[by], default=None)
    return best if best is not None and mix[best] > 0 else None


def grown(
    counts: Counts, question: Question, by: str
) -> tuple[str | None, dict[str, str] | None, str]:
    """The group of a column whose share of the rows grew most: system, cohort, in words."""
    finding = contributions(counts, question, by)
    before, after = totals(finding)
    row = max(
        finding.table,
        key=lambda row: row["rows_incident"] / after - row["rows_baseline"] / before,
    )
    return row["system"] if by == "system" else None, row["cohort"], share_told(counts, by, row)
