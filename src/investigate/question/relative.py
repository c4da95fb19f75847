"""Moments that a question gives from now on backwards, made dates before anything else is read.

What is recorded, hashed and shown is the date: the clock has no say in a result.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NAMED = {"today": 0, "yesterday": 1}
AGO = re.compile(r"-(\d{1,4})([dwh])")
PLACES = (("baseline", "start"), ("baseline", "end"), ("incident", "start"), ("incident", "end"),
          ("replay", "freeze"), ("outcomes", "as_of"))  # fmt: skip


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def resolved(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` of a question with dates in place of ``-30d``, ``-2w``, ``-6h`` or ``yesterday``.

    Days are midnights of the question's timezone, hours full ones in UTC. What is written in
    another way stays as it is.
    """
    document = dict(values)
    for part, name in PLACES:
        inner = document.get(part)
        if isinstance(inner, Mapping) and isinstance(inner.get(name), str):
            document[part] = {**inner, name: moment(inner[name], document.get("timezone"))}
    return document


def moment(text: str, timezone: object) -> str:
    """The date or time that `text` gives, or `text` itself where it gives none relative to now."""
    word = text.strip().lower()
    match = AGO.fullmatch(word)
    if word not in NAMED and match is None:
        return text
    here = now()
    try:
        if match and match[2] == "h":
            full = here.replace(minute=0, second=0, microsecond=0)
            return (full - timedelta(hours=int(match[1]))).isoformat()
        days = int(match[1]) * (7 if match[2] == "w" else 1) if match else NAMED[word]
        today = here.astimezone(ZoneInfo(str(timezone or "UTC"))).date()
        return (today - timedelta(days=days)).isoformat()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A time zone that is none is refused when it is read.
        return text
