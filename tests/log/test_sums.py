"""Sums of rows by keys that are one number for the engine, against pandas."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from ibis import _

from investigate.log.sums import MOST, SPAN, TOGETHER, each, summed, sums, tallied

SIZES = {"a": 3, "b": 5, "c": 2}
KEYS = ["b", "a", "c"]


def made(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(rows)
    # A key of which the highest number is never seen, and one that is all alike.
    frame = pd.DataFrame({"a": rng.integers(0, 3, rows), "b": rng.integers(0, 4, rows), "c": 1})
    frame = frame.astype("int16").assign(outcome=rng.integers(0, 2, rows).astype("int8"))
    return frame.assign(size=rng.integers(-9, 9, rows))


@pytest.mark.parametrize("sizes", [None, SIZES, {**SIZES, "a": MOST}])
def test_sums_are_those_of_pandas_whatever_is_known_of_keys(load: Any, sizes: Any) -> None:
    frame = made(500)
    found = sums(load(frame), KEYS, {"size": _.size.sum(), "rows": _.count()}, sizes)
    expected = frame.groupby(KEYS, as_index=False).agg(size=("size", "sum"), rows=("size", "size"))
    pd.testing.assert_frame_equal(found, expected.astype("int64"))


@pytest.mark.parametrize("sizes", [SIZES, {**SIZES, "a": 2**40}, {**SIZES, "a": MOST}])
def test_tallies_are_outcomes_of_each_kind(load: Any, sizes: Any) -> None:
    frame = made(300)
    # Cells of one outcome alone.
    frame.loc[frame["b"] == 1, "outcome"] = 1
    frame.loc[frame["b"] == 2, "outcome"] = 0
    found = tallied(load(frame), KEYS, sizes)
    whole = frame.assign(positives=frame["outcome"], negatives=1 - frame["outcome"])
    expected = whole.groupby(KEYS, as_index=False)[["positives", "negatives"]].sum()
    pd.testing.assert_frame_equal(found, expected.astype("int64"))


@pytest.mark.parametrize("keys", [["near", "far"], ["label", "near"], ["kind", "moment"], ["far"]])
def test_what_is_summed_is_ordered_by_keys_of_any_type(keys: list[str]) -> None:
    rng = np.random.default_rng(2)
    place = rng.integers(0, 4, (5, 400))
    frame = pd.DataFrame(
        {
            "near": np.array([-3, 0, 1, 7], dtype="int16")[place[0]],
            "far": np.array([-(2**40), 5, SPAN, 2**61])[place[1]],
            "label": pd.array(["b", "a", "ä", "B"], dtype="str").take(place[2]),
            "kind": pd.Categorical.from_codes(place[3], ["x", "w", "v", "u"], ordered=True),
            "moment": pd.to_datetime([3, 1, 2, 0], unit="D", utc=True).take(place[4]),
            "size": rng.integers(-9, 9, 400).astype("int32"),
            "part": rng.random(400),
        }
    )
    found = summed(frame, keys, ["size", "part"])
    expected = frame.groupby(keys, observed=True, as_index=False)[["size", "part"]].sum()
    whole = {name: "int64" for name in expected if expected[name].dtype.kind == "i"}
    pd.testing.assert_frame_equal(found, expected.astype(whole))


def test_weights_are_summed_and_cells_of_weight_nothing_stay(load: Any) -> None:
    frame = made(200).assign(weight=lambda f: f["size"].clip(0))
    frame.loc[frame["b"] == 3, "weight"] = 0
    found = tallied(load(frame), KEYS, SIZES)
    whole = frame.assign(
        positives=frame["weight"] * frame["outcome"],
        negatives=frame["weight"] * (1 - frame["outcome"]),
    )
    expected = whole.groupby(KEYS, as_index=False)[["positives", "negatives"]].sum()
    pd.testing.assert_frame_equal(found, expected.astype("int64"))


def test_nothing_sums_to_nothing_and_a_key_beyond_its_size_is_refused(load: Any) -> None:
    frame = made(50)
    nothing = tallied(load(frame).filter(_.b > 9), KEYS, SIZES)
    assert list(nothing) == [*KEYS, "positives", "negatives"]
    assert nothing.empty
    with pytest.raises(AssertionError, match="beyond its size"):
        tallied(load(frame), KEYS, {**SIZES, "b": 2})


def test_groupings_that_are_counted_together_are_those_of_pandas(load: Any) -> None:
    frame = made(500)
    rows, asked = load(frame), []

    def count(keys: list[str]) -> pd.DataFrame:
        asked.append(keys)
        return sums(rows, keys, {"size": _.size.sum(), "rows": _.count()}, sizes)

    groupings = [["b", "c"], ["a", "c"], ["a"]]
    for sizes, queries in ((SIZES, 1), ({**SIZES, "a": TOGETHER // 2}, 2), ({"b": 5, "c": 2}, 3)):
        for keys, found in zip(groupings, each(groupings, sizes, count), strict=True):
            expected = frame.groupby(keys, as_index=False).agg(
                size=("size", "sum"), rows=("size", "size")
            )
            pd.testing.assert_frame_equal(found, expected.astype("int64"))
        assert len(asked) == queries
        asked.clear()
