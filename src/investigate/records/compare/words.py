"""Values of a comparison as short text that is safe on a terminal."""

import json
import re

from investigate.rendering import plain

LONGEST = 160
HASH = re.compile("[0-9a-f]{64}")


def shown(value: object) -> str:
    """A number to four significant digits or as a count; text in one line; else JSON."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if HASH.fullmatch(text):
        return f"{text[:12]}…"
    return plain(text, LONGEST) or "(empty)"


def signed(change: float) -> str:
    """A change with its sign."""
    whole = change.is_integer() and abs(change) < 1e15
    return (f"{int(change):+,}" if whole else f"{change:+.4g}").replace("-", "−")


def count(number: int, one: str, more: str | None = None) -> str:
    """A number and its noun."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
