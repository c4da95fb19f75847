"""One entry of a ledger, its kinds, and the one form in which it is written."""

import hashlib
import json
from pathlib import PurePosixPath
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

STARTED = "started"
"""A run that began, with the fingerprint of its question; without a `RUN` entry after it,
it goes on or was killed."""

RUN = "run"
"""A run that ended, well or not; it tells of every file of its record."""

VERIFICATION = "verification"
"""What a verification found, of a record or the whole case."""

SIGN_OFF = "sign-off"
"""A reviewer's verdict on a record, signed."""

RERUN = "rerun"
"""How a record's question was answered again, and what that found."""

PRUNE = "prune"
"""Which pages and pictures of records went, by a retention policy."""

UPDATE = "update"
"""What stakeholders were told of the case: the draft and the text that went out, as files."""

ALERT = "alert"
"""An alert of the monitor: what fell, since when; its question as a file."""

ALERT_END = "alert-end"
"""What an alert was about is back inside its bounds."""


GENESIS = "0" * 64
"""What the first entry holds for the hash of the one before."""

SIGNATURE = "signature"


def _inside(path: str) -> str:
    # A ledger may come from anyone; what it names must lie in the folder of its case.
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or str(pure) != path or "\0" in path or path == ".":
        raise ValueError("a path leaves the folder of the case")
    return path


Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Inside = Annotated[str, AfterValidator(_inside)]


class Entry(BaseModel):
    """What was done (`kind`), when, to which record (`of`; none: the case), with which files.

    ``files`` maps paths below the folder of the case to their SHA-256, ``prev`` is the
    SHA-256 of the line before, ``body`` holds what the kind tells besides.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    n: int = Field(ge=1)
    kind: str = Field(pattern="^[a-z][a-z-]{0,31}$")
    time: str
    of: Inside | None
    files: dict[Inside, Sha256]
    prev: Sha256
    body: dict[str, Any]

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """The entry that `line`, with its newline, holds.

        Raises `ValueError`, which says why, where that is no entry in the canonical form.
        """
        try:
            document = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ValueError("it is cut short or no JSON") from error
        try:
            entry = cls.model_validate(document)
            same = entry.line() == line
        except ValidationError as error:
            raise ValueError("it does not hold what an entry holds") from error
        except (ValueError, RecursionError) as error:
            raise ValueError("it holds what has no canonical form") from error
        if not same:
            raise ValueError("it is not in the canonical form")
        return entry

    def line(self) -> bytes:
        """The canonical form: keys sorted, no spaces, UTF-8, with a newline."""
        return canonical(self.model_dump())

    def sha256(self) -> str:
        """The hash of its line, which the next entry holds."""
        return hashlib.sha256(self.line()).hexdigest()

    def statement(self) -> bytes:
        """What a signature of this entry signs: its line without the signature."""
        body = {name: value for name, value in self.body.items() if name != SIGNATURE}
        return canonical({**self.model_dump(), "body": body})

    def signed(self, signature: str) -> Self:
        """The entry with the signature of its `statement`."""
        return self.model_copy(update={"body": {**self.body, SIGNATURE: signature}})


def canonical(document: dict[str, Any]) -> bytes:
    """The one line of JSON for `document`.

    Raises `ValueError` for text that is no UTF-8 and numbers that are not finite.
    """
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode() + b"\n"
