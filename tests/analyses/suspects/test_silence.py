"""A system that stops writing, and ones that only write less."""

from typing import Any

import pandas as pd
import pytest

from investigate.analyses.suspects.silence import silent, with_silence
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.finding import Estimate

FREEZE, END = pd.Timestamp("2024-03-11", tz="UTC"), pd.Timestamp("2024-03-21", tz="UTC")


def counts(before: int, after: int, days: int = 10) -> Counts:
    """Two systems that write daily; the first so often before and after the freeze."""
    rows: list[dict[str, Any]] = []
    for day in range(-days, 10):
        start = FREEZE + pd.Timedelta(days=day)
        rows.append({"system": "a", "writes": before if day < 0 else after, "start": start})
        rows.append({"system": "b", "writes": 50, "start": start})
    empty = pd.DataFrame()
    meta = {"systems": ["a", "b"], "freeze": FREEZE.isoformat(), "end": END.isoformat()}
    return Counts(
        *[empty] * 7, meta={"replay": meta}, writes=pd.DataFrame(rows).assign(over="", moved=0)
    )


def suspect(kind: str, cohort: dict[str, str] | None = None) -> Suspect:
    return Suspect(kind, Estimate(0.1, 0.05, 0.15), "", True, cohort=cohort)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [(50, 0, ["a"]), (50, 5, ["a"]), (50, 15, []), (50, 80, []), (2, 0, [])],
)
def test_it_takes_a_real_rate_that_all_but_ends(before: int, after: int, found: list[str]) -> None:
    assert list(silent(counts(before, after))) == found


def test_lost_labels_of_the_whole_log_become_its_fault() -> None:
    (found,) = with_silence(counts(50, 1), [suspect("outcome_fault")])
    assert (found.kind, found.system) == ("system_fault", "a")
    assert "500 values" in found.evidence
    assert "10 since" in found.evidence


def test_labels_of_one_cohort_stay_labels() -> None:
    before = [suspect("outcome_fault", {"school": "2"}), suspect("score_spread")]
    assert with_silence(counts(50, 0), before) == before


def test_without_a_history_nothing_is_known() -> None:
    assert silent(Counts(*[pd.DataFrame()] * 7, meta={})) == {}
