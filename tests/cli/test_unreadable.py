"""A disk that fails: each command ends with one line, exit status 1 and no traceback."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledgers import make_key, make_record
from typer.testing import CliRunner

from investigate import cli
from investigate.ledger import append, files

pytestmark = pytest.mark.quick_cases(1)

RUNNER = CliRunner()
WHY = "audit/a/ledger.jsonl: Input/output error"
SIGNED = ["--verdict", "approve", "--key", "key"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_record(Path("audit/a"), "r1")
    make_key(tmp_path)


def failing(*_: Any, **__: Any) -> Any:
    raise OSError(errno.EIO, os.strerror(errno.EIO), "audit/a/ledger.jsonl")


def ended(*arguments: str) -> tuple[int, str, str]:
    done = RUNNER.invoke(cli.app, [*arguments])
    assert isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verify", "audit/a"], "audit/a: it cannot be verified: "),
        (["export", "audit/a/r1"], "audit/a/r1: it cannot be exported: "),
        (["rerun", "audit/a/r1"], "audit/a/r1: it cannot be verified: "),
        (["sign", "audit/a/r1", *SIGNED], "audit/a/r1: it could not be signed off: "),
        (["prune", "audit"], "audit/a: it could not be pruned: "),
        (["update", "audit/a/r1"], "audit/a: it cannot be read: "),
        (["update", "audit/a"], "audit/a: its ledger cannot be read: "),
        (["due", "audit"], "audit/a: its ledger cannot be read: "),
        (["postmortem", "audit/a"], "audit/a: its ledger cannot be read: "),
        (["timeline", "audit/a"], "audit/a: its ledger cannot be read: "),
    ],
)
def test_a_ledger_that_cannot_be_read(
    arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "opened", failing)
    before = sorted(Path().rglob("*"))
    assert ended(*arguments) == (1, "", f"error: {says}{WHY}\n")
    assert sorted(Path().rglob("*")) == before


def test_an_update_that_cannot_be_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append, "opened", failing)
    status, _, error = ended("update", "audit/a", "--send-as-is")
    assert (status, error) == (1, f"error: audit/a: the update could not be entered: {WHY}\n")


def test_a_site_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("investigate.site.build.build", failing)
    assert ended("site") == (1, "", f"error: site: the site could not be written: {WHY}\n")


def unknown() -> None:
    """A record that no ledger knows."""
    Path("audit/b/r9").mkdir(parents=True)
    Path("audit/b/r9/record.json").write_text("{}", encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "arguments", "says"),
    [
        (lambda: None, ["export", "audit/a/r1", "--out", "no/x.zip"], "no/x.zip: there is no fo"),
        (lambda: None, ["update", "audit/a", "--out", "no/x.md"], "--out: there is no folder 'no'"),
        (lambda: None, ["prune", "audit/a/r1"], "audit/a/r1: this is a record; name its case or "),
        (lambda: None, ["site", "--audit", "no"], "no: there is no such folder; name that of the "),
        (lambda: None, ["timeline", "audit/a", "--out", "audit/a/x"], "audit/a/x: it lies in a ca"),
        (lambda: Path("audit/a/updates").touch(), ["update", "audit/a", "--send-as-is"], "audit/a"),
        (lambda: Path("site").touch(), ["site"], "site: "),
        (lambda: None, ["notebooks", "key/x"], "key/x: cannot write it: Not a directory"),
        (lambda: None, ["run", "no.yml"], "no.yml: cannot read the params file: No such file"),
        (lambda: None, ["update", "audit/a", "--at", "soon"], "--at: it is no moment; write 2024-"),
        (
            lambda: None,
            ["verify", "audit", "--allowed-signers", "no"],
            "no: there is no such file ",
        ),
        (lambda: None, ["site", "--allowed-signers", "no"], "no: there is no such file of allowed"),
        (
            lambda: None,
            ["explain", "case", "--schema"],
            "explain: a key, --schema or --markdown; n",
        ),
        (
            lambda: None,
            ["simulate", "loop", "--out", "audit"],
            "folder: 'audit' is there already; ",
        ),
        (
            lambda: None,
            ["export", "audit/no"],
            "audit/no: there is no record here; name the folder",
        ),
        (
            lambda: None,
            ["rerun", "audit/no"],
            "audit/no: there is no record here; name the folder ",
        ),
        (
            lambda: None,
            ["sign", "audit/no", *SIGNED],
            "audit/no: there is no record here; name the",
        ),
        (
            lambda: None,
            ["compare", "audit/no", "audit/a/r1"],
            "audit/no: there is no record here; ",
        ),
        (lambda: None, ["update", "audit/a/no"], "audit/a/no: there is no record and no case here"),
        (lambda: None, ["due", "audit/a/r1"], "audit/a/r1: this is a record; name its case or the"),
        (lambda: None, ["timeline", "audit/a/r1"], "audit/a/r1: this is a record; name its case"),
        (
            unknown,
            ["export", "audit/b/r9"],
            "audit/b/r9: it is not in the ledger, so nothing vouch",
        ),
        (
            unknown,
            ["rerun", "audit/b/r9"],
            "audit/b/r9: it is not in the ledger, so nobody can say",
        ),
        (
            unknown,
            ["sign", "audit/b/r9", *SIGNED],
            "audit/b/r9: it is not in the ledger, so there ",
        ),
    ],
)
def test_a_place_that_cannot_be_used(
    make: Callable[[], None], arguments: list[str], says: str
) -> None:
    make()
    status, out, error = ended(*arguments)
    assert (status, out) == (2, "")
    assert error.startswith(f"error: {says}")
    assert error.count("\n") == 1
