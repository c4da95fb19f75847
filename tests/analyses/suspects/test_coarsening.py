"""What coarse scores cost and where they are seen, against scikit-learn and by hand."""

from pathlib import Path
from typing import Any

import made
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.coarsening import bounds, coarsened, occupied, on_values
from investigate.counts.auc import auc
from investigate.log import count

pytestmark = pytest.mark.slow

SMALL = st.lists(st.integers(0, 9), min_size=6, max_size=6)


def histogram(scores: Any, bins: int) -> Any:
    return np.bincount((scores * bins).astype(int).clip(0, bins - 1), minlength=bins)


@pytest.mark.slow
@given(SMALL, SMALL, SMALL)
def test_rows_put_on_other_values_stay_as_many_and_in_order(
    positives: list[int], negatives: list[int], now: list[int]
) -> None:
    sides, other = [np.array(positives), np.array(negatives)], np.array(now)
    moved = on_values(*sides, other)
    for side, own in zip(sides, moved, strict=True):
        assert own.sum() == pytest.approx(side.sum())
        assert (own >= -1e-12).all()
    if other.sum() and sum(map(sum, sides)):
        share = (moved[0] + moved[1]) / sum(side.sum() for side in sides)
        assert share == pytest.approx(other / other.sum())


def test_the_cost_of_a_cut_is_the_auc_of_scores_that_were_cut() -> None:
    rng = np.random.default_rng(1)
    score = rng.random(4_000)
    y = rng.random(4_000) < score
    bins = 400
    sides = [histogram(score[y], bins), histogram(score[~y], bins)]
    for levels in (1, 2, 5, 50):
        cut = np.floor(score * levels)
        now = np.zeros(bins, dtype=int)
        now[:levels] = np.bincount(cut.astype(int), minlength=levels)
        found = float(auc(*on_values(*sides, now)))
        assert found == pytest.approx(roc_auc_score(y, cut), abs=1e-9)


@pytest.mark.parametrize("shape", ["same", "moved", "narrow", "fewer"])
def test_a_distribution_that_moved_occupies_what_is_expected(shape: str) -> None:
    rng = np.random.default_rng(2)
    before = histogram(rng.beta(2, 2, 20_000), 800)
    now = {
        "same": rng.beta(2, 2, 9_000),
        "moved": rng.beta(5, 2, 9_000),
        "narrow": rng.beta(40, 40, 9_000),
        "fewer": rng.beta(2, 2, 200),
    }[shape]
    expected, seen = occupied(np.stack([before, histogram(now, 800)]))
    assert seen == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("levels", [1, 2, 10, 50])
def test_scores_cut_to_a_few_values_leave_gaps(levels: int) -> None:
    rng = np.random.default_rng(3)
    scores = rng.beta(2, 2, 9_000)
    cut = (np.floor(scores * levels) + 0.5) / levels
    rows = np.stack([histogram(rng.beta(2, 2, 20_000), 800), histogram(cut, 800)])
    expected, seen = occupied(rows)
    assert seen <= levels
    assert seen < 0.5 * expected or levels == 1


def test_scores_are_cut_off_at_a_bound_only_if_others_lay_beyond() -> None:
    rng = np.random.default_rng(4)
    before, scores = histogram(rng.random(20_000), 100), rng.random(9_000)
    off = np.stack([before, histogram(np.clip(scores, 0.2, 0.9), 100)])
    assert bounds(off).tolist() == [20, 90]
    inner = np.stack([before, histogram(0.2 + 0.7 * scores, 100)])
    default = np.stack([before, histogram(np.where(scores < 0.3, 0.0, rng.random(9_000)), 100)])
    for rows in (inner, default, np.stack([before, before])):
        assert bounds(rows).tolist() == []


def test_shares_of_rows_are_not_of_their_weights(tmp_path: Path) -> None:
    rng, rows = np.random.default_rng(1), 4_000
    day, logit = np.sort(rng.uniform(0, made.DAYS, rows)), rng.normal(0, 1.5, rows)
    now = day >= made.BASELINE_DAYS
    cut = np.array([0.2, 0.5, 0.8])[np.digitize(logit, [-0.7, 0.7])]
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "student": rng.integers(0, 300, rows),
        "outcome": (rng.random(rows) < made.logistic(logit)).astype(int),
        "score": np.where(now, cut, made.logistic(logit)),
        # In the baseline they say as much as a third of its rows.
        "w": np.where(now, 1.0, np.exp(rng.normal(0, 1.3, rows))),
    })  # fmt: skip
    frame.to_parquet(tmp_path / "log.parquet")
    names = {name: name for name in ("time", "outcome", "score")}
    asked = made.question(
        str(tmp_path / "log.parquet"), cohorts=[],
        columns={**names, "cluster": "student", "weight": "w"},
    )  # fmt: skip
    found = coarsened(count(asked), asked)
    assert found is not None
    assert len(found.levels) == 3
