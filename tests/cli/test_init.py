"""``investigate init``: what it refuses, in one line, with nothing written."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from investigate import cli

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    pd.DataFrame(
        {
            "time": pd.date_range("2024-01-01", periods=100, freq="12h"),
            "y": rng.integers(0, 2, 100),
            "score": rng.random(100).round(3),
            "who": rng.choice(["a", "b"], 100),
        }
    ).to_csv("log.csv", index=False)
    pd.DataFrame({"time": ["2024-01-01"] * 20, "y": [0, 1] * 10}).to_csv("no_score.csv")
    pd.DataFrame({"y": [0, 1] * 10, "score": np.arange(20) / 20}).to_csv("no_time.csv", index=False)
    pd.DataFrame({"time": ["2024-01-01"], "y": [0]})[:0].to_csv("no_rows.csv", index=False)
    pd.read_csv("log.csv")[["time", "score", "who"]].to_csv("names.csv", index=False)
    Path("there.yml").write_text("case: mine\n", encoding="utf-8")
    Path("a_file").write_text("", encoding="utf-8")
    with duckdb.connect("two.duckdb") as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    return tmp_path


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["gone.csv"], "log: there is no file 'gone.csv' here or in a folder above; did you"),
        (["no_rows.csv"], "log: it has no rows"),
        (["no_time.csv"], "log: no column holds times; name it by --time; it has y, score"),
        (["no_score.csv"], "log: no score among them: a column of ten or more numbers besides y; "),
        (["log.csv", "--score", "scores"], "--score: the log has no column 'scores'; did you mean"),
        (["log.csv", "--score", "who"], "columns.score: 'who' holds no numbers; name another by"),
        (["log.csv", "--time", "who"], "--time: 'who' holds no times that can be read; write them"),
        (["log.csv", "--outcome", "score"], "columns.outcome: 'score' holds "),
        (["log.csv", "--positive", "7"], "--positive: 'y' holds no '7'; it has "),
        (["log.csv", "--table", "t"], "--table: 'log.csv' is no database; leave --table out"),
        (["two.duckdb", "--table", "u"], "log: 'two.duckdb' has no table 'u'; "),
        (["log.csv", "--out", "there.yml"], "there.yml: it is there already; add --force, or name"),
        (["log.csv", "--out", "a_file/x.yml"], "a_file/x.yml: cannot write it: Not a directory"),
        (["log.csv", "gone.csv"], "outcomes: there is no file 'gone.csv' here or in a folder abo"),
        (["log.csv", "no_time.csv"], "outcomes: no column joins them to the log: none holds the"),
        (["names.csv"], "log: no column is plainly an outcome; of two values are who; name colum"),
        (["postgres://me:secret@host/db"], "log: a password stands here, which would be written"),
        (["log.csv", "postgres://x:y@h/d"], "outcomes: a password stands here, which would be"),
        (["mysql://host/db"], "log: mysql:// is not built in yet; name a Parquet, CSV or DuckDB"),
        (["log.csv", "--case", "a b"], "--case: 'a b' cannot name a folder; use letters, digits"),
        (["log.csv", "--timezone", "Mars"], "--timezone: 'Mars' is no time zone; write one such"),
    ],
)
def test_what_cannot_be_used_is_one_line(folder: Path, arguments: list[str], line: str) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    done = RUNNER.invoke(cli.app, ["init", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"error: {line}")
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert not (folder / "params").exists()
