"""A fall that is over is told with what AUC is since, and where it was."""

from typing import Any

import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses import for_a_while as over
from investigate.analyses.for_a_while import for_a_while, level_since, recovered
from investigate.counts.table import Counts
from investigate.question import params

QUESTION = params.from_names({
    "case": "over", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"},
    "cohorts": ["site"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip
FOUND = {
    "date": "2024-01-18", "low": "2024-01-18", "high": "2024-01-19", "p_value": 0.01,
    "shape": "temporary", "from": "2024-01-18", "to": "2024-01-23", "before": 0.8, "after": 0.7,
}  # fmt: skip


def made() -> pd.DataFrame:
    """Scores of site b are noise from 18 to 23 January."""
    rng = np.random.default_rng(2)
    day = np.sort(rng.uniform(0, 30, 6_000))
    site = rng.choice(["a", "b", "c"], len(day))
    score = rng.random(len(day)).round(2)
    outcome = rng.random(len(day)) < score
    struck = (site == "b") & (day >= 17) & (day < 23)
    score[struck] = rng.random(struck.sum()).round(2)
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    return pd.DataFrame(
        {"time": time, "outcome": outcome.astype(int), "score": score, "site": site}
    )


@pytest.fixture(scope="module")
def counts() -> Counts:
    return plain.count(made(), QUESTION)


def test_what_is_over_is_told_with_the_auc_of_the_days_since(counts: Counts) -> None:
    later = made()
    later = later[later["time"] >= "2024-01-24"]
    since = roc_auc_score(later["outcome"], later["score"])
    assert level_since(counts, QUESTION, "2024-01-23") == pytest.approx(since, abs=0.005)
    named = {"onset": "2024-01-19"}
    told = recovered(FOUND, named, counts, QUESTION)
    assert (
        told == f" It lasted until 2024-01-23. Since then AUC is {since:.3f}; before, it was 0.800."
    )
    for odd in ({"p_value": 0.2}, {"shape": "step", "to": None}, {"high": "2024-01-18"}):
        assert recovered({**FOUND, **odd}, named, counts, QUESTION) == ""
    assert recovered(None, named, counts, QUESTION) == ""
    assert recovered(FOUND, {"onset": None}, counts, QUESTION) == ""


def test_days_that_the_windows_hide_are_told_with_their_place(
    counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: dict[str, Any] = {
        "a": FOUND,
        "b": {**FOUND, "after": 0.5},
        "c": {**FOUND, "shape": "step"},
    }

    def dated(counts: Counts, question: Any, system: str, cohort: dict[str, str] | None) -> Any:
        return groups[cohort["site"]] if cohort else None

    monkeypatch.setattr(over, "dated", dated)
    told = for_a_while(FOUND, counts, QUESTION)
    assert told.startswith(
        " From 2024-01-18 to 2024-01-23 AUC was lower all the same, at 0.700 after 0.800; in site "
        "b at 0.500 after 0.800. It is "
    )
    # What AUC is since is told: of a fall half of which came back it is not back.
    since = level_since(counts, QUESTION, FOUND["to"])
    assert f"It is {since:.3f} since, and a part of these days is in the baseline" in told
    # Of three that did not change, one seems to so in one log of nine.
    groups |= {"a": None, "b": {**groups["b"], "p_value": 0.04}, "c": {**FOUND, "p_value": 0.5}}
    assert "site b" not in for_a_while(FOUND, counts, QUESTION)
    inside = {**FOUND, "date": "2024-01-22"}
    assert "baseline" not in for_a_while(inside, counts, QUESTION)
    for odd in ({"p_value": 0.2}, {"shape": "step"}, {"after": 0.9}, {"to": "2024-01-20"}):
        assert for_a_while({**FOUND, **odd}, counts, QUESTION) == ""
