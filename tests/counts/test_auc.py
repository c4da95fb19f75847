"""AUC, bound and DeLong variance from counts, against scikit-learn and row-wise formulas."""

import drawn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from investigate.counts.auc import auc, bin_bound, delong_variance, midranks, scarcity


def counted(
    outcome: NDArray, score: NDArray, bins: int | None
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Positives and negatives by bin, which bins hold one value, and each row's bin."""
    values, place = np.unique(np.asarray(score, float), return_inverse=True)
    merged = np.arange(len(values)) * (bins or len(values)) // len(values)
    place, size = merged[place], merged.max() + 1
    exact = np.bincount(merged, minlength=size) <= 1
    return np.bincount(place, outcome, size), np.bincount(place, 1 - outcome, size), exact, place


@pytest.mark.slow
@settings(max_examples=200)
@given(drawn.logs())
def test_agrees_with_scikit_learn_within_its_bound(drawn_log: drawn.Drawn) -> None:
    for w in (0, 1):
        rows = drawn_log.window(w)
        outcome, score = rows["outcome"].to_numpy(), rows["score"].to_numpy()
        positives, negatives, exact, place = counted(outcome, score, drawn_log.bins)
        found, bound = auc(positives, negatives), bin_bound(positives, negatives, exact)
        assert abs(found - roc_auc_score(outcome, score)) <= bound + 1e-12
        if drawn_log.bins is None:
            assert bound == 0
        else:
            assert found == pytest.approx(roc_auc_score(outcome, place), abs=1e-12)


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.sampled_from([1, -1]))
def test_the_bound_is_reached(seed: int, bins: int, order: int) -> None:
    rng = np.random.default_rng(seed)
    outcome, score = rng.integers(0, 2, 60), np.arange(60) / 7
    outcome[:2] = [0, 1]
    # Within each bin every positive lies above every negative, or below.
    for rows in np.array_split(
        np.arange(60), np.flatnonzero(np.diff(np.arange(60) * bins // 60)) + 1
    ):
        outcome[rows] = np.sort(outcome[rows])[::order]
    positives, negatives, exact, _ = counted(outcome, score, bins)
    error = roc_auc_score(outcome, score) - auc(positives, negatives)
    assert order * error == pytest.approx(bin_bound(positives, negatives, exact), abs=1e-12)


def test_ties_within_one_value_are_no_error() -> None:
    positives, negatives = np.array([3, 1]), np.array([2, 4])
    assert bin_bound(positives, negatives, np.array([True, True])) == 0
    assert bin_bound(positives, negatives, np.array([True, False])) == pytest.approx(1 * 4 / 24 / 2)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_turning_scores_or_outcomes_around_mirrors_auc(cells: list[tuple[int, int]]) -> None:
    positives, negatives = np.array(cells).T
    found = auc(positives, negatives)
    if not positives.sum() or not negatives.sum():
        assert np.isnan(found)
        return
    assert auc(positives[::-1], negatives[::-1]) == pytest.approx(1 - found, abs=1e-12)
    assert auc(negatives, positives) == pytest.approx(1 - found, abs=1e-12)


def test_leading_axes_are_so_many_aucs() -> None:
    rng = np.random.default_rng(1)
    positives, negatives = rng.integers(0, 9, (2, 3, 5, 7))
    many = auc(positives, negatives), delong_variance(positives, negatives)
    for at in np.ndindex(3, 5):
        assert many[0][at] == auc(positives[at], negatives[at])
        assert many[1][at] == delong_variance(positives[at], negatives[at])


def test_midranks_counts_half_of_the_ties() -> None:
    assert midranks(np.array([1, 2, 1])).tolist() == [0.125, 0.5, 0.875]


def placement_variance(outcome: NDArray, score: NDArray) -> float:
    """DeLong, DeLong & Clarke-Pearson 1988, pair by pair."""
    up, down = score[outcome == 1], score[outcome == 0]
    wins = (up[:, None] > down).astype(float) + (up[:, None] == down) / 2
    v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
    return v10.var(ddof=1) / len(up) + v01.var(ddof=1) / len(down)


@pytest.mark.slow
@settings(max_examples=100)
@given(drawn.logs())
def test_delong_equals_pairwise_placements(drawn_log: drawn.Drawn) -> None:
    rows = drawn_log.window(0)
    outcome, score = rows["outcome"].to_numpy(), rows["score"].to_numpy(float)
    positives, negatives, _, place = counted(outcome, score, drawn_log.bins)
    found = delong_variance(positives, negatives)
    if min(outcome.sum(), (1 - outcome).sum()) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(placement_variance(outcome, place), abs=1e-12)


def test_scarcity_is_of_pooled_placements() -> None:
    """Row by row: pooled variances of both windows, at each window's rows of an outcome."""
    rng = np.random.default_rng(8)
    scores = [
        [rng.normal(2, 1, 6), rng.normal(0, 1, 50)],
        [rng.normal(1, 1, 90), rng.normal(0, 1, 60)],
    ]
    edges = np.sort(np.concatenate([values for sides in scores for values in sides]))
    placed, areas = [], []
    for ones, zeros in scores:
        wins = (ones[:, None] > zeros[None]).astype(float)
        placed.append([wins.mean(axis=1), wins.mean(axis=0)])
        areas.append(wins.mean())
    alike = unlike = 0.0
    for side in (0, 1):
        own = [placed[w][side] for w in (0, 1)]
        pooled = np.concatenate([own[w] - areas[w] for w in (0, 1)])
        alike += (pooled**2).mean() * sum(1 / len(one) for one in own)
        unlike += sum(one.var() / len(one) for one in own)
    bins = [[np.searchsorted(edges, side) for side in sides] for sides in scores]
    counted = [
        np.stack([np.bincount(sides[side], minlength=len(edges)) for sides in bins])
        for side in (0, 1)
    ]
    assert alike > unlike
    assert scarcity(*counted) == pytest.approx(alike / unlike)
    assert scarcity(*(side[[1, 1]] for side in counted)) == pytest.approx(1.0)
    assert scarcity(np.eye(2), np.zeros((2, 2))) == 1.0
