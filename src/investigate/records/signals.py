"""Being told to stop: a run ends as interrupted, and its last word is written undisturbed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
Handler = Callable[..., Any] | signal.Handlers


@contextmanager
def interruptible() -> Iterator[None]:
    """Within, a signal to end raises `KeyboardInterrupt`, as Ctrl-C does."""
    with _handled(_interrupt):
        yield


@contextmanager
def ignore_signals() -> Iterator[None]:
    """Within, signals to end are ignored."""
    with _handled(signal.SIG_IGN):
        yield


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    # Python lets the main thread alone set handlers; elsewhere the caller sees to signals.
    here = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in NAMES if here and hasattr(signal, name)]
    # What our caller has us ignore, as nohup does, stays ignored.
    heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heeded}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
