"""Audit folders made by hand, with real ledgers, and a browser that records what it meets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from ledgers import make_record
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

SERIES = [
    {"start": f"2024-01-{day:02}T00:00:00+00:00", "auc": 0.8 if day < 11 else 0.6, "rows": 20}
    for day in range(1, 21)
]


def record(case: Path, name: str, text: str = "plain", **more: str) -> Path:
    """A record as a run leaves it, in which `text` is wherever text may be."""
    findings = {
        "auc": {
            "baseline": {"value": 0.8, "low": 0.7, "high": 0.9, "rows": 200},
            "incident": {"value": 0.6, "low": 0.5, "high": 0.7, "rows": 200},
            "change": {"value": -0.2, "low": -0.3, "high": -0.1},
        },
        "onset": {"date": "2024-01-11"},
        "by": {
            "system": [{"group": text, "system": text, "contribution": -0.2}],
            text: [{"group": text, "cohort": {text: text}, "contribution": -0.2}],
        },
        "suspects": [{"kind": "system_fault", "system": text, "points": 0.2, "sentence": text}],
        "verdict": {"kind": "system_fault", "system": text, "sentence": f"Suspect: {text}"},
    }
    run = {
        "status": "succeeded",
        "case": case.name,
        "started": f"{name[:4]}-{name[4:6]}-{name[6:8]}T08:00:00Z",
        "parameters": {
            "case": case.name,
            "log": text,
            "columns": {"time": text, text: text},
            "baseline": {"start": "2024-01-01", "end": "2024-01-11"},
            "incident": {"start": "2024-01-11", "end": "2024-01-21"},
        },
        "inputs": [{"role": "data", "path": text, "sha256": "0" * 64, "bytes": 3}],
        "notebooks": [{"name": "1_answer", "status": "succeeded", "seconds": 1.5}],
        "environment": {"python": text, "distributions": {text: text}},
    }
    shown = {"name": "onset", "detail": {"series": SERIES}}
    outputs = [
        new_output("display_data", {"application/vnd.investigate.finding+json": shown}),
        new_output("display_data", {"text/html": f"<p>{text}</p>", "text/plain": text}),
        new_output("display_data", {"image/svg+xml": f"<svg>{text}</svg>"}),
        new_output("display_data", {"text/markdown": text}),
        new_output("stream", name="stdout", text=text),
    ]
    cells = [
        new_markdown_cell(f"# Answer\n\n{text}", id="title"),
        new_code_cell(f"show({text!r})", outputs=outputs, execution_count=1, id="code"),
    ]
    return make_record(
        case,
        name,
        **{
            "record.json": json.dumps(run),
            "findings.json": json.dumps(findings),
            "notebooks/1_answer.ipynb": nbformat.writes(new_notebook(cells=cells)),
            **more,
        },
    )


@pytest.fixture(scope="session")
def make() -> Callable[..., Path]:
    """Makes records; see `record`."""
    return record


@pytest.fixture
def tree() -> Callable[[Path], dict[str, Any]]:
    """Reads every file of a site but what its last build knew."""

    def read(folder: Path) -> dict[str, Any]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".build.json"
        }

    return read
