"""Commands for whoever begins: what they print, and how they end."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from investigate import cli
from investigate.question.reference import every_key
from investigate.workplace import doctor

RUNNER = CliRunner()
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_explain_prints_a_key_and_all_of_them() -> None:
    done = RUNNER.invoke(cli.app, ["explain", "columns.turned"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        "type:     one of `1 - score`, `-score`",
        "default:  nothing",
        "example:  turned: '1 - score'",
    ]
    every = RUNNER.invoke(cli.app, ["explain"]).stdout.splitlines()
    assert [line.split()[0] for line in every] == [key.name for key in every_key()]
    below = RUNNER.invoke(cli.app, ["explain", "baseline"]).stdout.splitlines()[-1]
    assert below == "keys:     start, end"


def test_explain_prints_the_schema() -> None:
    done = RUNNER.invoke(cli.app, ["explain", "--schema"])
    assert json.loads(done.stdout)["additionalProperties"] is False


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["explain", "cohort"], "'cohort' is no key of a question; did you mean cohorts?"),
        (["explain", "log", "--schema"], "explain: a key, --schema or --markdown; name one of"),
        (["notebooks", "taken"], "taken: cannot write it: Not a directory"),
        (["new-notebook", "there.ipynb"], "there.ipynb: it is there already; name another"),
        (["demo", "--out", "taken"], "folder: 'taken' is there already; remove it or name another"),
    ],
)
def test_what_cannot_be_done_is_one_line(folder: Path, arguments: list[str], line: str) -> None:
    for name in ("taken", "there.ipynb"):
        Path(name).write_text("", encoding="utf-8")
    done = RUNNER.invoke(cli.app, arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"error: {line}")
    assert sorted(path.name for path in folder.iterdir()) == ["taken", "there.ipynb"]


def test_notebooks_and_a_new_one_are_written(folder: Path) -> None:
    done = RUNNER.invoke(cli.app, ["notebooks", "mine"])
    copied = list(Path("mine").glob("*.ipynb"))
    assert len(copied) >= 8
    assert done.stdout.splitlines()[0] == f"mine: {len(copied)} notebooks"
    done = RUNNER.invoke(cli.app, ["new-notebook", "my/why us"])
    assert done.stdout.splitlines() == [
        "my/why us.ipynb: written",
        "next: investigate run PARAMS --notebooks 'my/why us.ipynb'",
    ]


def test_doctor_ends_with_1_where_a_needed_part_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts(needed_fine: bool) -> list[doctor.InstallationPart]:
        return [
            doctor.InstallationPart("engine", "DuckDB", "" if needed_fine else "install it"),
            doctor.InstallationPart("sign-offs", "none", "install OpenSSH", needed=False),
        ]

    monkeypatch.setattr(doctor, "examine", lambda audit: parts(True))
    done = RUNNER.invoke(cli.app, ["doctor"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == [
        "note  sign-offs   none", "      remedy: install OpenSSH",
    ]  # fmt: skip
    monkeypatch.setattr(doctor, "examine", lambda audit: parts(False))
    done = RUNNER.invoke(cli.app, ["doctor"])
    assert done.exit_code == 1
    assert done.stderr == "error: 1 part of the installation must be mended; see above\n"


@pytest.mark.slow
def test_the_checkout_demo_answers_as_the_readme_tells(folder: Path) -> None:
    """The platform's demo is run from the wheel: tests/api/test_wheel.py."""
    done = RUNNER.invoke(cli.app, ["demo", "checkout"])
    assert done.exit_code == 0, done.output
    assert "daily AUC fell" in done.stdout
    log = pd.read_csv("investigate-checkout/orders.csv")
    last = log[log["ordered_at"] >= "2024-04-12"]
    assert set(last.loc[last["platform"] == "android", "p_chargeback"]) == {0.1}
    block = re.search(
        r"<!-- answer: checkout -->\n```text\n(.*?)```", README.read_text("utf-8"), re.S
    )
    assert block
    shown, printed = (" ".join(text.split()) for text in (block[1], done.stdout))
    assert re.sub(r"\d\.\d+", "N", shown) in re.sub(r"\d\.\d+", "N", printed)


def test_a_demo_writes_over_no_folder(folder: Path) -> None:
    Path("investigate-checkout").mkdir()
    done = RUNNER.invoke(cli.app, ["demo", "checkout"])
    assert done.exit_code == 2
    assert "'investigate-checkout' is there already; remove it or name another" in done.stderr
    assert not list(Path("investigate-checkout").iterdir())
