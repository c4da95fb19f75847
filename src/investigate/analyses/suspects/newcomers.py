"""The group whose rows grew and are more alike, where rows became more alike in no other."""

from typing import Any

from investigate.analyses import whole as windows
from investigate.analyses.contributions import contributions
from investigate.analyses.suspects.losses import HALF
from investigate.analyses.suspects.relabelled import GREW
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.wording import percent
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.question.question import Question


def newcomers(
    counts: Counts, question: Question, columns: list[str]
) -> tuple[dict[str, str], str] | None:
    """The group that grew most and ranks worse than the baseline as a whole did, and a clause.

    The rest of the log must rank by itself nearly as it did: where it fell by half of what was
    lost, rows became more alike in other groups too, and one that grew is no place.
    """
    best: tuple[float, str, dict[str, Any]] | None = None
    for by in columns:
        finding = contributions(counts, question, by)
        before, after = totals(finding)
        for row in finding.table:
            grew = row["rows_incident"] / after - row["rows_baseline"] / before
            if row["contribution"] < 0 and grew > GREW and (best is None or grew > best[0]):
                best = (grew, by, dict(row))
    if best is None or _rest_lost(counts, best[1], best[2]["cohort"]):
        return None
    return best[2]["cohort"], share_told(counts, best[1], best[2])


def _rest_lost(counts: Counts, by: str, cohort: dict[str, str]) -> bool:
    """Whether rows outside a group, ranked by themselves, lost half of what all lost, or more."""
    others = [key for key in grouping(counts, by).keys if key[1] != cohort[by]]
    lost = float(-windows.whole(counts).change[0])
    return undo_of(counts).alone(by, others, with_spread=True) >= HALF * lost


def totals(finding: Finding) -> tuple[int, int]:
    """The rows of all groups in the baseline and in the incident."""
    return (
        sum(row["rows_baseline"] for row in finding.table),
        sum(row["rows_incident"] for row in finding.table),
    )


def share_told(counts: Counts, by: str, row: Any) -> str:
    """The share of the rows that a group has, and had, in words."""
    rows = counts.facts[counts.facts["by"] == "all"].set_index("window")["rows"]
    now, then = row["rows_incident"] / rows[1], row["rows_baseline"] / rows[0]
    group = f"{by} {row['group']}"
    if not now:
        return f"No row of the incident has {group}, which {percent(then)} of the baseline's have"
    return f"{percent(now)} of the incident's rows have {group}, {percent(then)} before"
