"""Of many items those with most rows are counted, and the rest so that sums hold."""

from pathlib import Path
from typing import Any

import made
import messy
import numpy as np
import pandas as pd
import pytest

from investigate.counts.table import OTHER, Counts
from investigate.log import count, items, slices

pytestmark = pytest.mark.slow

MEASURES = ["rows", "positives", "bins", "squares"]
MOST = 7


def counted(folder: Path, monkeypatch: pytest.MonkeyPatch, most: int | None) -> Counts:
    if most:
        monkeypatch.setattr(items, "MOST_ITEMS", most)
    frame = messy.frame(4, rows=4_000, clean=True)
    rng = np.random.default_rng(4)
    chosen = rng.choice(12, len(frame), p=np.arange(1, 13) / 78)
    frame[messy.NAMES["item"]] = np.array([f"item {k}" for k in range(12)], dtype=object)[chosen]
    frame.to_parquet(folder / "log.parquet")
    return count(messy.question(folder / "log.parquet"))


def test_the_largest_items_stay_and_sums_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = counted(tmp_path, monkeypatch, None)
    found = counted(tmp_path, monkeypatch, MOST)
    own = whole.items[whole.items["by"] == "system"]
    sizes = own.groupby("item")["rows"].sum().reset_index()
    order: Any = sizes.sort_values(["rows", "item"], ascending=[False, True])
    most = set(order["item"].head(MOST))
    keys = ["by", "system", "cohort", "item", "window", "half"]
    expected = []
    for by, part in whole.items.groupby("by", sort=False):
        group = ["system", "cohort", "item"]
        enough = (part["rows"] >= (1 if by == "system" else items.FEWEST_ROWS)).groupby(
            [part[name] for name in group]
        )
        kept = enough.transform("sum") >= (1 if by == "system" else 4)
        stays = kept & part["item"].isin(most)
        expected.append(part.assign(item=part["item"].where(stays, OTHER)))
    rest = pd.concat(expected).groupby(keys, sort=False)[MEASURES].sum().reset_index()
    sides = [
        side.sort_values(keys, ignore_index=True)[[*keys, *MEASURES]]
        for side in (found.items, rest)
    ]
    pd.testing.assert_frame_equal(*sides, check_dtype=False)
    assert OTHER in set(found.items["item"])
    assert set(found.item_bands["item"]) == most


@pytest.mark.parametrize("most", [MOST, None])
def test_of_a_cohort_and_an_item_the_largest_pairs_stay(
    most: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = counted(tmp_path, monkeypatch, most)
    monkeypatch.setattr(items, "MOST_PAIRS", 4)
    monkeypatch.setattr(slices, "WHOLE_ROWS", 0)
    found = counted(tmp_path, monkeypatch, most)
    pair, rest = ["by", "cohort", "item"], ["by", "system", "cohort", "window", "half"]
    sides = [
        counts.items[counts.items["by"] != "system"]
        .groupby(pair)["rows"]
        .sum()
        .drop(OTHER, level=2, errors="ignore")
        for counts in (whole, found)
    ]
    for by, own in sides[0].groupby(level=0):
        largest = own.sort_values(ascending=False, kind="stable").head(4)
        pd.testing.assert_series_equal(sides[1].loc[[by]], largest.sort_index())
    sums = [counts.items.groupby(rest)[MEASURES].sum() for counts in (whole, found)]
    pd.testing.assert_frame_equal(*sums)


def test_of_few_items_all_pairs_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame = made.platform(1, 8_000)
    frame.assign(item=frame["item"] % 4).to_parquet("log.parquet")
    question = made.question(cohorts=["country"])
    whole = count(question).items
    monkeypatch.setattr(slices, "WHOLE_ROWS", 0)
    keys = ["by", "system", "cohort", "item", "window", "half"]
    sides = [own.sort_values(keys, ignore_index=True) for own in (count(question).items, whole)]
    pd.testing.assert_frame_equal(*sides, check_dtype=False)
    assert (whole["rows"] >= items.FEWEST_ROWS).all()
