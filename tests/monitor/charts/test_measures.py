"""Each measure's sampling variance against what sampling does, and its way back."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.monitor.charts.measures import AUC, OF_EVERYTHING, ROWS, Measure
from investigate.monitor.charts.pace import DAYS

DAYS_MADE, DAILY = 400, 120


@pytest.fixture(scope="module")
def daily() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    days = []
    for _ in range(DAYS_MADE):
        rows = rng.poisson(DAILY)
        ability = rng.normal(0, 1.3, rows)
        outcome = (rng.random(rows) < 1 / (1 + np.exp(-ability))).astype(int)
        unscored = int(rng.binomial(rows, 0.02))
        days.append(
            {
                "rows": rows,
                "positives": outcome.sum(),
                "negatives": rows - outcome.sum(),
                "unscored": unscored,
                "pending": int(rng.binomial(rows, 0.1)),
                "auc": roc_auc_score(outcome, ability),
                "ratio": 1.0,
            }
        )
    return pd.DataFrame(days)


@pytest.mark.parametrize("measure", OF_EVERYTHING, ids=lambda m: m.name)
def test_the_sampling_variance_is_that_of_the_days(measure: Measure, daily: pd.DataFrame) -> None:
    values, variances = measure.scaled(daily, 60, DAYS)
    ratio = values.var() / variances.mean()
    # Anscombe's angle is exact for large counts; two rows of 120 are few.
    assert ratio == pytest.approx(1.0, abs=0.35 if measure.name == "missing scores" else 0.2)


@pytest.mark.parametrize("measure", OF_EVERYTHING, ids=lambda m: m.name)
def test_values_come_back_in_their_own_unit(measure: Measure, daily: pd.DataFrame) -> None:
    values, _ = measure.scaled(daily, 60, DAYS)
    own = {
        "AUC": daily["auc"],
        "rows": daily["rows"],
        "base rate": daily["positives"] / daily["rows"],
        "missing scores": daily["unscored"] / daily["rows"],
        "missing outcomes": daily["pending"] / daily["rows"],
    }[measure.name]
    np.testing.assert_allclose(measure.unscaled(values), own, atol=0.006)


def test_rows_that_depend_make_the_variance_larger(daily: pd.DataFrame) -> None:
    _, alone = AUC.scaled(daily, 60, DAYS)
    _, together = AUC.scaled(daily.assign(ratio=2.5), 60, DAYS)
    np.testing.assert_allclose(together, 2.5 * alone)


def test_days_of_one_class_have_no_auc(daily: pd.DataFrame) -> None:
    one = daily.copy()
    one.loc[100:110, ["auc", "positives"]] = [np.nan, 0]
    values, variances = AUC.scaled(one, 60, DAYS)
    assert np.isnan(values[100:111]).all()
    assert not np.isfinite(variances[100:111]).any()


def test_no_rows_are_a_count_like_any_other() -> None:
    values, variances = ROWS.scaled(pd.DataFrame({"rows": [0, 99]}), 1, DAYS)
    np.testing.assert_allclose(values, [0, np.log(100)])
    np.testing.assert_allclose(variances, [1, 0.01])


def test_a_day_without_rows_is_as_sure_as_such_days_are() -> None:
    rows = [100] * 5 + [10, 10] + [100] * 5 + [10, 10] + [0] * 7
    _, variances = ROWS.scaled(pd.DataFrame({"rows": rows}), 14, DAYS)
    np.testing.assert_allclose(variances[14:], [1 / 101] * 5 + [1 / 11] * 2)
