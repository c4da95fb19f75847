"""How far the counting of a log is, told to whoever listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Heard = Callable[[str, float], None]
"""Takes what is done next, and the share of the work that is done, 0 to 1."""

_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def listening(heard: Heard) -> Iterator[None]:
    """Within, `heard` is told how far each count of this thread is."""
    token = _heard.set(heard)
    try:
        yield
    finally:
        _heard.reset(token)


def at(what: str, done: float) -> None:
    """Say that `what` begins, after the share `done` of the work."""
    if (heard := _heard.get()) is not None:
        heard(what, done)
