"""Whether rows of a group may have been left out: fewer of them, and more of no score."""

import made
import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.other_rows import came, may_be_left_out, other_rows

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("what", "may"), [("left out", True), ("narrower", False)])
def test_rows_may_be_left_out_where_there_are_fewer(what: str, may: bool) -> None:
    rng = np.random.default_rng(1)
    log = made.platform(1, 6_000)
    log["system"] = np.where(rng.random(len(log)) < 0.4, "b", "a")
    here = (log["system"] == "b").to_numpy() & (log["time"] >= "2024-02-10").to_numpy()
    # Most rows share one band of scores, so that hardly any band gains where few move there.
    score = np.where(rng.random(len(log)) < 0.95, 0.4 + 0.02 * rng.random(len(log)), 0.8)
    far = here & (score > 0.5)
    if what == "left out":
        keep = ~(far | (here & (rng.random(len(log)) < 0.1)))
        log, score = log[keep], score[keep]
    else:
        score = np.where(far, 0.41, score)
    counts = plain.count(log.assign(score=score.round(4)), made.question())
    assert may_be_left_out(counts, Scope("system", "b", "", 0)) is may


def narrower(what: str) -> pd.DataFrame:
    """In version 2.0 scores lie closer together from the incident on; why is ``what``."""
    rng, rows = np.random.default_rng(9), 16_000
    day = np.sort(rng.uniform(0, made.DAYS, rows))
    logit = rng.normal(-1, 1.4, rows)
    here = (day >= made.BASELINE_DAYS) & (np.arange(rows) % 3 == 0)
    if what == "other rows":
        logit[here] = rng.normal(-2, 0.5, here.sum())
    outcome = rng.random(rows) < made.logistic(logit)
    # A score knows most of what its rows are like, and not all.
    score = np.where(here & (what == "feature"), -1.6 + 0.4 * (logit + 1), logit)
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome.astype(int),
        "version": np.where(np.arange(rows) % 3 == 0, "2.0", "1.9"),
        "score": (score + rng.normal(0, 0.4, rows)).round(2),
    })  # fmt: skip


@pytest.mark.parametrize(("what", "told"), [("other rows", True), ("feature", False)])
def test_outcomes_that_moved_with_scores_in_one_group_are_those_of_other_rows(
    what: str, told: bool
) -> None:
    frame = narrower(what)
    asked = made.question(
        cohorts=["version"],
        columns={"time": "time", "outcome": "outcome", "score": "score"},
    )
    counts = plain.count(frame, asked, bins=100)
    scope = Scope("version", "", "2.0", 0)
    clause = came(counts, scope, 0.95)
    assert bool(clause) is told
    own = frame[frame["version"] == "2.0"]
    now = own["time"] >= "2024-02-10"
    rates = [own.loc[side, "outcome"].mean() for side in (~now, now)]
    assert bool(rates[1] < 0.8 * rates[0]) is told
    if told:
        assert f"from {rates[0]:.0%} to {rates[1]:.0%}" in clause
        assert other_rows(counts, scope, 0.95) == clause
    kinds = {s.kind for s in faults(counts, asked) if s.cohort}
    assert ("lost_resolution" in kinds) is not told
