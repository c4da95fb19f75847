from typing import Any

import messy
import pandas as pd
import pytest

from investigate.log.repeats import with_repeats
from investigate.question.question import Question

TIMES = pd.to_datetime(["2024-03-01", "2024-03-02"], utc=True).as_unit("us")
BY_ALL = messy.question("x.parquet", columns=messy.columns("cluster"))
BY_KEY = messy.question("x.parquet")


def repeats(load: Any, question: Question, rows: list[dict[str, Any]]) -> list[bool]:
    """Whether each row repeats, in the order given; what a row does not say is alike."""
    alike = {
        "time": TIMES[0],
        "outcome": 1,
        "score": 0.5,
        "system": "a",
        "item": "i",
        "cluster": "c",
        "ability": None,
        "cohort0": "x",
        "cohort1": "y",
        "reason": None,
    }
    frame = pd.DataFrame([{"id": i, **alike, **row} for i, row in enumerate(rows)])
    frame = frame.astype({"ability": "float64", "reason": "Int8", "outcome": "Int8"})
    found = with_repeats(load(frame), question).to_pandas().sort_values("id")
    return found["repeat"].tolist()


def test_rows_that_agree_in_all_that_is_named_repeat(load: Any) -> None:
    others: list[dict[str, Any]] = [
        {"time": TIMES[1]}, {"item": "j"}, {"cluster": "d"}, {"score": 0.6}, {"outcome": 0},
        {"system": "b"}, {"system": None}, {"cohort0": "y"}, {"cohort1": None},
    ]  # fmt: skip
    assert repeats(load, BY_KEY, [{}, *others]) == [False] * 10
    assert repeats(load, BY_KEY, [{}, *others, {}, *others]).count(True) == 10


def test_rows_of_unknown_cluster_or_item_repeat_nothing(load: Any) -> None:
    for column in ("cluster", "item"):
        assert repeats(load, BY_KEY, [{column: None}] * 3 + [{}] * 2).count(True) == 1


@pytest.mark.slow
def test_rows_that_cannot_be_scored_repeat_nothing_and_hide_nothing(load: Any) -> None:
    rows = [{"reason": 2, "score": None}, {"reason": 2, "score": None}, {}, {}]
    assert repeats(load, BY_KEY, rows)[:2] == [False, False]
    assert repeats(load, BY_KEY, rows).count(True) == 1


@pytest.mark.slow
def test_without_a_cluster_all_columns_must_be_alike(load: Any) -> None:
    rows = [{}, {"score": 0.6}, {"outcome": 0}, {"system": None}, {"cohort1": "z"}, {"item": "j"}]
    assert repeats(load, BY_ALL, rows) == [False] * 6
    assert repeats(load, BY_ALL, [*rows, *rows]).count(True) == 6
    assert repeats(load, BY_ALL, [{}] * 4).count(True) == 3
