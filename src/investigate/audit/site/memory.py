"""What the last build knew, kept in the site's folder; whatever does not fit is forgotten."""

import hashlib
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ValidationError

from investigate.audit.site.checked import Checked, Signed
from investigate.audit.site.facts import Facts

NAME = ".build.json"
"""Marks a folder as one that this command made."""

SHOWING = ("bleach", "jinja2", "mistune", "nbconvert", "nbdime", "pygments")
"""Other versions of these may make other pages of the same record."""


class Known(BaseModel):
    """A record as last read: while its stamp is the same, so are its facts."""

    stamp: str
    facts: Facts
    said: str
    checked: Checked


class Group(BaseModel):
    """Pages made together: of what, and size and time of each file as written."""

    key: str
    files: dict[str, tuple[int, int]]


class Memory(BaseModel):
    """By the path of each record's pages its facts; by its key each sign-off; pages by group."""

    made_by: str = ""
    records: dict[str, Known] = {}
    signed: dict[str, Signed] = {}
    groups: dict[str, Group] = {}


def remembered(text: str, maker: str) -> Memory:
    """The memory in `text`; of another maker, only which files there are to remove."""
    try:
        found = Memory.model_validate_json(text)
    except ValidationError:
        return Memory(made_by=maker)
    if found.made_by == maker:
        return found
    groups = {name: Group(key="", files=group.files) for name, group in found.groups.items()}
    return Memory(made_by=maker, groups=groups)


def maker() -> str:
    """Changes with the code, templates and libraries that make the pages."""
    told = hashlib.sha256()
    audit = files("investigate.audit")
    rooms = [audit / "site", audit / "site" / "templates", audit / "compare", audit / "ledger"]
    for room in rooms:
        for file in sorted(room.iterdir(), key=lambda file: file.name):
            _add(told, file)
    for name in ("page.py", "page.css"):
        _add(told, audit / name)
    for library in SHOWING:
        told.update(f"{library} {metadata.version(library)}\n".encode())
    return told.hexdigest()


def _add(told: "hashlib._Hash", file: Traversable) -> None:
    if file.is_file() and not file.name.endswith(".pyc"):
        told.update(file.name.encode() + b"\0" + file.read_bytes())
