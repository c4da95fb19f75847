"""Emptying the outbox: every message whose time has come, once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from investigate.errors import InputError
from investigate.records.secrets import Secrets
from investigate.updates.channels import check, deliver
from investigate.updates.message import Message
from investigate.updates.outbox import Outbox, State


@dataclass(frozen=True)
class Delivery:
    """What became of messages: ``sent`` now, still ``waiting``, and those nobody knows of."""

    sent: tuple[Message, ...]
    waiting: tuple[Message, ...]
    stuck: tuple[Message, ...]


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
    return Delivery(tuple(sent), tuple(box.messages(State.WAITING)), tuple(box.stuck()))
