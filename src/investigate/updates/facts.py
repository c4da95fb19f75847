"""What a record found, as far as updates tell it, and what they call it."""

from typing import Any

from investigate.kinds import kind
from investigate.records.findings_file import Findings, findings_of
from investigate.records.findings_file import Suspect as Explanation
from investigate.updates.parts import Number, Part, joined, name

Facts = Findings[Number]
Suspect = Explanation[Number]

NO_DROP, UNEXPLAINED = "no_drop", "unexplained"
UNFINISHED = "engineers complete the investigation"


def phrase(named: str, either: bool = False) -> str:
    """A kind in a few words that name nothing; ``either``: one of two things, not known which."""
    return kind(named).told(either).plainly


def where(system: str, cohort: tuple[tuple[str, str], ...]) -> Part | None:
    """A scope in words; none where it is everything."""
    parts = [Part(f"system {name(system).text}")] if system else []
    parts += [Part(f"{name(column).text} {name(value).text}") for column, value in cohort]
    return joined(parts) if parts else None


def facts(findings: dict[str, Any]) -> Facts:
    """The facts in the document of a findings.json, whatever it holds.

    Raises `ValueError`, in a few words, where it holds no verdict.
    """
    found = findings_of(findings, Number)
    if not found.verdict.kind:
        raise ValueError("it holds no verdict")
    return found
