"""Rows that became more alike, scored with the noise of before, against scores that lost theirs."""

import made
import numpy as np
import plain
import pytest

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.innocent import innocent
from investigate.analyses.suspects.own_noise import NOISE, own_noise
from investigate.counts.table import Counts
from investigate.question.question import Question

pytestmark = pytest.mark.slow

QUESTION: Question = made.question(
    columns={"time": "time", "outcome": "outcome", "score": "score"}, cohorts=["school"]
)


def counts(what: str, seed: int = 3) -> Counts:
    """Scores are signal and noise; in the incident one of them is changed."""
    rng = np.random.default_rng(seed)
    log = made.platform(seed, 20_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log))
    signal, noise = rng.normal(size=len(log)) * 1.8, rng.normal(size=len(log)) * 0.7
    if what == "alike":
        signal = np.where(now, 0.35 * signal, signal)
    log["outcome"] = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    score = signal + noise
    if what == "noise":
        score = np.where(now, rng.permutation(score), score)
    if what == "narrower noise":
        score = np.where(now, 0.9 * rng.permutation(score), score)
    log["score"] = made.logistic(score).round(4)
    # Of as many rows a day, most in the middle, a lost input is the likelier.
    kept = ~now | (rng.random(len(log)) < 0.5)
    return plain.count(log[kept], QUESTION, 400)


@pytest.mark.parametrize(
    ("what", "explains"),
    [("alike", True), ("noise", False), ("narrower noise", False)],
)
def test_noise_explains_what_is_lost_only_where_rows_may_have_become_alike(
    what: str, explains: bool
) -> None:
    assert own_noise(counts(what)) == explains


def test_nobody_is_accused_of_lost_validity_that_the_score_s_own_noise_explains() -> None:
    log = counts("alike")
    assert [one.kind for one in faults(log, QUESTION) if one.supported and not one.scope] == []
    (found,) = (one for one in innocent(log, QUESTION) if one.supported)
    assert found.kind == "cannot_tell"
    assert found.evidence.endswith(NOISE)
    broken = [one.kind for one in faults(counts("noise"), QUESTION) if one.supported]
    assert broken == ["lost_validity"]
