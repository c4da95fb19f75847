from collections import Counter
from collections.abc import Iterable
from typing import Any

import messy
import numpy as np
import pandas as pd
import pytest

from investigate.log import repeats as module
from investigate.log.coding import Coding
from investigate.log.repeats import with_copies, with_repeats
from investigate.log.rows import Rows
from investigate.question.question import Question

pytestmark = pytest.mark.slow

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
    found = with_repeats(load(frame), question, len(frame)).to_pandas().sort_values("id")
    # Rows that are equal in all columns are marked in another way: as many of each.
    unnamed = with_repeats(load(frame.drop(columns="id")), question, len(frame)).to_pandas()
    assert _sizes(unnamed, unnamed.columns) == _sizes(found, unnamed.columns)
    return found["repeat"].tolist()


def _sizes(rows: pd.DataFrame, columns: Iterable[str]) -> Counter[tuple[str, ...]]:
    """How often each row is there, by the text of all its values."""
    return Counter(rows[list(columns)].astype("string").itertuples(index=False, name=None))


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
def test_parts_of_a_large_log_are_as_the_whole(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    moments = TIMES[0] + pd.to_timedelta(rng.integers(0, 30, 400) * 40, unit="min")
    rows: list[dict[str, Any]] = [
        {"time": moments[i], "cluster": f"c{rng.integers(3)}", "score": rng.integers(3) / 4}
        for i in range(400)
    ]
    rows[7] |= {"time": None, "reason": 1}
    known = Counter(tuple(row.values()) for row in rows if "reason" not in row)
    for most in (module.AT_ONCE, 60, 1):
        monkeypatch.setattr(module, "AT_ONCE", most)
        again = zip(rows, repeats(load, BY_KEY, rows), strict=True)
        # Which of the rows that are the same is the first is the engine's choice.
        found = Counter(tuple(row.values()) for row, repeat in again if repeat)
        assert found == known - Counter(set(known))
    monkeypatch.setattr(module, "AT_ONCE", 2)
    assert repeats(load, BY_KEY, [{"time": moments[0], "score": i / 9} for i in range(9)]) == (
        [False] * 9
    )


def resent(load: Any, *rows: tuple[int, str, int, float]) -> tuple[bool, int]:
    """Whether copies became common, and how many rows repeat.

    Of rows with a window, a cluster, a second and a score, which are alike in all else.
    """
    frame = pd.DataFrame(rows, columns=["window", "cluster", "second", "score"])
    frame["time"] = TIMES[0] + pd.to_timedelta(frame.pop("second"), unit="s")
    frame = frame.assign(outcome=1, system="a", item="i", cohort0="x", cohort1="y")
    frame = frame.assign(ability=None, reason=None)
    frame = frame.astype({"ability": "float64", "reason": "Int8", "outcome": "Int8"})
    table = with_repeats(load(frame), BY_KEY, len(frame))
    log, rose = with_copies(Rows(table, table, Coding({}), table, {}, []), BY_KEY)
    return rose, int(log.table.to_pandas()["repeat"].sum())


def test_copies_of_other_times_repeat_where_rows_are_sent_again(load: Any) -> None:
    before = [(0, f"c{i}", 60 * i, i / 10) for i in range(40)]
    now = [(1, f"d{i}", 60 * i, i / 10) for i in range(40)]
    again = [(1, f"d{i}", 60 * i + 15, i / 10) for i in range(12)]
    # That of another hour is no copy, and that of the same second repeats in any case.
    others = [(1, "d3", 9_000, 0.3), (1, "d0", 0, 0.0)]
    assert resent(load, *before, *now, *again, *others) == (True, 13)
    earlier = [(0, f"c{i}", 60 * i + 15, i / 10) for i in range(6)]
    assert resent(load, *before, *now, *again, *others, *earlier) == (False, 1)


def test_rows_that_one_score_makes_alike_are_not_sent_again(load: Any) -> None:
    before = [(0, f"c{i % 3}", 60 * i, i / 10) for i in range(48)]
    assert resent(
        load, *before, *((1, f"d{i % 3}", 60 * i, max(i, 18) / 10) for i in range(48))
    ) == (False, 0)
    now = [(1, f"d{i % 3}", 60 * i, i / 10) for i in range(48)]
    sent = [(1, f"d{i % 3}", 60 * i + 5, i / 10) for i in range(12)]
    assert resent(load, *before, *now, *sent) == (True, 12)


BY_NOBODY = messy.question("x.parquet", columns=messy.columns("cluster", "item"))
"""Neither whose rows they are is named, nor which items."""


def nobody_resent(load: Any, *rows: tuple[int, int, float]) -> int:
    """How many rows repeat, of rows with a window, a second and a score, alike in all else."""
    frame = pd.DataFrame(rows, columns=["window", "second", "score"])
    frame["time"] = TIMES[0] + pd.to_timedelta(frame.pop("second"), unit="s")
    frame = frame.assign(outcome=1, system="a", item=None, cluster=None, cohort0="x", cohort1="y")
    frame = frame.assign(ability=None, reason=None).astype({"item": "string", "cluster": "string"})
    frame = frame.astype({"ability": "float64", "reason": "Int8", "outcome": "Int8"})
    table = with_repeats(load(frame), BY_NOBODY, len(frame))
    log, _rose = with_copies(Rows(table, table, Coding({}), table, {}, []), BY_NOBODY)
    return int(log.table.to_pandas()["repeat"].sum())


def test_copies_of_nobody_come_soon_and_in_one_window_alone(load: Any) -> None:
    before = [(0, 60 * i, i / 100) for i in range(60)]
    now = [(1, 90_000 + 60 * i, i / 100) for i in range(60)]
    again = [(0, 60 * i + 7, i / 100) for i in range(30)]
    assert nobody_resent(load, *before, *again, *now) == 30
    # Alike, but not so soon; as often in the other window; so few that chance may bring them.
    later = [(0, 60 * i + 90, i / 100) for i in range(30)]
    assert nobody_resent(load, *before, *later, *now) == 0
    too = [(1, 90_000 + 60 * i + 7, i / 100) for i in range(30)]
    assert nobody_resent(load, *before, *again, *now, *too) == 0
    assert nobody_resent(load, *before, *again[:9], *now) == 0


def test_few_scores_bring_rows_that_are_alike_and_no_copies(load: Any) -> None:
    rng = np.random.default_rng(4)
    before = [(0, int(s), rng.integers(0, 1_000) / 1_000) for s in rng.integers(0, 36_000, 300)]
    now = [(1, 90_000 + int(s), rng.integers(0, 3) / 8) for s in rng.integers(0, 36_000, 900)]
    assert nobody_resent(load, *before, *now) == sum(
        number - 1 for number in Counter(row[1:] for row in [*before, *now]).values()
    )


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
