"""The delete-a-group jackknife against recomputing without each fold, and its intervals."""

import drawn
import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats
from sklearn.metrics import roc_auc_score

from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.jackknife import (
    around,
    difference,
    estimate,
    freedom_of_both,
    p_value,
    standard_error,
)


@pytest.mark.slow
@settings(max_examples=30)
@given(drawn.logs())
def test_equals_scikit_learn_without_each_fold(drawn_log: drawn.Drawn) -> None:
    rows = drawn_log.window(1)
    folds = (rows["student"] % 32).to_numpy()
    values = np.unique(drawn_log.log["score"].to_numpy(float))
    place = np.searchsorted(values, rows["score"].to_numpy(float))
    if drawn_log.bins is not None:
        place = place * drawn_log.bins // len(values)
    outcome = rows["outcome"].to_numpy()

    left_out = []
    for fold in np.unique(folds):
        kept = folds != fold
        one_class = len(set(outcome[kept])) < 2
        left_out.append(np.nan if one_class else roc_auc_score(outcome[kept], place[kept]))
    groups = len(left_out)
    expected = np.sqrt((groups - 1) / groups * np.sum((left_out - np.mean(left_out)) ** 2))

    table = grouping(drawn_log.counts(), "all").replicates()
    replicates = auc(table.positives[1], table.negatives[1])
    error, freedom = standard_error(replicates, table.folds(1))
    assert freedom == groups - 1
    if groups < 2:
        expected = np.nan
    assert error == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_folds_without_rows_are_not_counted() -> None:
    # The mean of five numbers, each in a fold of its own; three folds are empty.
    values = np.array([1.0, 4.0, 2.0, 8.0, 5.0])
    used = np.array([True] * 5 + [False] * 3)
    without = [np.delete(values, i).mean() for i in range(5)] + [values.mean()] * 3
    error, freedom = standard_error(np.array([values.mean(), *without]), used)
    assert error == pytest.approx(values.std(ddof=1) / np.sqrt(5))
    assert freedom == 4


def test_an_unused_fold_may_be_undefined_but_a_used_one_may_not() -> None:
    replicates = np.array([0.5, 0.4, 0.6, np.nan])
    used = np.array([True, True, False])
    assert standard_error(replicates, used)[0] == pytest.approx(0.1)
    assert np.isnan(standard_error(replicates)[0])
    assert estimate(replicates, 0.95).low is None
    assert np.isnan(p_value(replicates))


@pytest.mark.parametrize("used", [[False, False], [True, False]])
def test_fewer_than_two_folds_have_no_error(used: list[bool]) -> None:
    replicates = np.array([0.5, 0.4, 0.5])
    found = estimate(replicates, 0.95, np.array(used))
    assert (found.value, found.low, found.high) == (0.5, None, None)
    assert np.isnan(p_value(replicates, np.array(used)))


def test_many_statistics_at_once() -> None:
    replicates = np.random.default_rng(2).normal(size=(33, 4, 2))
    error, _ = standard_error(replicates)
    assert error.shape == (4, 2)
    for at in np.ndindex(4, 2):
        alone, _ = standard_error(replicates[(slice(None), *at)])
        assert error[at] == pytest.approx(alone, rel=1e-12)


def test_the_interval_is_students_and_agrees_with_the_p_value() -> None:
    replicates = np.array([1.2, *np.random.default_rng(3).normal(1.2, 0.1, 32)])
    error, _ = standard_error(replicates)
    found = estimate(replicates, 0.9)
    assert found.high - 1.2 == pytest.approx(stats.t.ppf(0.95, 31) * error)
    assert 1.2 - found.low == pytest.approx(found.high - 1.2)
    # At confidence 1 - p the interval ends at zero.
    assert estimate(replicates, 1 - p_value(replicates)).low == pytest.approx(0, abs=1e-9)


def test_of_two_windows_the_freedom_is_welchs() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(0, 1, 20), rng.normal(0, 3, 4)
    # Each row is a fold of its own, and of one window alone.
    used = [np.arange(32) < 20, np.arange(32) >= 28]
    sides = []
    for values, folds in zip((one, other), used, strict=True):
        left_out = np.full(33, values.mean())
        left_out[1:][folds] = (values.sum() - values) / (len(values) - 1)
        sides.append(left_out)
    welch = stats.ttest_ind(one, other, equal_var=False)
    assert freedom_of_both(sides, used) == pytest.approx(welch.df)
    found = difference(sides, 0.95, used)
    error, _ = standard_error(sides[1] - sides[0], used[0] | used[1])
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.975, welch.df) * error)
    # A window of one fold tells nothing of how far it varies.
    assert difference(sides, 0.95, [used[0], np.arange(32) == 31]).low is None


def test_normal_where_the_freedom_is_unlimited() -> None:
    found = around(0.7, 0.1, 0.95)
    assert (found.low, found.high) == pytest.approx((0.7 - 0.1959964, 0.7 + 0.1959964))


def test_intervals_end_where_the_statistic_does() -> None:
    found = around(0.95, 0.1, 0.95, within=(0.0, 1.0))
    assert found.high == 1.0
    assert found.low == pytest.approx(0.95 - 0.1959964)


def test_rounding_is_no_evidence() -> None:
    noise = np.random.default_rng(4).normal(1, 0.01, 33) * 1e-17
    assert p_value(noise) == 1.0
    assert p_value(noise * 1e12) < 1e-9
    assert p_value(np.zeros(33)) == 1.0
    assert p_value(np.full(33, 0.5)) == 0.0
