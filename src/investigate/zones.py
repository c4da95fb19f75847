"""Time zones from one database, the locked package ``tzdata``, for bounds and rows alike.

A local time that clocks show twice is the first of the two; one that they leave out is as much
later as they leap (PEP 495, ``fold=0``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import metadata
from zoneinfo import ZoneInfo, reset_tzpath

# The operating system's own database may be another, and then bounds and rows would differ
# from those of the next machine.
reset_tzpath(to=())
ZoneInfo.clear_cache()

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years in which a time can be used."""


@dataclass(frozen=True)
class ClockChange:
    """A moment (UTC, without a zone) at which clocks change, and their offsets in seconds."""

    at: datetime
    before: int
    after: int


def database() -> str:
    """The name and version of the database."""
    return f"tzdata {metadata.version('tzdata')}"


def offset(zone: str, moment: datetime) -> int:
    """How many seconds clocks are ahead of UTC at `moment` (UTC, without a zone)."""
    ahead = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert ahead is not None
    return round(ahead.total_seconds())


def changes(zone: str, first: int, last: int) -> list[ClockChange]:
    """Every change of clocks from the year `first` to `last`, both included, in order."""
    years = range(max(first, FIRST_YEAR), min(last, LAST_YEAR) + 1)
    return [change for year in years for change in _of_year(zone, year)]


@cache
def _of_year(zone: str, year: int) -> tuple[ClockChange, ...]:
    found = []
    day, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001
    before = offset(zone, day)
    while day < end:
        following = day + timedelta(days=1)
        after = offset(zone, following)
        if after != before:
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            found.append(ClockChange(high, before, after))
        day, before = following, after
    return tuple(found)


def readings(local: datetime, zone: str) -> list[datetime]:
    """The moments that a local time may be: two where clocks show it twice, else one."""
    found = {local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    there = ZoneInfo(zone)
    real = {m for m in found if m.astimezone(there).replace(tzinfo=None) == local}
    return sorted(real) or [min(found)]
