"""Steps from the incident back to the baseline, against AUC of reweighted rows in plain pandas."""

import numpy as np
import pandas as pd
import pytest
from explored import example
from sklearn.metrics import roc_auc_score

import investigate
from investigate.analyses import waterfall

pytestmark = pytest.mark.slow


def broken() -> pd.DataFrame:
    """The example's log; from the incident on, scores of FR are drawn anew, and a few of PL."""
    rows = investigate.example_log()
    rng = np.random.default_rng(2)
    late = rows["time"] >= pd.Timestamp("2024-01-29")
    for country, share in (("FR", 1.0), ("PL", 0.4)):
        some = late & (rows["country"] == country) & (rng.random(len(rows)) < share)
        rows.loc[some, "score"] = rng.permutation(rows.loc[some, "score"])
    # Each group has the same number of rows in both windows of equal length, and few scores.
    rows["score"] = (rows["score"] * 5).round() / 5
    return rows


@pytest.fixture(scope="module")
def found() -> investigate.Investigation:
    return example(log=broken(), baseline=("2024-01-01", "2024-01-29"))


def test_steps_sum_to_the_change_and_the_broken_group_is_first(
    found: investigate.Investigation,
) -> None:
    steps = found.waterfall("country")
    change = found.drop().numbers["change"].value
    assert sum(row["points"] for row in steps.table) == pytest.approx(change, abs=1e-12)
    assert [row["part"] for row in steps.table[-3:]] == ["validity", "spread", "mix"]
    assert [row["group"] for row in steps.table[-3:]] == ["", "", ""]
    assert steps.table[0]["group"] == "FR"
    assert steps.table[0]["points"] < 0
    assert steps.table[0]["high"] < 0
    assert steps.claim.startswith("With groups by country, the largest step is validity in FR, −0.")


def test_the_first_step_is_that_of_rows_given_the_outcomes_of_before(
    found: investigate.Investigation,
) -> None:
    rows = broken()
    late = rows["time"] >= pd.Timestamp("2024-01-29")
    weighted = rows[late].copy()
    weighted["weight"] = 1.0
    now = roc_auc_score(weighted["outcome"], weighted["score"])
    # Six scores are six bands: within each, FR's rows get the outcome rate of the baseline.
    rates = rows[~late & (rows["country"] == "FR")].groupby("score")["outcome"].mean()
    own = weighted[weighted["country"] == "FR"]
    both = pd.concat(
        [
            own.assign(
                outcome=outcome, weight=(rates if outcome else 1 - rates)[own["score"]].to_numpy()
            )
            for outcome in (0, 1)
        ]
    )
    back = pd.concat([weighted[weighted["country"] != "FR"], both])
    then = roc_auc_score(back["outcome"], back["score"], sample_weight=back["weight"])
    (first,) = (row for row in found.waterfall("country").table if row["group"] == "FR")
    assert first["points"] == pytest.approx(now - then, abs=1e-9)


def test_a_single_group_has_no_step_of_its_own() -> None:
    found = example(system=None)
    steps = found.waterfall("system")
    assert [row["part"] for row in steps.table] == ["validity", "spread", "mix"]
    assert waterfall(found.counts, found.question, "system").table == steps.table
