"""Outcomes that changed at one end of the scores alone are told, as after an action on them."""

import re

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.along_scores import at_one_end
from investigate.analyses.suspects.narrowing import Scope
from investigate.question import params

QUESTION = params.from_names({
    "case": "acted", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"}, "cohorts": ["shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


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
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D")
    frame = pd.DataFrame({"time": time, "shop": "a", "score": score, "outcome": outcome})
    counts = plain.count(frame, QUESTION)
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
