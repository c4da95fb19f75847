"""A question's keys as people look them up: type, default, meaning and example, from its schema."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel

from investigate.errors import InputError
from investigate.question import params
from investigate.question import question as q
from investigate.question.meanings import MEANINGS
from investigate.question.schema import schema

NEEDED, NOTHING, INNER = "none; it is needed", "nothing", "the defaults of its keys"
WORDS = (NEEDED, NOTHING, INNER)
"""Defaults that are words and no values."""


@dataclass(frozen=True)
class Key:
    """A key by its dotted name; ``default`` and ``example`` are YAML. ``below``: its own keys."""

    name: str
    kind: str
    default: str
    meaning: str
    example: str
    below: tuple[str, ...] = ()


def every_key() -> list[Key]:
    """Every key of a question, in the order of its schema; what is listed is named by its list."""
    return list(_keys(q.Question, ()))


def key(name: str) -> Key:
    """The key called `name`. Raises `InputError` where there is none."""
    known = {one.name: one for one in every_key()}
    if name not in known:
        # A part of a name is enough where no other has it.
        ends = [other for other in known if other.rpartition(".")[2] == name]
        if len(ends) == 1:
            return known[ends[0]]
        near = ends or difflib.get_close_matches(name, known, n=1)
        tops = ", ".join(other for other in known if "." not in other)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {tops}"
        raise InputError(f"{name!r} is no key of a question; {hint}")
    return known[name]


def as_markdown() -> str:
    """The page docs/question.md."""
    lines = [
        "# Keys of a question",
        "A question is a YAML file, such as `params/demo.yml`. This page is made from its schema "
        "by `python tools/question_page.py`; `investigate explain KEY` prints one key, and "
        "`investigate explain --schema` the JSON schema from which editors complete and check: "
        "save it beside the file and begin that with "
        "`# yaml-language-server: $schema=question.schema.json`.",
        "",
        f"Keys of `columns` that say how values are written ({', '.join(q.FORMATS)}) may stand at "
        "the top as well. On the command line every key can be given by its name: "
        "`-p incident.end=2024-03-08`.",
        "",
        "| key | type | default | meaning | example |",
        "|---|---|---|---|---|",
    ]
    for one in every_key():
        default = f"`{one.default}`" if one.default not in WORDS else one.default
        cells = (f"`{one.name}`", one.kind, default, one.meaning, f"`{one.example}`")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _keys(model: type[BaseModel], at: tuple[str, ...]) -> Iterator[Key]:
    definition = _definition(model)
    for name, definition_of in sorted(
        definition["properties"].items(), key=lambda one: one[0] in q.FORMATS and bool(at)
    ):
        if not at and name in q.FORMATS:
            continue
        meaning = MEANINGS[model][name]
        inner = params.INNER.get((*at, name))
        dotted = ".".join((*at, name))
        below = tuple(f"{dotted}.{n}" for n in inner.model_fields) if inner else ()
        default = NEEDED if name in definition.get("required", ()) else _default(definition_of)
        yield Key(dotted, _kind(definition_of), default, meaning.text, meaning.example, below)
        if inner:
            yield from _keys(inner, (*at, name))


def _definition(model: type[BaseModel]) -> dict[str, Any]:
    whole = schema()
    return whole if model is q.Question else whole["$defs"][model.__name__]


def _default(definition: dict[str, Any]) -> str:
    value = definition.get("default")
    if value is None or value in ([], {}, ""):
        return NOTHING
    if isinstance(value, dict):
        return INNER
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n...\n").strip()


def _kind(definition: dict[str, Any]) -> str:
    """A type in words."""
    forms = definition.get("anyOf") or definition.get("oneOf")
    if forms:
        words = [_kind(form) for form in forms if form.get("type") != "null"]
        return " or ".join(dict.fromkeys(words))
    if "$ref" in definition:
        return "a mapping"
    if "enum" in definition:
        return "one of " + ", ".join(f"`{value}`" for value in definition["enum"])
    match definition.get("type"):
        case "array":
            return (
                "a list of mappings" if "$ref" in definition.get("items", {}) else "a list of texts"
            )
        case "object":
            return "a mapping"
        case "number" | "integer":
            return ", ".join(["a number" if definition["type"] == "number" else "a whole number",
                              *_bounds(definition)])  # fmt: skip
        case _:
            known = {"moment": "a date or time", "path": "a path", "percent": "per cent (5%)"}
            return known.get(definition.get("format", ""), "text")


def _bounds(definition: dict[str, Any]) -> list[str]:
    words = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    return [f"{word} {definition[name]}" for name, word in words.items() if name in definition]
