"""How findings write numbers, so that every sentence reads alike."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from math import ceil, floor, log10

from investigate.finding import Estimate


def points(value: float, digits: int = 3) -> str:
    """AUC points with their sign: −0.147; what rounds to zero has none."""
    small = abs(value) < 0.5 * 10.0**-digits
    return f"{0:.{digits}f}" if small else f"{value:+.{digits}f}".replace("-", "−")


def level(estimate: Estimate) -> str:
    """An AUC with its interval: 0.677 [0.661, 0.693]."""
    if estimate.value is None:
        return "undefined"
    return _unsigned(estimate.value) + _interval(estimate, _unsigned)


def signed(estimate: Estimate) -> str:
    """A change in AUC with its interval: −0.147 [−0.163, −0.131]."""
    if estimate.value is None:
        return "undefined"
    return points(estimate.value) + _interval(estimate, points)


def percent(share: float) -> str:
    """A share in percent, with a decimal near none and all: 91%, 0.4%, 99.7%."""
    if 0 < share < 0.0005:
        return "less than 0.1%"
    if 0.9995 <= share < 1:
        return "more than 99.9%"
    return f"{share:.1%}" if 0 < share < 0.05 or 0.995 <= share < 1 else f"{share:.0%}"


def moved(before: float, now: float) -> str:
    """A share that went from one value to another, or stayed where both are written alike."""
    texts = percent(before), percent(now)
    return (
        f"stayed at {texts[1]}" if texts[0] == texts[1] else f"went from {texts[0]} to {texts[1]}"
    )


def listed(names: Sequence[str], word: str = "and") -> str:
    """Several names in a row: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def two_digits(rows: float) -> int:
    """Rows up to two significant digits: how many are needed is known no more exactly than that."""
    digits = 10 ** max(floor(log10(max(rows, 1))) - 1, 0)
    return ceil(rows / digits) * digits


def day(moment: date | datetime) -> str:
    """A moment as people write it: the date alone where the time is midnight."""
    if isinstance(moment, datetime):
        if moment.second:
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        if moment.hour or moment.minute:
            return moment.strftime("%Y-%m-%d %H:%M")
        return moment.strftime("%Y-%m-%d")
    return moment.isoformat()


def _interval(estimate: Estimate, written: Callable[[float], str]) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f" [{written(estimate.low)}, {written(estimate.high)}]"


def _unsigned(value: float) -> str:
    return points(value).removeprefix("+")
