"""A retention policy: which records are old enough, and what of them goes."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from investigate.question.fields import Integer, Strict
from investigate.question.policies import read


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
    return read(path, Policy, "policy")
