"""A retention policy: which records are old enough, and what of them goes."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from investigate.errors import InputError
from investigate.fields import Integer, Strict


class Policy(Strict):
    """What goes of which records.

    Those that ended ``older_than_days`` ago go, but for the ``keep_last`` of each case and,
    with ``keep_signed``, those that anybody signed off. ``remove`` says what: ``html`` are
    the pages, ``pictures`` those within executed notebooks.
    """

    older_than_days: Integer = Field(90, ge=0)
    keep_last: Integer = Field(5, ge=0)
    keep_signed: bool = True
    remove: tuple[Literal["html", "pictures"], ...] = ("html",)


def load(path: Path | None) -> Policy:
    """The policy in a YAML file; the built-in one without a file.

    Raises `InputError` with one line that says what is wrong.
    """
    if path is None:
        return Policy()
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"{path}: cannot read the policy: {reason}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{path}: this is not YAML") from error
    keys = ", ".join(Policy.model_fields)
    if not isinstance(values, dict):
        raise InputError(f"{path}: a policy is a mapping with keys {keys}")
    try:
        return Policy.model_validate(values)
    except ValidationError as failure:
        first = failure.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        told = (
            f"unknown key; known are {keys}" if first["type"] == "extra_forbidden" else first["msg"]
        )
        raise InputError(f"{path}: {at}: {told}") from failure
