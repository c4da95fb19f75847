"""What a record.json says, read in one place, whoever wrote it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Self

from investigate.records.sources import KIT, OWN
from investigate.records.values import count, instant, mapping, number, rows, words

RUNNING, SUCCEEDED = "running", "succeeded"


@dataclass(frozen=True)
class Input:
    """A file that a run read; none of its size where that is not told."""

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
                    words(one.get("role"), 40),
                    words(one.get("path"), 300),
                    words(one.get("sha256"), 80),
                    count(one.get("bytes")),
                )
                for one in rows(document.get("inputs"))
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
        return {one.path: one.sha256 for one in self.inputs if one.role == role}

    @property
    def own(self) -> set[str]:
        """The names of the analyst's own notebooks."""
        return {PurePath(path).stem for path in self.recorded_notebooks(OWN)}
