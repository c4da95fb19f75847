"""Wrong questions of many kinds: every problem is reported, each with its place."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from rich.console import Console

from investigate.cli.answer import check
from investigate.errors import InputError

ASKED: dict[str, Any] = {
    "case": "wrong",
    "log": "log.csv",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"},
    "baseline": {"start": "2024-03-01", "end": "2024-03-20"},
    "incident": {"start": "2024-03-20", "end": "2024-04-10"},
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    r = np.random.default_rng(1)
    time = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.sort(r.integers(0, 900, 200)), unit="h")
    frame = pd.DataFrame({"time": time, "outcome": r.integers(0, 2, 200), "score": r.random(200)})
    frame["word"] = r.choice(["a", "b"], 200)
    frame["day"] = time.strftime("%d/%m/%Y")
    frame.to_csv("log.csv", index=False)
    Path("none.csv").write_bytes(b"")
    Path("bad.parquet").write_bytes(b"PAR1")
    return tmp_path


def problems(changes: dict[str, Any]) -> list[str]:
    """All that check says of the question with `changes`; a key with a dot is below."""
    asked = yaml.safe_load(yaml.safe_dump(ASKED))
    for key, value in changes.items():
        inner = asked
        *above, last = key.split(".")
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = value
    Path("params.yml").write_text(yaml.safe_dump(asked))
    with pytest.raises(InputError) as caught:
        check(Path("params.yml"), [], Console(quiet=True))
    return [str(caught.value), *caught.value.others]


WRONG: dict[str, tuple[str, Any, str]] = {
    "no file": ("log", "logs.csv", "log: "),
    "an empty file": ("log", "none.csv", "'none.csv' is empty"),
    "a broken file": ("log", "bad.parquet", "'bad.parquet' cannot be read as Parquet"),
    "a column that is not there": ("columns.score", "scores", "did you mean 'score'?"),
    "no time": ("columns.time", "word", "columns.time: 'a' in 'word' is no time"),
    "days first": ("columns.time", "day", "add time_format: "),
    "no outcome": ("columns.outcome", "word", "positive: "),
    "no number": ("columns.score", "word", "columns.score: 'a' is no number"),
    "no such cohort": ("cohorts", ["country"], "the log has no column 'country'"),
    "no such value": ("where", {"word": ["c"]}, "where.word: no row has 'c' there"),
    "an unknown key": ("colums", {}, "did you mean 'columns'?"),
    "no moment": ("baseline.start", "soon", "'soon' is no date"),
    "windows the wrong way": ("baseline.end", "2024-01-01", "baseline"),
    "windows without rows": ("incident.end", "2024-03-20T00:30", "incident"),
    "no zone": ("timezone", "Mars/Base", "timezone"),
    "no format": ("columns.time_format", "day", "is no format of times"),
    "no encoding": ("columns.encoding", "latin-99", "is no encoding"),
    "no positive": ("columns.positive", "yes", "no 'yes'"),
    "no history": ("history", "past.parquet", "history: "),
    "no events": ("events", "events.csv", "events: "),
    "no threshold": ("thresholds.confidence", 7, "thresholds.confidence"),
    "no formula": ("score_formula", "ability ** 2", "score_formula"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_question_is_told_in_lines(kind: str) -> None:
    key, value, text = WRONG[kind]
    lines = problems({key: value})
    assert any(text in line for line in lines), lines
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert len(lines) == len(set(lines))


@pytest.mark.slow
def test_every_problem_of_a_question_is_told_at_once() -> None:
    changes = [
        "an unknown key", "no time", "no outcome", "no number", "no such cohort",
        "no such value", "no history", "no events",
    ]  # fmt: skip
    asked = {WRONG[kind][0]: WRONG[kind][1] for kind in changes}
    asked["columns.score"], asked["columns.outcome"] = "day", "word"
    lines = problems(asked)
    texts = [WRONG[kind][2] for kind in changes if kind != "no number"]
    for text in [*texts, "columns.score: "]:
        assert any(text in line for line in lines), (text, lines)


@pytest.mark.slow
def test_windows_that_are_wrong_hide_nothing() -> None:
    swapped = problems({
        "incident": {"start": "2024-02-01", "end": "2024-02-02"},
        "columns.time": "tme", "columns.score": "word",
    })  # fmt: skip
    for text in ("incident: it comes before", "columns.time: the log has no", "columns.score: "):
        assert any(text in line for line in swapped), (text, swapped)
    empty = problems({
        "baseline": {"start": "2020-01-01", "end": "2020-02-01"},
        "incident": {"start": "2030-01-01", "end": "2030-02-01"},
    })  # fmt: skip
    assert [line.split(" in ")[0] for line in empty] == [
        "baseline: no row lies", "incident: no row lies",
    ]  # fmt: skip
