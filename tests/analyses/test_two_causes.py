"""Two causes that hold nearly all rows between them are told by the few that neither holds."""

import made
import numpy as np
import plain
import pytest

from investigate.analyses.account import accounted

pytestmark = pytest.mark.slow

COLUMNS = {"time": "time", "outcome": "outcome", "score": "score", "system": "engine"}


@pytest.mark.parametrize("rest_ranks", [True, False])
def test_a_system_and_a_cohort_of_most_rows(rest_ranks: bool) -> None:
    rng = np.random.default_rng(3)
    log = made.platform(3, 12_000)
    question = made.question(columns=COLUMNS, cohorts=["school"])
    now = (log["time"] >= "2024-02-10").to_numpy()
    log["school"] = rng.choice(["a", "b", "c"], len(log), p=[0.4, 0.35, 0.25])
    log["engine"] = np.where(rng.random(len(log)) < 0.7, "ml", "rules")
    signal = rng.normal(-1, 2, len(log))
    log["score"] = made.logistic(signal).round(3)
    log["outcome"] = (rng.random(len(log)) < made.logistic(signal)).astype(int)
    noise = now & ((log["engine"] == "ml").to_numpy() | (not rest_ranks))
    log.loc[noise, "score"] = rng.permutation(log.loc[noise, "score"])
    flipped = now & (log["school"] == "a").to_numpy()
    log.loc[flipped, "outcome"] = 1 - log.loc[flipped, "outcome"]
    found = accounted(plain.count(log, question), question)
    named = [(part.suspect.system, part.suspect.cohort) for part in found.causes]
    both = [("ml", None), (None, {"school": "a"})]
    assert (named == both) == rest_ranks, named
