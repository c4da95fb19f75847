"""The place of a cause beside another, which hides a part of it.

What a cohort lost in systems that were given back before went with them, so that only one system
of it can still be seen. Where one channel's labels are all the same, nothing ranks there, and
what a country lost shows in the other channels alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from investigate.analyses.suspects.narrowing import NEARLY_ALL, Scope
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts


def beside(counts: Counts, confidence: float, cause: Suspect, undone: Collection[str]) -> Suspect:
    """The cause in its cohort where every other system is among those ``undone``; else as it is.

    Labels know nothing of systems: what the cohort's outcome rate and mean score say is asked of
    ``counts``, the log as it was.
    """
    if not cause.system or not cause.cohort or len(cause.cohort) > 1:
        return cause
    ((column, value),) = cause.cohort.items()
    now = counts.facts[(counts.facts["window"] == 1) & (counts.facts["rows"] > 0)]
    systems = set(now.loc[now["by"] == "system", "system"].astype(str))
    own = now[(now["by"] == column) & (now["cohort"] == value)]
    others = systems - {cause.system}
    if not others or not others <= set(undone) or own.empty:
        return cause
    shift = rates(counts, Scope(column, "", value, int(own["rows"].sum())), confidence)
    labels = shift.tells == "labels"
    return replace(
        cause,
        kind="outcome_fault" if labels else "lost_validity",
        system=None,
        either=not labels,
        evidence=(
            f"In {value}, and hardly elsewhere, outcomes follow less than before the scores of "
            f"{cause.system}, which alone is left to look at; {shift.sentence()}."
        ),
    )


def widened(counts: Counts, causes: Sequence[Suspect]) -> list[Suspect]:
    """The causes, of two columns combined without one that only says where no other cause is.

    Of that column every other value with rows is the place of another cause. The two columns are
    cohorts, or the system and a cohort.
    """
    facts = counts.facts[(counts.facts["window"] == 1) & (counts.facts["rows"] > 0)]
    taken = {item for cause in causes if len(cause.cohort or {}) == 1 and not cause.system
             for item in (cause.cohort or {}).items()}  # fmt: skip

    def whole_place(cause: Suspect) -> Suspect:
        cohort = dict(cause.cohort or {})
        if len(cohort) + bool(cause.system) < 2:
            return cause
        kept, others = {}, []
        for column, value in cohort.items():
            by = f"system*{column}" if cause.system else column
            own = facts[(facts["by"] == by) & (facts["system"] == (cause.system or ""))]
            values = sorted(set(own["cohort"].astype(str)) - {value})
            if not values or not all((column, other) in taken for other in values):
                kept[column] = value
            else:
                others += values
        if not others or not (kept or cause.system):
            return cause
        text = cause.evidence
        if cause.system:
            text = f"{text.rstrip('.')}; of its other rows, {' and '.join(others)}, see there."
        return replace(cause, cohort=kept or None, evidence=text)

    return [whole_place(cause) for cause in causes]


def parts_of_a_system(
    counts: Counts, causes: Sequence[Suspect]
) -> tuple[Suspect, Suspect, Suspect] | None:
    """Two causes that are one system in two values of a column, which are nearly all of its rows.

    The first of them, the other, and the system in all of its rows in place of both.
    """
    facts = counts.facts[(counts.facts["window"] == 1) & (counts.facts["rows"] > 0)]
    for at, first in enumerate(causes):
        for other in causes[at + 1 :]:
            columns = set(first.cohort or ()), set(other.cohort or ())
            alike = (first.kind, first.system) == (other.kind, other.system)
            if not (alike and first.system and columns[0] == columns[1] and len(columns[0]) == 1):
                continue
            (column,) = columns[0]
            values = {str((one.cohort or {})[column]) for one in (first, other)}
            own = facts[(facts["by"] == f"system*{column}") & (facts["system"] == first.system)]
            rows = own.groupby(own["cohort"].astype(str))["rows"].sum()
            if rows[rows.index.isin(values)].sum() >= NEARLY_ALL * rows.sum() > 0:
                also = f"{column} {(other.cohort or {})[column]}"
                text = f"{first.evidence.rstrip('.')}. So it is in its other rows, {also}."
                return first, other, replace(first, cohort=None, evidence=text)
    return None
