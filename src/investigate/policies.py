"""Policies in YAML files: what is to be kept, how often people are told."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from investigate.errors import InputError

Policy = TypeVar("Policy", bound=BaseModel)


def read(path: Path | None, model: type[Policy], noun: str) -> Policy:
    """The policy in the file at `path`, called a `noun`; the built-in one without a file.

    Raises `InputError` with one line that says what is wrong, and where.
    """
    if path is None:
        return model()
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
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
        first = failure.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        told = first["msg"]
        if first["type"] == "extra_forbidden":
            told = f"unknown key; known are {', '.join(_keys(model, first['loc'][:-1]))}"
        raise InputError(f"{path}: {at + ': ' if at else ''}{told}") from failure


def _keys(model: Any, at: tuple[int | str, ...]) -> list[str]:
    for part in at:
        model = model.model_fields[part].annotation
    return list(model.model_fields)
