"""Means over buckets against a loop over the same buckets."""

import numpy as np
import pandas as pd
import pytest

from investigate.figures.smoothing import buckets, smooth, span, unit

HOUR = 3_600


def rows(count: int, seed: int = 0, gaps: float = 0.3) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    starts = pd.date_range("2024-01-01", periods=count, freq="h", tz="UTC")
    found = []
    for start in starts[rng.random(count) > gaps]:
        value, half = (None, 0.0) if rng.random() < 0.2 else (rng.random(), rng.random() / 3)
        found.append(
            {
                "start": start.isoformat(),
                "auc": value,
                "low": None if value is None else max(value - half, 0),
                "high": None if value is None else min(value + half, 1),
                "rows": int(rng.integers(1, 99)),
            }
        )
    return found


@pytest.mark.parametrize("width", [1, 7, 21])
def test_means_are_weighted_by_rows_and_keep_their_place(width: int) -> None:
    table = buckets(rows(200))
    mean = smooth(table, HOUR, width)
    known = table.dropna(subset="auc")
    reach = pd.Timedelta(hours=width // 2)
    for point in mean.itertuples():
        near = known[(known["start"] - point.start).abs() <= reach]
        assert point.rows == near["rows"].sum()
        if near.empty:
            assert np.isnan(point.auc)
            continue
        weight = near["rows"] / near["rows"].sum()
        assert point.auc == pytest.approx((weight * near["auc"]).sum())
        assert point.half == pytest.approx(np.sqrt(((weight * near["half"]) ** 2).sum()), abs=1e-7)
    assert mean["start"].diff().dropna().eq(pd.Timedelta(hours=1)).all()


def test_an_interval_cut_at_one_keeps_its_longer_side() -> None:
    row = {"start": "2024-01-01T00:00:00+00:00", "auc": 0.9, "low": 0.7, "high": 1.0, "rows": 5}
    assert buckets([row])["half"].tolist() == pytest.approx([0.2])


def test_buckets_are_in_order_and_in_the_zone() -> None:
    table = buckets(rows(50)[::-1], "Europe/Berlin")
    assert table["start"].is_monotonic_increasing
    assert table["start"].min() == buckets(rows(50))["start"].min() + pd.Timedelta(hours=1)


def test_few_buckets_are_not_smoothed_and_very_many_more_so() -> None:
    assert [span(n) for n in (1, 60, 61, 1400, 1401, 50_000)] == [1, 1, 7, 7, 14, 252]


def test_lengths_in_words() -> None:
    assert unit(86_400) == "day"
    assert unit(86_400, 7) == "7 days"
    assert unit(3_600, 7) == "7 hours"
    assert unit(60) == "minute"
    assert unit(900, 2) == "30 minutes"
