"""What a question may not say: each mistake is one line that names the place and the remedy."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from investigate.errors import InputError
from investigate.log.addresses import database, lacking
from investigate.question import params, policies

ASKED: dict[str, Any] = {
    "case": "a",
    "log": "b.csv",
    "columns": {"time": "t", "outcome": "y", "score": "s"},
    "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
    "incident": {"start": "2024-02-01", "end": "2024-03-01"},
}
URL = "postgres://h/d"


def columns(**more: Any) -> dict[str, Any]:
    return {"columns": {**ASKED["columns"], **more}}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"log": {"url": URL, "table": "t", "path": "p"}}, "log: both a table and a path stand he"),
        ({"log": {"url": URL}}, "log: its table is missing; add table: (or path: for files of Spa"),
        (columns(positive=["a"], negative=["a"]), "columns: 'a' is both positive and negative; re"),
        (columns(negative=["a"]), "columns: negative stands without positive; add positive"),
        (
            columns(decimal=",") | {"decimal": ","},
            "decimal: it stands in columns too; remove one d",
        ),
        (columns(time_format="%"), "columns.time_format: '%' is no format of times; write one suc"),
        (columns(encoding="latin-99"), "columns.encoding: 'latin-99' is no encoding; write one su"),
        (columns(key="k"), "columns: key joins outcomes; add outcomes, or remove it"),
        (
            {"cohorts": ["y"]},
            "cohorts: 'y' is the outcome: no group of it has both outcomes; remove",
        ),
        ({"bands": {"age": [3, 2]}}, "bands: the edges of 'age' must be rising numbers, such as ["),
    ],
)
def test_a_question_that_contradicts_itself(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        params.from_values({**ASKED, **changes}, "here")
    assert str(caught.value).startswith(f"here: {says}")
    assert "\n" not in str(caught.value)


def test_a_window_that_ends_in_the_hour_that_comes_twice() -> None:
    window = {"start": "2024-10-27T02:30", "end": "2024-10-28"}
    with pytest.raises(InputError, match=r"here: incident: its start .*2024-10-27.*;"):
        params.from_values({**ASKED, "incident": window, "timezone": "Europe/Berlin"}, "here")


class Rule(BaseModel):
    name: str = ""


def test_files_that_are_too_large_or_too_deep(tmp_path: Path) -> None:
    large, deep, many = (tmp_path / name for name in ("large.yml", "deep.yml", "many.yml"))
    large.write_text("#" * (params.LARGEST + 1))
    with pytest.raises(InputError, match=r"large\.yml: it is larger than .* bytes; a question is"):
        params.load(large)
    deep.write_text("[" * 60 + "]" * 60)
    tens = "[" + ", ".join(["*a"] * 10) + "]"
    lines = [f"a: &a [{', '.join('1' * 10)}]"]
    lines += [f"{new}: &{new} {tens.replace('*a', f'*{old}')}" for old, new in pairwise("abcdefgh")]
    many.write_text("\n".join(lines))
    for path, message in (
        (large, "it is larger than"), (deep, "levels deep; write it out"), (many, "aliases make "),
    ):  # fmt: skip
        with pytest.raises(InputError, match=message):
            policies.small(path.read_text(), path)


@pytest.mark.parametrize("url", ["postgres://", "postgres://a b@", "postgres:///d"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(InputError, match=r"log: '.*' is no address of a database; write postgres"):
        database(url, "log")
    message = str(lacking("log", "PostgreSQL"))
    assert message.startswith("log: PostgreSQL is read by packages of their own: ")
    assert "investigate[engines]" in message
