"""Overrides of a params file: what they mean, and whom a mistake is blamed on."""

from pathlib import Path
from typing import Any

import pytest
from asked import TEXT, load, refused


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("override", "at", "expected"),
    [
        ("case=007", "case", "007"),
        ("case=no", "case", "no"),
        ("log=data/other.csv", "log", "data/other.csv"),
        ("log=[0-9]*.parquet", "log", "[0-9]*.parquet"),
        ("log={url: duckdb:///x, table: 007}", "log", {"url": "duckdb:///x", "table": "007"}),
        ("log=a=b.csv", "log", "a=b.csv"),
        ("columns.score=1.10", "columns.score", "1.10"),
        ("columns.item=no", "columns.item", "no"),
        ("columns.item=null", "columns.item", None),
        ("columns.time=[t]", "columns.time", "[t]"),
        ("cohorts=a, 007,no", "cohorts", ["a", "007", "no"]),
        ("cohorts=[a, 'b,c']", "cohorts", ["a", "b,c"]),
        ("cohorts=only", "cohorts", ["only"]),
        ("cohorts=", "cohorts", []),
        ("incident.end=2024-02-15", "incident.end", "2024-02-15"),
        ("incident.end=2024-02-15T06:00", "incident.end", "2024-02-15T06:00:00"),
        ("incident={start: 2024-05-01, end: 2024-06-01}", "incident.start", "2024-05-01"),
        ("history=h.csv", "history.log", "h.csv"),
        ("history.log=h.csv", "history.log", "h.csv"),
        ("history={log: h.csv, columns: {item: 007}}", "history.columns.item", "007"),
        ("history=null", "history", None),
        ("events=e.csv", "events", "e.csv"),
        ("events=", "events", None),
        ("thresholds.confidence=0.9", "thresholds.confidence", 0.9),
        ("thresholds={max_groups: 12}", "thresholds.max_groups", 12),
    ],
)
def test_overrides_take_their_type_from_the_schema(
    folder: Path, override: str, at: str, expected: object
) -> None:
    found: Any = load(TEXT, override).parameters()
    for part in at.split("."):
        found = found[part]
    assert found == expected
    assert type(found) is type(expected)


def test_overrides_leave_the_rest_alone_and_the_last_wins(folder: Path) -> None:
    expected = load(TEXT).parameters()
    expected["columns"]["item"] = "exercise"
    found = load(TEXT, "columns.item=first", "columns.item=exercise")
    assert found.parameters() == expected
    assert Path("q.yml").read_text() == TEXT


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("case", "-p 'case': write name=value, for example -p incident.end=2024-03-08"),
        ("cas=x", "-p cas: unknown key 'cas'; did you mean 'case'?"),
        ("my-case=x", "-p 'my-case=x': 'my-case' is no parameter name; did you mean 'case'?"),
        ("=x", "-p '=x': '' is no parameter name; known are case, log"),
        ("a b\n=x", "-p 'a b\\n=x': 'a b' is no parameter name; known are"),
        ("baseline.=x", "-p 'baseline.=x': 'baseline.' is no parameter name; known are start, end"),
        ("columns.tim=x", "-p columns.tim: unknown key 'columns.tim'; did you mean 'columns.time'"),
        ("columns.time.x=3", "-p columns.time.x: columns.time: expected text, got {'x': '3'}"),
        ("columns={tim: a}", "-p columns: unknown key 'columns.tim'; did you mean"),
        ("columns={time: a}", "-p columns: 'columns.outcome' is missing; add it"),
        ("columns=x", "-p columns: expected a mapping with keys time, outcome, score"),
        ("case=1.10", "-p case: '1.10' cannot name a folder; use letters"),
        ("case=", "-p case: nothing stands here; write a value or remove the key"),
        ("cohorts=a,a", "-p cohorts: 'a' is listed twice"),
        ("cohorts=[a", "-p cohorts: this is not YAML: while parsing a flow sequence"),
        ("incident.end=soon", "-p incident.end: 'soon' is no date; write 2024-03-01 or"),
        ("incident.end=2024-01-01", "-p incident.end: incident: it is empty; its end must come"),
        ("incident.start=2024-01-15", "-p incident.start: incident: it overlaps the baseline"),
        ("log={url: x}", "-p log: its table is missing; add table:"),
        ("thresholds.confidence=2", "-p thresholds.confidence: must be less than 1, got '2'"),
        ("thresholds.max_groups=1e3", "-p thresholds.max_groups: must be a valid integer, got"),
    ],
)
def test_an_override_that_is_wrong_is_named_once(
    folder: Path, override: str, expected: str
) -> None:
    assert refused(TEXT, override).startswith(expected)


def test_an_override_is_not_blamed_for_the_file(folder: Path) -> None:
    wrong = TEXT.replace("time: t", "time: [t]")
    assert refused(wrong, "columns.score=x").startswith("q.yml:4: columns.time")
    missing = TEXT.replace("  time: t\n", "")
    assert refused(missing, "columns.score=x") == "q.yml:3: 'columns.time' is missing; add it"
    assert load(wrong, "columns.time=t") == load(TEXT)
