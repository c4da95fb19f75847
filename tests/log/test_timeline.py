from pathlib import Path
from typing import Any

import messy
import pandas as pd
import plain
import pytest

from investigate.log import count

TIME = messy.NAMES["time"]


def starts(tmp_path: Path, times: pd.Series, **changes: Any) -> pd.Series:
    """How many rows of the timeline begin when, for a log of these times."""
    frame = pd.concat([messy.frame(1, rows=400, clean=True)] * 3, ignore_index=True)
    frame = frame.iloc[: len(times)].assign(**{TIME: times.to_numpy()})
    frame.to_parquet(tmp_path / "log.parquet")
    timeline = count(messy.question(tmp_path / "log.parquet", **changes)).timeline
    whole = timeline[timeline["system"] == ""]
    return whole.groupby("start")[["positives", "negatives"]].sum().sum(axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Pacific/Apia"])
def test_days_begin_at_midnight_in_the_zone_of_the_question(tmp_path: Path, zone: str) -> None:
    times = pd.Series(pd.date_range("2024-03-05", periods=900, freq="53min", tz="UTC"))
    found = starts(tmp_path, times, timezone=zone)
    expected = times.dt.tz_convert(zone).dt.normalize().dt.tz_convert("UTC").value_counts()
    assert found.to_dict() == expected.to_dict()


@pytest.mark.slow
def test_an_hour_that_clocks_show_twice_is_two(tmp_path: Path) -> None:
    times = pd.Series(pd.date_range("2024-10-26 20:00", periods=900, freq="1min", tz="UTC"))
    windows = {
        "baseline": {"start": "2024-10-26T22:00", "end": "2024-10-27T05:00"},
        "incident": {"start": "2024-10-27T05:00", "end": "2024-10-27T14:00"},
    }
    found = starts(tmp_path, times, timezone="Europe/Berlin", **windows)
    assert found.to_dict() == times.dt.floor("h").value_counts().to_dict()
    short = {
        "baseline": {"start": "2024-10-27T01:00", "end": "2024-10-27T04:00"},
        "incident": {"start": "2024-10-27T04:00", "end": "2024-10-27T10:00"},
    }
    found = starts(tmp_path, times, timezone="Europe/Berlin", **short)
    assert found.to_dict() == times.value_counts().to_dict()


@pytest.mark.slow
def test_systems_add_up_to_the_whole_log(tmp_path: Path) -> None:
    frame = messy.frame(2, rows=600)
    frame.to_parquet(tmp_path / "log.parquet")
    timeline = count(messy.question(tmp_path / "log.parquet")).timeline
    keys = ["start", "fold", "bin"]
    whole = timeline[timeline["system"] == ""].drop(columns="system").reset_index(drop=True)
    parts = timeline[timeline["system"] != ""]
    assert set(parts["system"]) == {"(missing)", "default", "calibration", "old one"}
    sums = parts.groupby(keys, as_index=False)[["positives", "negatives"]].sum()
    pd.testing.assert_frame_equal(whole, sums)
    assert set(timeline["fold"]) == set(range(8))
    assert whole["start"].min() < pd.Timestamp("2024-03-01", tz="UTC")
    assert whole["start"].max() > pd.Timestamp("2024-04-10", tz="UTC")


@pytest.mark.slow
def test_cohorts_against_plain_pandas_and_within_the_windows_alone(tmp_path: Path) -> None:
    frame = messy.frame(3, rows=3_000, clean=True)
    frame.to_parquet(tmp_path / "log.parquet")
    asked = messy.question(tmp_path / "log.parquet", thresholds={"smallest_group": 1})
    found = count(asked).cohort_timeline
    expected = plain.count(frame, asked).cohort_timeline
    keys = ["by", "cohort", "start"]
    sides = ["positives", "negatives"]
    # Bins of the log room and of plain pandas differ; sums over them do not.
    own, other = (
        table.astype({"start": "datetime64[us, UTC]"}).groupby(keys)[sides].sum()
        for table in (found, expected)
    )
    pd.testing.assert_frame_equal(own, other)
    assert set(found["by"]) == set(asked.cohorts)
    assert found["bin"].max() < 33
    assert len(frame) > own.loc[asked.cohorts[0]].to_numpy().sum() > 0


@pytest.mark.slow
def test_the_largest_groups_of_a_cohort_alone_have_a_timeline(tmp_path: Path) -> None:
    frame = pd.concat([messy.frame(4, rows=2_000, clean=True)] * 2, ignore_index=True)
    names = [f"group {min(i % 40, (i * 7) % 53)}" for i in range(len(frame))]
    asked = messy.question(tmp_path / "log.parquet", thresholds={"smallest_group": 1})
    frame[asked.cohorts[0]] = names
    frame.to_parquet(tmp_path / "log.parquet")
    own = count(asked).cohort_timeline
    own = own[own["by"] == asked.cohorts[0]]
    everyone = plain.count(frame, asked).cohort_timeline
    everyone = everyone[everyone["by"] == asked.cohorts[0]]
    rows = (everyone["positives"] + everyone["negatives"]).groupby(everyone["cohort"]).sum()
    assert len(rows) > 24
    least_kept, most_left = (
        rows[sorted(set(own["cohort"]))].min(),
        rows.drop(own["cohort"].unique()),
    )
    assert own["cohort"].nunique() == 24
    assert least_kept >= most_left.max()


@pytest.mark.slow
def test_marked_rows_by_bucket_are_those_of_the_facts_and_of_plain_pandas(tmp_path: Path) -> None:
    frame = messy.frame(2, rows=600)
    frame.to_parquet(tmp_path / "log.parquet")
    question = messy.question(tmp_path / "log.parquet")
    marked, timeline = count(question).marked, plain.count(frame, question).timeline
    whole = marked[marked["system"] == ""].set_index("start")
    rows = timeline[timeline["system"] == ""].groupby("start")[["positives", "negatives"]].sum()
    assert whole["rows"].to_list() == rows.sum(axis=1).to_list()
    assert whole["repeats"].sum() > 0
    parts = marked[marked["system"] != ""].groupby("start")[["rows", "repeats", "defaulted"]].sum()
    pd.testing.assert_frame_equal(whole[["rows", "repeats", "defaulted"]], parts)
