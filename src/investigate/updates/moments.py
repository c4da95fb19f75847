"""Moments that people give on the command line, and how spans of time are written."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from investigate.errors import InputError
from investigate.records.documents import instant


def moment(text: str | None, zone: str = "UTC") -> datetime:
    """The moment that `text` gives, in `zone` where it names none; now where there is no text.

    Raises `InputError` where it is none.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    found = instant(text)
    try:
        if found is not None and datetime.fromisoformat(text).tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        found = None
    if found is None:
        raise InputError("--at: it is no moment; write 2024-03-01T12:00")
    return found


def span(length: timedelta) -> str:
    """A length of time by its two largest units: 3 d 4 h, 2 h 5 min, 0 min."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days:,} d {hours} h" if hours else f"{days:,} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"
