"""What an executed notebook holds: its findings, and nothing that differs from run to run."""

import json
import re
import tempfile
from datetime import datetime
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.execute import remove_error_markers

from investigate.finding import MIME
from investigate.records.secrets import Secrets

INJECTED = "injected-parameters"
KERNEL_FOLDER = re.compile(re.escape(tempfile.gettempdir()) + r"[/\\]ipykernel_\d+[/\\]")
"""Where ipykernel pretends that cells lie, by process number; shown by warnings."""

ADDRESS = re.compile("(?<= at 0x)[0-9a-fA-F]+")
"""Where an object lies in memory, as its repr says."""


def findings(notebook: NotebookNode) -> tuple[dict[str, Any], ...]:
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
