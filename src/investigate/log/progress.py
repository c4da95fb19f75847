"""How far the counting of a log is, for whoever listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

OnProgress = Callable[[str, float], None]
"""Takes what is done next, and the share of the work that is done, 0 to 1."""

_on_progress: ContextVar[OnProgress | None] = ContextVar("on_progress", default=None)


@contextmanager
def listening(on_progress: OnProgress) -> Iterator[None]:
    """Within, `on_progress` is called with how far each count of this thread is."""
    token = _on_progress.set(on_progress)
    try:
        yield
    finally:
        _on_progress.reset(token)


def at(what: str, done: float) -> None:
    """Say that `what` begins, after the share `done` of the work."""
    if (on_progress := _on_progress.get()) is not None:
        on_progress(what, done)
