"""A message to one channel, as a file of the outbox holds it."""

import hashlib
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Message(BaseModel):
    """What is told, ``title`` and ``body``, and to which ``channel``.

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
