"""Files of a record that may be a stranger's, and values in them as what they should be, or none.

Files are read with limits and one clear line each; a value of another kind is left out.
"""

import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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


def mapping_in(path: Path) -> dict[str, Any] | None:
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
        key=lambda path: (_leading(path.name), os.fsencode(path.name)),
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


def _leading(name: str) -> int:
    digits = name.split("_", 1)[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 10**9


LONGEST = 400


def words(value: Any, limit: int = LONGEST) -> str:
    """Text in one line, without control characters, cut where it is very long."""
    return _cut(" ".join(_text(value, limit).split()), limit)


def lines(value: Any, limit: int = 4000) -> str:
    """Text that may have several lines, without other control characters."""
    text = _text(value, limit).replace("\r\n", "\n").strip()
    return _cut("\n".join(_printable(line) for line in text.split("\n")), limit)


def number(value: Any) -> float | None:
    """A finite number; none where it is anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def count(value: Any) -> int | None:
    """A whole number that is not negative and not out of all proportion."""
    return value if type(value) is int and 0 <= value < 10**15 else None


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, empty where it is anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any, limit: int = 1000) -> list[Any]:
    """The first elements of a JSON array, none where it is anything else."""
    return value[:limit] if isinstance(value, list) else []


def rows(value: Any, limit: int = 1000) -> list[dict[str, Any]]:
    """The objects among the first elements of a JSON array."""
    return [row for row in listed(value, limit) if isinstance(row, dict)]


def moment(value: Any) -> str:
    """A time as ``YYYY-MM-DD HH:MM:SS`` in UTC; empty where it is none."""
    found = instant(value)
    return "" if found is None else f"{found:%Y-%m-%d %H:%M:%S}"


def instant(value: Any, zone: str = "UTC") -> datetime | None:
    """A time in UTC; one that names no zone is of `zone`. None where either is none."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        local = UTC if zone == "UTC" else ZoneInfo(zone)
        return (found.replace(tzinfo=local) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError, OSError, KeyError):
        return None


def _text(value: Any, limit: int) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    if isinstance(value, int | float):
        # Written out, a whole number of JSON may have thousands of digits.
        return f"{value:.6g}" if isinstance(value, float) or abs(value) >= 10**15 else str(value)
    if isinstance(value, str):
        # Enough for the cut to show.
        return value[: 4 * limit + 1]
    if isinstance(value, list):
        return ", ".join(_text(part, limit) for part in value[:50])
    return "; ".join(f"{name}: {_text(part, limit)}" for name, part in list(value.items())[:50])


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _cut(text: str, limit: int) -> str:
    text = "\n".join(_printable(line) for line in text.split("\n"))
    return text if len(text) <= limit else text[: limit - 1] + "…"
