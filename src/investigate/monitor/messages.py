"""What people are sent: that a case was opened, and that all in it is over."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from investigate.errors import RunError
from investigate.ledger.entry import ALERT
from investigate.monitor.alerts import Alert
from investigate.monitor.cases import entry_of, question_file, secrets
from investigate.monitor.watch import Watch
from investigate.monitor.words import change, over, together
from investigate.rendering import one_line
from investigate.updates.delivery import put

MOST = 8
"""Alerts of a case that the last message lists."""


def announce(
    alert: Alert, alerts: Sequence[Alert], watch: Watch, audit: Path, outbox: Path
) -> None:
    """Put into the outbox that `alert` opened its case; a second time is nothing.

    Raises `RunError` where it cannot be written.
    """
    own = [a for a in alerts if a.case == alert.case]
    lines = [f"- {line}" for line in together(own, watch)]
    lines += [
        f"Case: {audit / alert.case}",
        f"To find out why: investigate run {_quoted(question_file(alert, audit))}",
        f"To write an update: investigate update {_quoted(audit / alert.case)}",
    ]
    title = f"{watch.watch}: {change(alert, watch)}"
    _put(outbox, _key("alert", alert, audit), watch, title, "\n".join(lines))


def all_clear(
    alert: Alert, alerts: Sequence[Alert], watch: Watch, audit: Path, outbox: Path
) -> None:
    """Put into the outbox that all is over in the case that `alert` opened, as `announce`."""
    own = [a for a in alerts if a.case == alert.case]
    title = f"{watch.watch}: {over(alert, watch)}"
    if len(own) > 1:
        # What was withdrawn never came back inside its bounds, nor the other way round.
        alike = all(a.withdrawn == alert.withdrawn for a in own)
        title += f", and so is all else in case {alert.case}" if alike else (
            f"; no alert of case {alert.case} is open any more"
        )  # fmt: skip
    case = audit / alert.case
    lines = _listed([over(a, watch) for a in own])
    command = f"investigate update {_quoted(case)} --resolved {_quoted(case)}"
    lines += [f"Case: {case}", f"To write an update: {command}"]
    _put(outbox, _key("all clear", alert, audit), watch, title, "\n".join(lines))


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _key(what: str, alert: Alert, audit: Path) -> str:
    """What a message is about: where a state is begun anew, cases and numbers come again.

    The entry that raised the alert is another then, and the outbox still holds what was sent.
    """
    key = f"{what} {alert.case} {alert.number}"
    try:
        entry = entry_of(alert, ALERT, audit)
    except OSError as error:
        case = audit / alert.case
        raise RunError(f"{case}: its ledger cannot be read: {one_line(error)}") from error
    return key if entry is None else f"{key} {entry.sha256()}"


def _put(outbox: Path, key: str, watch: Watch, title: str, body: str) -> None:
    redact = secrets(watch).redact
    try:
        put(outbox, key, watch.send, redact(title), redact(body))
    except OSError as error:
        raise RunError(f"{outbox}: a message could not be kept: {one_line(error)}") from error


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - MOST
    return [f"- {line}" for line in lines[:MOST]] + ([f"- and {more} more"] if more > 0 else [])
