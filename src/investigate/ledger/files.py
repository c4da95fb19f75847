"""The files of a ledger and of records: whole or not there, locked, known by their hash."""

import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


def write(path: Path, text: str, *, durable: bool = False) -> None:
    """Write `text`, whole or not at all; ``durable``: on the disk when this returns.

    Raises `OSError`, for example where the disk is full; what was there stays.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def digest(path: Path) -> dict[str, str | int]:
    """SHA-256 and size of a file, as a record lists them."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return {"sha256": sha256, "bytes": file.tell()}


@dataclass
class Contents:
    """SHA-256 of every plain file by its path; by path as well, why others have none."""

    files: dict[str, str] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)


def contents(base: Path, name: str) -> Contents:
    """What `name` in the folder `base` holds, or is; paths are from `base` on.

    Links are not followed: what they lead to is no part of the folder.
    """
    found = Contents()
    for path in _walk(base / name, found, base):
        inside = path.relative_to(base).as_posix()
        if path.is_symlink() or not path.is_file():
            found.odd[inside] = "it is a link or device, no plain file"
        elif not _is_text(inside):
            found.odd[inside] = "its name is no UTF-8"
        else:
            try:
                found.files[inside] = str(digest(path)["sha256"])
            except OSError as error:
                found.odd[inside] = f"it cannot be read: {error.strerror}"
    return found


def _walk(path: Path, found: Contents, base: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    try:
        below = sorted(path.iterdir())
    except OSError as error:
        found.odd[path.relative_to(base).as_posix()] = f"it cannot be read: {error.strerror}"
        return
    for entry in below:
        yield from _walk(entry, found, base)


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


OWN = re.compile(r"ledger\.(jsonl|head|torn-\d+(-\d+)?)")


@dataclass(frozen=True)
class LedgerPaths:
    """The files of the ledger of the case whose folder is `case`."""

    case: Path

    @property
    def entries(self) -> Path:
        """The entries, one a line."""
        return self.case / "ledger.jsonl"

    @property
    def head(self) -> Path:
        """Number and hash of the last entry; whoever appends holds a lock on it."""
        return self.case / "ledger.head"

    def torn(self, n: int, again: int = 1) -> Path:
        """The bytes of a line that was cut before entry `n`; ``again`` counts such cuts."""
        return self.case / (f"ledger.torn-{n}" + (f"-{again}" if again > 1 else ""))

    def all_torn(self, n: int) -> list[Path]:
        """Every such file that is there."""
        return sorted([*self.case.glob(f"ledger.torn-{n}"), *self.case.glob(f"ledger.torn-{n}-*")])


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
