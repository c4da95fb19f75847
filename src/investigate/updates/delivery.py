"""Emptying the outbox: every message whose time has come, once, to its channel by apprise."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.records.secrets import Secrets
from investigate.updates.outbox import Message, MessageState, Outbox


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


@dataclass(frozen=True)
class Delivery:
    """What became of messages: ``sent`` now, still ``waiting``, and those nobody knows of.

    ``unreadable`` are files that were to be sent and hold no message.
    """

    sent: tuple[Message, ...]
    waiting: tuple[Message, ...]
    stuck: tuple[Message, ...]
    unreadable: tuple[Path, ...] = ()


def put(outbox: Path, key: str, channels: Sequence[str], title: str, body: str) -> int:
    """Keep a message for each of `channels`; how many are new.

    Raises `InputError` for a channel without an address, before anything is kept, and
    `LeakError` for a text that holds a secret.
    """
    check(channels)
    secrets = Secrets.known(more=channels)
    title, body = secrets.clean(title, "the title"), secrets.clean(body, "the message")
    box = Outbox(outbox)
    messages = [Message(key=key, channel=name, title=title, body=body) for name in channels]
    return sum(box.put(message) for message in messages)


def empty(
    outbox: Path,
    send: Callable[[Message], bool] = deliver,
    now: Callable[[], float] = time.time,
) -> Delivery:
    """Send what waits in `outbox` and may be tried at this moment; keep what fails."""
    box, sent = Outbox(outbox), []
    for message in box.claim(now()):
        try:
            arrived = send(message)
        except InputError:
            arrived = False
        if arrived:
            box.sent(message)
            sent.append(message)
        else:
            box.failed(message, now())
    waiting = tuple(box.messages(MessageState.WAITING))
    return Delivery(tuple(sent), waiting, tuple(box.stuck()), tuple(box.unreadable()))
