"""What people are sent: that a case was opened, and that all in it is over."""

from collections.abc import Sequence
from pathlib import Path

from investigate.errors import RunError
from investigate.monitor.alerts import Alert
from investigate.monitor.cases import question_file, secrets
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
        f"To find out why: investigate run {question_file(alert, audit)}",
        f"To write an update: investigate update {audit / alert.case}",
    ]
    title = f"{watch.watch}: {change(alert, watch)}"
    _put(outbox, f"alert {alert.case} {alert.number}", watch, title, "\n".join(lines))


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
    lines += [f"Case: {case}", f"To write an update: investigate update {case} --resolved {case}"]
    _put(outbox, f"all clear {alert.case} {alert.number}", watch, title, "\n".join(lines))


def _put(outbox: Path, key: str, watch: Watch, title: str, body: str) -> None:
    redact = secrets(watch).redact
    try:
        put(outbox, key, watch.send, redact(title), redact(body))
    except OSError as error:
        raise RunError(f"{outbox}: a message could not be kept: {one_line(error)}") from error


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - MOST
    return [f"- {line}" for line in lines[:MOST]] + ([f"- and {more} more"] if more > 0 else [])
