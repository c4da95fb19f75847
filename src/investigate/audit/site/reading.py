"""Files of a record as text and JSON, whatever lies there in their place."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from investigate.audit.ledger.lock import opened

LARGEST = 64 * 1024 * 1024
"""More bytes than this are not shown; a record's own notebooks have a hundredth of it."""


class UnreadableError(Exception):
    """A file is not what it should be; says why, in a few words."""


def text(path: Path) -> str:
    """The text of a plain file. Raises `UnreadableError` where it is none."""
    try:
        # Neither follows a link out of the record nor waits for a pipe.
        with opened(path, os.O_RDONLY) as descriptor:
            if os.fstat(descriptor).st_size > LARGEST:
                raise UnreadableError(f"it is larger than {LARGEST // 2**20} MB")
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(LARGEST + 1).decode("utf-8")
    except FileNotFoundError as error:
        raise UnreadableError("it is missing") from error
    except OSError as error:
        raise UnreadableError("it is a link or device, or cannot be read") from error
    except UnicodeDecodeError as error:
        raise UnreadableError("it is no UTF-8") from error


def document(path: Path) -> dict[str, Any]:
    """The JSON object that a plain file holds. Raises `UnreadableError` where it holds none."""
    try:
        found = json.loads(text(path))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("it is no JSON") from error
    if not isinstance(found, dict):
        raise UnreadableError("it is no JSON object")
    return found


def plain_files(folder: Path, ending: str) -> list[Path]:
    """The plain files in `folder` whose names end so, by the number they begin with, and name."""
    if folder.is_symlink():
        return []
    try:
        found = [path for path in folder.iterdir() if path.name.endswith(ending)]
    except OSError:
        return []
    return sorted(
        (path for path in found if path.is_file() and not path.is_symlink()),
        key=lambda path: (_number(path.name), os.fsencode(path.name)),
    )


def stamp(path: Path) -> str:
    """Changes whenever a file at or below `path` was written to, replaced, added or removed.

    Made of sizes, times and inodes, not of contents: the time of a file's last change of any
    kind (ctime) is the system's own, and no program sets it back.
    """
    told = hashlib.sha256()
    for line in _stats(os.fsencode(path), b""):
        told.update(line)
    return told.hexdigest()


def _stats(path: bytes, inside: bytes) -> Iterator[bytes]:
    try:
        found = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        # No folder: the file itself, or nothing.
        yield inside + b"\0" + _stat(os.lstat(path) if os.path.lexists(path) else None)
        return
    for entry in found:
        name = inside + b"/" + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield name + b"\0/"
            yield from _stats(entry.path, name)
        else:
            try:
                yield name + b"\0" + _stat(entry.stat(follow_symlinks=False))
            except OSError:
                yield name + b"\0gone"


def _stat(s: os.stat_result | None) -> bytes:
    if s is None:
        return b"gone"
    return b"%d %d %d %d %d\0" % (s.st_mode, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino)


def _number(name: str) -> int:
    digits = name.split("_", 1)[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 10**9
