"""A worker: a process that runs one notebook and reports what became of it."""

import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from investigate.audit.outcome import Outcome, one_line
from investigate.audit.warm import end_with_parent, lead, redirect
from investigate.paths import RecordPaths


@dataclass(frozen=True)
class Job:
    """What a worker is told; plain values, since they cross processes.

    ``source`` is the notebook's text, ``folder`` where its kernel runs, ``scratch`` a
    folder of its own for sockets and the like, ``timeout`` in seconds; ``siblings`` are
    the names of all notebooks of the run.
    """

    name: str
    source: str
    parameters: dict[str, Any]
    record: RecordPaths
    folder: Path
    scratch: Path
    timeout: float
    siblings: tuple[str, ...] = ()
    forked: bool = True

    @property
    def terminal(self) -> Path:
        """What the worker and its kernel print outside cells."""
        return self.scratch / "terminal.txt"


def work(job: Job, report: Connection) -> None:
    """Body of the process; sends 1 for every cell begun, and at the end the `Outcome`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lead()
    redirect(job.terminal)
    started = time.time()
    try:
        from investigate.audit.execution import Execution
        from investigate.audit.kernels import Kernel, Seed

        if job.forked:
            Kernel.seed = Seed(job.terminal, report)
        end_with_parent()
        outcome = Execution(job, report.send, started).outcome()
    except Exception as error:
        outcome = Outcome(job.name, "failed", started, time.time(), error=one_line(error))
    report.send(outcome)
    # Nothing is left to tidy, and taking an interpreter down takes its time.
    os._exit(0)
