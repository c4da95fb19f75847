"""A question from a table, a file, a mapping or a question; a mistake is one clear line."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import investigate
from investigate import log as logs
from investigate.paths import COUNTS_VARIABLE
from investigate.question import params

LOG = investigate.example_log(1_500)
ASK: dict[str, Any] = {
    "time": "time",
    "outcome": "outcome",
    "score": "score",
    "baseline": ("2024-01-01", "2024-01-29"),
    "incident": ("2024-01-29", "2024-02-12"),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(COUNTS_VARIABLE, raising=False)
    return tmp_path


@pytest.mark.slow
def test_all_ways_to_ask_count_alike(here: Path) -> None:
    LOG.to_parquet("log.parquet")
    LOG.to_csv("log.csv", index=False)
    found = investigate.open(LOG, system="system", **ASK)
    found.to_params("q.yml", log="log.parquet")
    columns = {"time": "time", "outcome": "outcome", "score": "score", "system": "system"}
    windows = {name: ASK[name] for name in ("baseline", "incident")}
    names = {**params.load("q.yml").parameters(), "np": np, "where": np.where}
    ways = {
        "columns": investigate.open(LOG, columns=columns, **windows),
        "ibis": investigate.open(ibis.memtable(LOG), system="system", **ASK),
        "csv": investigate.open("log.csv", system="system", **ASK),
        "path": investigate.open(Path("log.parquet"), columns=columns, **windows),
        "params": investigate.open("q.yml"),
        "question": investigate.open(params.load("q.yml")),
        "globals": investigate.open(names),
        "a table among globals": investigate.open({**names, "log": LOG}),
        "an investigation": investigate.open(found),
        "without a system": investigate.open(found, columns={**columns, "system": None}),
    }
    for way, other in ways.items():
        facts = other.counts.facts
        if way == "without a system":
            assert facts["system"].unique().tolist() == ["", "all"]
        else:
            pd.testing.assert_frame_equal(facts, found.counts.facts)


@pytest.mark.slow
def test_windows_are_written_in_many_ways() -> None:
    day = date(2024, 1, 1), date(2024, 1, 29)
    baselines: list[Any] = [
        day,
        ["2024-01-01", "2024-01-29"],
        {"start": "2024-01-01", "end": day[1]},
        (datetime(2024, 1, 1), pd.Timestamp("2024-01-29")),  # noqa: DTZ001
        (np.datetime64("2024-01-01"), np.datetime64("2024-01-29T00:00")),
    ]
    rows = {
        investigate.open(LOG, **{**ASK, "baseline": baseline}).drop().table[0]["rows"]
        for baseline in baselines
    }
    assert rows == {(LOG["time"] < "2024-01-29").sum()}


@pytest.mark.slow
def test_a_history_and_events_may_be_tables() -> None:
    made = pd.DataFrame({"exercise": LOG["exercise"].unique()})
    start = pd.Timestamp("2023-12-01")
    history = made.assign(time=start, by="rules", difficulty=np.linspace(-1, 1, len(made)))
    columns = {"item": "exercise", "system": "by"}
    events = pd.DataFrame({"time": [pd.Timestamp("2024-01-28")], "label": ["deploy"]})
    found = investigate.open(
        LOG,
        item="exercise",
        history={"log": history, "columns": columns},
        replay=[{"name": "other", "system": "rules", "history": history.assign(difficulty=0)}],
        events=events,
        **ASK,
    )
    assert set(found.question.in_memory()) == {"log", "history", "replay.arms[0].history"}
    assert len(found.tables) == 3
    assert found.counts.events["label"].tolist() == ["deploy"]
    assert found.counts.values["item"].nunique() == len(made)
    short = history.rename(columns={"exercise": "item", "by": "system"})
    assert investigate.open(LOG, item="exercise", history=short, **ASK).counts.meta["replay"]


@pytest.mark.slow
def test_in_a_run_the_counts_are_those_of_the_record(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = investigate.open(LOG, **ASK)
    found.counts.save(here / "counts")
    monkeypatch.setenv(COUNTS_VARIABLE, str(here / "counts"))
    again = investigate.open(found.question.parameters())
    assert again.question == found.question
    assert again.tables == {}
    with pytest.raises(investigate.InputError, match="give that table again"):
        investigate.open({**found.question.parameters(), "cohorts": ["country"]})


@pytest.mark.parametrize(
    ("source", "changes", "says"),
    [
        (LOG, {"time": None}, "investigate.open: 'columns.time' is missing; add it"),
        (LOG, {"baseline": None}, "investigate.open: 'baseline' is missing; add it"),
        (LOG, {"incident": "2024-01-29"}, "investigate.open: incident: expected a mapping with"),
        (LOG, {"incident": (pd.NaT, "2024-02-12")}, "investigate.open: incident.start: no moment"),
        (LOG, {"score": "scor"}, "columns.score: the log has no column 'scor'; did you mean 'sc"),
        (LOG, {"cohorts": "contry"}, "cohorts: the log has no column 'contry'; did you mean 'c"),
        (LOG, {"columns": {"tme": "t"}}, "investigate.open: unknown key 'columns.tme'; did you"),
        (LOG, {"case": "a b"}, "investigate.open: case: 'a b' cannot name a folder"),
        (LOG, {"events": LOG}, "events: the table has no column 'label'; it needs time and lab"),
        ("nothing", {}, "investigate.open: 'nothing' is neither a params file (.yml), a log"),
        ("no.parquet", {}, "log: there is no file 'no.parquet' here or in a folder above"),
        ("no.yml", {}, "no.yml: cannot read the params file: No such file or directory"),
        (17, {}, "investigate.open: expected a table, a path, a question or a mapping"),
        (
            [LOG],
            {},
            "investigate.open: expected a table, a path, a question or a mapping of its "
            "keys, got a list; pandas.DataFrame(...) makes a table of rows",
        ),
        (Path(), {}, "investigate.open: '.' is neither a params file (.yml), a log"),
        (LOG.head(0), {}, "log: it has no rows"),
        (LOG[[]], {}, "log: the table has no columns"),
        (LOG[["score", *LOG]], {}, "log: the table has two columns called 'score'; rename one"),
        (LOG.set_axis(LOG["time"].array).drop(columns="time"), {}, "columns.time: the log has no"),
        (
            pd.concat({"a": LOG}, axis=1),
            {},
            "log: the table's columns have 2 levels of names; "
            "give each one name, as by frame.columns = frame.columns.map('_'.join)",
        ),
        (
            LOG,
            {"columns": ["time"]},
            "investigate.open: columns: expected a mapping such as "
            "{'time': 'scored_at'}, got a list",
        ),
        (
            LOG,
            {"outcomes": LOG},
            "investigate.open: outcomes: a DataFrame cannot stand here; "
            "write {'log': that table, 'columns': {'key': ..., 'outcome': ...}}",
        ),
        (LOG, {"replay": LOG}, "investigate.open: replay: a DataFrame cannot stand here; write [{"),
        (LOG, {"where": {"country": LOG}}, "investigate.open: where.country: a DataFrame cannot "),
        (LOG, {"baseline": (1, 2, 3)}, "investigate.open: baseline: expected a mapping with keys"),
        (LOG["score"], {}, "log: a Series cannot be read as a table"),
    ],
)
def test_a_mistake_is_one_clear_line(source: Any, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(investigate.InputError) as caught:
        investigate.open(source, **{**ASK, **changes})
    assert str(caught.value).startswith(says)
    assert "\n" not in str(caught.value)
    assert caught.value._render_traceback_() == [f"InputError: {caught.value}"]


def test_a_table_alone_is_not_explored() -> None:
    with pytest.raises(investigate.InputError, match=r"a table alone asks nothing; open it first"):
        investigate.explore(LOG)


@pytest.mark.slow
def test_tables_and_values_of_all_kinds_count_alike() -> None:
    texts = dict.fromkeys(("country", "system", "outcome"), "category")
    tables = {
        "categories": LOG.astype(texts),
        "types of pandas that hold NA": LOG.convert_dtypes(),
        "truths": LOG.astype({"outcome": "boolean"}),
        "types of Arrow": LOG.convert_dtypes(dtype_backend="pyarrow"),
        "an index with a name": LOG.set_index("time"),
        "an Arrow table": pa.Table.from_pandas(LOG),
        "batches": pa.Table.from_pandas(LOG).to_reader(),
    }
    german = {"country": ["DE", "FR"]}
    known = investigate.open(LOG, cohorts=["country"], where=german, **ASK).counts.facts
    for way, table in tables.items():
        found = investigate.open(table, cohorts=["country"], where=german, **ASK)
        pd.testing.assert_frame_equal(found.counts.facts, known, obj=way)
    arrays = {
        "cohorts": pd.Series(["country"]),
        "where": {"country": np.array(["DE", "FR"])},
        "baseline": np.array(["2024-01-01", "2024-01-29"], dtype="datetime64[D]"),
    }
    found = investigate.open(LOG, **{**ASK, **arrays})
    pd.testing.assert_frame_equal(found.counts.facts, known)


@pytest.mark.slow
def test_a_table_is_read_and_never_changed() -> None:
    frame = LOG.copy()
    investigate.open(frame, **ASK).verdict()
    pd.testing.assert_frame_equal(frame, LOG)
    assert logs.is_table(frame)
