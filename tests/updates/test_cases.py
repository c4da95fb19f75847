"""The findings that drafts are approved on are what the analyses answer, not made up."""

from pathlib import Path
from typing import Any

import pytest
from updates.cases import findings, stored

SLOW = ("population_mix", "system_fault_in_a_cohort", "late_outcomes", "two_causes")
SOME = ("too_few_rows", *(pytest.param(case, marks=pytest.mark.slow) for case in SLOW))


@pytest.mark.slow
@pytest.mark.parametrize("case", SOME)
def test_the_findings_are_real(case: str, tmp_path: Path) -> None:
    same(findings(case, tmp_path), stored(case), case)


def same(one: Any, other: Any, where: str) -> None:
    """Equal, but for the last digits, which another processor rounds otherwise."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key, value in one.items():
            same(value, other[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            same(a, b, f"{where}.{i}")
    else:
        assert one == (pytest.approx(other, abs=1e-6) if isinstance(other, float) else other), where
