"""Runs that a ledger knows to have begun and not to have ended: they go on, or were killed."""

import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from investigate.ledger.entry import RUN, STARTED, Entry

NONE_BEGUN: Mapping[str, int] = {}


@dataclass(frozen=True)
class Unfinished:
    """A record whose run has not ended; ``n`` is the entry of its start, if there is one."""

    record: str
    n: int | None
    goes_on: bool


def hold(folder: Path) -> int:
    """Mark the record in `folder` as one whose run goes on; a file descriptor to close.

    The mark ends with the process, however that ends. Raises `OSError` where the file
    system knows no locks.
    """
    file = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


def begun(entries: Iterable[Entry]) -> dict[str, int]:
    """The records that began and of whose end no entry tells, with the number of their entry."""
    found = dict[str, int]()
    ended = set[str]()
    for entry in entries:
        if entry.of is not None and entry.kind == STARTED:
            found.setdefault(entry.of, entry.n)
        elif entry.of is not None and entry.kind == RUN:
            ended.add(entry.of)
    return {name: n for name, n in found.items() if name not in ended}


def unfinished(case: Path, name: str, n: int | None) -> Unfinished | None:
    """Whether the run of the record `name` goes on or was killed; none where it is neither.

    It is neither where its ``record.json`` does not say that it runs, or where nobody holds
    it and no entry `n` tells of its start: then its files may be anyone's.
    """
    folder = case / name
    if not says_running(folder):
        return None
    goes_on = _held(folder)
    return Unfinished(name, n, goes_on) if goes_on or n is not None else None


def says_running(folder: Path) -> bool:
    """Whether the record in `folder` says of itself that its run has not ended."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    try:
        return bool(json.loads((folder / "record.json").read_bytes())["status"] == "running")
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False


def _held(folder: Path) -> bool:
    try:
        file = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
