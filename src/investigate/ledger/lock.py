"""One process at a time appends to a ledger; none reads a half-written line."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from investigate.ledger.paths import LedgerPaths


@contextmanager
def writing(paths: LedgerPaths) -> Iterator[int]:
    """Within, nobody else appends; the file descriptor of the head, made where missing."""
    with opened(paths.head, os.O_RDWR | os.O_CREAT) as file:
        # The kernel lets go of it when the process ends, however that is.
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextmanager
def reading(paths: LedgerPaths) -> Iterator[int | None]:
    """Within, nobody appends; writes nothing. None where there is no head to lock."""
    if paths.head.is_symlink() or not paths.head.is_file():
        yield None
        return
    with opened(paths.head, os.O_RDONLY) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """The file descriptor of a plain file; raises `OSError` where it is anything else."""
    file = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "no plain file", str(path))
        yield file
    finally:
        os.close(file)
