"""The counts against plain pandas, and against those of other copies of one log."""

from pathlib import Path
from typing import Any

import duckdb
import messy
import pandas as pd
import plain
import pytest

from investigate.counts.table import SIGNAL_SUMS, Counts
from investigate.errors import InputError
from investigate.log import check, count, inputs, queries
from investigate.log.counting import _read_once
from investigate.log.source import Engine
from investigate.question.question import Question

pytestmark = pytest.mark.slow

TABLES = ("bins", "slices", "arms", "facts", "items", "timeline", "events")
MEASURES = [
    "positives",
    "negatives",
    "rows",
    "repeats",
    "defaulted",
    "seasoned",
    "returning",
    "unscored",
]
MEASURES += [*SIGNAL_SUMS[2:], "bins", "squares", "low", "high"]
HOURS = {
    "baseline": {"start": "2024-03-01", "end": "2024-03-04"},
    "incident": {"start": "2024-03-04T12:00", "end": "2024-03-08T06:30"},
}
ASKED: dict[str, dict[str, Any]] = {
    "all columns": {},
    "ability": {"columns": messy.columns(ability=messy.NAMES["ability"])},
    "no item": {"columns": messy.columns("item")},
    "no cluster": {"columns": messy.columns("cluster")},
    "neither": {"columns": messy.columns("item", "cluster")},
    "no system": {"columns": messy.columns("system")},
    "no cohorts": {"cohorts": []},
    "Berlin": {"timezone": "Europe/Berlin"},
    "by the hour": HOURS,
}


def parquet(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_parquet(folder / "log.parquet", index=False)
    return folder / "log.parquet"


def same(ours: pd.DataFrame, theirs: pd.DataFrame, without: tuple[str, ...] = ()) -> None:
    """Equal whatever the order of rows; columns ``without`` are summed over."""
    keys = [name for name in ours if name not in (*MEASURES, *without)]
    summed = [
        table.astype(dict.fromkeys(table.filter(["start"]), "datetime64[us, UTC]"))
        .groupby(keys, as_index=False)[[name for name in ours if name in MEASURES]]
        .sum()
        for table in (ours, theirs)
    ]
    assert len(ours)
    pd.testing.assert_frame_equal(*summed, check_dtype=False)


@pytest.mark.parametrize("asked", ASKED)
def test_counts_equal_those_of_plain_pandas(asked: str, tmp_path: Path) -> None:
    frame = messy.frame(1)
    # Clocks in Berlin never showed this hour.
    frame = frame[frame[messy.NAMES["time"]] != pd.Timestamp("2024-03-31 02:00")]
    question = messy.question(parquet(frame, tmp_path), **ASKED[asked])
    found, expected = count(question), plain.count(frame, question)
    same(found.bins, expected.bins)
    same(found.facts, expected.facts)
    # Rows without a cluster fall into folds by what they say: see the next test for folds.
    same(found.slices, expected.slices, without=("fold",))
    same(found.arms, expected.arms, without=("fold",))
    same(found.timeline, expected.timeline, without=("fold", "bin"))
    if question.columns.item:
        same(found.items, expected.items, without=("half",))
    assert found.meta["excluded"] == expected.meta["excluded"]
    if not found.signals.empty:
        same(*(c.signals[c.signals["fold"] < 0] for c in (found, expected)))
    assert set(found.signals["by"]) == set(expected.signals["by"])
    for key in ("fingerprint", "rows", "clustered", "item", "bucket_seconds", "merged"):
        assert found.meta[key] == expected.meta[key]


def test_folds_equal_those_of_plain_pandas(tmp_path: Path) -> None:
    frame = messy.frame(3, clean=True)
    question = messy.question(parquet(frame, tmp_path))
    found, expected = count(question), plain.count(frame, question)
    same(found.slices, expected.slices)
    same(found.arms, expected.arms)
    same(found.items, expected.items)
    same(found.timeline, expected.timeline, without=("bin",))
    same(found.signals, expected.signals)
    assert found.meta["excluded"] == {}


def test_every_grouping_holds_every_scored_row_once(tmp_path: Path) -> None:
    counts = count(messy.question(parquet(messy.frame(4), tmp_path)))
    assert counts.groupings() == ["all", "system", "window", "time", "system*window", "system*time"]
    by = counts.slices.groupby(["by", "window"])[["positives", "negatives"]].sum()
    facts = counts.facts.groupby(["by", "window"])[["rows", "positives", "unscored"]].sum()
    for window in (0, 1):
        assert len(by.xs(window, level="window").drop_duplicates()) == 1
        assert len(facts.xs(window, level="window").drop_duplicates()) == 1
    assert (by.sum(axis=1) == facts["rows"]).all()


def test_no_row_is_dropped_in_silence(tmp_path: Path) -> None:
    frame = messy.frame(5)
    counts = count(messy.question(parquet(frame, tmp_path)))
    whole = counts.timeline[counts.timeline["system"] == ""]
    scored = whole[["positives", "negatives"]].to_numpy().sum()
    assert scored + sum(counts.meta["excluded"].values()) == counts.meta["rows"] == len(frame)


def copies(frame: pd.DataFrame, folder: Path) -> dict[str, str | dict[str, str]]:
    """One log in every kind of file, whole and in parts."""
    parquet(frame, folder)
    frame.to_csv(folder / "log.csv", index=False)
    frame.to_csv(folder / "log.tsv", index=False, sep="\t")
    frame.to_csv(folder / "semicolon.csv.gz", index=False, sep=";", encoding="utf-8-sig")
    for i in range(3):
        frame.iloc[i::3].to_parquet(folder / f"part-{i}.pq", index=False)
    with duckdb.connect(folder / "log.duckdb") as database:
        database.execute("CREATE TABLE log AS SELECT * FROM frame")
    with duckdb.connect(folder / "two.db") as database:
        database.execute('CREATE TABLE other AS SELECT 1 a; CREATE SCHEMA "s t"')
        database.execute('CREATE TABLE "s t"."my log" AS SELECT * FROM frame')
    return {
        "Parquet": str(folder / "log.parquet"),
        "CSV": str(folder / "log.csv"),
        "TSV": str(folder / "log.tsv"),
        "zipped": str(folder / "semicolon.csv.gz"),
        "glob": str(folder / "part-*.pq"),
        "DuckDB": str(folder / "log.duckdb"),
        "table": {"url": f"duckdb://{folder}/two.db", "table": "s t.my log"},
    }


def read_rows(question: Question) -> pd.DataFrame:
    """Every row as it is read, with labels for codes."""
    with Engine({}) as engine:
        log, _ = _read_once(question, engine, None)
        names = {name: name for name in log.coding.columns}
        found = log.coding.with_texts(log.table, names).to_pandas()
    return found.sort_values([*found], ignore_index=True)


def equal(one: Counts, other: Counts) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    for key in set(one.meta) - {"fingerprint"}:
        assert one.meta[key] == other.meta[key]


def test_copies_of_one_log_give_one_answer_and_stay_as_they_are(tmp_path: Path) -> None:
    frame = messy.frame(6, rows=1_000)
    frame["flag"] = frame.index % 3 == 0
    frame["level"] = (frame.index % 2).astype(float)
    changes = {"cohorts": ["window", "flag", "level"]}
    found = copies(frame, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    asked = messy.question(found.pop("Parquet"), **changes)
    one = count(asked)
    assert set(one.slices["cohort"]) >= {"True", "False", "0.0", "1.0", "(missing)", "été"}
    equal(one, count(messy.question(found["zipped"], **changes)))
    rows = read_rows(asked)
    assert len(rows) == len(frame)
    # What is counted follows from the rows that are read.
    for name, log in found.items():
        pd.testing.assert_frame_equal(read_rows(messy.question(log, **changes)), rows, obj=name)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_two_runs_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = messy.question(parquet(messy.frame(7), tmp_path))
    # The first writes its queries; the second finds most of them written.
    monkeypatch.setattr(queries, "_written", {})
    for run in ("one", "two"):
        count(question).save(tmp_path / run)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_all_tables_are_whole_numbers_and_text(tmp_path: Path) -> None:
    counts = count(messy.question(parquet(messy.frame(8), tmp_path)))
    text = {"by", "system", "cohort", "arm", "item", "label"}
    for table in TABLES:
        for name, dtype in getattr(counts, table).dtypes.items():
            if name in ("start", "time"):
                assert dtype == "datetime64[us, UTC]"
            elif name in text:
                assert dtype == "str"
            else:
                assert dtype == ("float64" if name in ("low", "high") else "int64")


def test_a_check_gives_the_breaches_of_a_count(tmp_path: Path) -> None:
    question = messy.question(parquet(messy.frame(10), tmp_path))
    found = check(question)
    assert found == count(question, examples=True).meta["breaches"]
    assert all(breach.pop("examples") for breach in found)
    assert found == count(question).meta["breaches"]
    assert {breach["excluded"] for breach in check(question)} == {True, False}


@pytest.fixture
def with_history(tmp_path: Path) -> Question:
    log = parquet(messy.frame(11, rows=600), tmp_path)
    (tmp_path / "history.csv").write_text("time,item,system,hardness\n2024-03-01,a,b,0.5\n")
    (tmp_path / "events.csv").write_text("time,label\n2024-03-02,deploy\n")
    history = {"log": str(tmp_path / "history.csv"), "columns": {"difficulty": "hardness"}}
    return messy.question(log, history=history, events=str(tmp_path / "events.csv"))


def test_inputs_are_all_files_that_are_read(with_history: Question, tmp_path: Path) -> None:
    names = ["log.parquet", "events.csv", "history.csv"]
    assert inputs(with_history) == [tmp_path / name for name in names]


def test_what_lies_beside_a_database_is_read_as_well(tmp_path: Path) -> None:
    found = [tmp_path / name for name in ("log.duckdb", "log.duckdb.wal")]
    for path in found:
        path.write_bytes(b"x")
    assert inputs(messy.question(found[0])) == found


def test_a_history_must_have_its_columns(with_history: Question) -> None:
    assert with_history.history is not None
    wrong = with_history.model_copy(update={"history": with_history.history.model_copy(
        update={"columns": with_history.history.columns.model_copy(update={"item": "itemm"})}
    )})  # fmt: skip
    with pytest.raises(InputError) as caught:
        count(wrong)
    assert str(caught.value) == (
        "history.columns.item: the history has no column 'itemm'; did you mean 'item'?"
    )
