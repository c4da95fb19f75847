"""The questions of two records, and under which conditions each was answered."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from investigate.errors import InputError
from investigate.paths import RecordPaths
from investigate.records.compare.changed import Changed
from investigate.records.compare.recorded import Recorded
from investigate.records.sources import KIT, OWN

Values = dict[str, object]


def questions(a: Recorded, b: Recorded) -> tuple[Changed, ...]:
    """The parameters that differ, by dotted name; a list is one value."""
    return _different(_dotted(a.document.get("parameters")), _dotted(b.document.get("parameters")))


def conditions(a: Recorded, b: Recorded) -> tuple[Changed, ...]:
    """Where data and notebooks (by hash), code and the versions of all packages differ.

    Files with one hash are the same, wherever they lie. The params file is left out: what
    it says is the question.
    """
    before, after = _inputs(a), _inputs(b)
    same = set(before.values()) & set(after.values())
    kept = [
        {name: sha256 for name, sha256 in files.items() if sha256 not in same}
        for files in (before, after)
    ]
    return _different(kept[0], kept[1]) + _different(_surroundings(a), _surroundings(b))


def _inputs(record: Recorded) -> Values:
    where = RecordPaths(record.folder).record
    listed = record.document.get("inputs", [])
    if not isinstance(listed, list):
        raise InputError(f"{where}: 'inputs' is no list of files, as a run writes it")
    files: Values = {}
    for entry in listed:
        role, path, sha256 = (
            entry.get(key) if isinstance(entry, dict) else None
            for key in ("role", "path", "sha256")
        )
        if not (isinstance(role, str) and isinstance(path, str) and isinstance(sha256, str)):
            raise InputError(f"{where}: 'inputs' holds what is no file with role, path and hash")
        if role != "params":
            # Notebooks may be another checkout's, and are known by their name.
            files[f"{role} {PurePath(path).name if role in (KIT, OWN) else path}"] = sha256
    return files


def _surroundings(record: Recorded) -> Values:
    document: Mapping[str, Any] = record.document
    return {
        **_dotted(document.get("code"), "code"),
        **_dotted(document.get("environment"), "environment"),
    }


def _dotted(value: Any, name: str = "") -> Values:
    if not isinstance(value, dict):
        return {name or "question": value}
    values: Values = {}
    for key, inner in value.items():
        values |= _dotted(inner, f"{name}.{key}" if name else key)
    return values


def _different(a: Values, b: Values) -> tuple[Changed, ...]:
    return tuple(
        Changed(name, a.get(name), b.get(name))
        for name in dict.fromkeys((*a, *b))
        if a.get(name) != b.get(name)
    )
