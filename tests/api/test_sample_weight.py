"""Weighted AUC, intervals and views of plain arrays, against scikit-learn and repeated rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

import investigate
from investigate.api.array_sums import folds_of

SEEDS = st.integers(0, 10_000)


def made(seed: int, rows: int = 150) -> tuple[Any, ...]:
    """Outcomes, scores with ties, groups, windows, clusters and whole weights, some of them 0."""
    rng = np.random.default_rng(seed)
    window = rng.integers(0, 2, rows)
    score = rng.integers(0, 30, rows) / 30
    outcome = (rng.random(rows) < 0.2 + 0.6 * score * (1 - 0.7 * window)).astype(int)
    weight = rng.integers(0, 5, rows)
    outcome[:4], window[:4], weight[:4] = [0, 1, 0, 1], [0, 0, 1, 1], 1
    return (
        outcome,
        score,
        rng.choice(["a", "b", "c"], rows),
        window,
        rng.integers(0, 40, rows),
        weight,
    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_the_area_and_its_interval_are_those_of_weighted_rows(seed: int) -> None:
    outcome, score, _, _, cluster, weight = made(seed)
    weight = weight * np.random.default_rng(seed).exponential(size=len(weight))
    area = roc_auc_score(outcome, score, sample_weight=weight)
    found = investigate.auc_interval(outcome, score, cluster, sample_weight=weight)
    assert found.value == pytest.approx(area, abs=1e-12)
    fold = folds_of(cluster.astype(str))
    without = [
        roc_auc_score(outcome[fold != f], score[fold != f], sample_weight=weight[fold != f])
        for f in np.unique(fold[weight > 0])
    ]
    groups = len(without)
    error = np.sqrt((groups - 1) / groups * np.sum((without - np.mean(without)) ** 2))
    reach = stats.t.ppf(0.975, groups - 1) * error
    ends = (max(area - reach, 0), min(area + reach, 1))
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)
    alone = investigate.auc_interval(outcome, score, sample_weight=weight)
    assert alone.value == pytest.approx(area, abs=1e-12)
    assert alone.low is not None
    assert alone.low < area


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_whole_weights_are_repeated_rows(seed: int) -> None:
    outcome, score, group, window, cluster, weight = made(seed)
    weighted = investigate.decompose(
        outcome, score, group, window, cluster, sample_weight=weight * 0.37
    )
    again = np.repeat(np.arange(len(weight)), weight)
    repeated = investigate.decompose(*(a[again] for a in (outcome, score, group, window, cluster)))
    ends = [(found.low, found.high) for found in (weighted.change, repeated.change)]
    assert ends[0] == pytest.approx(ends[1], abs=1e-9)
    for view in ("groups", "pairs"):
        one, other = getattr(weighted, view), getattr(repeated, view)
        assert one["contribution"].to_numpy() == pytest.approx(
            other["contribution"].to_numpy(), abs=1e-9
        )
    for view in (weighted.groups, weighted.pairs, weighted.mechanism):
        assert view["contribution"].sum() == pytest.approx(weighted.change.value, abs=1e-9)
    rows = weighted.groups.set_index("group")["rows_incident"]
    kept = (window == 1) & (weight > 0)
    assert rows.to_dict() == {name: int((kept & (group == name)).sum()) for name in rows.index}


def test_equal_weights_are_none() -> None:
    outcome, score, group, window, cluster, _ = made(3, rows=600)
    plain = investigate.decompose(outcome, score, group, window, cluster)
    weighted = investigate.decompose(
        outcome, score, group, window, cluster, sample_weight=np.full(len(outcome), 7.3)
    )
    for one, other in zip(plain.to_frame().to_numpy(), weighted.to_frame().to_numpy(), strict=True):
        assert list(one[:2]) == list(other[:2])
        assert one[2:].astype(float) == pytest.approx(other[2:].astype(float), abs=1e-9)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, 1, -1, 1], "none below 0, got -1"),
        ([1, float("nan"), 1, 1], "contains NaN"),
        ([1, float("inf"), 1, 1], "infinite"),
        ([0, 0, 0, 0], "all weights are 0"),
        ([1, 1, 1], "different lengths: y_true 4, sample_weight 3"),
        ([0, 0, 1, 1], "both kinds"),
    ],
)
def test_what_cannot_be_a_weight_is_refused(weight: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        investigate.auc_interval([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], sample_weight=weight)
