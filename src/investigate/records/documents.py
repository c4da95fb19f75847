"""Files of a record that may be a stranger's, read with limits and one clear line each."""

import json
import math
import os
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.ledger.files import opened
from investigate.rendering import one_line, plain

MOST_BYTES = 64 * 1024 * 1024
MOST_NESTED = 64
"""Far beyond what a run writes: its largest notebook has about one MB, nested tenfold."""


def data_of(path: Path) -> bytes | None:
    """The bytes of a plain file; `None` where there is none of that name.

    Raises `InputError` where it is a link or device, cannot be read or is too large.
    """
    try:
        with opened(path, os.O_RDONLY) as file, os.fdopen(os.dup(file), "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: cannot read it as a plain file: {one_line(error)}") from error
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: it has more than {MOST_BYTES:,} bytes; no run writes that")
    return data


def parsed(data: bytes, path: Path) -> Any:
    """The JSON in `data`, which was read from `path`.

    Raises `InputError` where it is none, is nested too deeply or holds a number that is
    not finite.
    """
    try:
        document = json.loads(
            data.decode("utf-8"), parse_float=_float, parse_int=_int, parse_constant=_constant
        )
    except RecursionError as error:
        raise InputError(_deep(path)) from error
    except ValueError as error:
        raise InputError(
            f"{path}: this is no JSON that a run writes: {plain(str(error))}"
        ) from error
    below = [(document, 1)]
    while below:
        value, depth = below.pop()
        if depth > MOST_NESTED:
            raise InputError(_deep(path))
        if isinstance(value, dict):
            below += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            below += [(inner, depth + 1) for inner in value]
    return document


def mapping(path: Path) -> dict[str, Any] | None:
    """The JSON mapping in the file `path`; `None` where there is no such file."""
    data = data_of(path)
    if data is None:
        return None
    document = parsed(data, path)
    if not isinstance(document, dict):
        raise InputError(f"{path}: this is no mapping, as a run writes it")
    return document


class UnreadableError(Exception):
    """A file is not what it should be; says why, in a few words that name no path."""


def text(path: Path) -> str:
    """The text of a plain file. Raises `UnreadableError` where it is none."""
    try:
        data = data_of(path)
    except InputError as error:
        raise UnreadableError("it is a link or device, too large, or cannot be read") from error
    if data is None:
        raise UnreadableError("it is missing")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is no UTF-8") from error


def document(path: Path) -> dict[str, Any]:
    """The JSON object that a plain file holds. Raises `UnreadableError` where it holds none."""
    try:
        found = parsed(text(path).encode(), path)
    except InputError as error:
        raise UnreadableError("it is no JSON that a run writes") from error
    if not isinstance(found, dict):
        raise UnreadableError("it is no JSON object")
    return found


def plain_files(folder: Path, ending: str) -> list[Path]:
    """The plain files in `folder` whose names end so, by the number they begin with, and name."""
    if folder.is_symlink():
        return []
    try:
        found = [path for path in folder.iterdir() if path.name.endswith(ending)]
    except OSError:
        return []
    return sorted(
        (path for path in found if path.is_file() and not path.is_symlink()),
        key=lambda path: (_number(path.name), os.fsencode(path.name)),
    )


def _deep(path: Path) -> str:
    return f"{path}: it is nested too deeply; no run writes that"


def _constant(name: str) -> Any:
    raise ValueError(f"it holds {name}, which is no number")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("it holds a number that is out of range")
    return number


def _int(text: str) -> int:
    # The length first: reading a long one takes a time that grows with its square.
    if len(text) > 20:
        raise ValueError("it holds a number that is out of range")
    return int(text)


def _number(name: str) -> int:
    digits = name.split("_", 1)[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 10**9
