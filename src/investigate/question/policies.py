"""Policies in YAML files: what is to be kept, how often people get updates."""

from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from investigate.errors import InputError
from investigate.question.fields import Formats, InMemory

MOST_VALUES, DEEPEST, LARGEST = 20_000, 20, 2_000_000
"""How many values a YAML file may hold once aliases are followed, how deep, in how many bytes."""

Policy = TypeVar("Policy", bound=BaseModel)


def read(path: Path | None, model: type[Policy], noun: str) -> Policy:
    """The policy in the file at `path`, called a `noun`; the built-in one without a file.

    Raises `InputError` with one line that says what is wrong, and where.
    """
    if path is None:
        return model()
    try:
        values = yaml.safe_load(small(path.read_text("utf-8"), path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the {noun}: {reason}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{path}: this is not YAML") from error
    if not isinstance(values, dict):
        keys = ", ".join(model.model_fields)
        raise InputError(f"{path}: a {noun} is a mapping with keys {keys}")
    try:
        return model.model_validate(values)
    except ValidationError as failure:
        # A misspelt key is also a missing one; its own line tells more.
        errors = sorted(failure.errors(), key=lambda error: error["type"] != "extra_forbidden")
        first = errors[0]
        # The schema marks the forms that a value can have in angle brackets; they are no keys.
        at = tuple(part for part in first["loc"] if not str(part).startswith("<"))
        at = at or getattr(first.get("ctx", {}).get("error"), "at", ())
        where = ".".join(map(str, at))
        raise InputError(
            f"{path}: {where + ': ' if where else ''}{_remedy(first, model, at)}"
        ) from (failure)


def small(text: str, path: Path) -> str:
    """`text`, unless its aliases would make it large or it is deep.

    Raises `InputError` with one line. Only the tree is looked at; nothing is built from it.
    """
    sizes: dict[int, int] = {}

    def size(node: yaml.Node | None, depth: int) -> int:
        if depth > DEEPEST:
            raise InputError(f"{path}: it is more than {DEEPEST} levels deep; write it out")
        if not isinstance(node, yaml.CollectionNode):
            return 1
        if id(node) not in sizes:
            pairs = isinstance(node, yaml.MappingNode)
            inner = [n for pair in node.value for n in pair] if pairs else node.value
            sizes[id(node)] = 1 + sum(size(one, depth + 1) for one in inner)
        return sizes[id(node)]

    if len(text) > LARGEST:
        raise InputError(f"{path}: it is larger than {LARGEST:,} characters")
    if size(yaml.compose(text, Loader=yaml.SafeLoader), 0) > MOST_VALUES:
        raise InputError(
            f"{path}: aliases make this more than {MOST_VALUES:,} values; write out what is asked"
        )
    return text


def _remedy(error: Any, model: type[BaseModel], at: tuple[int | str, ...]) -> str:
    match error["type"]:
        case "extra_forbidden":
            known = _keys(model, at[:-1])
            return f"unknown key; {'known are ' + ', '.join(known) if known else 'remove it'}"
        case "missing":
            return "it is missing; add it"
        case "value_error":
            return str(error["ctx"]["error"])
        case "tuple_type" | "list_type":
            return "expected a list such as [a, b]"
    return str(error["msg"])


def _keys(model: type[BaseModel], at: tuple[int | str, ...]) -> list[str]:
    inner: type[BaseModel] | None = model
    for part in at:
        if inner is None or isinstance(part, int):
            continue
        field = inner.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
    names = list(inner.model_fields) if inner else []
    # How values are written is asked for least.
    return sorted(names, key=lambda name: name in Formats.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation such as ``Model | None`` names, and that a file can hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None if annotation is InMemory else annotation
    return next((m for m in map(_model_in, get_args(annotation)) if m), None)
