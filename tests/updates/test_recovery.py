from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from updates.cases import stored

from investigate.updates.evidence import RecordedRun
from investigate.updates.facts import facts
from investigate.updates.recovery import recovery

START = datetime(2024, 2, 10, tzinfo=UTC)


def run(which: str, later: int = 0, **incident: Any) -> RecordedRun:
    found = stored(which)
    found["auc"]["incident"] |= incident
    start = START + timedelta(days=later)
    return RecordedRun("r", "succeeded", "", start, start, start, 0.05, "UTC", facts(found))


BEFORE = run("system_fault")


def test_back_where_it_was() -> None:
    found = recovery(BEFORE, run("no_drop", 16))
    assert found.shown
    assert "back" in found.headline.text


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (run("missing_input", 16), "still shows a drop"),
        # No drop against a baseline that lies within the incident is no recovery.
        (run("no_drop", 16, value=0.68, low=0.66, high=0.70), "outside the interval"),
        # So few rows that anything is possible.
        (run("no_drop", 16, value=0.83, low=0.40, high=1.0), "not surely above"),
        (run("no_drop", -16), "not later than the incident"),
        (replace(run("no_drop", 16), facts=None, status="failed"), "has no findings"),
        (run("no_drop", 16, value=None, low=None, high=None), "undefined"),
    ],
)
def test_the_evidence_does_not_show_it(after: RecordedRun, text: str) -> None:
    found = recovery(BEFORE, after)
    assert not found.shown
    assert found.headline.text == "The evidence does not show recovery"
    assert any(text in statement.text for statement in found.statements)


@pytest.mark.parametrize("before", [None, run("no_drop"), replace(BEFORE, facts=None)])
def test_without_a_drop_there_is_none_to_recover_from(before: RecordedRun | None) -> None:
    assert not recovery(before, run("no_drop", 16)).shown
