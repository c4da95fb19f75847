"""A system that stops writing, and ones that only write less."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.silence import silent, with_silence
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question import params

FREEZE, END = pd.Timestamp("2024-03-11", tz="UTC"), pd.Timestamp("2024-03-21", tz="UTC")

QUESTION = params.from_names({
    "case": "silent", "log": "log.parquet", "cohorts": [],
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "system": "system"},
    "baseline": {"start": "2024-03-01", "end": "2024-03-11"},
    "incident": {"start": "2024-03-11", "end": "2024-03-21"},
})  # fmt: skip


def counts(before: int, after: int, days: int = 10, rows: pd.DataFrame | None = None) -> Counts:
    """Two systems that write daily; the first so often before and after the freeze."""
    writes: list[dict[str, Any]] = []
    for day in range(-days, 10):
        start = FREEZE + pd.Timedelta(days=day)
        writes.append({"system": "a", "writes": before if day < 0 else after, "start": start})
        writes.append({"system": "b", "writes": 50, "start": start})
    meta = {"systems": ["a", "b"], "freeze": FREEZE.isoformat(), "end": END.isoformat()}
    table = pd.DataFrame(writes).assign(over="", moved=0)
    if rows is not None:
        found = plain.count(rows, QUESTION)
        return replace(found, meta={**found.meta, "replay": meta}, writes=table)
    columns = {"by": pd.Series(dtype="str")}
    tables = [pd.DataFrame(), pd.DataFrame(columns), *[pd.DataFrame()] * 5]
    return Counts(*tables, meta={"replay": meta}, writes=table)


def served(lost: str, before: int = 1_000, after: int = 1_000) -> pd.DataFrame:
    """Rows of a, so many before and after, and of b; scores of system ``lost`` are noise since."""
    r = np.random.default_rng(3)
    parts = []
    for system, sizes in {"a": (before, after), "b": (1_000, 1_000)}.items():
        for window, size in enumerate(sizes):
            score = np.round(r.random(size), 2)
            outcome = r.random(size) < score
            noise = np.round(r.random(size), 2)
            parts.append(pd.DataFrame({
                "time": pd.Timestamp(f"2024-03-{2 + 10 * window:02}", tz="UTC"),
                "outcome": outcome.astype(int), "system": system,
                "score": noise if window and system == lost else score,
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


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


@pytest.mark.parametrize(
    ("lost", "after", "kind"),
    [
        ("a", 1_000, "system_fault"),
        ("b", 1_000, "lost_validity"),
        # Its rows became the other's, whose values of them are no good.
        ("b", 400, "system_fault"),
    ],
)
def test_it_lost_in_its_own_rows_or_handed_them_over(lost: str, after: int, kind: str) -> None:
    rows = served(lost, after=after)
    (found,) = with_silence(counts(50, 1, rows=rows), [suspect("lost_validity")])
    assert found.kind == kind


def test_labels_of_one_cohort_stay_labels() -> None:
    before = [suspect("outcome_fault", {"school": "2"}), suspect("score_spread")]
    assert with_silence(counts(50, 0), before) == before


def test_without_a_history_nothing_is_known() -> None:
    assert silent(Counts(*[pd.DataFrame()] * 7, meta={})) == {}
