"""What the last build knew, kept in the site's folder; whatever does not fit is forgotten."""

import hashlib
import os
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel, ValidationError

from investigate.site.checked import RecordCheck, Signed
from investigate.site.facts import Facts

NAME = ".build.json"
"""Marks a folder as one that this command made."""

SHOWING = ("bleach", "jinja2", "mistune", "nbconvert", "nbdime", "pygments")
"""Other versions of these may make other pages of the same record."""


class Known(BaseModel):
    """A record as last read: while its stamp is the same, so are its facts."""

    stamp: str
    facts: Facts
    said: str
    checked: RecordCheck


class PageGroup(BaseModel):
    """Pages made together: of what, and size and time of each file as written."""

    key: str
    files: dict[str, tuple[int, int]]


class Memory(BaseModel):
    """By the path of each record's pages its facts; by its key each sign-off; pages by group."""

    made_by: str = ""
    records: dict[str, Known] = {}
    signed: dict[str, Signed] = {}
    groups: dict[str, PageGroup] = {}


def remembered(text: str, maker: str) -> Memory:
    """The memory in `text`; of another maker, only which files there are to remove."""
    try:
        found = Memory.model_validate_json(text)
    except ValidationError:
        return Memory(made_by=maker)
    if found.made_by == maker:
        return found
    groups = {name: PageGroup(key="", files=group.files) for name, group in found.groups.items()}
    return Memory(made_by=maker, groups=groups)


def maker() -> str:
    """Changes with the code, templates and libraries that make the pages."""
    digest = hashlib.sha256()
    kit = files("investigate")
    packages = [kit / name for name in ("site", "records", "ledger", "kinds", "explorer")]
    for package in [*packages, kit / "site" / "templates", kit / "explorer" / "page"]:
        for file in sorted(package.iterdir(), key=lambda file: file.name):
            _add(digest, file)
    _add(digest, kit / "rendering.py")
    for library in SHOWING:
        digest.update(f"{library} {metadata.version(library)}\n".encode())
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", file: Traversable) -> None:
    if file.is_file() and not file.name.endswith(".pyc"):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())


def stamp(path: Path) -> str:
    """Changes whenever a file at or below `path` was written to, replaced, added or removed.

    Made of sizes, times and inodes, not of contents: the time of a file's last change of any
    kind (ctime) is the system's own, and no program sets it back.
    """
    digest = hashlib.sha256()
    for line in _stats(os.fsencode(path), b""):
        digest.update(line)
    return digest.hexdigest()


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
