"""Which case an alert belongs to, and the question that the case asks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from investigate.monitor.alerts import Alert, news
from investigate.monitor.watch import Watch
from investigate.question.question import Question, Window

BEFORE = timedelta(weeks=8)
"""How much of the time before a change its question compares with, at most."""
ENOUGH = timedelta(weeks=2)
"""So much of it must be left for an earlier alert to be left out."""


def assign(
    alerts: Sequence[Alert], watch: Watch, audit: Path, looked_until: datetime | None
) -> None:
    """Give each new alert that people have to hear of a case: the open one, or a new one.

    What goes wrong at the same time is looked into together: an alert joins the case of any
    alert that is open or overlaps it. A case that was closed before, of which people may have
    been told that all is over, is joined no more: they would not hear of what is new.
    """
    for alert in alerts:
        if alert.case or alert.entered or not news(alert, looked_until):
            continue
        going = {a.case for a in alerts if not a.closed}
        host = next((a for a in alerts if a.case in going - {""} and _together(a, alert)), None)
        if host is not None:
            alert.case = host.case
            continue
        taken = {a.case for a in alerts}
        alert.case, alert.opens = _name(alert, watch, audit, taken), True


def question(alert: Alert, alerts: Sequence[Alert], watch: Watch, until: datetime) -> Question:
    """Why AUC fell: what is from the change on against the time before it.

    What is ends where the alert was over, or with the last bucket before `until`. An alert
    that ended shortly before is left out of the time before, if enough is left.
    """
    began = watch.baseline.bounds(watch.timezone)[0]
    first = max(began, alert.since - BEFORE)
    for other in alerts:
        if other.ended is not None and first < other.ended <= alert.since - ENOUGH:
            first = other.ended
    since = max(alert.since, first + watch.step)
    if watch.every == "hour":
        until = until.replace(minute=0, second=0, microsecond=0)
    stop = max(min(until, alert.back or until), since + watch.step)
    return watch.question(
        alert.case,
        Window(start=_written(first, watch), end=_written(since, watch)),
        Window(start=_written(since, watch), end=_written(stop, watch)),
    )


def _together(other: Alert, alert: Alert) -> bool:
    return other.open or (other.ended is not None and other.ended >= alert.since)


def _name(alert: Alert, watch: Watch, audit: Path, taken: set[str]) -> str:
    day = alert.since.astimezone(ZoneInfo(watch.timezone))
    stem = f"{watch.watch}-{day:%Y-%m-%d}"
    name, n = stem, 1
    while name in taken or (audit / name).exists():
        n += 1
        name = f"{stem}-{n}"
    return name


def _written(moment: datetime, watch: Watch) -> date | datetime:
    local = moment.astimezone(ZoneInfo(watch.timezone))
    return local.date() if watch.every == "day" else moment
