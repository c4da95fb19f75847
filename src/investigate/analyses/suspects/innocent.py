"""Nothing is broken: other rows are scored now, or scores lie closer and mean what they meant."""

from typing import Any

from investigate.analyses.contributions import contributions
from investigate.analyses.mechanism import mechanism
from investigate.analyses.suspects.handover import took_over
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.wording import percent
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question import Question

MOST_BORROWED = 0.5
"""Beyond this share of rows without a counterpart, mix and validity cannot be told apart."""


def innocent(counts: Counts, question: Question) -> list[Suspect]:
    """`population_mix` by the column that explains most, and `score_spread` by system."""
    columns = [by for by in counts.groupings() if by != "all" and "*" not in by]
    by_column = {by: mechanism(counts, question, by) for by in columns}
    # A system that takes over items which others served is no other population.
    if took_over(counts, None):
        by_column.pop("system")
    usable = {by: f for by, f in by_column.items() if _borrowed(f) <= MOST_BORROWED}
    found = []
    if usable:
        by = min(usable, key=lambda name: usable[name].numbers["mix"].value or 0.0)
        found.append(_mix(counts, question, by, usable[by]))
    found.append(_spread(counts, question, mechanism(counts, question, "system"), columns))
    return found


def _borrowed(finding: Finding) -> float:
    return finding.numbers["borrowed"].value or 0.0


def _mix(counts: Counts, question: Question, by: str, finding: Finding) -> Suspect:
    points = _undone(finding.numbers["mix"])
    row = contributions(counts, question, by).table[0]
    return Suspect(
        kind="population_mix",
        points=points,
        evidence=f"{_share(counts, by, row)}.",
        stands=recovers(points),
        system=row["system"] if by == "system" else None,
        cohort=row["cohort"],
    )


def _spread(counts: Counts, question: Question, finding: Finding, columns: list[str]) -> Suspect:
    points = _undone(finding.numbers["spread"])
    crowd = _newcomers(counts, question, [by for by in columns if by != "system"])
    validity = finding.numbers["validity"].value or 0.0
    evidence = f"Lost validity accounts for {-validity:.3f}"
    return Suspect(
        kind="score_spread",
        points=points,
        evidence=f"{evidence}; {crowd[1]}." if crowd else f"{evidence}.",
        stands=recovers(points),
        cohort=crowd[0] if crowd else None,
    )


def _newcomers(
    counts: Counts, question: Question, columns: list[str]
) -> tuple[dict[str, str], str] | None:
    """The group that grew most and ranks worse than the baseline as a whole did."""
    best: tuple[float, str, dict[str, Any]] | None = None
    for by in columns:
        finding = contributions(counts, question, by)
        before, after = _totals(finding)
        for row in finding.table:
            grew = row["rows_incident"] / after - row["rows_baseline"] / before
            if row["contribution"] < 0 and grew > GREW and (best is None or grew > best[0]):
                best = (grew, by, dict(row))
    return (best[2]["cohort"], _share(counts, best[1], best[2])) if best else None


GREW = 0.1
"""A group whose share of the rows grew by less is not told as a reason."""


def _totals(finding: Finding) -> tuple[int, int]:
    return (
        sum(row["rows_baseline"] for row in finding.table),
        sum(row["rows_incident"] for row in finding.table),
    )


def _share(counts: Counts, by: str, row: Any) -> str:
    rows = counts.facts[counts.facts["by"] == "all"].set_index("window")["rows"]
    now, then = row["rows_incident"] / rows[1], row["rows_baseline"] / rows[0]
    return f"{percent(now)} of the incident's rows have {by} {row['group']}, {percent(then)} before"


def _undone(part: Estimate) -> Estimate:
    """A part of the change as the AUC points that undoing it recovers."""
    low, high = part.low, part.high
    return Estimate(
        None if part.value is None else -part.value,
        None if high is None else -high,
        None if low is None else -low,
    )
