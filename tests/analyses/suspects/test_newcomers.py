"""A group that grew is named for narrower scores only where the rest of the log kept its AUC."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.newcomers import newcomers

QUESTION = made.question(
    cohorts=["land"], columns={"time": "time", "outcome": "outcome", "score": "score"}
)


def log(*, everywhere: bool) -> pd.DataFrame:
    """From the incident on a third of the rows are of ``at``, a tenth before.

    Its rows are close calls then, and so are all others, if ``everywhere``.
    """
    rng = np.random.default_rng(3)
    rows = 4_000
    day = np.sort(rng.uniform(0, made.DAYS, rows))
    now = day >= made.BASELINE_DAYS
    home = rng.random(rows) < np.where(now, 0.35, 0.1)
    alike = now & (home | everywhere)
    logit = rng.normal(0, np.where(alike, 0.5, 2.5))
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": (rng.random(rows) < made.logistic(logit)).astype(int),
        "score": made.logistic(logit).round(3),
        "land": np.where(home, "at", rng.choice(["be", "ch"], rows)),
    })  # fmt: skip


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_group_that_grew_is_named_where_the_rest_ranks_as_before(everywhere: bool) -> None:
    frame = log(everywhere=everywhere)
    rest = frame[frame["land"] != "at"]
    before, now = (
        roc_auc_score(own["outcome"], own["score"])
        for _, own in rest.groupby(rest["time"] >= "2024-02-10")
    )
    assert (before - now > 0.1) == everywhere
    found = newcomers(plain.count(frame, QUESTION, 200), QUESTION, ["land"])
    assert (found and found[0]) == (None if everywhere else {"land": "at"})
    if found:
        at = frame["land"].eq("at").groupby(frame["time"] >= "2024-02-10").mean()
        shares = f"{at[True]:.0%} of the incident's rows have land at, {at[False]:.0%} before"
        assert found[1] == shares
