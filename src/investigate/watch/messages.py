"""What people are sent: that a case was opened, and that all in it is over."""

from collections.abc import Sequence
from pathlib import Path

from investigate.send.delivery import put
from investigate.watch.alerts import Alert
from investigate.watch.entering import question_file
from investigate.watch.watch import Watch
from investigate.watch.words import change, over, together

MOST = 8
"""Alerts of a case that the last message lists."""


def announce(
    alert: Alert, alerts: Sequence[Alert], watch: Watch, audit: Path, outbox: Path
) -> None:
    """Put into the outbox that `alert` opened its case; a second time is nothing."""
    own = [a for a in alerts if a.case == alert.case]
    lines = [f"- {line}" for line in together(own, watch)]
    lines += [
        f"Case: {audit / alert.case}",
        f"To find out why: investigate run {question_file(alert, audit)}",
        f"To tell others: investigate update {audit / alert.case}",
    ]
    title = f"{watch.watch}: {change(alert, watch)}"
    put(outbox, f"alert {alert.case} {alert.number}", watch.send, title, "\n".join(lines))


def all_clear(alert: Alert, alerts: Sequence[Alert], watch: Watch, outbox: Path) -> None:
    """Put into the outbox that everything is over in the case that `alert` opened."""
    own = [a for a in alerts if a.case == alert.case]
    title = f"{watch.watch}: {over(alert, watch)}"
    if len(own) > 1:
        title += f", and so is all else in case {alert.case}"
    body = "\n".join(_listed([over(a, watch) for a in own]))
    put(outbox, f"all clear {alert.case} {alert.number}", watch.send, title, body)


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - MOST
    return [f"- {line}" for line in lines[:MOST]] + ([f"- and {more} more"] if more > 0 else [])
