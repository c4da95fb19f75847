"""Channels: addresses in environment variables, reached by apprise."""

import logging
import os
from collections.abc import Sequence
from typing import Any

from investigate.errors import InputError
from investigate.updates.message import Message


def check(channels: Sequence[str]) -> None:
    """Raise `InputError`, which repeats no address, for one that cannot be sent to."""
    for name in channels:
        _channel(name)


def deliver(message: Message) -> bool:
    """Send `message` to its channel; whether the receiver took it.

    Raises `InputError` where the channel has no address any more.
    """
    return bool(_channel(message.channel).notify(body=message.body, title=message.title))


def _channel(name: str) -> Any:
    # Imported late: apprise knows a hundred services and takes its time.
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    address = os.environ.get(name)
    if not address:
        raise InputError(
            f"the environment variable {name} is not set; let it hold an address such as "
            "mailto://… or slack://… (see apprise's list of services)"
        )
    found = apprise.Apprise()
    if not found.add(address):
        raise InputError(
            f"the environment variable {name} holds no address that apprise knows; "
            "see its list of services"
        )
    return found
