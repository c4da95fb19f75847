from typing import Any

import messy
import pandas as pd
import pytest

from investigate.log.coding import Coding
from investigate.log.groups import groups, with_codes


def rows(**sizes: tuple[int, int]) -> pd.DataFrame:
    """Systems of so many rows in the windows, and outside of them."""
    frames = [
        pd.DataFrame({"system": [name] * sum(size), "window": [1] * size[0] + [-1] * size[1]})
        for name, size in sizes.items()
    ]
    frame = pd.concat(frames, ignore_index=True).astype({"system": "str"})
    frame["system"] = frame["system"].where(frame["system"] != "none", None)
    return frame.assign(reason=pd.Series([None] * len(frame), dtype="Int8"))


def named(
    load: Any, frame: pd.DataFrame, most: int, least: int = 1
) -> tuple[list[str], int, dict[str, int]]:
    thresholds = {"max_groups": most, "smallest_group": least}
    question = messy.question("x", cohorts=[], thresholds=thresholds)
    table = load(frame)
    (found,) = groups(table, question, Coding())
    coded = with_codes(table, [found], Coding()).to_pandas()
    assert coded["system_code"].notna().all()
    labels = coded["system_code"].map(dict(enumerate(found.labels)))
    assert len(coded) == len(frame)
    return found.labels, found.merged, labels.value_counts().to_dict()


def test_the_largest_groups_stay_and_the_others_are_one(load: Any) -> None:
    frame = rows(a=(1, 50), b=(5, 0), c=(9, 0), d=(1, 0), none=(1, 0))
    assert named(load, frame, 2) == (
        ["(missing)", "(other)", "b", "c"],
        2,
        {"b": 5, "c": 9, "(other)": 52, "(missing)": 1},
    )


def test_of_equal_groups_the_first_by_name_stays(load: Any) -> None:
    labels, merged, _ = named(load, rows(z=(3, 0), b=(3, 0), y=(3, 0)), 2)
    assert labels == ["(other)", "b", "y"]
    assert merged == 1


def test_few_groups_all_stay(load: Any) -> None:
    frame = rows(b=(1, 0), a=(1, 0), early=(0, 4))
    assert named(load, frame, 3) == (["a", "b", "early"], 0, {"a": 1, "b": 1, "early": 4})


def test_groups_of_neither_window_are_not_counted_as_merged(load: Any) -> None:
    labels, merged, sizes = named(load, rows(a=(2, 0), b=(1, 0), early=(0, 4)), 2)
    assert labels == ["(other)", "a", "b"]
    assert merged == 0
    assert sizes["(other)"] == 4


def test_rows_that_cannot_be_scored_do_not_make_a_group_large(load: Any) -> None:
    frame = rows(a=(9, 0), b=(2, 0), c=(3, 0))
    frame.loc[frame["system"] == "a", "reason"] = 2
    assert named(load, frame, 2)[:2] == (["(other)", "b", "c"], 1)


def test_small_groups_are_one_and_as_large_as_it_takes(load: Any) -> None:
    frame = rows(a=(4, 60), b=(3, 0), c=(11, 0), d=(12, 0), none=(10, 0), early=(0, 3))
    assert named(load, frame, 9, 10) == (
        ["(missing) and others", "c", "d", "early"],
        2,
        {"(missing) and others": 77, "c": 11, "d": 12, "early": 3},
    )


def test_what_is_beyond_the_largest_counts_for_the_small(load: Any) -> None:
    frame = rows(a=(40, 0), b=(30, 0), c=(20, 0), d=(2, 0))
    assert named(load, frame, 2, 10)[:2] == (["(other)", "a", "b"], 2)


@pytest.mark.slow
def test_all_small_are_one(load: Any) -> None:
    assert named(load, rows(a=(4, 0), b=(3, 0)), 9, 10)[:2] == (["(other)"], 2)
