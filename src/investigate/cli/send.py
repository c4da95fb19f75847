"""What ``investigate send`` does: empty the outbox and say what became of each message."""

from pathlib import Path

from rich.console import Console

from investigate.cli.app import say
from investigate.errors import InputError, RunError
from investigate.rendering import one_line
from investigate.updates.delivery import Delivery, empty


def send_from(outbox: Path, console: Console) -> None:
    """Send what waits in `outbox` and say what was sent, what waits, and what is not known.

    Raises `InputError` where there is no outbox, and `RunError` where anything waits still
    or may not have arrived.
    """
    if not outbox.is_dir():
        raise InputError(f"{outbox}: there is no outbox here; --send makes one")
    try:
        report(empty(outbox), console)
    except OSError as error:
        raise RunError(f"{outbox}: it could not be emptied: {one_line(error)}") from error


def report(delivery: Delivery, console: Console) -> None:
    """Print what became of messages; raises `RunError` where not all of them were sent."""
    for label, messages in (
        ("sent", delivery.sent),
        ("waits", delivery.waiting),
        ("may not have arrived", delivery.stuck),
    ):
        for message in messages:
            say(console, f"{label}: {message.title}, to {message.channel}")
    for path in delivery.unreadable:
        say(console, f"holds no message: {path}")
    if delivery.waiting or delivery.stuck or delivery.unreadable:
        more = f", {len(delivery.unreadable)} cannot be read" if delivery.unreadable else ""
        raise RunError(
            f"{len(delivery.sent)} sent, {len(delivery.waiting)} wait to be sent again, "
            f"{len(delivery.stuck)} may not have arrived{more}"
        )
