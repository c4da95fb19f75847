"""Bins hold real ties or few positives: the AUC from counts keeps its bound."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from investigate.log import bins as module
from investigate.log.bins import EXACT, bins

pytestmark = pytest.mark.quick_cases(1)

LIMIT = 0.0005


def scored(score: Any, rng: np.random.Generator, outside: int = 0) -> pd.DataFrame:
    """Rows of both windows, ``outside`` of them of neither; low scores are often wrong."""
    score = np.asarray(score, dtype=float)
    rank = np.argsort(np.argsort(score)) / len(score)
    window = rng.integers(0, 2, len(score))
    window[rng.choice(len(score), outside, replace=False)] = -1
    frame = pd.DataFrame({"score": score, "outcome": rng.random(len(score)) < rank})
    return frame.assign(outcome=frame["outcome"].astype("int64"), window=window)


def placed(load: Any, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = load(frame)
    found = bins(table)
    rows = found.placed(table, scored=True).to_pandas()
    assert len(rows) == len(frame)
    return found.table, rows


def holds(table: pd.DataFrame, rows: pd.DataFrame, limit: float) -> None:
    inside = rows[rows["window"] >= 0]
    assert inside["bin"].notna().all()
    extent = inside.groupby("bin")["score"].agg(["min", "max", "size", "nunique"])
    assert table["bin"].tolist() == list(range(len(table))) == extent.index.tolist()
    assert table["low"].tolist() == extent["min"].tolist()
    assert table["high"].tolist() == extent["max"].tolist()
    assert table["rows"].tolist() == extent["size"].tolist()
    assert (table["low"].to_numpy()[1:] > table["high"].to_numpy()[:-1]).all()
    mixed = extent["nunique"] > 1
    for _, window in inside.groupby("window"):
        truth, place = window["outcome"], window["bin"]
        f = place[truth == 1].value_counts(normalize=True).reindex(extent.index, fill_value=0)
        h = place[truth == 0].value_counts(normalize=True).reindex(extent.index, fill_value=0)
        bound = (f * h)[mixed].sum() / 2
        assert bound <= limit
        distance = roc_auc_score(truth, place) - roc_auc_score(truth, window["score"])
        assert abs(distance) <= bound + 1e-12


SHAPES = {
    "probabilities": lambda rng, n: 1 / (1 + np.exp(-rng.normal(0, 2, n))),
    "heavy tails": lambda rng, n: rng.standard_cauchy(n) * 1e6,
    "tiny": lambda rng, n: np.exp(rng.normal(-40, 20, n)),
    "half in one value": lambda rng, n: np.where(rng.random(n) < 0.5, 0.25, rng.random(n)),
    "many ties": lambda rng, n: np.round(rng.random(n), 5),
    "ties of all sizes": lambda rng, n: np.where(
        rng.random(n) < 0.7, np.round(rng.random(n) ** 4, 2), rng.random(n)
    ),
    "float32": lambda rng, n: rng.random(n, dtype=np.float32),
}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("shape", SHAPES)
def test_many_scores_keep_the_bound(load: Any, shape: str) -> None:
    rng = np.random.default_rng(11)
    frame = scored(SHAPES[shape](rng, 60_000), rng, outside=5_000)
    assert frame["score"].nunique() > EXACT
    table, rows = placed(load, frame)
    holds(table, rows, LIMIT)
    assert len(table) < 4_000


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("positives", [3, 400, 1_001, 1_999, 2_500])
def test_few_positives_keep_the_bound(load: Any, positives: int) -> None:
    rng = np.random.default_rng(positives)
    frame = scored(rng.random(40_000), rng)
    chosen = np.zeros(len(frame), dtype=bool)
    for window in (0, 1):
        of_window = np.flatnonzero(frame["window"] == window)
        chosen[rng.choice(of_window, positives, replace=False)] = True
    frame["outcome"] = chosen.astype("int64")
    holds(*placed(load, frame), LIMIT)


@pytest.mark.slow
def test_windows_of_unlike_scores_each_keep_the_bound(load: Any) -> None:
    rng = np.random.default_rng(12)
    frame = scored(rng.random(50_000), rng)
    frame["score"] += np.where(frame["window"] == 1, 0.8, 0)
    holds(*placed(load, frame), LIMIT)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["even", "spike", "far", "one"])
def test_parts_of_many_scores_give_the_same_bins(
    load: Any, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    rng = np.random.default_rng(9)
    score = rng.random(30_000)
    if shape == "spike":
        score[:9_000] = 0.25
    if shape == "far":
        score[:2] = -1e308, 1e308
    frame = scored(score, rng)
    if shape == "one":
        frame.loc[frame["outcome"] == 1, "score"] = 0.5
    whole = bins(load(frame))
    monkeypatch.setattr(module, "AT_ONCE", 700)
    parts = bins(load(frame))
    assert np.array_equal(parts.edges, whole.edges)
    assert parts.table.equals(whole.table)


def test_few_distinct_scores_are_their_own_bins(load: Any) -> None:
    rng = np.random.default_rng(13)
    frame = scored(rng.integers(-500, 500, 20_000) / 7, rng, outside=100)
    table, rows = placed(load, frame)
    holds(table, rows, 0.0)
    assert (table["low"] == table["high"]).all()


@pytest.mark.slow
def test_a_score_of_neither_window_goes_next_to_its_neighbours(load: Any) -> None:
    frame = pd.DataFrame({"score": [0.1, 0.2, 0.3], "window": [0, 1, 0], "outcome": [1, 1, 0]})
    outside = pd.DataFrame({"score": [-5.0, 0.25, 7.0], "window": -1, "outcome": 1})
    _, rows = placed(load, pd.concat([frame, outside], ignore_index=True))
    assert rows.sort_values("score")["bin"].tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.slow
def test_coarse_bins_have_about_equal_rows_and_keep_the_order(load: Any) -> None:
    rng = np.random.default_rng(14)
    _, rows = placed(load, scored(rng.random(60_000), rng))
    assert rows.sort_values("score")["coarse"].is_monotonic_increasing
    size = rows["coarse"].value_counts()
    assert sorted(size.index) == list(range(len(size)))
    assert 0.9 * module.COARSE < len(size) <= module.COARSE
    assert size.quantile(0.95) < 1.5 * len(rows) / module.COARSE


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(40, 400),
    digits=st.integers(1, 4),
    share=st.sampled_from([5, 20, 100]),
)
def test_any_small_log_keeps_the_bound_of_its_share(
    load: Any, seed: int, rows: int, digits: int, share: int
) -> None:
    rng = np.random.default_rng(seed)
    frame = scored(np.round(rng.normal(size=rows), digits), rng, outside=rows // 10)
    for window in (0, 1):
        own = frame.index[frame["window"] == window]
        frame.loc[own[:2], "outcome"] = [0, 1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "EXACT", 0)
        patch.setattr(module, "SHARE", share)
        table, rows_placed = placed(load, frame)
    holds(table, rows_placed, 1 / (2 * share))


def test_the_rate_is_isotonic_regression_and_between_what_the_baseline_has(load: Any) -> None:
    rng = np.random.default_rng(6)
    frame = scored(rng.integers(0, 40, 600), rng)
    # Of one score the baseline has no row.
    frame.loc[frame["score"] == 20, "window"] = 1
    before = frame[frame["window"] == 0]
    rising = IsotonicRegression().fit(before["score"], before["outcome"])
    expected = rising.predict(np.sort(frame["score"].unique()))
    assert bins(load(frame)).rate.tolist() == np.rint(expected * 1e6).astype(int).tolist()
    assert (np.diff(expected) > 0).sum() > 3
