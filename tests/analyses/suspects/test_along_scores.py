"""Outcomes that changed at one end of the scores alone are told, as after an action on them."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.along_scores import along_scores, at_one_end, more_at_high
from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.narrowing import Scope
from investigate.counts.table import Counts
from investigate.question import params

pytestmark = pytest.mark.slow

QUESTION = params.from_names({
    "case": "acted", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"}, "cohorts": ["shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


def counted(score: np.ndarray, outcome: np.ndarray, day: np.ndarray) -> Counts:
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    frame = pd.DataFrame({"time": time, "shop": "a", "score": score, "outcome": outcome})
    return plain.count(frame, QUESTION)


@pytest.mark.parametrize(
    ("gone", "added", "more"),
    [
        (lambda s: 0.9 * s, 0.0, True),  # people act, the more the higher the score
        (lambda s: np.where(s > 0.6, 0.8, 0.0), 0.0, True),
        (lambda s: 0.5, 0.0, False),  # labels that are lost, late or zeroed
        (lambda s: 1.0, 0.0, False),
        (lambda s: 0.9 * (1 - s), 0.0, False),
        (lambda s: 0.0, 0.0, False),
        (lambda s: 0.9 * s, 0.3, False),  # noise in labels, or scores that rank worse
        (lambda s: 0.4 * s, 0.15, False),
    ],
)
def test_outcomes_that_are_gone_where_scores_are_high_are_told_from_labels_that_are_lost(
    gone: Callable[[np.ndarray], np.ndarray], added: float, more: bool
) -> None:
    rng = np.random.default_rng(3)
    day, score = rng.uniform(0, 30, 9_000), (rng.integers(0, 100, 9_000) + 0.5) / 100
    outcome = (rng.random(len(day)) < score).astype(int)
    now, dice = day >= 20, rng.random(len(day))
    outcome = np.where(now & (dice < gone(score)), 0, outcome)
    outcome = np.where(now & (rng.random(len(day)) < added), 1, outcome)
    counts = counted(score, outcome, day)
    for scope in (Scope("all", "", "", int(now.sum())), Scope("shop", "", "a", int(now.sum()))):
        assert more_at_high(counts, scope) == more
    text = along_scores(counts, scope, acted=more)
    assert text.count("An action on high scores looks like that.") == more


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("struck", "becomes", "told"),
    [
        (lambda s: s >= 0.8, 0, "highest"),
        (lambda s: s < 0.2, 1, "lowest"),
        (lambda s: s >= 0.0, 0, ""),
        (lambda s: (s >= 0.8) | ((s > 0.4) & (s < 0.6)), 0, ""),
        (lambda s: s > 1.0, 0, ""),
    ],
)
def test_outcomes_that_changed_at_one_end_alone_are_told(
    struck: object, becomes: int, told: str
) -> None:
    rng = np.random.default_rng(9)
    day = np.sort(rng.uniform(0, 30, 3_000))
    score = (rng.integers(0, 100, len(day)) + 0.5) / 100
    outcome = (rng.random(len(day)) < score).astype(int)
    now = day >= 20
    outcome[now & struck(score) & (rng.random(len(day)) < 0.8)] = becomes  # type: ignore[operator]
    counts = counted(score, outcome, day)
    end = score >= 0.8 if told == "highest" else score < 0.2
    before, later = (outcome[end & here].mean() for here in (~now, now))
    says = at_one_end(counts, Scope("all", "", "", int(now.sum())))
    assert says == at_one_end(counts, Scope("shop", "", "a", int(now.sum())))
    if not told:
        assert says == ""
        return
    begins = f" It lies in the {told} fifth of scores: the outcome rate there went from "
    assert says.startswith(begins)
    shown = [int(text) / 100 for text in re.findall(r"(\d+)%", says)]
    assert shown == pytest.approx([before, later], abs=0.03)
    assert "%, and hardly moved elsewhere." in says
    assert ("An action on high scores" in says) == (told == "highest")


@pytest.mark.parametrize(("acted", "either"), [(True, True), (False, False)])
def test_labels_alone_are_not_accused_of_what_an_action_on_scores_does(
    acted: bool, either: bool
) -> None:
    rng = np.random.default_rng(4)
    day, score = rng.uniform(0, 30, 9_000), (rng.integers(0, 50, 9_000) + 0.5) / 50
    outcome = (rng.random(len(day)) < score).astype(int)
    gone = rng.random(len(day)) < (0.9 * score if acted else 0.6)
    hit = (day >= 20) & (rng.random(len(day)) < 0.5)
    frame = pd.DataFrame({"score": score, "outcome": np.where(hit & gone, 0, outcome)})
    frame["time"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    frame["shop"] = np.where(hit | ((day < 20) & (rng.random(len(day)) < 0.5)), "a", "b")
    (found,) = [one for one in faults(plain.count(frame, QUESTION), QUESTION) if one.supported]
    assert (found.kind, found.cohort, found.either) == ("outcome_fault", {"shop": "a"}, either)
    assert ("the more outcomes of 1 are gone. An action on high scores" in found.evidence) == acted


def test_labels_that_are_all_zero_lie_at_no_end_of_the_scores() -> None:
    rng = np.random.default_rng(5)
    day, score = rng.uniform(0, 30, 9_000), rng.random(9_000).round(3)
    outcome = np.where(day >= 20, 0, rng.random(len(day)) < score**6).astype(int)
    counts = counted(score, outcome, day)
    rows = int((day >= 20).sum())
    assert at_one_end(counts, Scope("shop", "", "a", rows)) == ""
    # With a few of them left at low scores, the change does lie at the high end.
    few = np.where((day >= 20) & (score < 0.8), rng.random(len(day)) < score**6, outcome)
    assert "highest fifth" in at_one_end(counted(score, few, day), Scope("shop", "", "a", rows))
