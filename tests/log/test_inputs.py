"""Inputs as people have them, against the values of plain pandas and scikit-learn."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from inputs import ASKED, CUT, counted, right, rows
from sklearn.metrics import roc_auc_score

from investigate.analyses.answer import answer
from investigate.errors import InputError
from investigate.log import hold
from investigate.log.counting import _read_once, count
from investigate.log.source import Engine
from investigate.question import params

Write = Callable[[pd.DataFrame], None]


def bytes_of(text: str, encoding: str = "utf-8") -> None:
    Path("log.csv").write_bytes(text.encode(encoding))


WRITTEN: dict[str, Write] = {
    "a blank first line": lambda d: bytes_of("\n" + d.to_csv(index=False)),
    "two blank lines and a mark": lambda d: bytes_of("\ufeff\n\n" + d.to_csv(index=False)),
    "an index": lambda d: bytes_of(d.to_csv()),
    "a comma at the end": lambda d: bytes_of(d.to_csv(index=False).replace("\n", ",\n")),
    "sep=;": lambda d: bytes_of("sep=;\n" + d.to_csv(index=False, sep=";")),
    "sep=tab": lambda d: bytes_of("sep=\t\r\n" + d.to_csv(index=False, sep="\t")),
    "UTF-16": lambda d: bytes_of(d.to_csv(index=False), "utf-16"),
    "mixed line ends": lambda d: bytes_of(d.to_csv(index=False).replace("\n", "\r\n", 200)),
    "names by case": lambda d: bytes_of(d.assign(ITEM="x").to_csv(index=False)),
    "a long text": lambda d: bytes_of(d.assign(more=["x" * 3_000_000] + ["y"] * 599).to_csv()),
    "yes and no": lambda d: d.assign(outcome=d.outcome.map({1: "Yes", 0: "No"})).to_csv("log.csv"),
    "t and f": lambda d: d.assign(outcome=d.outcome.map({1: "t", 0: "f"})).to_csv("log.csv"),
    "logging": lambda d: d.assign(time=d.time.dt.strftime("%Y-%m-%d %H:%M:%S,000")).to_csv(
        "log.csv"
    ),
    "digits": lambda d: d.assign(time=d.time.dt.strftime("%Y%m%d%H%M%S")).to_csv("log.csv"),
    "decimal commas": lambda d: d.to_csv("log.csv", sep=";", decimal=","),
    "per cent": lambda d: d.assign(score=(d.score * 100).map("{:.2f}%".format)).to_csv("log.csv"),
    "large scores": lambda d: d.assign(
        score=(d.score * 1e4).round().astype("int64") + 2**60
    ).to_csv("log.csv"),
}


WRITTEN |= {
    "nulls as text": lambda d: pd.concat(
        [d, d.assign(outcome=["NULL", "None", "NaN", "\\N"] * 150)]
    ).to_csv("log.csv"),
    "letters": lambda d: d.assign(outcome=d.outcome.map({1: "Y", 0: "n"})).to_csv("log.csv"),
    "truths": lambda d: d.assign(outcome=d.outcome == 1).to_csv("log.csv"),
    "milliseconds": lambda d: d.assign(time=d.time.astype("datetime64[ms]").astype("int64")).to_csv(
        "log.csv"
    ),
    "seconds as floats": lambda d: d.assign(
        time=d.time.astype("datetime64[s]").astype("int64").astype(float)
    ).to_csv("log.csv"),
}


def read_rows() -> pd.DataFrame:
    """The rows of the windows, as they are read before anything is counted."""
    question = params.from_names(ASKED)
    with Engine({}) as engine:
        log, _ = _read_once(question, engine, None)
        scored = log.within.filter(log.within.reason.isnull())
        names = {"system": "system", "item": "item", "user": "cluster"}
        found = log.coding.with_texts(scored, names)
        return found.select(*names, "time", "window", "outcome", "score").to_pandas()


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("written", WRITTEN)
def test_a_csv_is_read_right(written: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    WRITTEN[written](frame)
    found = read_rows()
    # What becomes of rows that were read is the same however they were written.
    frame = frame.assign(time=frame.time.dt.tz_localize("UTC"), window=frame.time >= CUT)
    keys = ["time", "item", "user", "system", "outcome", "window"]
    one, other = (d.sort_values([*keys, "score"], ignore_index=True) for d in (found, frame))
    pd.testing.assert_frame_equal(one[keys], other[keys], check_dtype=False)
    # Scores may be written on another scale.
    assert one.score.rank(method="dense").equals(other.score.rank(method="dense"))


@pytest.mark.slow
def test_what_is_odd_about_files_of_a_glob_is_told(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    later = frame.time >= "2024-03-10"
    frame[~later].to_csv("1.csv", index=False)
    frame[later].assign(model="v2")[[*reversed(frame.columns), "model"]].to_csv("2.csv")
    Path("3.csv").write_bytes(b"")
    counts = counted(log="*.csv")
    right(counts, frame)
    assert counts.noted() == {"log: empty file: 3.csv": 0}


@pytest.mark.slow
def test_a_folder_does_not_hide_a_column(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("system=prod").mkdir()
    frame = rows()
    frame.to_parquet("system=prod/log.parquet", index=False)
    frame.to_csv("system=prod/log.csv", index=False)
    for log in ("system=prod/log.parquet", "system=prod/log.csv"):
        counts = counted(log=log)
        right(counts, frame)
        assert set(counts.slices["system"]) == {"", "a", "b"}


@pytest.mark.slow
def test_a_score_that_is_upside_down_is_told(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows().assign(score=lambda d: 1 - d.score)
    frame.to_csv("log.csv")
    message = counted().upside_down()
    assert message is not None
    own = frame[frame.time < CUT]
    assert f"baseline AUC of {roc_auc_score(own.outcome, own.score):.3f} [" in message


@pytest.mark.slow
def test_epochs_of_two_units_are_refused_beyond_a_share(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    seconds = frame.time.astype("datetime64[s]").astype("int64")
    few, many = np.arange(600) % 50 == 0, np.arange(600) % 10 == 0
    frame.assign(time=seconds.where(~few, seconds * 1_000)).to_csv("log.csv")
    counts = counted()
    right(counts, frame[~few])
    assert counts.meta["excluded"] == {"time in another unit": few.sum()}
    frame.assign(time=seconds.where(~many, seconds * 1_000)).to_csv("log.csv")
    with pytest.raises(InputError, match="60 of the 600 rows of the log have an epoch of another"):
        counted()


@pytest.mark.slow
def test_times_that_name_the_day_first_are_refused_until_it_is_said(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    frame.assign(time=frame.time.dt.strftime("%d/%m/%Y %H:%M:%S")).to_csv("log.csv")
    with pytest.raises(InputError, match=r"columns.time: '01/03/2024.*add time_format: '%d/%m/%Y"):
        counted()
    columns = {**ASKED["columns"], "time_format": "%d/%m/%Y %H:%M:%S"}
    right(counted(columns=columns), frame)


@pytest.mark.slow
def test_words_for_outcomes_are_refused_until_one_is_said(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    frame.assign(outcome=frame.outcome.map({1: "solved", 0: "failed"})).to_csv("log.csv")
    with pytest.raises(InputError, match=r"'failed'.*positive:"):
        counted()
    right(counted(columns={**ASKED["columns"], "positive": "solved"}), frame)


@pytest.mark.slow
def test_a_database_in_a_folder_with_an_apostrophe(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    place = tmp_path / 'it\'s "here" [1]'
    place.mkdir()
    with duckdb.connect(str(place / "log.duckdb")) as base:
        base.execute("CREATE TABLE log AS SELECT * FROM frame")
    frame.to_csv(place / "log.csv")
    for name in ("log.duckdb", "log.csv"):
        right(counted(log=str(place / name)), frame)


@pytest.mark.slow
def test_a_truncated_file_of_many_is_named(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows()
    for number, own in enumerate(np.array_split(np.arange(600), 4)):
        frame.iloc[own].to_parquet(f"{number}.parquet", index=False)
    whole = Path("2.parquet").read_bytes()
    Path("2.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"log: '2.parquet' cannot be read as Parquet: it is cut"):
        counted(log="*.parquet")


@pytest.mark.slow
def test_rows_of_one_day_are_no_duplicates(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows().assign(time=lambda d: d.time.dt.normalize(), item="i", user="u")
    doubled = pd.concat([frame, frame.head(3)])
    doubled.to_parquet("log.parquet", index=False)
    counts = count(params.from_names({**ASKED, "log": "log.parquet"}), {}, True)
    breaches = {one["reason"]: one["rows"] for one in counts.meta["breaches"]}
    assert breaches == {"duplicate rows": int(doubled.duplicated().sum())}


@pytest.mark.slow
def test_labels_keep_their_text_in_every_form(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows().assign(version=lambda d: np.where(d.index % 2, "2.0", "2"))
    frame.loc[::3, "version"] = "007"
    frame.to_csv("log.csv", index=False)
    frame.to_parquet("log.parquet", index=False)
    for log in ("log.csv", "log.parquet"):
        counts = counted(log=log, cohorts=["version"], thresholds={"smallest_group": 1})
        own = counts.slices[counts.slices["by"] == "version"]
        found = own.groupby("cohort")[["positives", "negatives"]].sum().sum(axis=1).astype(int)
        assert found.to_dict() == frame.version.value_counts().to_dict()


@pytest.mark.slow
def test_the_same_rows_in_every_form_give_the_same_findings(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = rows().assign(
        grade=lambda d: d.index % 3,
        level=lambda d: (d.index % 2) + 1.0,
        new=lambda d: d.index > 300,
    )
    frame.to_csv("log.csv", index=False)
    frame.to_parquet("log.parquet", index=False)
    with duckdb.connect("log.duckdb") as base:
        base.execute("CREATE TABLE log AS SELECT * FROM frame")
    held, table = hold(frame, "log")
    findings = []
    for log in ("log.csv", "log.parquet", "log.duckdb", held):
        asked = params.from_names({**ASKED, "log": log, "cohorts": ["grade", "level", "new"]})
        counts = count(asked, {held.in_memory: table}, False)
        findings.append(json.dumps(answer(counts, asked).detail["findings"], sort_keys=True))
    assert findings[1:] == findings[:1] * 3
    for value in ("true", "True"):
        assert counted(log="log.parquet", where={"new": [value]}).meta["rows"] == 299
