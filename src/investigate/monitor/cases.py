"""The case of an alert: which one, the question that it asks, and what enters its ledger."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from investigate.errors import RunError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.ledger.entry import ALERT, ALERT_END, Entry
from investigate.ledger.files import digest, write
from investigate.monitor.alerts import Alert, news
from investigate.monitor.charts.panel import EVERYTHING
from investigate.monitor.watch import Watch
from investigate.monitor.words import change
from investigate.question.question import Question, Window
from investigate.records.run import params_text
from investigate.records.secrets import Secrets
from investigate.rendering import one_line

BEFORE = timedelta(weeks=8)
"""How much of the time before a change its question compares with, at most."""
ENOUGH = timedelta(weeks=2)
"""So much of it must be left for an earlier alert to be left out."""


def assign(
    alerts: Sequence[Alert], watch: Watch, audit: Path, looked_until: datetime | None
) -> None:
    """Give each new alert that people have to hear of a case: the open one, or a new one.

    What goes wrong at the same time is looked into together: an alert joins the case in which
    another one was still open when it was raised. That is known from the alerts alone, so that
    a monitor which missed some rounds, or was killed, ends with the same cases as one that was
    not. Where late rows raise an alert afterwards, a case that was closed, of which people may
    have been told that all is over, is joined no more: they would not hear of what is new.
    """
    for alert in alerts:
        if alert.case or alert.entered or not news(alert, looked_until):
            continue
        closed_cases = {a.case for a in alerts} - {a.case for a in alerts if not a.closed}
        host = next(
            (a for a in alerts if a.case not in {"", *closed_cases} and _went_on(a, alert)), None
        )
        if host is not None:
            alert.case = host.case
            continue
        taken = {a.case for a in alerts}
        alert.case, alert.opens = _case_name(alert, watch, audit, taken), True


def question(
    alert: Alert,
    alerts: Sequence[Alert],
    watch: Watch,
    until: datetime,
    as_of: datetime | None = None,
) -> Question:
    """Why AUC fell: what is from the change on against the time before it.

    What is ends where the alert was over, or with the last bucket before `until`. An alert
    that ended shortly before is left out of the time before, if enough is left. Outcomes that
    say when they were observed are those of `as_of`.
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
        as_of,
    )


def _went_on(other: Alert, alert: Alert) -> bool:
    """Whether `other` was open when `alert` was raised, or ended with the same bucket."""
    return other.ended is None or other.ended >= alert.raised


def _case_name(alert: Alert, watch: Watch, audit: Path, taken: set[str]) -> str:
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


FOLDER = "alerts"
"""The folder of a case that holds the questions that alerts wrote."""


def secrets(watch: Watch) -> Secrets:
    """What must stay here: what variables hold that `watch` names, or that look like it."""
    end = watch.baseline.bounds(watch.timezone)[1]
    asked = watch.question(watch.watch, watch.baseline, Window(start=end, end=end + watch.step))
    return Secrets.known(asked)


def question_file(alert: Alert, audit: Path) -> Path:
    """Where the question of an alert that opens a case is."""
    return audit / alert.case / FOLDER / f"{alert.number}.yml"


def enter(
    alert: Alert,
    alerts: Sequence[Alert],
    watch: Watch,
    audit: Path,
    until: datetime,
    as_of: datetime | None = None,
) -> None:
    """Enter `alert` in the ledger of its case, with its question if it opens the case.

    Nothing is entered twice, however often this is tried. Raises `RunError` where it cannot
    be written.
    """
    files = {}
    try:
        if entry_of(alert, ALERT, audit) is not None:
            return
        path = question_file(alert, audit)
        path.parent.mkdir(parents=True, exist_ok=True)
        if alert.opens:
            asked = question(alert, alerts, watch, until, as_of)
            text = f"# {change(alert, watch)}\n{params_text(asked)}"
            write(path, secrets(watch).clean(text, path.name), durable=True)
            files = {f"{FOLDER}/{path.name}": str(digest(path)["sha256"])}
        append(audit / alert.case, EntryDraft(ALERT, None, files, _raised(alert, watch)))
    except OSError as error:
        raise RunError(
            f"{audit / alert.case}: the alert could not be entered: {one_line(error)}"
        ) from error


def close(alert: Alert, watch: Watch, audit: Path) -> None:
    """Enter in the ledger of its case that `alert` is over; once, as `enter`."""
    assert alert.ended is not None
    try:
        if entry_of(alert, ALERT_END, audit) is not None:
            return
        body = {
            **_about(alert),
            "day": _moment(alert.ended, watch),
            "back": _moment(alert.back, watch) if alert.back else None,
            "withdrawn": alert.withdrawn,
            "value": alert.after,
            "expected": alert.expected,
        }
        append(audit / alert.case, EntryDraft(ALERT_END, None, {}, secrets(watch).redacted(body)))
    except OSError as error:
        raise RunError(
            f"{audit / alert.case}: the end of an alert could not be entered: {one_line(error)}"
        ) from error


def entry_of(alert: Alert, kind: str, audit: Path) -> Entry | None:
    """The entry of that kind on `alert` in the ledger of its case; none where there is none.

    Raises `OSError` where the ledger cannot be read.
    """
    case = audit / alert.case
    if not case.is_dir():
        return None
    number = str(alert.number)
    found = (e for e in read(case).entries if e.kind == kind and e.body.get("alert") == number)
    return next(found, None)


def _about(alert: Alert) -> dict[str, Any]:
    of = alert.by if alert.by == EVERYTHING else f"{alert.by}: {alert.label}"
    return {"alert": str(alert.number), "measure": alert.measure.lower(), "stream": of}


def _moment(moment: datetime, watch: Watch) -> str:
    """A day in the watch's time zone, or an hour in UTC, as programs read it."""
    local = moment.astimezone(ZoneInfo(watch.timezone))
    return f"{local:%Y-%m-%d}" if watch.every == "day" else f"{moment:%Y-%m-%dT%H:%MZ}"


def _raised(alert: Alert, watch: Watch) -> dict[str, Any]:
    body = {
        **_about(alert),
        "why": alert.why,
        "since": _moment(alert.since, watch),
        "day": _moment(alert.raised, watch),
        "value": alert.value,
        "low": alert.low,
        "high": alert.high,
        "expected": alert.expected,
        "joined": not alert.opens,
        "timezone": watch.timezone,
    }
    redacted: dict[str, Any] = secrets(watch).redacted(body)
    return redacted
