"""Which columns follow from the score: by hand, and no all-clear by a tier of the score."""

from pathlib import Path

import made
import numpy as np
import pandas as pd
import pytest

from investigate.analyses.score_tiers import score_tiers
from investigate.analyses.verdict import verdict
from investigate.log import count
from investigate.question.question import Question

pytestmark = pytest.mark.slow

ROWS = 6_000


def asked(folder: Path, broken: bool) -> Question:
    """A sound log, or one of which half of the incident's scores are noise in the middle."""
    rng = np.random.default_rng(2)
    start = pd.Timestamp("2025-03-01")
    at = start + pd.to_timedelta(np.sort(rng.integers(0, 60 * 86_400, ROWS)), unit="s")
    x = rng.normal(0, 2.5, ROWS)
    score = made.logistic(x)
    lost = (at >= start + pd.Timedelta(days=45)) & (rng.random(ROWS) < 0.5) & broken
    score = np.where(lost, 0.5 + rng.normal(0, 0.02, ROWS), score)
    frame = pd.DataFrame(
        {
            "at": at,
            "paid": (rng.random(ROWS) < made.logistic(x)).astype(int),
            "score": score.round(6),
            "tier": pd.cut(score, [-1, 0.1, 0.3, 0.7, 0.9, 2], labels=list("ABCDE")).astype(str),
            # One that goes with the score, and does not follow from it.
            "age": np.where(x + rng.normal(0, 1.5, ROWS) > 0, "old", "young"),
            "one": "only",
        }
    )
    frame.to_csv(folder / "log.csv", index=False)
    return made.question(
        log=str(folder / "log.csv"),
        columns={"time": "at", "outcome": "paid", "score": "score"},
        cohorts=["tier", "age", "one"],
        baseline={"start": "2025-03-01", "end": "2025-04-15"},
        incident={"start": "2025-04-15", "end": "2025-04-30"},
    )


def test_a_tier_of_the_score_follows_from_it(tmp_path: Path) -> None:
    assert score_tiers(count(asked(tmp_path, broken=False))) == ("tier",)


@pytest.mark.slow
def test_a_tier_of_the_score_clears_no_drop(tmp_path: Path) -> None:
    question = asked(tmp_path, broken=True)
    named = verdict(count(question), question).detail["verdict"]
    assert named["kind"] in ("lost_resolution", "cannot_tell"), named["sentence"]
    assert "Nothing is broken" not in named["sentence"]
    assert "tier follows from the score" in named["sentence"]
