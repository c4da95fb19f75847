"""One notebook executed with papermill, within its time, and kept however it went.

What is kept holds its findings, and nothing that differs from run to run.
"""

import json
import logging
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.execute import remove_error_markers
from papermill.translators import PythonTranslator, papermill_translators
from traitlets.config import Config

from investigate.finding import MIME
from investigate.ledger.files import write
from investigate.paths import COUNTS_VARIABLE
from investigate.records.job import INTERRUPTED, NotebookJob, Outcome
from investigate.records.kernels import NAME, Kernel
from investigate.records.page import page
from investigate.records.processes import STEADY, UNSTEADY
from investigate.records.secrets import LeakError, Secrets
from investigate.rendering import one_line, plain


class Readable(PythonTranslator):  # type: ignore[misc]
    """Parameters as people write them: papermill itself writes ü as its number."""

    @classmethod
    def translate_escaped_str(cls, str_val: Any) -> str:
        """`str_val` in quotes; what would not print, a quote or a backslash is escaped."""
        escaped = str(str_val).replace("\\", r"\\").replace('"', r"\"")
        shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in escaped)
        return f'"{"".join(shown)}"'


papermill_translators.register("python", Readable)


class Execution:
    """The run of `job`'s notebook; ``report`` is called with 1 for every cell begun."""

    def __init__(self, job: NotebookJob, report: Callable[[object], None], started: float) -> None:
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
            cell_seconds = strip(self.notebook)
            redact(self.notebook, self.job.secrets)
            error = self.job.secrets.redact(error) if error else None
            findings = shown_findings(self.notebook)
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
        # What it logs is in the outcome as well, or of no interest to a run.
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
                mark(self.notebook, self.position, error)
            return error
        return "a cell left the notebook before its end" if unrun(self.notebook) else None

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


INJECTED = "injected-parameters"
KERNEL_FOLDER = re.compile(re.escape(tempfile.gettempdir()) + r"[/\\]ipykernel_\d+[/\\]")
"""Where ipykernel pretends that cells lie, by process number; shown by warnings."""

ADDRESS = re.compile("(?<= at 0x)[0-9a-fA-F]+")
"""Where an object lies in memory, as its repr says."""


def shown_findings(notebook: NotebookNode) -> tuple[dict[str, Any], ...]:
    """The JSON documents of the findings that its cells showed, in order."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    shown = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    # Plain: whoever unpickles a notebook's own mapping must import the library first.
    return tuple(json.loads(json.dumps(finding)) for finding in shown)


def unrun(notebook: NotebookNode) -> bool:
    """Whether a code cell was not run, as after ``sys.exit()``, which papermill lets pass."""
    return any(
        cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
        for cell in notebook.cells
    )


def mark(notebook: NotebookNode, position: int, error: str) -> None:
    """Write into the cell at `position` that execution ended there for want of a kernel."""
    note = nbformat.v4.new_output("error", ename="Stopped", evalue=error, traceback=[error])
    cell = notebook.cells[position]
    if cell.cell_type == "code":
        cell.outputs.append(note)


def strip(notebook: NotebookNode) -> tuple[float, ...]:
    """Take out, in place, what differs between equal runs; the code cells' seconds."""
    remove_error_markers(notebook)
    notebook.metadata.pop("papermill", None)
    seconds = []
    for cell in notebook.cells:
        times = cell.metadata.pop("papermill", {})
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
        if cell.cell_type == "code":
            seconds.append(_seconds(times))
            cell.outputs = _merged(cell.outputs)
            for output in cell.outputs:
                _strip_output(output)
    return tuple(seconds)


def redact(notebook: NotebookNode, secrets: Secrets) -> None:
    """Take `secrets` out, in place: of text, outputs, errors and metadata."""
    if secrets.values:
        notebook.update(nbformat.from_dict(secrets.redacted(notebook)))


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    # Printed text comes in pieces cut by chance. nbclient can merge them too, in a time that
    # grows with the square of a line's length.
    first: dict[str, NotebookNode] = {}
    pieces: dict[str, list[str]] = {}
    merged = []
    for output in outputs:
        name = output.get("name", "")
        if output.output_type != "stream" or name not in first:
            merged.append(output)
        if output.output_type == "stream":
            first.setdefault(name, output)
            pieces.setdefault(name, []).append(output.text)
    for name, output in first.items():
        output.text = "".join(pieces[name])
    return _stdout_first(merged, first)


def _stdout_first(
    outputs: list[NotebookNode], streams: dict[str, NotebookNode]
) -> list[NotebookNode]:
    # Which of two streams that are printed to together arrives first is chance as well.
    if set(streams) == {"stdout", "stderr"}:
        places = sorted(outputs.index(stream) for stream in streams.values())
        if places[1] == places[0] + 1:
            outputs[places[0] : places[1] + 1] = [streams["stdout"], streams["stderr"]]
    return outputs


def _seconds(times: dict[str, Any]) -> float:
    if not times.get("start_time") or not times.get("end_time"):
        return 0.0
    start, end = (datetime.fromisoformat(times[name]) for name in ("start_time", "end_time"))
    return round((end - start).total_seconds(), 3)


def _strip_output(output: NotebookNode) -> None:
    if output.output_type == "stream":
        output.text = _strip_text(output.text)
    elif output.output_type == "error":
        output.traceback = [_strip_text(line) for line in output.traceback]
    elif "text/plain" in output.data:
        output.data["text/plain"] = _strip_text(output.data["text/plain"])


def _strip_text(text: str) -> str:
    return ADDRESS.sub("…", KERNEL_FOLDER.sub("", text))
