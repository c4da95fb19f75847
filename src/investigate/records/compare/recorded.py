"""A record as found in its folder, of a run that ended well or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.paths import RecordPaths
from investigate.records.documents import data_of, mapping
from investigate.rendering import plain

MOST_NOTEBOOKS = 100


@dataclass(frozen=True)
class Recorded:
    """What ``record.json`` says, the findings (`None` without any), notebooks' bytes by name."""

    folder: Path
    document: dict[str, Any]
    findings: Mapping[str, Any] | None
    notebooks: Mapping[str, bytes]

    @property
    def status(self) -> str:
        """What the runner wrote of the run."""
        return plain(str(self.document.get("status")))


def recorded(folder: Path) -> Recorded:
    """The record in `folder`.

    Raises `InputError` where there is none, or a file of it is not what a run writes.
    """
    paths = RecordPaths(folder)
    document = mapping(paths.record)
    if document is None:
        raise InputError(f"{folder}: there is no record here; name the folder of one")
    return Recorded(folder, document, mapping(paths.findings), _notebooks(paths))


def _notebooks(paths: RecordPaths) -> dict[str, bytes]:
    folder = paths.notebooks
    if folder.is_symlink():
        raise InputError(f"{folder}: it is a link, no folder of a record")
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".ipynb")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InputError(f"{folder}: cannot read it: {error.strerror}") from error
    if len(found) > MOST_NOTEBOOKS:
        raise InputError(f"{folder}: it holds more than {MOST_NOTEBOOKS:,} notebooks")
    return {path.stem: data for path in found if (data := data_of(path)) is not None}
