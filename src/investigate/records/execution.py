"""One notebook executed with papermill, within its time, and kept however it went."""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import nbformat
import papermill
from traitlets.config import Config

from investigate.ledger.files import write
from investigate.paths import COUNTS_VARIABLE
from investigate.records import executed
from investigate.records.job import INTERRUPTED, Job, Outcome
from investigate.records.kernels import NAME, Kernel
from investigate.records.page import page
from investigate.records.secrets import LeakError
from investigate.records.warm import STEADY, UNSTEADY
from investigate.rendering import one_line, plain


class Execution:
    """The run of `job`'s notebook; ``report`` is called with 1 for every cell begun."""

    def __init__(self, job: Job, report: Callable[[object], None], started: float) -> None:
        self.job, self.report, self.started = job, report, started
        self.notebook: Any = None
        self.position = self.cell = 0
        self.stopped: str | None = None

    def outcome(self) -> Outcome:
        """Execute within the time limit, then keep what there is, however it went."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop(INTERRUPTED))
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
            executed.redact(self.notebook, self.job.secrets)
            error = self.job.secrets.redact(error) if error else None
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
        # What it has to say is told by the outcome, or of no interest to a run.
        logging.getLogger("papermill").setLevel(logging.CRITICAL)
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
                coalesce_streams=False,
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
        name, record, secrets = self.job.name, self.job.record, self.job.secrets
        note = f"Failed in cell {self.cell}: {error}" if error else None
        try:
            # The file cuts text at line ends; what spans them is found before.
            secrets.clean(json.dumps(self.notebook), f"{name}.ipynb")
            text = secrets.clean(nbformat.writes(self.notebook) + "\n", f"{name}.ipynb")
            shown = page(self.notebook, name, self.job.siblings, note)
            shown = secrets.clean(shown, f"{name}.html")
            write(record.notebook(name), text)
            write(record.page(name), shown)
        except LeakError as leak:
            return str(leak)
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
        self.report(1)

    def begin_code(self, cell: Any, cell_index: int) -> None:
        """A cell's code is sent to the kernel."""
        self.cell += 1

    def stop(self, reason: str) -> None:
        """End the notebook where it is: without a kernel papermill gives up."""
        self.stopped = self.stopped or reason
        if Kernel.running:
            Kernel.running.kill()


def rehearse() -> None:
    """Read, write and show a notebook, since the first time takes longer."""
    output = nbformat.v4.new_output("execute_result", {"text/html": "<p>1</p>"})
    cells = [nbformat.v4.new_markdown_cell("# 1"), nbformat.v4.new_code_cell("1", outputs=[output])]
    text = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    page(nbformat.reads(text, as_version=4), "rehearsal")
