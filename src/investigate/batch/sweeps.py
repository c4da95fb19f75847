"""Sweeps: ``incident.start=2014-01-01..2014-12-01/1mo`` as the values that it names."""

import calendar
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from investigate.errors import InputError
from investigate.question.question import Window

MOST = 1000
"""Runs of a batch."""
STEP = re.compile(r"([1-9][0-9]{0,5})(y|mo|w|d|h|min)")
MONTHS = {"y": 12, "mo": 1}
SPANS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "min": timedelta(minutes=1),
}
HOW = "write a list such as a,b,c or a range such as 2024-01-01..2024-12-01/1mo or 0.1..0.5/0.1"


@dataclass(frozen=True)
class Axis:
    """A parameter, and the values that it has one after the other."""

    name: str
    values: tuple[str, ...]


def axis(text: str) -> Axis:
    """What ``NAME=VALUES`` names: a list, or a range of moments or numbers that has its last.

    Raises `InputError` where it names none, one twice, or too many.
    """
    name, separator, listed = text.partition("=")
    name = name.strip()
    where = f"--sweep {text}"
    if not separator or not name or not listed.strip():
        raise InputError(f"{where}: it is no NAME=VALUES; {HOW}")
    values = tuple(itertools.islice(_values(listed.strip(), where), MOST + 1))
    if len(values) > MOST:
        raise InputError(f"{where}: it names more than {MOST:,} values; take longer steps")
    for value in values:
        if values.count(value) > 1:
            raise InputError(f"{where}: {value} is named twice; remove one")
    return Axis(name, values)


def grid(axes: Sequence[Axis]) -> list[tuple[str, ...]]:
    """Every combination of the values of `axes`, the last of which changes first.

    Raises `InputError` where a parameter is swept twice, or there are too many.
    """
    names = [one.name for one in axes]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"--sweep {name}: it is swept twice; write one list")
    total = 1
    for one in axes:
        total *= len(one.values)
    if total > MOST:
        raise InputError(f"--sweep: {total:,} combinations; at most {MOST:,} are run")
    return list(itertools.product(*(one.values for one in axes)))


def moved(window: Window, start: str) -> str | None:
    """The end of `window` moved so that it begins at `start`; `None` where that is no moment.

    Whole months stay whole months, and else the span stays.
    """
    moment = _moment(start)
    if moment is None:
        return None
    low, high = window.start, window.end
    if isinstance(low, datetime) or isinstance(high, datetime):
        low, high = _full(low), _full(high)
        if (low.tzinfo is None) != (high.tzinfo is None):
            return None
    whole = low.day == high.day and getattr(low, "hour", 0) == getattr(high, "hour", 0)
    months = (high.year - low.year) * 12 + high.month - low.month
    if whole and months > 0 and later(low, months) == high:
        return later(moment, months).isoformat()
    if isinstance(low, datetime):
        moment = _full(moment)
    return (moment + (high - low)).isoformat()


def later(moment: date, months: int) -> date:
    """`moment` so many months later; the month's last day where it has no such day."""
    place = moment.year * 12 + moment.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return moment.replace(
        year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1])
    )


def _values(text: str, where: str) -> Iterator[str]:
    first, dots, rest = text.partition("..")
    # A list may hold paths such as ../log.csv; no range holds a comma.
    if not dots or "," in text:
        parts = [part.strip() for part in text.split(",")]
        if not all(parts):
            raise InputError(f"{where}: a value is missing between commas; {HOW}")
        yield from parts
        return
    last, slash, step = (part.strip() for part in rest.partition("/"))
    if not slash:
        raise InputError(f"{where}: the range has no step; {HOW}")
    if (found := _numbers(first.strip(), last, step, where)) is not None:
        yield from _some(found, where)
        return
    low, high = _moment(first.strip()), _moment(last)
    if low is None or high is None:
        raise InputError(f"{where}: {(first if low is None else last).strip()!r} is no date; {HOW}")
    matched = STEP.fullmatch(step)
    if matched is None:
        raise InputError(f"{where}: {step!r} is no step; write 1mo, 1w, 7d, 6h, 30min or 1y")
    try:
        yield from _some(_moments(low, high, int(matched[1]), matched[2]), where)
    except (TypeError, OverflowError, ValueError) as error:
        raise InputError(
            f"{where}: both ends must be written alike, and lie in the years 1 to 9999"
        ) from error


def _some(found: Iterable[str], where: str) -> Iterator[str]:
    empty = True
    for value in found:
        empty = False
        yield value
    if empty:
        raise InputError(f"{where}: the range is empty; its last value comes before the first")


def _numbers(first: str, last: str, step: str, where: str) -> Iterator[str] | None:
    try:
        low, high, by = (Decimal(part) for part in (first, last, step))
    except InvalidOperation:
        return None
    if not (low.is_finite() and high.is_finite() and by.is_finite()):
        return None
    if by <= 0:
        raise InputError(f"{where}: the step {step} leads nowhere; write one above 0")
    return itertools.takewhile(
        lambda value: Decimal(value) <= high, (str(low + by * n) for n in itertools.count())
    )


def _moments(low: date, high: date, many: int, unit: str) -> Iterator[str]:
    if unit in ("h", "min") or isinstance(low, datetime) != isinstance(high, datetime):
        low, high = _full(low), _full(high)
    for n in itertools.count():
        at = later(low, MONTHS[unit] * many * n) if unit in MONTHS else low + SPANS[unit] * many * n
        if at > high:
            return
        yield at.isoformat()


def _moment(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def _full(moment: date) -> datetime:
    # In the question's zone, as what it writes without one.
    return moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())
