"""Rows that should not count: repeats of a row, and scores made from a default value.

The arm leaves those rows out of both windows; what it raises the incident's AUC by, beyond
what it raises the baseline's by, is what they account for.
"""

import pandas as pd

from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.whole import whole
from investigate.analyses.wording import percent
from investigate.counts.auc import auc
from investigate.counts.jackknife import estimate
from investigate.counts.replicates import replicates
from investigate.counts.table import Counts
from investigate.question import Question

MARKED = {"duplicate_rows": "repeats", "missing_input": "defaulted"}
WORDS = {
    "duplicate_rows": "repeat an earlier row",
    "missing_input": "carry a score made from a shared default",
}
NEARLY_ALL = 0.9


def repeated(counts: Counts, question: Question) -> list[Suspect]:
    """`duplicate_rows`, where more rows repeat an earlier one than in the baseline."""
    return removal(counts, question, "duplicate_rows")


def defaulted(counts: Counts, question: Question) -> list[Suspect]:
    """`missing_input`, where more scores are made from a default than in the baseline."""
    return removal(counts, question, "missing_input")


def removal(counts: Counts, question: Question, kind: str) -> list[Suspect]:
    """`duplicate_rows` or `missing_input`, where more rows are marked than in the baseline."""
    column = MARKED[kind]
    all_rows = counts.facts[counts.facts["by"] == "all"].set_index("window")
    share = (all_rows[column] / all_rows["rows"]).reindex([0, 1]).to_numpy()
    if not share[1] > share[0]:
        return []
    kept = counts.arms[counts.arms["arm"] == kind]
    window, fold, score_bin, positives, negatives = (
        kept[name].to_numpy() for name in ("window", "fold", "bin", "positives", "negatives")
    )
    table = replicates(window, fold, score_bin, positives, negatives, len(counts.bins))
    areas = auc(table.positives, table.negatives)
    points = estimate(areas[1] - areas[0] - whole(counts).change, question.thresholds.confidence)
    system, cohort = _scope(counts.facts, column, share[0])
    return [
        Suspect(
            kind=kind,
            points=points,
            evidence=(
                f"{percent(share[1])} of the incident's rows {WORDS[kind]}, "
                f"{percent(share[0])} of the baseline's."
            ),
            stands=recovers(points),
            system=system,
            cohort=cohort,
        )
    ]


def _scope(
    facts: pd.DataFrame, column: str, expected: float
) -> tuple[str | None, dict[str, str] | None]:
    """The smallest group that holds nearly all marked rows beyond the baseline's share."""
    now = facts[facts["window"] == 1].copy()
    now["excess"] = now[column] - expected * now["rows"]
    total = now.loc[now["by"] == "all"].iloc[0]
    groups = now[(now["by"] != "all") & (now["rows"] < NEARLY_ALL * total["rows"])]
    groups = groups[groups["excess"] >= NEARLY_ALL * total["excess"]]
    if groups.empty:
        return None, None
    groups = groups.assign(columns=groups["by"].str.count(r"\*"))
    best = groups.sort_values(["rows", "columns", "by", "system", "cohort"]).iloc[0]
    cohort = {best["by"].split("*")[-1]: best["cohort"]} if best["cohort"] else None
    return best["system"] or None, cohort
