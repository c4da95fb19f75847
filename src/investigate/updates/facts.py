"""What a record found, as far as updates tell it."""

from typing import Any

from investigate.records.findings_file import Findings, findings_of
from investigate.records.findings_file import Suspect as Explanation
from investigate.updates.parts import Number

Facts = Findings[Number]
Suspect = Explanation[Number]


def facts(findings: dict[str, Any]) -> Facts:
    """The facts in the document of a findings.json, whatever it holds.

    Raises `ValueError`, in a few words, where it holds no verdict.
    """
    found = findings_of(findings, Number)
    if not found.verdict.kind:
        raise ValueError("it holds no verdict")
    return found
