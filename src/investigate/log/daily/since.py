"""A span of time as a condition on the column as it is stored, which the scan of a file can use.

It lets through some rows too many, never one too few: what has no zone may be hours off.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from investigate.log import casts
from investigate.log.local import UTC_TIME
from investigate.zones import FIRST_YEAR

_SLACK = timedelta(days=2)
_FIRST = datetime(FIRST_YEAR, 1, 3, tzinfo=UTC)


def within(
    column: Any, since: datetime | None, until: datetime | None, timezone: str
) -> Any | None:
    """Whether `column` is from `since` on and before `until`, or no time that can be used.

    `None` where the column is text, which has to be read first.
    """
    written = _written(column, timezone)
    if written is None or (since is None and until is None):
        return None
    inside: Any = ibis.literal(True)
    if since is not None:
        inside = inside & (column >= written(since - _SLACK))
    if until is not None:
        inside = inside & (column <= written(until + _SLACK))
    return inside | column.isnull() | (column < written(_FIRST))


def _written(column: Any, timezone: str) -> Any | None:
    """How a moment is written in such a column."""
    kind = column.type()
    zone = ZoneInfo(timezone)
    if kind.is_timestamp() and kind.timezone is not None:
        return lambda moment: ibis.literal(moment, type=UTC_TIME)
    if kind.is_timestamp():
        return lambda moment: ibis.literal(
            moment.astimezone(zone).replace(tzinfo=None), type="timestamp"
        )
    if kind.is_date():
        return lambda moment: ibis.literal(moment.astimezone(zone).date(), type="date")
    if kind.is_integer() or kind.is_floating() or kind.is_decimal():
        each = casts.per_second(column)
        if each is None:
            return None
        return lambda moment: int(moment.timestamp()) * each
    return None
