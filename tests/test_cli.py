"""The command line as a user meets it: what it prints, and how it ends."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from kept import kept_counts as kept_counts
from placed import ANSWER, DOCUMENT, Place, make_place
from typer.testing import CliRunner

from investigate import cli
from investigate.errors import RunError

RUNNER = CliRunner()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return make_place(tmp_path)


def investigate(place: Place, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", "from investigate.cli import main; main()", *arguments],
        cwd=place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": "40"},
    )  # fmt: skip


@pytest.mark.parametrize("more", [[], ["--notebooks", "a", "--notebooks", "b"]])
def test_without_the_kits_notebooks_one_folder_is_named(place: Place, more: list[str]) -> None:
    done = RUNNER.invoke(cli.app, ["run", "params.yml", "--without-kit", *more])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: --without-kit: name one folder of notebooks")


@pytest.mark.slow
def test_two_runs_at_once(place: Place) -> None:
    place.notebooks(_1_answer=[ANSWER])
    arguments = [
        "run",
        "params.yml",
        "-p",
        "thresholds.max_groups=7",
        "--without-kit",
        "--notebooks",
        "notebooks",
    ]
    processes = [investigate(place, *arguments) for _ in "12"]
    ended = [(*process.communicate(), process.returncode) for process in processes]
    records = set()
    for out, err, status in ended:
        # On a slow machine a line now and then says what it is at.
        errors = [line for line in err.splitlines() if not re.match(r"\d+ s: ", line)]
        assert (errors, status) == ([], 0)
        lines = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in out.splitlines())
        assert lines["answer"] == DOCUMENT["verdict"]["sentence"]
        assert re.fullmatch(
            r"counts \d+\.\d s, record \d+\.\d s, notebooks \d+\.\d s, total \d+\.\d s",
            lines["time"],
        )
        records.add(place.folder / lines["record"])
    assert sorted(records) == place.records()
    assert len(records) == 2
    for record in records:
        assert json.loads((record / "findings.json").read_text("utf-8")) == DOCUMENT
        document = json.loads((record / "record.json").read_text("utf-8"))
        assert document["status"] == "succeeded"
        assert document["parameters"]["thresholds"]["max_groups"] == 7


def test_the_version() -> None:
    done = RUNNER.invoke(cli.app, ["--version"])
    assert done.exit_code == 0
    assert done.output == f"investigate {importlib.metadata.version('investigate')}\n"


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["gone.yml"], "error: gone.yml: cannot read the params file: No such file or directory"),
        (["params.yml", "-p", "basline.end=2024-01-09"], "did you mean 'baseline'?"),
        (["params.yml", "-p", "x; rm -rf=1"], "is no parameter name"),
        (["params.yml", "-p", "log=gone.csv"], "gone.csv"),
        (["params.yml", "-p", "cohorts=[nowhere]"], "nowhere"),
        (["params.yml", "-p", "notebooks=[gone.ipynb]"], "gone.ipynb: cannot read the notebook: "),
        (["params.yml", "-p", "log={url: log.csv, table: x}"], "'log.csv' is a CSV file and holds"),
        (["log.csv"], "log.csv: this is a log, not a question about one; 'investigate init log.c"),
    ],
)
def test_wrong_input_is_one_line(
    place: Place, command: str, arguments: list[str], line: str
) -> None:
    before = place.files()
    done = RUNNER.invoke(cli.app, [command, *arguments])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert line in done.stderr
    assert place.files() == before
    assert not (place.folder / "audit").exists()


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["nonsense"], ["run", "params.yml", "--timeout", "0"], ["run", "params.yml", "--x"]],
)
def test_wrong_usage_ends_with_2(place: Place, arguments: list[str]) -> None:
    assert RUNNER.invoke(cli.app, arguments).exit_code == 2
    assert not (place.folder / "audit").exists()


@pytest.mark.slow
def test_check_shows_a_clean_log(place: Place) -> None:
    done = RUNNER.invoke(cli.app, ["check", "params.yml"])
    assert (done.exit_code, done.stderr) == (0, "")
    printed, windows = done.stdout.splitlines()
    assert printed == "params.yml: the question is valid; 400 rows: nothing is odd"
    assert windows.startswith("baseline 200 rows, AUC 0.")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RunError("a\x1b[1m b (record: audit/c)"), "error: a�[1m b (record: audit/c)"),
        (KeyboardInterrupt(), "error: interrupted; nothing was written"),
        (KeyError("x\ny"), r"error: KeyError at \w+\.py:\d+, unexpected: 'x\\ny'"),
    ],
)
def test_other_ends_are_one_line_and_1(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: BaseException, line: str
) -> None:
    def raising(*_: object) -> None:
        raise error

    monkeypatch.setattr("investigate.cli.answer.check", raising)
    done = RUNNER.invoke(cli.app, ["check", "params.yml"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.rstrip("\n") == line or re.fullmatch(line, done.stderr.rstrip("\n"))


@pytest.mark.slow
def test_debug_shows_where_an_error_was_raised(place: Place) -> None:
    done = RUNNER.invoke(cli.app, ["--debug", "check", "gone.yml"])
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-1].startswith("error: gone.yml: cannot read the params file")
    plainly = RUNNER.invoke(cli.app, ["check", "gone.yml"])
    assert plainly.stderr.splitlines() == lines[-1:]
