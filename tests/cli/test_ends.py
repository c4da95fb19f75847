"""How commands end that did their work and have to say that something went wrong."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from investigate.batch.batch import Batch
from investigate.cli import app, monitor, rerun
from investigate.errors import RunError

CONSOLE = Console(quiet=True)


def test_a_batch_that_is_interrupted_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(self: Any, _asked: Any) -> None:
        self.folder = SimpleNamespace(path=tmp_path / "batch")

    def interrupted(_self: Any, *_all: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "__init__", begin)
    monkeypatch.setattr(Batch, "run", interrupted)
    ended = CliRunner().invoke(app, ["batch", "q.yml"], env={"COLUMNS": "200"})
    assert ended.exit_code == 1
    printed = " ".join(ended.output.split())
    assert f"interrupted; what is finished is kept, in {tmp_path}" in printed
    assert "the same command goes on from there" in printed
    assert "Traceback" not in printed


def test_a_rerun_that_finds_something_else_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    done = SimpleNamespace(
        comparison=None, entry=1, record="audit/a/new",
        agreement=SimpleNamespace(agrees=False),
    )  # fmt: skip
    monkeypatch.setattr(rerun, "rerun", lambda *_all, **_kind: done)
    monkeypatch.setattr(rerun, "show", lambda *_all: None)
    monkeypatch.setattr(rerun, "_disagreement", lambda _found: "2 numbers differ")
    with pytest.raises(RunError, match=r"^2 numbers differ \(record: audit/a/new\)$"):
        rerun.rerun_at(Path("audit/a/old"), CONSOLE)


def test_a_monitor_that_could_not_send_fails_where_nothing_was_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_all: Any) -> None:
        raise RunError("slack: no answer")

    found = SimpleNamespace(judged=SimpleNamespace(shown=[]), alerts=[], raised=[])
    known = {
        "load": lambda _path: SimpleNamespace(send=True, timezone="UTC"),
        "go_round": lambda *_all: found,
        "moment": lambda *_all: None,
        "show": lambda *_all: None,
        "empty": lambda _outbox: None,
        "report": fails,
        "investigate_cases": lambda *_all: [f"{monitor.FAILED}case a: no run"],
    }
    for name, act in known.items():
        monkeypatch.setattr(monitor, name, act)
    with pytest.raises(RunError, match=r"^slack: no answer; case a: no run$"):
        monitor.monitor(Path("w.yml"), CONSOLE, audit=Path("audit"), outbox=Path("outbox"))
