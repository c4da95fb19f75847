"""Signals to end are heeded while the engine works, and not only when it has answered.

The engine looks for signals between its tasks alone, and one task of a large log takes minutes.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM)

_told: set[int] = set()
"""The descriptors of this module that signals are, or were, written to."""


@contextmanager
def heeded(connection: Any) -> Iterator[None]:
    """Within, what runs on a DuckDB `connection` is interrupted by a signal to end.

    Of signals that Python handles, and where it does: in the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    own = writing.fileno()
    before = signal.set_wakeup_fd(own, warn_on_full_buffer=False)
    # An event loop that watches for signals needs them more.
    if before != -1 and before not in _told:
        signal.set_wakeup_fd(before)
    _told.add(own)
    watching = threading.Thread(target=_watch, args=(reading, connection), daemon=True)
    watching.start()
    try:
        yield
    finally:
        # A signal can end the caller before it comes here; then this runs whenever it is collected.
        with suppress(ValueError):
            if (now := signal.set_wakeup_fd(-1)) != own:
                signal.set_wakeup_fd(now)
        _told.discard(own)
        writing.close()
        watching.join()
        reading.close()


def _watch(reading: socket.socket, connection: Any) -> None:
    while number := reading.recv(1):
        if number[0] in ENDING:
            connection.interrupt()
