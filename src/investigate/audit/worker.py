"""One notebook, in a process of its own: executed, kept, shown as a page, reported."""

import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from investigate.audit.kernels import (
    NAME,
    STEADY,
    UNSTEADY,
    Kernel,
    Seed,
    end_with_parent,
    redirect,
)
from investigate.audit.outcome import Outcome, one_line, plain
from investigate.paths import COUNTS_VARIABLE, RecordPaths


@dataclass(frozen=True)
class Job:
    """What a worker is told; plain values, since they cross processes.

    ``source`` is the notebook's text, ``folder`` where its kernel runs, ``scratch`` a
    folder of its own for sockets and the like, ``timeout`` in seconds.
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
    if hasattr(os, "setsid"):
        os.setsid()
    redirect(job.terminal)
    if job.forked:
        Kernel.seed = Seed(job.terminal, report)
    end_with_parent()
    started = time.time()
    try:
        outcome = _Execution(job, report, started).outcome()
    except Exception as error:
        outcome = Outcome(job.name, "failed", started, time.time(), error=one_line(error))
    report.send(outcome)
    # Nothing is left to tidy, and taking an interpreter down takes its time.
    os._exit(0)


class _Execution:
    def __init__(self, job: Job, report: Connection, started: float) -> None:
        self.job, self.report, self.started = job, report, started
        self.notebook: Any = None
        self.position = self.cell = 0
        self.stopped: str | None = None

    def outcome(self) -> Outcome:
        """Execute within the time limit, then keep what there is, however it went."""
        from investigate.audit import executed

        signal.signal(signal.SIGTERM, lambda *_: self.stop("interrupted"))
        limit = f"timed out after {self.job.timeout:g} s"
        timer = threading.Timer(self.job.timeout, self.stop, [limit])
        timer.daemon = True
        timer.start()
        error = self.execute()
        timer.cancel()
        finished = time.time()
        cell_seconds: tuple[float, ...] = ()
        findings: tuple[dict[str, Any], ...] = ()
        if self.notebook is not None:
            cell_seconds = executed.strip(self.notebook)
            findings = executed.findings(self.notebook)
            error = self.keep(error)
        return Outcome(
            self.job.name,
            "failed" if error else "succeeded",
            self.started,
            finished,
            error=error,
            cell=self.cell if error else None,
            cell_seconds=cell_seconds,
            page_seconds=round(time.time() - finished, 3),
            findings=findings,
        )

    def execute(self) -> str | None:
        """Run papermill; None, or in one line why it went wrong."""
        import nbformat
        import papermill
        from traitlets.config import Config

        from investigate.audit import executed

        os.chdir(self.job.folder)
        os.environ.update(self.environment())
        for name in UNSTEADY:
            os.environ.pop(name, None)
        try:
            self.notebook = papermill.execute_notebook(
                # A path would be formatted with the parameters as str.format does.
                nbformat.reads(self.job.source, as_version=4),
                None,
                self.job.parameters,
                kernel_name=NAME,
                language="python",
                progress_bar=False,
                kernel_manager_class=Kernel,
                config=Config(Kernel={"folder": str(self.job.scratch)}),
                shutdown_kernel="immediate",
                record_timing=False,
                coalesce_streams=True,
                on_notebook_start=self.begin,
                on_cell_start=self.begin_cell,
                on_cell_execute=self.begin_code,
            )
        except papermill.PapermillExecutionError as failure:
            return plain(f"{failure.ename}: {failure.evalue}")
        except Exception as failure:
            fate = Kernel.running.fate() if Kernel.running else None
            error = self.stopped or fate or one_line(failure)
            if self.notebook is not None:
                executed.mark(self.notebook, self.position, error)
            return error
        return "a cell left the notebook before its end" if executed.unrun(self.notebook) else None

    def keep(self, error: str | None) -> str | None:
        """Write the executed notebook and its page into the record; the error, old or new."""
        import nbformat

        from investigate.audit.files import write
        from investigate.audit.page import page

        name, record = self.job.name, self.job.record
        note = f"Failed in cell {self.cell}: {error}" if error else None
        try:
            write(record.notebook(name), nbformat.writes(self.notebook) + "\n")
            write(record.page(name), page(self.notebook, name, self.job.siblings, note))
        except Exception as failure:
            return error or one_line(failure)
        return error

    def environment(self) -> dict[str, str]:
        """What the kernel sees: the counts, and nothing of the user's that changes a result."""
        return {
            **STEADY,
            COUNTS_VARIABLE: str(self.job.record.counts.resolve()),
            "IPYTHONDIR": str(self.job.scratch / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(self.job.scratch),
        }

    def begin(self, notebook: Any) -> None:
        """The kernel is up: from here on there is something to keep."""
        self.notebook = notebook
        if self.stopped and Kernel.running:
            Kernel.running.kill()

    def begin_cell(self, cell: Any, cell_index: int) -> None:
        """A cell's turn has come; text counts too, for the progress bar."""
        self.position = cell_index
        self.report.send(1)

    def begin_code(self, cell: Any, cell_index: int) -> None:
        """A cell's code is sent to the kernel."""
        self.cell += 1

    def stop(self, reason: str) -> None:
        """End the notebook where it is: without a kernel papermill gives up."""
        self.stopped = self.stopped or reason
        if Kernel.running:
            Kernel.running.kill()
