"""The outbox: a folder of messages, each of which is claimed by one sender at a time."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from investigate.ledger.files import write


class Message(BaseModel):
    """A message, ``title`` and ``body``, and to which ``channel``.

    The channel is the name of an environment variable that holds its address; ``key`` says
    what it is about: of two messages with one key and channel only the first is sent.
    ``tries`` counts those that failed, ``after`` is when to try again, in seconds since 1970.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    key: str
    channel: str
    title: str
    body: str
    tries: int = 0
    after: float = 0.0

    @property
    def name(self) -> str:
        """Its file's name, without what says how far it came."""
        return hashlib.sha256(f"{self.channel}\0{self.key}".encode()).hexdigest()[:32]

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The message that `text` holds, or none."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return None


FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0
"""Seconds until what could not be sent is tried again; doubled each time."""


class MessageState(StrEnum):
    """How far a message came, as its file's ending."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"


class Outbox:
    """The messages in the folder `folder`, which is made when the first is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, message: Message) -> bool:
        """Keep `message` to be sent; whether it is new. On the disk when this returns.

        Raises `OSError` where it cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if any(self._path(message, state).exists() for state in MessageState):
                return False
            write(self._path(message, MessageState.WAITING), _text(message), durable=True)
            self._keep_names()
        return True

    def claim(self, now: float) -> Iterator[Message]:
        """Each message whose time has come at `now`, claimed for the caller until the next."""
        for path in self._in(MessageState.WAITING):
            with ExitStack() as until_next:
                with self._alone():
                    message = _read(path)
                    if message is None or message.after > now:
                        continue
                    claimed = self._path(message, MessageState.CLAIMED)
                    file = until_next.enter_context(path.open("rb"))
                    fcntl.flock(file, fcntl.LOCK_EX)
                    self._move(path, claimed)
                yield message

    def sent(self, message: Message) -> None:
        """Mark a claimed message: it was sent."""
        self._move(
            self._path(message, MessageState.CLAIMED), self._path(message, MessageState.SENT)
        )

    def failed(self, message: Message, now: float) -> None:
        """Keep a claimed message that could not be sent, to be tried again later."""
        pause = min(FIRST_PAUSE * 2.0**message.tries, LONGEST_PAUSE)
        later = message.model_copy(update={"tries": message.tries + 1, "after": now + pause})
        claimed = self._path(message, MessageState.CLAIMED)
        # The file that is written is held by nobody: between both steps it would look stuck.
        with self._alone():
            write(claimed, _text(later), durable=True)
            self._move(claimed, self._path(message, MessageState.WAITING))

    def stuck(self) -> list[Message]:
        """Claimed by a sender that is no more: nobody knows whether they arrived."""
        found: list[Message] = []
        if not self._in(MessageState.CLAIMED):
            return found
        with self._alone():
            for path in self._in(MessageState.CLAIMED):
                with suppress(OSError), path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    if (message := _read(path)) is not None:
                        found.append(message)
        return found

    def unreadable(self) -> list[Path]:
        """The files of messages that are still to be sent, and hold none."""
        found = []
        for path in [*self._in(MessageState.WAITING), *self._in(MessageState.CLAIMED)]:
            # One that another sender has moved on meanwhile is there no more.
            if _read(path) is None and path.exists():
                found.append(path)
        return found

    def again(self, message: Message) -> None:
        """Let a claimed message, of which nobody knows whether it arrived, be sent again."""
        self._move(
            self._path(message, MessageState.CLAIMED), self._path(message, MessageState.WAITING)
        )

    def messages(self, state: MessageState) -> list[Message]:
        """Those that came as far as `state`, in the order of their files' names."""
        found = (_read(path) for path in self._in(state))
        return [message for message in found if message is not None]

    def _in(self, state: MessageState) -> list[Path]:
        return sorted(self.folder.glob(f"*.{state}"))

    def _path(self, message: Message, state: MessageState) -> Path:
        return self.folder / f"{message.name}.{state}"

    def _move(self, path: Path, to: Path) -> None:
        path.rename(to)
        self._keep_names()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _keep_names(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _text(message: Message) -> str:
    return message.model_dump_json(indent=1) + "\n"


def _read(path: Path) -> Message | None:
    try:
        return Message.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
