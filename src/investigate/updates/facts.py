"""What a record found, as far as updates tell it, and what they call it."""

from typing import Any

from investigate.kinds import kind
from investigate.records.findings_file import Findings, findings_of
from investigate.records.findings_file import StoredSuspect as Explanation
from investigate.updates.parts import CitedNumber, TextPiece, joined, name

Facts = Findings[CitedNumber]
Suspect = Explanation[CitedNumber]

NO_DROP, UNEXPLAINED = "no_drop", "unexplained"
UNFINISHED = "engineers complete the investigation"


def phrase(named: str, either: bool = False) -> str:
    """A kind in a few words that name nothing; ``either``: one of two things, not known which."""
    return kind(named).words_for(either).plainly


def where(system: str, cohort: tuple[tuple[str, str], ...]) -> TextPiece | None:
    """A scope in words; none where it is everything."""
    parts = [TextPiece(f"system {name(system).text}")] if system else []
    parts += [TextPiece(f"{name(column).text} {name(value).text}") for column, value in cohort]
    return joined(parts) if parts else None


def too_small(facts: Facts) -> bool:
    """Whether AUC surely fell, and surely by less than the smallest drop that was asked about."""
    high, verdict = facts.change.high, facts.verdict
    return verdict.kind == NO_DROP and not verdict.either and high is not None and high < 0


def facts(findings: dict[str, Any]) -> Facts:
    """The facts in the document of a findings.json, whatever it holds.

    Raises `ValueError`, in a few words, where it holds no verdict.
    """
    found = findings_of(findings, CitedNumber)
    if not found.verdict.kind:
        raise ValueError("it holds no verdict")
    return found
