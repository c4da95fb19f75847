"""Drift of items, against a Mantel-Haenszel written apart and a log with eight drifting items."""

from math import log, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drifting import DRIFTING, asked, frame
from hypothesis import given
from hypothesis import strategies as st

from investigate.analyses.item_drift import ets_class, item_drift, mantel_haenszel

CELLS = st.lists(st.integers(0, 30), min_size=4, max_size=4)


def by_hand(tables: list[list[int]]) -> tuple[float, float] | None:
    """Delta and its standard error from 2 x 2 tables (A, B, C, D) as textbooks have them."""
    tables = [[a, b, c, d] for a, b, c, d in tables if a + b and c + d]
    up = sum(a * d / (a + b + c + d) for a, b, c, d in tables)
    down = sum(b * c / (a + b + c + d) for a, b, c, d in tables)
    if not up or not down:
        return None
    first = second = third = 0.0
    for a, b, c, d in tables:
        n = a + b + c + d
        first += (a + d) / n * (a * d / n)
        second += (a + d) / n * (b * c / n) + (b + c) / n * (a * d / n)
        third += (b + c) / n * (b * c / n)
    variance = first / (2 * up**2) + second / (2 * up * down) + third / (2 * down**2)
    return -2.35 * log(up / down), 2.35 * sqrt(variance)


@given(st.lists(CELLS, min_size=1, max_size=5))
def test_delta_and_its_error_are_those_of_the_textbook(tables: list[list[int]]) -> None:
    a, b, c, d = np.array(tables).T
    found = mantel_haenszel(np.stack([b, a], -1)[None], np.stack([d, c], -1)[None])
    expected = by_hand(tables)
    if expected is None:
        assert np.isnan(found.delta[0])
    else:
        assert (found.delta[0], found.error[0]) == pytest.approx(expected)


def test_classes_need_size_and_certainty() -> None:
    delta = np.array([0.5, 1.2, -1.2, 1.6, 1.6, -2.5, np.nan])
    error = np.array([0.1, 0.2, 0.9, 0.5, 0.3, 0.5, 0.1])
    assert ets_class(delta, error).tolist() == ["A", "B", "A", "B", "C", "C", ""]


def table() -> pd.DataFrame:
    return item_drift(*asked()).to_frame(full=True)


@pytest.mark.slow
def test_the_eight_drifting_items_are_found_and_no_other() -> None:
    rows = table()
    found = rows[(rows["compared"] == "windows") & rows["discovered"]]
    assert sorted(found["item"]) == [f"i{i:02}" for i in range(DRIFTING)]
    assert set(found["ets"]) == {"C"}
    # Odd ones became harder, by 1.5 on the log odds; bands of scores blur that a little.
    harder = found["item"].str[1:].astype(int) % 2 == 1
    assert (found["delta"] < 0).tolist() == harder.tolist()
    assert float(found["delta"].abs().mean()) == pytest.approx(2.35 * 1.5, abs=0.5)


@pytest.mark.slow
def test_the_item_that_one_system_misjudges_is_found_within_a_window() -> None:
    rows = table()
    for window in ("baseline", "incident"):
        own = rows[rows["compared"] == f"{window}: b with the others"]
        assert own.loc[own["discovered"], "item"].tolist() == ["i20"]
        assert float(own.loc[own["item"] == "i20", "delta"].iloc[0]) < -1.5


@pytest.mark.slow
def test_drift_is_that_of_plain_pandas_in_the_bands() -> None:
    counts, _ = asked()
    bands, rows = counts.item_bands, table()
    log_rows = frame()
    inside = log_rows[log_rows["time"] < pd.Timestamp("2025-04-30")]
    assert bands[["positives", "negatives"]].to_numpy().sum() == len(inside)
    sums = bands.groupby("item")["positives"].sum()
    pd.testing.assert_series_equal(
        sums, inside.groupby("item")["y"].sum(), check_names=False, check_dtype=False,
        check_index_type=False,
    )  # fmt: skip
    for item in ("i00", "i20", "i33"):
        own = bands[bands["item"] == item].groupby(["band", "window"])[["positives", "negatives"]]
        wide: Any = own.sum().unstack(fill_value=0)
        tables = [
            [p0, n0, p1, n1]
            for p0, p1, n0, n1 in wide[["positives", "negatives"]].to_numpy().tolist()
        ]
        expected = by_hand(tables)
        one = rows[(rows["item"] == item) & (rows["compared"] == "windows")].iloc[0]
        assert expected is not None
        assert one["delta"] == pytest.approx(expected[0])


@pytest.mark.slow
def test_the_claim_counts_items_and_names_the_largest() -> None:
    finding = item_drift(*asked())
    assert finding.claim.startswith("At equal scores 8 of 40 items (20%) surely drifted")
    assert "became" in finding.claim


@pytest.mark.slow
def test_without_items_it_says_so() -> None:
    finding = item_drift(*asked(named=False))
    assert finding.table == ()
    assert finding.claim == "Drift of items cannot be told: no item column is named."
