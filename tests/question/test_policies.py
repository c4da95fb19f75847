"""Policies in YAML files: read, or refused in one line."""

from pathlib import Path

import pytest
from pydantic import field_validator

from investigate.errors import InputError
from investigate.question.fields import Number, Strict
from investigate.question.policies import read


class Inner(Strict):
    size: Number = 1.0


class Rule(Strict):
    name: str = "built in"
    inner: Inner = Inner()
    perhaps: Inner | None = None
    names: tuple[str, ...] = ()
    every: tuple[Inner, ...] = ()

    @field_validator("name")
    @classmethod
    def _no_spaces(cls, name: str) -> str:
        if "  " in name:
            raise ValueError(f"{name!r} has two spaces; write one")
        return name


def refused(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read(path, Rule, "rule")
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_without_a_file() -> None:
    assert read(None, Rule, "rule") == Rule()


def test_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "r.yml"
    file.write_text("name: mine\ninner: {size: 2}\n")
    assert read(file, Rule, "rule") == Rule(name="mine", inner=Inner(size=2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("other: 1", "other: unknown key; known are name, inner, perhaps, names, every"),
        ("inner: {length: 1}", "inner.length: unknown key; known are size"),
        ("inner: {size: x}", "inner.size: Input should be a valid number"),
        ("perhaps: {length: 1}", "perhaps.length: unknown key; known are size"),
        ("every: [{length: 1}]", "every.0.length: unknown key; known are size"),
        ("names: one", "names: expected a list such as [a, b]"),
        ("name: 'a  b'", "name: 'a  b' has two spaces; write one"),
        ("- 1", "a rule is a mapping with keys name, inner, perhaps, names, every"),
        ("", "a rule is a mapping with keys name, inner, perhaps, names, every"),
        ("a: [", "this is not YAML"),
        ("name: 2024-13-45", "this is not YAML"),
        ("\xff", "cannot read the rule: it is not UTF-8 text"),
    ],
)
def test_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "r.yml"
    file.write_bytes(text.encode("latin-1"))
    assert refused(file).startswith(f"{file}: {message}")


def test_no_file(tmp_path: Path) -> None:
    message = refused(tmp_path / "none.yml")
    assert message.endswith("none.yml: cannot read the rule: No such file or directory")
