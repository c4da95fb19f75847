"""One process at a time changes a state; the next waits."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from investigate.errors import InputError, RunError

_BETWEEN = 0.05


class BusyError(RunError):
    """Another process holds the file, and went on holding it."""


@contextmanager
def locked(path: Path, wait: float) -> Iterator[None]:
    """Within, nobody else holds the file at `path`, which is made where it is missing.

    Raises `BusyError` after `wait` seconds in vain, and `InputError` where there can be no file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(f"state: cannot write {str(path)!r}: {error.strerror}") from error
    try:
        _take(file, path, wait)
        # The kernel lets go of it when the process ends, however that is.
        yield
    finally:
        os.close(file)


def _take(file: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise BusyError(
                    f"state: another process has held {str(path)!r} for {wait:g} seconds; "
                    "try again when it has ended"
                ) from error
            time.sleep(_BETWEEN)
        else:
            return
