"""Environment variables that a question names."""

from pathlib import Path

import pytest

from investigate import log
from investigate.errors import InputError
from investigate.question import params
from investigate.question.variables import filled, named, without_password

QUESTION = """\
case: named
log: {log}
columns: {{time: time, outcome: outcome, score: score}}
baseline: {{start: 2024-01-01, end: 2024-01-11}}
incident: {{start: 2024-01-11, end: 2024-01-21}}
"""


def question(folder: Path, log: str) -> Path:
    (folder / "q.yml").write_text(QUESTION.format(log=log), encoding="utf-8")
    return folder / "q.yml"


def test_names_are_those_in_braces() -> None:
    assert named("${A}/x_${B_2}.csv $C ${3} ${}") == ["A", "B_2"]


def test_each_is_replaced_by_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "one")
    monkeypatch.setenv("B", "${A}")
    assert filled("${A}/${B}/$A", "log") == "one/${A}/$A"


def test_one_that_is_not_set_is_told_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(InputError, match=r"history: the environment variable NOT_THERE is not set"):
        filled("${NOT_THERE}", "history")


def test_the_log_is_found_and_told_by_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLDER", str(tmp_path / "deep down"))
    asked = params.load(question(tmp_path, "${FOLDER}/x.csv"))
    with pytest.raises(InputError) as raised:
        log.inputs(asked)
    assert str(raised.value) == "log: there is no file '${FOLDER}/x.csv'; check the path"
    (tmp_path / "deep down").mkdir()
    (tmp_path / "deep down" / "x.csv").write_text("time\n")
    assert log.inputs(asked) == [(tmp_path / "deep down" / "x.csv").resolve()]
    assert asked.parameters()["log"] == "${FOLDER}/x.csv"


def test_a_pattern_may_hold_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLDER", str(tmp_path))
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("time\n")
    found = log.inputs(params.load(question(tmp_path, "${FOLDER}/*.csv")))
    assert [path.name for path in found] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    "text", ["postgresql://me:s3cret@host/db", "https://:s3cret@host", "x+y://a:b${C}@h"]
)
def test_a_password_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    for source in (repr(text), f"{{url: {text!r}, table: t}}"):
        with pytest.raises(InputError, match="a password stands here") as raised:
            params.load(question(tmp_path, source))
        assert "q.yml:2: log" in str(raised.value)
        assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["duckdb://a:b.duckdb", "x://me:${PASSWORD}@host/db", "a@b:c.csv", "s://host:80/x@y"]
)
def test_what_is_no_password_stands(text: str) -> None:
    assert without_password(text) == text
