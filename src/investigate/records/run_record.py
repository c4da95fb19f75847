"""A record as found in its folder, read in one place: record.json, findings, notebooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Self

from investigate.errors import InputError
from investigate.ledger.place import no_record
from investigate.paths import RecordPaths
from investigate.records.documents import (
    count,
    data_of,
    instant,
    mapping,
    mapping_in,
    number,
    rows,
    words,
)
from investigate.records.sources import KIT, OWN
from investigate.rendering import plain

RUNNING, SUCCEEDED = "running", "succeeded"


@dataclass(frozen=True)
class Input:
    """A file that a run read; no size where none is stored."""

    role: str
    path: str
    sha256: str
    bytes: int | None


@dataclass(frozen=True)
class RunRecord:
    """A ``record.json``; text that is no text is empty, and times that are none are none.

    ``parameters``, ``environment``, ``code`` and ``seconds`` are mappings as written,
    ``notebooks`` the entries of the notebooks in their order.
    """

    status: str
    error: str
    started: datetime | None
    finished: datetime | None
    parameters: dict[str, Any]
    environment: dict[str, Any]
    code: dict[str, Any]
    inputs: tuple[Input, ...]
    notebooks: tuple[dict[str, Any], ...]
    seconds: dict[str, Any]
    overrides: str
    fingerprint: str

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """What the JSON object of a ``record.json`` says, whatever it holds."""
        return cls(
            status=words(document.get("status"), 40),
            error=words(document.get("error")),
            started=instant(document.get("started")),
            finished=instant(document.get("finished")),
            parameters=mapping(document.get("parameters")),
            environment=mapping(document.get("environment")),
            code=mapping(document.get("code")),
            inputs=tuple(
                Input(
                    words(row.get("role"), 40),
                    words(row.get("path"), 300),
                    words(row.get("sha256"), 80),
                    count(row.get("bytes")),
                )
                for row in rows(document.get("inputs"))
            ),
            notebooks=tuple(rows(document.get("notebooks"))),
            seconds=mapping(document.get("seconds")),
            overrides=words(document.get("overrides")),
            fingerprint=words(document.get("fingerprint"), 80),
        )

    @property
    def incident(self) -> datetime | None:
        """When the incident starts."""
        return instant(mapping(self.parameters.get("incident")).get("start"))

    @property
    def alpha(self) -> float:
        """How rarely a step in AUC may look like that by chance."""
        sure = number(mapping(self.parameters.get("thresholds")).get("confidence"))
        return 0.05 if sure is None else 1 - sure

    @property
    def zone(self) -> str:
        """The time zone of its dates."""
        return words(self.parameters.get("timezone"), 60) or "UTC"

    def recorded_notebooks(self, role: str = KIT) -> dict[str, str]:
        """SHA-256 of the notebooks of that role that were run, by path."""
        return {row.path: row.sha256 for row in self.inputs if row.role == role}

    @property
    def own(self) -> set[str]:
        """The names of the analyst's own notebooks."""
        return {PurePath(path).stem for path in self.recorded_notebooks(OWN)}


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
    document = mapping_in(paths.record)
    if document is None:
        raise no_record(folder)
    return Recorded(folder, document, mapping_in(paths.findings), _notebooks(paths))


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
