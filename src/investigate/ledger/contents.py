"""What lies in a folder, by its hash."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from investigate.ledger.files import digest


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
