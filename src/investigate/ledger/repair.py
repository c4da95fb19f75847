"""A ledger whose last line was cut, by a kill or a full disk, made whole again.

Only what follows the last whole entry is taken out; it is kept beside the ledger, and the
next entry tells of it.
"""

import hashlib
import os
from pathlib import Path

from investigate.ledger.entry import Entry
from investigate.ledger.head import Last
from investigate.ledger.paths import LedgerPaths


def whole(data: bytes) -> tuple[Last, int]:
    """What the whole lines of a ledger's bytes end with, and where they end.

    A cut leaves one line that is none; further ones are damage, which stays where it is.
    """
    end = data.rfind(b"\n") + 1
    line = _line_before(data, end)
    if end == len(data) and _last(line) is None:
        end -= len(line)
        line = _line_before(data, end)
    if not line:
        return Last(), 0
    damaged = Last(data.count(b"\n", 0, end), hashlib.sha256(line).hexdigest())
    return _last(line) or damaged, end


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


def told(paths: LedgerPaths, n: int) -> dict[str, str]:
    """Name and SHA-256 of what was torn before entry `n`, which is to tell of it."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths.all_torn(n)
        if path.is_file() and not path.is_symlink()
    }


def _line_before(data: bytes, end: int) -> bytes:
    return data[data.rfind(b"\n", 0, end - 1) + 1 : end] if end else b""


def _last(line: bytes) -> Last | None:
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
