"""What a worker is told to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investigate.paths import RecordPaths
from investigate.records.secrets import NO_SECRETS, Secrets


@dataclass(frozen=True)
class Job:
    """What a worker is told; plain values, since they cross processes.

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
