"""A further cause in a cohort of one system, when the other systems were given back before it.

What the cohort lost in those went with them, so that only one system of it can still be seen.
"""

from collections.abc import Collection
from dataclasses import replace

from investigate.analyses.suspects.narrowing import Scope
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
    told = rates(counts, Scope(column, "", value, int(own["rows"].sum())), confidence)
    labels = told.tells == "labels"
    return replace(
        cause,
        kind="outcome_fault" if labels else "lost_validity",
        system=None,
        either=not labels,
        evidence=(
            f"In {value}, and hardly elsewhere, outcomes no longer follow the scores of "
            f"{cause.system}, which alone is left to look at; {told.sentence()}."
        ),
    )
