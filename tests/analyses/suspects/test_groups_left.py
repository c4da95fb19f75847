"""Groups that left are other rows, and what the rows that stayed lost is measured in these alone.

AUC of the rows that stayed is scikit-learn's.
"""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.mechanism import cells_in, mechanism
from investigate.analyses.suspects.groups_left import unmatched, went, went_told
from investigate.analyses.suspects.ranking import ranked
from investigate.counts.grouping import grouping
from investigate.kinds import kind

pytestmark = pytest.mark.slow

QUESTION = made.question(
    cohorts=["band"],
    columns={"time": "time", "outcome": "outcome", "score": "score"},
    thresholds={"tolerance": 0.06},
)
NOW = "2024-02-10"


def log(what: str) -> pd.DataFrame:
    """Bands a, b and d of five leave with their rows, or these get the name of c.

    ``worse``: and the scores of the rows that stayed are noise.
    """
    rng = np.random.default_rng(3)
    rows = 6_000
    day = np.sort(rng.uniform(0, made.DAYS, rows))
    now = day >= made.BASELINE_DAYS
    band = rng.integers(0, 5, rows)
    logit = 1.6 * (band - 2) + rng.normal(0, 1, rows)
    outcome = rng.random(rows) < made.logistic(logit)
    name = np.array(list("acedb"))[band]
    gone = now & np.isin(name, ["a", "b", "d"])
    if what == "worse":
        logit[now] = rng.permutation(logit[now])
    if what == "renamed":
        name[gone] = "c"
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": made.logistic(logit).round(3),
        "band": name,
    })  # fmt: skip
    return frame if what == "renamed" else frame[~gone]


def test_groups_that_left_with_their_rows_are_other_rows() -> None:
    frame = log("left")
    counts = plain.count(frame, QUESTION, 200)
    assert went(counts, QUESTION, "band") == ("a", "b", "d")
    # By all rows most have no counterpart; of those that could have one, nearly all do.
    assert (mechanism(counts, QUESTION, "band").numbers["borrowed"].value or 0) > 0.4
    assert unmatched(counts, QUESTION, "band") < 0.02
    share = frame[frame["time"] < NOW]["band"].isin(["a", "b", "d"]).mean()
    assert went_told(counts, QUESTION, "band") == (
        f"No row of the incident has band a, b or d, which {share:.0%} of the baseline's have"
    )
    first = ranked(counts, QUESTION)[0]
    assert (first.kind, list(first.cohort or {})) == ("population_mix", ["band"])
    stayed = frame[~frame["band"].isin(["a", "b", "d"]) & (frame["time"] < NOW)]
    before = frame[frame["time"] < NOW]
    all_of_it = roc_auc_score(before["outcome"], before["score"]) - roc_auc_score(
        stayed["outcome"], stayed["score"]
    )
    assert first.points.value == pytest.approx(all_of_it, abs=0.02)


def test_rows_under_another_name_did_not_leave() -> None:
    counts = plain.count(log("renamed"), QUESTION, 200)
    assert went(counts, QUESTION, "band") == ()
    assert went_told(counts, QUESTION, "band") == ""
    # Both windows count alike, though the baseline is the longer one.
    cells = cells_in(grouping(counts, "band"))
    ones, zeros = cells.counted()
    rows = pd.DataFrame((ones + zeros).T).groupby([cells.group, cells.band]).sum()
    alone = rows[(rows == 0).any(axis=1)].sum() / rows.sum()
    assert alone.min() < 0.8 * alone.max()
    assert unmatched(counts, QUESTION, "band") == pytest.approx(alone.mean(), abs=1e-12)


def test_rows_that_stayed_and_rank_worse_are_not_cleared() -> None:
    suspects = ranked(plain.count(log("worse"), QUESTION, 200), QUESTION)
    assert any(one.supported and kind(one.kind).broken for one in suspects)
    assert all(one.either for one in suspects if kind(one.kind).innocent and one.supported)
