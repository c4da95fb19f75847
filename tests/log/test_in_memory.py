"""Tables that a program holds are read as files of the same rows, and known by their content."""

import dataclasses
from pathlib import Path
from typing import Any

import ibis
import made
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate import log
from investigate.counts.table import Counts
from investigate.errors import InputError
from investigate.log.in_memory import digest, hold


def assert_same(one: Counts, other: Counts) -> None:
    for part in dataclasses.fields(Counts):
        table = getattr(one, part.name)
        if isinstance(table, pd.DataFrame):
            pd.testing.assert_frame_equal(table, getattr(other, part.name))
    metas = [{k: v for k, v in c.meta.items() if k != "fingerprint"} for c in (one, other)]
    assert metas[0] == metas[1]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    frame = made.platform(3, 3_000, "scrambled").assign(flag=True, level=1.0, on=None)
    frame["version"] = "v" + frame["version"]
    frame.loc[::50, "country"] = None
    frame.loc[::60, "score"] = np.nan
    frame.loc[::70, "level"] = np.nan
    return frame


COHORTS = ["country", "version", "flag", "level", "on"]


def of_memory(frame: Any) -> Counts:
    source, table = log.hold(frame, "log")
    question = made.question(log=source.model_dump(), cohorts=COHORTS)
    return log.count(question, {source.in_memory: table})


@pytest.mark.slow
def test_a_frame_counts_as_its_files_do(
    frame: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frame.to_parquet("log.parquet")
    frame.to_csv("log.csv", index=False)
    counts = of_memory(frame)
    for name in ("log.parquet", "log.csv"):
        assert_same(counts, log.count(made.question(name, cohorts=COHORTS)))
    assert counts.meta["excluded"] == {"missing score": 50}


@pytest.mark.slow
def test_what_holds_a_table_makes_no_difference(frame: pd.DataFrame) -> None:
    counts = of_memory(frame)
    categories = frame.astype({"country": "category", "version": "category"})
    assert_same(counts, of_memory(frame.set_index("time")))
    # The same hash is the same table, which is counted alike.
    for other in (
        categories,
        frame.set_index(np.arange(len(frame)) * 2),
        ibis.memtable(frame),
        pa.Table.from_pandas(frame, preserve_index=False),
    ):
        assert hold(other, "log")[0] == hold(frame, "log")[0]


def test_the_hash_is_of_the_content(frame: pd.DataFrame) -> None:
    known = hold(frame, "log")[0]
    assert hold(frame.copy(), "log")[0] == known
    assert hold(frame.set_index(np.arange(len(frame)) + 9), "log")[0] == known
    assert hold(frame.iloc[::-1].iloc[::-1], "log")[0] == known
    changed = frame.copy()
    changed.loc[17, "score"] += 1e-9
    others = [changed, frame.iloc[1:], frame.rename(columns={"country": "land"}), frame.iloc[::-1]]
    hashes = {hold(other, "log")[0].in_memory for other in others}
    assert len(hashes | {known.in_memory}) == 5


texts = st.lists(st.none() | st.text(max_size=3), max_size=6)


@given(texts, texts)
def test_equal_text_alone_has_equal_hashes(one: list[str | None], other: list[str | None]) -> None:
    def hashed(values: list[str | None], before: int = 0) -> str:
        table = pa.table({"a": pa.array(["x"] * before + values, pa.large_string())})
        return digest(table.slice(before))

    assert hashed(one) == hashed(one, 3)
    assert (hashed(one) == hashed(other)) == (one == other)


def test_columns_of_odd_types_become_text() -> None:
    frame = pd.DataFrame(
        {
            "mixed": [1, "x", None],
            "period": pd.period_range("2024-01-01", periods=3, freq="D"),
            "list": [[1], [], [2, 3]],
            "step": pd.to_timedelta([1, 2, 3], "s"),
            "half": np.array([1, np.nan, 2], dtype="float16"),
            "whole": pd.array([1, None, 3], dtype="Int64"),
        }
    )
    _, table = hold(frame, "log")
    assert table["mixed"].to_pylist() == ["1", "x", None]
    assert table["period"].to_pylist() == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert table["list"].to_pylist() == ["[1]", "[]", "[2, 3]"]
    assert table["half"].to_pylist() == [1.0, None, 2.0]
    assert table["whole"].to_pylist() == [1, None, 3]
    assert {str(table[name].type) for name in ("step", "list")} == {"large_string"}


def test_times_of_which_some_have_no_zone_say_so() -> None:
    local = pd.Timestamp("2024-07-01 12:00")
    zoned = local.tz_localize("Europe/Berlin")
    both = pd.Series([local, None, zoned, local.to_datetime64()], dtype=object)
    _, table = hold(pd.DataFrame({"both": both, "zoned": [zoned] * 4}), "log")
    written = ["2024-07-01 12:00:00", None, "2024-07-01 12:00:00+02:00"]
    assert table["both"].to_pylist()[:3] == written
    # Two zones are the same moments.
    other = pd.Series([zoned, zoned.tz_convert("Asia/Tokyo")], dtype=object)
    _, table = hold(pd.DataFrame({"other": other}), "log")
    assert [pd.Timestamp(value) for value in table["other"].to_pylist()] == [zoned, zoned]


def test_what_is_a_table() -> None:
    frame = pd.DataFrame({"a": [1]})
    tables = [frame, ibis.memtable(frame), pa.table({"a": [1]})]
    others: list[object] = ["log.csv", Path("log.csv"), {"a": [1]}, made.question(), pd.DataFrame]
    assert [log.is_table(value) for value in [*tables, *others]] == [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "log: the table has two columns called 'a'"),
        (pd.DataFrame(), "log: the table has no columns"),
        (pd.Series([1, 2]), "log: a Series cannot be read as a table"),
    ],
)
def test_what_cannot_be_read_is_told(value: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        hold(value, "log")
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_without_the_table_the_question_says_what_it_needs(frame: pd.DataFrame) -> None:
    source, _ = hold(frame, "log")
    question = made.question(log=source.model_dump())
    with pytest.raises(InputError, match=r"^log: it was a table in memory .*give that table again"):
        log.count(question)
    assert log.inputs(question) == []
    assert question.in_memory() == {"log": source}
    with pytest.raises(InputError, match=r"^log: a table in memory cannot be watched"):
        log.parts(question.log)
