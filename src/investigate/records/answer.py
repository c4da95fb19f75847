"""The answer among the findings that the notebooks showed."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from investigate.errors import RunError
from investigate.records.job import Outcome

ANSWER = "answer"


def answer(outcomes: Iterable[Outcome], own: Collection[str] = ()) -> dict[str, Any]:
    """The document of ``findings.json``, which the last finding called "answer" carries.

    ``own`` are the names of an analyst's own notebooks, which may show answers to other
    questions. Raises `RunError` where a notebook failed, or none of the others gave an answer.
    """
    outcomes = list(outcomes)
    failed = [outcome for outcome in outcomes if outcome.status != "succeeded"]
    if failed:
        more = f" (so did {len(failed) - 1} more of the notebooks)" if failed[1:] else ""
        raise RunError(failed[0].failure + more)
    for outcome in reversed([outcome for outcome in outcomes if outcome.name not in own]):
        for finding in reversed(outcome.findings):
            if finding.get("name") == ANSWER:
                return _document(finding, outcome.name)
    raise RunError("no notebook gave an answer")


def dumps(document: dict[str, Any]) -> str:
    """The text of ``findings.json``, the same for the same document."""
    try:
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise RunError("the answer holds a number that is not finite") from error


def _document(finding: dict[str, Any], notebook: str) -> dict[str, Any]:
    document = finding.get("detail", {}).get("findings")
    if not isinstance(document, dict):
        raise RunError(f"{notebook}.ipynb: its answer carries no findings")
    return document
