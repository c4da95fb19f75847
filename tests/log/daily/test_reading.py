"""Parts of a log counted by day or hour, against plain pandas; which rows are read at all."""

from pathlib import Path
from typing import Any

import daywise
import duckdb
import numpy as np
import pandas as pd
import pytest

from investigate import log
from investigate.errors import InputError
from investigate.log.daily import reading as room
from investigate.question.question import Question, Window

pytestmark = pytest.mark.quick_cases(1)

SINCE = pd.Timestamp("2024-04-02", tz="UTC")


def question(source: Path | dict[str, str], **more: Any) -> Question:
    watch = daywise.watch(source, **more)
    end = watch.baseline.end
    return watch.question("made", watch.baseline, Window(start=end, end="2024-05-01"))


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("every", ["day", "hour"])
def test_parts_are_counted_apart_and_bins_are_where_edges_say(tmp_path: Path, every: Any) -> None:
    rows = daywise.frame(1)
    for n in range(3):
        rows[n::3].to_csv(tmp_path / f"{n}.csv", index=False)
    asked = question(tmp_path / "*.csv")
    edges = (0.2, 0.5, 0.8)
    with log.reading(asked, every, log.parts(asked.log)) as read:
        counts = read.days(edges, {"system": ["a"], "land": ["DE", "FR"]})
        sizes = read.sizes
    unit = "D" if every == "day" else "h"
    for n in range(3):
        own = rows[n::3]
        assert sizes.loc[n, ["rows", "untimed"]].tolist() == [len(own), own["at"].isna().sum()]
        scored = own[own["at"].notna() & np.isfinite(own["s"]) & own["y"].isin([0, 1])]
        scored = scored.assign(
            start=scored["at"].dt.floor(unit).dt.tz_localize("UTC"),
            bin=np.clip(np.searchsorted(edges, scored["s"], side="right") - 1, 0, None),
            off=~scored["s"].isin(edges),
            label=scored["who"].where(scored["who"].isin(["a"]), "(other)"),
        )
        scored.loc[scored["who"].isna(), "label"] = "(missing)"
        truth = scored.groupby(["start", "label", "bin"]).agg(
            positives=("y", "sum"), negatives=("y", lambda y: (y == 0).sum()), off=("off", "sum")
        )
        cells = counts.cells
        found = cells[(cells["part"] == n) & (cells["by"] == "system")]
        found = found.drop(columns=["part", "by"]).set_index(["start", "label", "bin"])
        found = found.sort_index()
        pd.testing.assert_frame_equal(found, truth, check_dtype=False, check_index_type=False)
    assert set(counts.cells.loc[counts.cells["by"] == "land", "label"]) == {
        "DE", "FR", "(other)", "(missing)"
    }  # fmt: skip


def as_table(rows: pd.DataFrame, folder: Path) -> dict[str, str]:
    with duckdb.connect(str(folder / "log.duckdb")) as connection:
        connection.register("made", rows)
        connection.execute("CREATE TABLE answers AS SELECT * FROM made")
    return {"url": str(folder / "log.duckdb"), "table": "answers"}


def as_parquet(rows: pd.DataFrame, folder: Path) -> Path:
    rows.to_parquet(folder / "log.parquet", row_group_size=100)
    return folder / "log.parquet"


def as_csv(rows: pd.DataFrame, folder: Path) -> Path:
    rows.to_csv(folder / "log.csv", index=False)
    return folder / "log.csv"


def in_seconds(rows: pd.DataFrame, folder: Path) -> Path:
    return as_parquet(rows.assign(at=rows["at"].astype("int64", errors="ignore") // 10**6), folder)


def in_nanoseconds(rows: pd.DataFrame, folder: Path) -> Path:
    return as_parquet(rows.assign(at=rows["at"].astype("int64") * 1_000), folder)


def with_zone(rows: pd.DataFrame, folder: Path) -> Path:
    return as_parquet(rows.assign(at=rows["at"].dt.tz_localize("UTC")), folder)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("kind", [as_table, as_parquet, as_csv, with_zone])
def test_since_leaves_out_what_lies_before(tmp_path: Path, kind: Any) -> None:
    rows = daywise.frame(2)
    asked = question(kind(rows, tmp_path))
    with log.reading(asked, "day", log.parts(asked.log), SINCE.to_pydatetime()) as read:
        starts = read.starts()
        counts = read.days(read.edges(), {})
        size = read.sizes.iloc[0]
    after = rows[rows["at"] >= SINCE.tz_localize(None)]
    assert starts.min() == SINCE
    assert size["rows"] == len(after) + size["untimed"]
    assert size["untimed"] == rows["at"].isna().sum()
    found = counts.facts[counts.facts["by"] == "all"]
    assert found["rows"].sum() == len(after)


@pytest.mark.parametrize("kind", [in_seconds, in_nanoseconds])
def test_since_in_a_log_of_epochs(tmp_path: Path, kind: Any) -> None:
    rows = daywise.frame(3).dropna(subset="at")
    asked = question(kind(rows, tmp_path))
    with log.reading(asked, "day", log.parts(asked.log), SINCE.to_pydatetime()) as read:
        assert read.sizes["rows"].sum() == (rows["at"] >= SINCE.tz_localize(None)).sum()


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("kind", [as_parquet, with_zone, as_table])
def test_rows_before_since_are_not_even_scanned(tmp_path: Path, kind: Any) -> None:
    rows = daywise.frame(4).sort_values("at")
    asked = question(kind(rows, tmp_path))
    seen = []

    def scanned(table: Any) -> Any:
        # What is kept is all that is computed from: the scan's own filter has to be in it.
        seen.append(table.count().to_pyarrow().as_py())
        return kept(table)

    kept, room.keep = room.keep, scanned
    try:
        with log.reading(asked, "day", log.parts(asked.log), SINCE.to_pydatetime()):
            pass
    finally:
        room.keep = kept
    slack = (rows["at"] >= SINCE.tz_localize(None) - pd.Timedelta(days=2)).sum()
    assert seen == [slack + rows["at"].isna().sum()]


@pytest.mark.slow
def test_hours_that_clocks_show_twice_are_two_and_days_are_long(tmp_path: Path) -> None:
    zone = "Europe/Berlin"
    moments = pd.date_range("2024-10-26 22:00", "2024-10-27 23:30", freq="30min", tz="UTC")
    rows = pd.DataFrame({"at": moments, "y": 0, "s": 0.5, "who": "a", "land": "DE", "student": 1})
    rows.to_parquet(tmp_path / "log.parquet")
    asked = question(tmp_path / "log.parquet", timezone=zone)
    with log.reading(asked, "hour", log.parts(asked.log)) as read:
        facts = read.days(read.edges(), {}).facts
    hours = facts[facts["by"] == "all"].set_index("start")["rows"]
    assert hours.tolist() == [2] * 26
    with log.reading(asked, "day", log.parts(asked.log)) as read:
        facts = read.days(read.edges(), {}).facts
    days = facts[facts["by"] == "all"].set_index("start")["rows"]
    assert days.index.tolist() == [moments[0], pd.Timestamp("2024-10-27 23:00", tz="UTC")]
    assert days.tolist() == [50, 2]


@pytest.mark.slow
def test_only_the_parts_that_are_asked_for_are_opened(tmp_path: Path) -> None:
    daywise.frame(5).to_parquet(tmp_path / "good.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"no Parquet")
    asked = question(tmp_path / "*.parquet")
    bad, good = log.parts(asked.log)
    with log.reading(asked, "day", [good]) as read:
        assert len(read.starts()) == 14
    with (
        pytest.raises(InputError, match="cannot be read as Parquet"),
        log.reading(asked, "day", [bad, good]),
    ):
        pass


@pytest.mark.slow
def test_labels_by_column(tmp_path: Path) -> None:
    rows = daywise.frame(6)
    rows.to_parquet(tmp_path / "log.parquet")
    asked = question(tmp_path / "log.parquet")
    with log.reading(asked, "day", log.parts(asked.log)) as read:
        found = read.labels()
    there = rows[rows["at"].notna()]
    for by, name in (("system", "who"), ("land", "land")):
        own = found[found["by"] == by].set_index("label")["rows"]
        assert own.to_dict() == there[name].value_counts().to_dict()


@pytest.mark.slow
def test_a_log_without_rows(tmp_path: Path) -> None:
    daywise.frame(7)[:0].to_parquet(tmp_path / "log.parquet")
    asked = question(tmp_path / "log.parquet")
    with log.reading(asked, "day", log.parts(asked.log)) as read:
        assert read.edges() == ()
        counts = read.days((), {})
        assert read.starts().empty
        assert read.labels().empty
    assert counts.cells.empty
    assert counts.facts.empty
    assert counts.dependence.empty


def test_a_part_need_hold_no_positive_outcome(tmp_path: Path) -> None:
    rows = pd.DataFrame({"at": [daywise.FIRST] * 3, "y": ["fine"] * 3, "s": [0.1, 0.2, 0.3]})
    rows.to_csv(tmp_path / "0.csv", index=False)
    words = {"positive": "fraud", "negative": "fine"}
    columns = {"time": "at", "outcome": "y", "score": "s", **words}
    asked = question(tmp_path / "*.csv", columns=columns, cohorts=[])
    parts = log.parts(asked.log)
    with log.reading(asked, "day", parts, strict=False) as read:
        cells = read.days((0.0,), {}).cells
    assert not read.refused
    assert cells[["positives", "negatives"]].to_numpy().tolist() == [[0, 3]]
    # Of the log as a whole that is a mistake.
    with (
        pytest.raises(InputError, match="and no 'fraud'; write one"),
        log.reading(asked, "day", parts),
    ):
        pass
