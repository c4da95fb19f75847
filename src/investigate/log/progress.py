"""How far the counting of a log is, for whoever listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

import ibis

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


@contextmanager
def following(table: ibis.Table, what: str, first: float, last: float) -> Iterator[None]:
    """Within runs a query of `table` that takes the work from the share `first` to `last`.

    Where the engine tells how far it is with it, whoever listens hears that, too.
    """
    on_progress, told = _on_progress.get(), [first]
    watched = getattr(table.get_backend(), "watched", None)

    def on_share(share: float) -> None:
        done = first + (last - first) * share
        if on_progress is not None and done > told[-1]:
            told[:] = [done]
            on_progress(what, done)

    with watched(on_share) if watched and on_progress else nullcontext():
        yield
