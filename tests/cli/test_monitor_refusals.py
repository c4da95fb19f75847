"""What `investigate monitor` refuses: one line, exit status 2, and nothing written."""

from pathlib import Path
from typing import Any

import alerted
import pytest
from alerted import LEARN
from watching import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


BAD: list[tuple[dict[str, Any], list[str], str]] = [
    ({"send": ["NOT_SET"]}, [], "the environment variable NOT_SET is not set"),
    ({"log": "${NOT_SET}/x.parquet"}, [], "the environment variable NOT_SET is not set"),
    ({}, ["--at", "yesterday"], "--at: it is no moment"),
    ({"wach": "x"}, [], "wach: unknown key"),
    ({"columns": {"time": "at"}}, [], "columns.outcome: it is missing"),
    ({"timezone": "Mars"}, [], "timezone: 'Mars' is no time zone"),
    ({"watch": "../up"}, [], "cannot name a folder"),
    ({"limits": {"auc": 2}}, [], "limits.auc: "),
    ({}, ["--chart", "gone/x.png"], "--chart: there is no folder 'gone'; make it first"),
    ({}, ["--chart", "x.foo"], "--chart: 'x.foo' is no picture; end its name in .png or .svg"),
    ({"send": "OPS_HOOK"}, [], "send: expected a list"),
]


@pytest.mark.parametrize(
    ("more", "arguments", "message"), BAD, ids=[message for *_, message in BAD]
)
def test_bad_input_is_one_line_and_nothing_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, Any],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    place = Place(tmp_path, **more)
    alerted.save(tmp_path, 0, rows=5)
    done = place.run(40, *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert place.left() == []


def test_no_watch_or_no_audit(place: Place) -> None:
    (place.folder / "audit").write_text("a file")
    done = place.run(40)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "cannot write a record there" in done.stderr
    assert place.left() == ["audit"]
    (place.folder / "watch.yml").unlink()
    done = place.run(40)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "cannot read the watch" in done.stderr


@pytest.mark.slow
def test_settings_that_changed_are_refused_and_nothing_is_touched(place: Place) -> None:
    alerted.save(place.folder, *range(LEARN + 3))
    assert place.run(LEARN + 3).exit_code == 0
    before = place.alerts()
    place.write(cohorts=["land"])
    done = place.run(LEARN + 3)
    assert done.exit_code == 2
    assert "was counted with other settings (cohorts)" in done.stderr
    place.write()
    assert place.run(LEARN + 3).exit_code == 0
    assert place.alerts() == before
