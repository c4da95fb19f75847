"""docs/glossary.md explains the keys of a real findings.json, and only keys that there are."""

import re
from pathlib import Path
from typing import Any

import made
import plain
import pytest

from investigate.analyses import answer

TEXT = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text("utf-8")


@pytest.fixture(scope="module")
def findings() -> dict[str, Any]:
    question = made.question()
    counts = plain.count(made.platform(11, 8_000, "scrambled"), question)
    found: dict[str, Any] = answer(counts, question).detail["findings"]
    return found


def explained(section: str) -> set[str]:
    """The keys in the first column of the table of `section`."""
    part = TEXT.split(f"\n## {section}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


@pytest.mark.slow
def test_every_key_at_the_top_is_explained(findings: dict[str, Any]) -> None:
    assert explained("Top level") == set(findings)


@pytest.mark.slow
@pytest.mark.parametrize("section", ["verdict", "certificate"])
def test_every_key_of_verdict_and_certificate_is_explained(
    findings: dict[str, Any], section: str
) -> None:
    assert explained(section) == set(findings[section])


@pytest.mark.slow
def test_keys_of_the_larger_parts_are_named(findings: dict[str, Any]) -> None:
    parts = ("auc", "onset", "pairs", "mechanism")
    keys = {key for part in parts for key in findings[part] or ()} - {"system"}
    suspect, cause = findings["suspects"][0], findings["account"][0]
    keys |= {*suspect, *cause}
    assert {key for key in keys if f"`{key}`" not in TEXT} == set()


def test_each_explanation_has_a_unit() -> None:
    rows = [line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert [row for row in rows if [bool(part.strip()) for part in row] != [True] * 3] == []
