"""Alerts in words: for the terminal, for messages, for the ledger."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from investigate.measures import measure as registered
from investigate.monitor.alerts import FIXED, Alert
from investigate.monitor.charts.panel import EVERYTHING
from investigate.monitor.watch import Watch
from investigate.rendering import plain
from investigate.site.alerts import WITHDRAWN

FEW = 3
"""Groups that are named one by one."""
LONGEST = 60
"""Characters of a group's name, which comes from the log."""


def rows_of(by: str, label: str) -> str:
    """The rows of a group: all rows, or ``country: DE``."""
    return "all rows" if by == EVERYTHING else f"{plain(by, LONGEST)}: {plain(label, LONGEST)}"


def what(alert: Alert) -> str:
    """What an alert is on: ``AUC of all rows``, ``number of rows``."""
    known = registered(alert.measure)
    words = known.words.removeprefix("the ") if known else plain(alert.measure, LONGEST)
    if known and not known.groups and alert.by == EVERYTHING:
        return words
    return f"{words} of {rows_of(alert.by, alert.label)}"


def number(measure: str, value: float) -> str:
    """A value in the unit of its measure: 0.525, 1,204, 3.1%."""
    known = registered(measure)
    return known.number(value) if known else f"{value:.3f}"


def change(alert: Alert, watch: Watch) -> str:
    """What an alert says, in one line."""
    value, expected = (number(alert.measure, v) for v in (alert.value, alert.expected))
    if alert.why == FIXED:
        side = "below" if alert.value < alert.expected else "above"
        return (
            f"{what(alert)} is {side} the limit of {expected}: {value} {_interval(alert)}"
            f"on {when(alert.raised, watch)}"
        )
    side = "fell" if alert.value < alert.expected else "rose"
    return (
        f"{what(alert)} {side} from {expected} to {value} {_interval(alert)}"
        f"since {when(alert.since, watch)}"
    )


def together(alerts: Sequence[Alert], watch: Watch) -> list[str]:
    """What the alerts of a case say, those on all rows first, groups in one line."""
    lines = [change(alert, watch) for alert in alerts if alert.by == EVERYTHING]
    by_group = [alert for alert in alerts if alert.by != EVERYTHING]
    by_change = sorted(by_group, key=lambda alert: (alert.value - alert.expected, alert.what))
    # A group may have had several alerts, one after the other: its largest tells of it.
    largest: dict[tuple[str, str], Alert] = {}
    for alert in by_change:
        largest.setdefault((alert.by, alert.label), alert)
    if len(largest) <= FEW:
        return lines + [change(alert, watch) for alert in by_group]
    named = [
        f"{rows_of(alert.by, alert.label)} ({number(alert.measure, alert.expected)} to "
        f"{number(alert.measure, alert.value)})"
        for alert in list(largest.values())[:FEW]
    ]
    too = " too" if lines else ""
    return [*lines, f"{len(largest)} groups changed{too}, most of all {', '.join(named)}"]


def over(alert: Alert, watch: Watch) -> str:
    """That an alert is over, in one line."""
    if alert.withdrawn:
        return f"{what(alert)}: withdrawn, as {WITHDRAWN}"
    since = f" since {when(alert.back, watch)}" if alert.back else ""
    return f"{what(alert)} is back inside its bounds{since}"


def when(moment: datetime, watch: Watch) -> str:
    """The bucket that starts at `moment`, as people write it."""
    local = moment.astimezone(ZoneInfo(watch.timezone))
    return f"{local:%Y-%m-%d}" if watch.every == "day" else f"{local:%Y-%m-%d %H:%M %Z}"


def _interval(alert: Alert) -> str:
    known = registered(alert.measure)
    if known and known.unit == "count":
        return ""
    low, high = (number(alert.measure, v) for v in (alert.low, alert.high))
    return f"[{low}, {high}] "
