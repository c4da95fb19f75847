"""Whether rows of a group may have been left out: fewer of them, and more of no score."""

import made
import numpy as np
import plain
import pytest

from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.other_rows import may_be_left_out

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
