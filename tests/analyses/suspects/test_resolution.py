"""A group whose scores lie closer together: what its outcomes say of its rows and of its score."""

from typing import Any

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.losses import Losses
from investigate.analyses.suspects.misalignment import beyond_scale
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.counts.jackknife import estimate
from investigate.counts.table import Counts
from investigate.question.question import Question

pytestmark = pytest.mark.slow

BY_REGION = made.question(
    cohorts=["region"], columns={"time": "time", "outcome": "outcome", "score": "score"}
)
BY_SYSTEM = made.question(
    cohorts=[],
    columns={"time": "time", "outcome": "outcome", "score": "score", "system": "region"},
)
ROWS = 12_000


def log(what: str, level: float = -1.0) -> pd.DataFrame:
    """A score of two inputs; ``what`` becomes of half of the rows, region r0, in the incident."""
    rng = np.random.default_rng(8)
    day = rng.uniform(0, made.DAYS, ROWS)
    region = rng.integers(0, 4, ROWS) // 2
    hit = (day >= made.BASELINE_DAYS) & (region == 0)
    inputs = rng.normal(0, 1.4, (2, ROWS))
    if what == "alike":
        inputs = np.where(hit, 0.3 * inputs, inputs)
    logit = level + inputs.sum(axis=0)
    known = np.where(hit, level + inputs[0], logit) if what == "lost" else logit
    score = made.logistic(known)
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": (rng.random(ROWS) < made.logistic(logit)).astype(int),
        "score": np.where(hit & (what == "cubed"), score**3, score).round(4),
        "region": [f"r{at}" for at in region],
    })  # fmt: skip


def found(frame: pd.DataFrame, question: Question) -> tuple[Counts, list[Suspect]]:
    counts = plain.count(frame, question, bins=200)
    return counts, [one for one in faults(counts, question) if one.supported]


@pytest.mark.parametrize(
    ("what", "level", "kind", "told"),
    [
        # Fewer extreme rows move the outcome rate, and a sound score knows of it.
        ("alike", -2.0, "cannot_tell", "no fault of a score moves outcomes"),
        # Of rows that are as often 1 as 0 neither rate tells; the outcomes at each score do.
        ("alike", 0.0, "cannot_tell", "at its scores outcomes come out as before"),
        ("lost", -1.0, "lost_resolution", "speaks against other rows"),
    ],
)
def test_scores_of_a_cohort_are_accused_by_their_calibration(
    what: str, level: float, kind: str, told: str
) -> None:
    counts, suspects = found(log(what, level), BY_REGION)
    (own,) = (one for one in suspects if one.cohort == {"region": "r0"})
    assert own.kind == kind
    assert told in own.evidence
    assert sum(counts.facts["rows"] * (counts.facts["by"] == "all")) == ROWS


@pytest.mark.parametrize(("what", "left"), [("cubed", False), ("lost", True)])
def test_beyond_its_scale_a_system_lost_nothing_that_keeps_its_order(what: str, left: bool) -> None:
    counts = plain.count(log(what), BY_SYSTEM, bins=200)
    undo = undo_of(counts)
    (own,) = (one for one in undo.scopes("system") if one.system == "r0")
    lost = undo.points(own, with_spread=True)
    assert recovers(estimate(lost, 0.95))
    assert recovers(beyond_scale(counts, lost, 0.95)) is left


def drifting(rest: float) -> Any:
    """Scores of region r0 lost half, and those of the rest a part ``rest`` of what they knew."""
    frame = log("nothing")
    now = (frame["time"] >= made.START + pd.Timedelta(days=made.BASELINE_DAYS)).to_numpy()
    rng = np.random.default_rng(3)
    part = np.where(frame["region"] == "r0", 0.7, rest)
    noise = now & (rng.random(ROWS) < part)
    score = frame["score"].to_numpy().copy()
    score[noise] = rng.permutation(score[noise])
    return frame.assign(score=score)


@pytest.mark.parametrize(("rest", "calm"), [(0.0, True), (0.3, False)])
def test_a_rest_that_only_drifts_is_calm(rest: float, calm: bool) -> None:
    counts = plain.count(drifting(rest), BY_REGION, bins=200)
    case = Losses(counts, BY_REGION, undo_of(counts))
    own, other = case.undo.scopes("region")
    assert case.calm(own, case.whole) is calm
    assert not case.calm(other, case.whole)
    assert not case.calm(own, Scope("region", "", "r0", 1))
