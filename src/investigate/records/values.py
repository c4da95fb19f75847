"""Values out of JSON that anyone may have written, as what they should be, or as nothing."""

import math
from datetime import UTC, datetime
from typing import Any

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


def instant(value: Any) -> datetime | None:
    """A time in UTC; one without a zone is read as UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        return (found.replace(tzinfo=UTC) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
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
