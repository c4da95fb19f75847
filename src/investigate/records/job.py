"""The order to run a notebook, and its outcome."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from investigate.paths import RecordPaths
from investigate.records.secrets import NO_SECRETS, Secrets
from investigate.rendering import utc


@dataclass(frozen=True)
class NotebookJob:
    """An order for a worker; plain values, since they cross processes.

    ``source`` is the notebook's text, ``folder`` where its kernel runs, ``scratch`` a
    folder of its own for sockets and the like, ``timeout`` in seconds; ``secrets``
    stay out of what is kept; ``siblings`` are the names of all notebooks of the run.
    """

    name: str
    source: str
    parameters: dict[str, Any]
    record: RecordPaths
    folder: Path
    scratch: Path
    timeout: float
    secrets: Secrets = NO_SECRETS
    siblings: tuple[str, ...] = ()
    forked: bool = True

    @property
    def terminal(self) -> Path:
        """What the worker and its kernel print outside cells."""
        return self.scratch / "terminal.txt"


INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Outcome:
    """Status and times of a notebook's run; ``cell`` is the number in ``In [cell]``.

    ``findings`` are the JSON documents of the findings that the notebook showed, in
    order; they are kept in the executed notebook, so the record leaves them out.
    """

    name: str
    status: Literal["succeeded", "failed"]
    started: float
    finished: float
    error: str | None = None
    cell: int | None = None
    cell_seconds: tuple[float, ...] = ()
    page_seconds: float = 0.0
    findings: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """The record's entry."""
        # `asdict` copies what it is given, and findings are large.
        entry = asdict(replace(self, findings=()))
        del entry["findings"]
        entry["started"], entry["finished"] = utc(self.started), utc(self.finished)
        entry["seconds"] = round(self.finished - self.started, 3)
        return entry

    @property
    def failure(self) -> str:
        """Where and why it failed, in one line."""
        place = f"{self.name}.ipynb" + (f", cell {self.cell}" if self.cell else "")
        return f"{place}: {self.error}"
