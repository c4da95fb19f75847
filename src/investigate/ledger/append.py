"""Appending to a ledger: an entry is there as a whole or not at all.

A last line that was cut, by a kill or a full disk, is taken out before; what follows the
last whole entry is kept beside the ledger, and the next entry tells of it.
"""

import errno
import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investigate.ledger.chain import REPAIRED, Head, Last, disagreement
from investigate.ledger.entry import Entry
from investigate.ledger.files import LedgerPaths, opened, writing
from investigate.rendering import utc


def whole(data: bytes) -> tuple[Last, int]:
    """What the whole lines of a ledger's bytes end with, and where they end.

    A cut leaves one line that is none; further ones are damage, which stays where it is.
    """
    end = data.rfind(b"\n") + 1
    line = _line_before(data, end)
    if end == len(data) and _parsed(line) is None:
        end -= len(line)
        line = _line_before(data, end)
    if not line:
        return Last(), 0
    damaged = Last(data.count(b"\n", 0, end), hashlib.sha256(line).hexdigest())
    return _parsed(line) or damaged, end


def mend(paths: LedgerPaths, file: int) -> Last:
    """Move what was torn out of the open ledger; its last line. The lock must be held."""
    data = paths.entries.read_bytes()
    last, end = whole(data)
    if torn := data[end:]:
        # In this order: killed in between, the next one finds the same bytes kept already.
        _keep(_free(paths, last.n + 1, torn), torn)
        os.ftruncate(file, end)
        os.fsync(file)
    return last


def torn_hashes(paths: LedgerPaths, n: int) -> dict[str, str]:
    """Name and SHA-256 of what was torn before entry `n`, which is to tell of it."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths.all_torn(n)
        if path.is_file() and not path.is_symlink()
    }


def _line_before(data: bytes, end: int) -> bytes:
    return data[data.rfind(b"\n", 0, end - 1) + 1 : end] if end else b""


def _parsed(line: bytes) -> Last | None:
    try:
        return Last.of(Entry.parse(line))
    except ValueError:
        return None


def _free(paths: LedgerPaths, n: int, torn: bytes) -> Path:
    again = 1
    while (path := paths.torn(n, again)).exists() and path.read_bytes() != torn:
        again += 1
    return path


def _keep(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@dataclass(frozen=True)
class EntryDraft:
    """What an entry is to say; the ledger adds number, time and the hash before."""

    kind: str
    of: str | None
    files: Mapping[str, str]
    body: Mapping[str, Any]


class MovedError(Exception):
    """Another entry was appended since this one was drafted."""


def append(case: Path, draft: EntryDraft) -> Entry:
    """Append `draft` to the ledger of the folder `case`; on the disk when this returns.

    Raises `OSError`, for example where the disk is full; the ledger stays as it was.
    """
    paths = LedgerPaths(case)
    with _opened(paths) as (entries, head):
        entry = _entry(paths, draft, _last(paths, entries, head), head)
        _write(paths, entries, head, entry)
    return entry


def drafted(case: Path, draft: EntryDraft) -> Entry:
    """The entry that `draft` would be now, to be signed; the ledger is mended if need be."""
    paths = LedgerPaths(case)
    with _opened(paths) as (entries, head):
        return _entry(paths, draft, _last(paths, entries, head), head)


def commit(case: Path, entry: Entry) -> None:
    """Append an entry that was drafted.

    Raises `MovedError` where the ledger has gone on since, and `OSError` as `append` does.
    """
    paths = LedgerPaths(case)
    with _opened(paths) as (entries, head):
        last = _last(paths, entries, head)
        unrecorded = torn_hashes(paths, entry.n).items() - entry.files.items()
        if (last.n + 1, last.sha256) != (entry.n, entry.prev) or unrecorded:
            raise MovedError
        _write(paths, entries, head, entry)


@contextmanager
def _opened(paths: LedgerPaths) -> Iterator[tuple[int, int]]:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    with writing(paths) as head, opened(paths.entries, flags) as entries:
        # From here on a ledger without a readable head is one that was tampered with.
        if os.fstat(head).st_size == os.fstat(entries).st_size == 0:
            Head().write(head)
        yield entries, head


def _last(paths: LedgerPaths, entries: int, head: int) -> Last:
    last, counted = mend(paths, entries), Head.read(head)
    if counted is not None and counted.n < last.n and disagreement(counted, last) is None:
        # Killed before it was counted. Killed so twice, the head would be two behind.
        Head(last.n, last.sha256).write(head)
    return last


def _entry(paths: LedgerPaths, draft: EntryDraft, last: Last, head: int) -> Entry:
    n = last.n + 1
    torn, found = torn_hashes(paths, n), disagreement(Head.read(head), last)
    repaired = {"torn": sorted(torn), "head": found} if torn or found else None
    return Entry(
        n=n,
        kind=draft.kind,
        time=utc(time.time()),
        of=draft.of,
        files={**draft.files, **torn},
        prev=last.sha256,
        body={**draft.body, **({REPAIRED: repaired} if repaired else {})},
    )


def _write(paths: LedgerPaths, entries: int, head: int, entry: Entry) -> None:
    line, size = entry.line(), os.fstat(entries).st_size
    try:
        if os.write(entries, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(paths.entries))
        os.fsync(entries)
        _keep_names(paths.case)
        Head.of(entry).write(head)
    except OSError:
        os.ftruncate(entries, size)
        raise


def _keep_names(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
