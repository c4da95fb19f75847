"""Which scores are defaults, on rows counted out by hand."""

from typing import Any

import messy
import pandas as pd
import pytest

from investigate.log.defaults import with_defaulted
from investigate.question.question import Question

START = pd.Timestamp("2024-03-01", tz="UTC")
KINDS: Any = {"reason": "Int8", "time": "datetime64[us, UTC]"}
KINDS |= dict.fromkeys(["ability", "score"], "float64")
KINDS |= dict.fromkeys(["system", "item", "cluster"], "str")
BY_ABILITY = messy.question("x", columns=messy.columns(ability="ability"))
BY_ITEM = messy.question("x")
BY_SCORE = messy.question("x", columns=messy.columns("item"))
BY_ROWS = messy.question("x", columns=messy.columns("item", "cluster"))


def rows(*given: dict[str, Any]) -> pd.DataFrame:
    """Rows in the order given; ``n`` means so many, each of a cluster of its own."""
    alike = {"window": 0, "reason": None, "score": 0.5, "system": "a", "item": "i"}
    alike |= {"ability": None, "time": START, "seasoned": True, "defaulted": False}
    every: list[dict[str, Any]] = []
    for row in given:
        for _ in range(row.get("n", 1)):
            every.append({"id": len(every), **alike, "cluster": f"c{len(every)}", **row})
    return pd.DataFrame(every).drop(columns="n", errors="ignore").astype(KINDS)


def defaulted(load: Any, question: Question, *given: dict[str, Any]) -> list[int]:
    """How many rows of each that was given are defaulted."""
    frame = rows(*given)
    values = frame[frame["reason"].isna() & (frame["window"] >= 0)].groupby("score").size()
    values = values.rename("within").reset_index()
    found = with_defaulted(load(frame), load(values), question).to_pandas().sort_values("id")
    assert len(found) == len(frame)
    ends = pd.Series([row.get("n", 1) for row in given]).cumsum()
    marks = found["defaulted"].tolist()
    return [sum(marks[a:b]) for a, b in zip([0, *ends], ends, strict=False)]


@pytest.mark.slow
def test_an_ability_that_one_in_a_hundred_clusters_share_is_a_default(load: Any) -> None:
    crowd = [{"ability": 10.0 + i} for i in range(396)]
    assert defaulted(load, BY_ABILITY, {"n": 4, "ability": 1.0}, *crowd)[0] == 4
    assert defaulted(load, BY_ABILITY, {"n": 3, "ability": 1.0}, *crowd)[0] == 0
    assert defaulted(load, BY_ABILITY, {"n": 3, "ability": 1.0}, *crowd[:197])[0] == 3
    assert defaulted(load, BY_ABILITY, {"n": 2, "ability": 1.0}, *crowd[:9])[0] == 0


def test_an_ability_is_shared_by_clusters_not_rows(load: Any) -> None:
    one = {"n": 50, "ability": 1.0, "cluster": "c"}
    assert defaulted(load, BY_ABILITY, one, {"n": 2, "ability": 1.0}) == [50, 2]
    assert defaulted(load, BY_ABILITY, one, {"n": 1, "ability": 1.0}) == [0, 0]


def test_no_ability_is_a_default(load: Any) -> None:
    assert defaulted(load, BY_ABILITY, {"n": 2}, {"ability": 3.0}) == [2, 0]


@pytest.mark.slow
def test_a_score_of_an_item_that_many_share_is_a_default(load: Any) -> None:
    others = [{"score": i / 100} for i in range(27)]
    assert defaulted(load, BY_ITEM, {"n": 3}, *others)[0] == 3
    assert defaulted(load, BY_ITEM, {"n": 3}, *others, {"score": 0.999})[0] == 0
    assert defaulted(load, BY_ITEM, {"n": 2}, *others[:5])[0] == 0
    assert defaulted(load, BY_ITEM, {"n": 3, "cluster": "c"})[0] == 0
    assert defaulted(load, BY_ITEM, {"n": 3, "item": None})[0] == 0
    assert defaulted(load, BY_ITEM, {"n": 3, "system": None})[0] == 3
    for other in ({"item": "j"}, {"system": "b"}, {"window": 1}):
        assert defaulted(load, BY_ITEM, {"n": 2}, {"n": 2, **other}) == [0, 0]


def test_without_abilities_and_items_only_what_suddenly_repeats_is_a_default(load: Any) -> None:
    for question in (BY_SCORE, BY_ROWS):
        assert defaulted(load, question, {"n": 9}, {"n": 2, "defaulted": True}) == [0, 2]


@pytest.mark.slow
def test_what_suddenly_repeats_is_a_default_in_every_log(load: Any) -> None:
    for question in (BY_ABILITY, BY_ITEM):
        given = [{"ability": 1.0, "defaulted": True, "seasoned": False}, {"ability": 2.0}]
        assert defaulted(load, question, *given) == [1, 0]


@pytest.mark.slow
def test_only_seasoned_scored_rows_of_a_window_are_judged(load: Any) -> None:
    for question in (BY_ABILITY, BY_ITEM):
        alike = {"n": 5, "ability": 1.0}
        for other in ({"seasoned": False}, {"window": -1}, {"reason": 0}):
            assert defaulted(load, question, alike, {**alike, **other}) == [5, 0]


@pytest.mark.slow
def test_all_rows_are_judged_where_hardly_any_is_seasoned(load: Any) -> None:
    fresh = {"score": 0.3, "seasoned": False}
    assert defaulted(load, BY_ITEM, {"n": 1}, {"n": 19, **fresh}) == [0, 0]
    assert defaulted(load, BY_ITEM, {"n": 1}, {"n": 20, **fresh}) == [0, 20]
