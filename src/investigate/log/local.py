"""Local times and days in expressions, by the offsets that clocks had: see `investigate.zones`."""

from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from investigate.zones import FIRST_YEAR, LAST_YEAR, ClockChange, changes, offset

UTC_TIME = dt.Timestamp(timezone="UTC")

Years = tuple[int, int]
EVERY_YEAR: Years = (FIRST_YEAR, LAST_YEAR)
NO_YEAR: Years = (1970, 1970)
"""Of a column without any time."""


def in_utc(local: Any, zone: str, years: Years = EVERY_YEAR) -> Any:
    """The moment of a timestamp without a zone, which lies in `years`."""
    found = changes(zone, years[0] - 1, years[1] + 1)
    # What clocks show twice is the first; what they leave out is as before the change.
    steps = [(c.at + timedelta(seconds=max(c.before, c.after)), c.before) for c in found]
    ahead = _ahead(local, steps, found, zone, years)
    return (local if ahead is None else local - ahead).cast(UTC_TIME)


def day_start(moment: Any, zone: str, years: Years = EVERY_YEAR) -> Any:
    """The moment at which the day of `moment` begins; it lies in `years`."""
    found = changes(zone, years[0] - 1, years[1] + 1)
    plain = moment.cast("timestamp")
    ahead = _ahead(plain, [(c.at, c.before) for c in found], found, zone, years)
    if ahead is None:
        return plain.truncate("D").cast(UTC_TIME)
    # Asked of the moment again, not of the midnight, which holds all changes: over a hundred years
    # the changes times the changes are more than an engine plans.
    at_midnight = _ahead(plain, [(_next_midnight(c), c.before) for c in found], found, zone, years)
    return ((plain + ahead).truncate("D") - at_midnight).cast(UTC_TIME)


def _next_midnight(change: ClockChange) -> datetime:
    """When the first day begins whose midnight clocks show after a change, in UTC."""
    shown = change.at + timedelta(seconds=max(change.before, change.after))
    midnight = shown.replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight < shown:
        midnight += timedelta(days=1)
    return midnight - timedelta(seconds=change.after)


def years_of(time: Any) -> Years | None:
    """The years of the first and last of a column of timestamps, as far as they can be used.

    `None` where it holds none. A server's moments may be infinite, and of no year.
    """
    plain = time.cast("timestamp")
    table = plain.name("time").as_table()
    ends = table.agg(low=table.time.min(), high=table.time.max(), there=table.time.count())
    first, last = (
        ibis.literal(day, type="timestamp") for day in (f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31")
    )
    low, high = (
        ibis.ifelse(end < first, first, ibis.ifelse(end > last, last, end)).year()
        for end in (ends.low, ends.high)
    )
    found = ends.select(low=low, high=high, there=ends.there).to_pyarrow().to_pylist()[0]
    return (int(found["low"]), int(found["high"])) if found["there"] else None


def _ahead(
    time: Any, steps: list[tuple[datetime, int]], found: list[ClockChange], zone: str, years: Years
) -> Any | None:
    """How far clocks are ahead of UTC at each `time`; `None` where they never are."""
    last = found[-1].after if found else offset(zone, datetime(years[0], 1, 1))  # noqa: DTZ001
    if not last and not any(seconds for _at, seconds in steps):
        return None
    branches = [(time < ibis.literal(at, type="timestamp"), seconds) for at, seconds in steps]
    seconds: Any = ibis.cases(*branches, else_=last) if branches else ibis.literal(last)
    return seconds.cast("int64").as_interval("s")
