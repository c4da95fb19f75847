"""A second input of each kind of fault, in another form than those of `test_inputs`."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from inputs import ASKED, CUT, counted, right, rows

from investigate.errors import InputError
from investigate.log.counting import count
from investigate.question import params

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def breaches(**changes: Any) -> dict[str, int]:
    """The breaches, with how many rows each has."""
    counts = count(params.from_names({**ASKED, **changes}), {}, True)
    return {str(one["reason"]): one["rows"] for one in counts.meta["breaches"]}


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("outcome=1", "csv"),
        ("score=v2", "parquet"),
        ("time=2024", "parquet"),
        ("user=all", "csv"),
    ],
)
def test_no_folder_hides_any_column(key: str, form: str) -> None:
    frame = rows()
    place = Path(key, "day=1")
    place.mkdir(parents=True)
    if form == "csv":
        frame.to_csv(place / "log.csv", index=False)
    else:
        frame.to_parquet(place / "log.parquet", index=False)
    counts = counted(log=f"*/day=1/*.{form}", cohorts=["day"])
    right(counts, frame)
    (noted,) = counts.noted()
    assert noted == f"log: {key} names a folder too; the files' own column is read: log.{form}"
    assert set(counts.slices.loc[counts.slices["by"] == "day", "cohort"]) == {"1"}


def test_a_bound_that_comes_twice_is_refused_with_both_readings() -> None:
    rows().to_csv("log.csv")
    asked = {"timezone": "America/New_York", "incident": {"start": CUT, "end": "2024-11-03T01:30"}}
    with pytest.raises(
        InputError, match=r"incident: its end .* comes twice .*T01:30:00-04:00 or .*T01:30:00-05:00"
    ):
        counted(**asked)


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("America/Vancouver", "2026-10-28"),
        ("America/Havana", "2024-03-06"),
        ("Europe/Lisbon", "2024-10-22"),
    ],
)
def test_local_times_and_bounds_go_through_one_database(zone: str, first: str) -> None:
    start = pd.Timestamp(first)
    frame = rows()
    # Ten days around a change of clocks, and the cut at no midnight.
    seconds = (frame.time - pd.Timestamp("2024-03-01")).dt.total_seconds() / 4
    frame["time"] = start + pd.to_timedelta(seconds.round(), unit="s")
    frame.to_csv("log.csv", index=False)
    cut = start + pd.Timedelta(days=5, hours=12)
    asked = {
        "timezone": zone,
        "baseline": {"start": first, "end": f"{cut:%Y-%m-%dT%H:%M}"},
        "incident": {
            "start": f"{cut:%Y-%m-%dT%H:%M}", "end": f"{start + pd.Timedelta(days=10):%Y-%m-%d}",
        },
    }  # fmt: skip
    counts = counted(**asked)
    own = counts.slices[counts.slices["by"] == "all"].groupby("window")
    found = own[["positives", "negatives"]].sum().sum(axis=1).astype(int)
    assert found.to_list() == [(frame.time < cut).sum(), (frame.time >= cut).sum()]


@pytest.mark.slow
def test_a_machine_with_another_database_counts_the_same(tmp_path: Path) -> None:
    # In its database, Vancouver is where Tokyo is.
    elsewhere = tmp_path / "zones" / "America"
    elsewhere.mkdir(parents=True)
    with resources.as_file(resources.files("tzdata") / "zoneinfo" / "Asia" / "Tokyo") as tokyo:
        shutil.copy(tokyo, elsewhere / "Vancouver")
    rows().to_csv("log.csv", index=False)
    (tmp_path / "asked.json").write_text(json.dumps({**ASKED, "timezone": "America/Vancouver"}))
    script = (
        "import json; from investigate.question import params; "
        "from investigate.log.counting import count; "
        "c = count(params.from_names(json.load(open('asked.json'))), {}, False); "
        "print(c.slices.to_json(), c.timeline.to_json(), c.meta)"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, **more}, capture_output=True,
            text=True, check=True,
        ).stdout
        for more in ({}, {"PYTHONTZPATH": str(tmp_path / "zones")})
    ]  # fmt: skip
    assert printed[0]
    assert printed[0] == printed[1]


@pytest.mark.parametrize("form", ["dates", "epochs", "digits", "ISO"])
def test_only_rows_that_agree_in_all_repeat_another(form: str) -> None:
    frame = rows().assign(time=lambda d: d.time.dt.normalize(), item="i", user="u")
    doubled = pd.concat([frame, frame.iloc[5:12]], ignore_index=True)
    written = {
        "dates": doubled.time.dt.date,
        "epochs": doubled.time.astype("datetime64[ms]").astype("int64"),
        "digits": doubled.time.dt.strftime("%Y%m%d").astype(int),
        "ISO": doubled.time.dt.strftime("%Y-%m-%dT00:00:00Z"),
    }[form]
    doubled.assign(time=written).to_csv("log.csv", index=False)
    assert breaches() == {"duplicate rows": int(doubled.duplicated().sum())}


def test_times_of_day_that_repeat_are_compared_alike() -> None:
    frame = rows()
    again = frame.iloc[:4].assign(score=0.5)
    pd.concat([frame, again, frame.iloc[7:10]]).to_parquet("log.parquet", index=False)
    assert breaches(log="log.parquet") == {"duplicate rows": 3}


def test_labels_with_spaces_and_zeros_stay_apart() -> None:
    frame = rows().assign(version=lambda d: np.array(["1.10", "1.1", "1.1 ", "01.1"])[d.index % 4])
    frame.to_csv("log.csv", index=False)
    with duckdb.connect("log.duckdb") as base:
        base.execute("CREATE TABLE log AS SELECT * FROM frame")
    for log in ("log.csv", "log.duckdb"):
        counts = counted(log=log, cohorts=["version"], thresholds={"smallest_group": 1})
        own = counts.slices[counts.slices["by"] == "version"]
        found = own.groupby("cohort")[["positives", "negatives"]].sum().sum(axis=1).astype(int)
        assert found.to_dict() == frame.version.value_counts().to_dict()


def test_a_compressed_file_that_is_cut_short_is_named() -> None:
    frame = rows()
    for number in range(3):
        text = frame.iloc[number * 200 : (number + 1) * 200].to_csv(index=False)
        data = gzip.compress(text.encode())
        Path(f"{number}.csv.gz").write_bytes(data[: len(data) // 2] if number == 1 else data)
    with pytest.raises(InputError, match=r"log: '1.csv.gz' cannot be read as CSV: it is cut short"):
        counted(log="*.csv.gz")


def test_a_file_of_no_bytes_among_parquet_files_is_told() -> None:
    frame = rows()
    frame.iloc[:400].to_parquet("0.parquet", index=False)
    frame.iloc[400:].to_parquet("2.parquet", index=False)
    Path("1.parquet").write_bytes(b"")
    counts = counted(log="*.parquet")
    right(counts, frame)
    assert counts.noted() == {"log: empty file: 1.parquet": 0}


def test_nothing_as_text_in_columns_of_every_engine() -> None:
    frame = rows()
    words = np.array(["NULL", "None", "\\N", "nan", " N/A "])[np.arange(600) % 5]
    gone = frame.assign(outcome=words)
    mixed = pd.concat([frame.astype({"outcome": str}), gone], ignore_index=True)
    mixed.to_parquet("log.parquet", index=False)
    with duckdb.connect("log.duckdb") as base:
        base.execute("CREATE TABLE log AS SELECT * FROM mixed")
    for log in ("log.parquet", "log.duckdb"):
        counts = counted(log=log, thresholds={"unreadable": 0.5})
        right(counts, frame)
        assert counts.meta["excluded"] == {"missing outcome": 600}


@pytest.mark.parametrize("every", [10, 50])
def test_outcomes_of_a_third_class_are_told_or_refused(every: int) -> None:
    frame = rows()
    third = frame.index % every == 0
    frame.assign(outcome=frame.outcome.where(~third, 2)).to_csv("log.csv")
    if every == 10:
        with pytest.raises(InputError, match=r"35 of the 345 rows .* no 0 or 1 .* such as '2'"):
            counted()
        return
    counts = counted()
    right(counts, frame[~third])
    assert counts.meta["excluded"] == {"non-binary outcome": third.sum()}


def test_words_of_another_language_are_refused_with_the_line_to_add() -> None:
    frame = rows()
    frame.assign(outcome=frame.outcome.map({1: "sim", 0: "não"})).to_csv("log.csv")
    with pytest.raises(InputError, match=r"holds 'não' and 'sim'; .*such as positive: "):
        counted()
    right(counted(columns={**ASKED["columns"], "positive": "sim"}), frame)


@pytest.mark.parametrize("mark", ["/", ".", "-"])
def test_days_first_without_a_day_beyond_twelve_may_be_two(mark: str) -> None:
    frame = rows().assign(
        time=lambda d: pd.Timestamp("2024-03-01") + pd.to_timedelta(d.index % 12, unit="D")
    )
    written = f"%d{mark}%m{mark}%Y %H:%M"
    frame.assign(time=frame.time.dt.strftime(written)).to_csv("log.csv")
    with pytest.raises(InputError, match=r"time_format: .* or time_format: "):
        counted()
    asked = {
        "columns": {**ASKED["columns"], "time_format": written},
        "baseline": {"start": "2024-03-01", "end": "2024-03-07"},
        "incident": {"start": "2024-03-07", "end": "2024-03-13"},
    }
    counts = counted(**asked)
    assert counts.meta["rows"] == 600
    own = counts.slices[counts.slices["by"] == "all"].groupby("window")
    found = own[["positives", "negatives"]].sum().sum(axis=1).astype(int)
    assert found.to_list() == [
        (frame.time < "2024-03-07").sum(),
        (frame.time >= "2024-03-07").sum(),
    ]


def test_a_logit_that_falls_is_upside_down_too() -> None:
    frame = rows().assign(score=lambda d: -np.log(d.score / (1 - d.score)))
    frame.to_parquet("log.parquet", index=False)
    counts = counted(log="log.parquet")
    right(counts, frame)
    assert counts.upside_down() is not None
    turned = counted(log="log.parquet", columns={**ASKED["columns"], "turned": "-score"})
    right(turned, frame.assign(score=-frame.score))
    assert turned.upside_down() is None


def test_scores_as_large_whole_texts_are_compared_as_such() -> None:
    frame = rows()
    large = frame.assign(score=(frame.score * 1e4).round().astype("int64") + 2**61)
    large.astype({"score": str}).to_parquet("log.parquet", index=False)
    counts = counted(log="log.parquet")
    right(counts, frame)
    (noted,) = counts.noted()
    assert noted.startswith("score is large: counted from ")


@pytest.mark.parametrize(("junk", "message"), [("abc", "is large"), ("1e17", "equal to others")])
def test_junk_beside_large_whole_texts_hides_no_rounding(junk: str, message: str) -> None:
    frame = rows()
    scores = (frame.score * 1e4).round().astype("int64") + 2**60
    first = frame.index == frame.index[0]
    frame.assign(score=scores.astype(str).mask(first, junk)).to_csv("log.csv", index=False)
    if junk == "abc":
        counts = counted()
        right(counts, frame[~first])
        assert any(message in one for one in counts.noted())
    else:
        with pytest.raises(InputError, match=message):
            counted()
