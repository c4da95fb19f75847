"""Whether a replay has a say: does the history tell the scores, and do enough rows have a value."""

from collections.abc import Mapping
from typing import Any

from investigate.analyses.replay.arms import Arms
from investigate.analyses.wording import percent
from investigate.counts.table import Counts

LEAST = 0.5
"""Share of rows that must be covered."""
FOLLOWING = 0.8
"""Share of scores that must follow from the history: of others a replay says what is not so."""


def refusal(counts: Counts, arms: Arms | None) -> str | None:
    """Why the replay has no say, as the end of a sentence; `None` where it has."""
    told = counts.meta.get("replay")
    if told is None or arms is None:
        return "the question names no difficulty history (history: in the params)"
    if counts.meta.get("item") is False:
        return "no column says which item a row is about; name columns.item"
    coverage = told["coverage"]
    incident = coverage["incident"]
    if not incident["rows"]:
        return "no row of the incident comes after the freeze; choose an earlier replay.freeze"
    if arms.incident[-1, 0] != arms.incident[-1, 0]:
        return "the rows after the freeze all have one outcome"
    if incident["covered"] < LEAST * incident["rows"]:
        share = percent(incident["covered"] / incident["rows"])
        return (
            f"only {share} of the incident's rows have an item with a value from before the "
            f"freeze ({told['freeze'][:10]}); give an earlier history, or a later replay.freeze"
        )
    followed = following(coverage)
    if followed is not None and followed < FOLLOWING:
        return (
            f"only {percent(followed)} of the scores that can be checked follow from the history "
            f"by {told['formula']}; check history.columns, the time zone of its times, "
            "score_formula and precedence"
        )
    return None


def following(coverage: Mapping[str, Any]) -> float | None:
    """Share of the checked scores that follow from the history, by the kinder check."""
    shares = [
        check["following"] / check["checked"]
        for check in (coverage["ability"], coverage["pairs"])
        if check and check["checked"]
    ]
    return max(shares) if shares else None
