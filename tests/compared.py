"""Records made by hand, of nothing but what a comparison reads."""

import json
from pathlib import Path
from typing import Any

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "status": "succeeded",
    "case": "small",
    "parameters": {
        "case": "small",
        "baseline": {"start": "2024-01-01", "end": "2024-01-11"},
        "cohorts": ["country"],
    },
    "code": {"commit": "c0ffee", "dirty": False},
    "environment": {"python": "3.11.7", "distributions": {"numpy": "2.1.0", "scipy": "1.15.0"}},
    "inputs": [
        {"role": "params", "path": "params.yml", "sha256": "0" * 64, "bytes": 1},
        {"role": "data", "path": "log.csv", "sha256": "1" * 64, "bytes": 1},
        {"role": "notebook", "path": "notebooks/1_a.ipynb", "sha256": "2" * 64, "bytes": 1},
    ],
}
FINDINGS: dict[str, Any] = {
    "schema": 1,
    "auc": {
        "baseline": {"value": 0.8, "low": 0.7, "high": 0.9, "rows": 200},
        "incident": {"value": 0.7, "low": 0.6, "high": 0.8, "rows": 100},
        "change": {"value": -0.1, "low": -0.2, "high": 0.0},
    },
    "onset": {"date": "2024-01-11", "low": "2024-01-10", "high": "2024-01-12", "p_value": 0.001},
    "by": {
        "system": [
            {"group": "rules", "contribution": -0.07, "low": None, "discovered": True},
            {"group": "model", "contribution": -0.03, "low": -0.05, "discovered": False},
        ]
    },
    "verdict": {"kind": "system_fault", "sentence": "Suspect: rules."},
}


def cell(source: str, *outputs: dict[str, Any], id: str = "", **more: Any) -> dict[str, Any]:
    """A code cell, or a cell of another type without outputs."""
    whole = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": source}
    return {**whole, "outputs": list(outputs), **({"id": id} if id else {}), **more}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(**data: Any) -> dict[str, Any]:
    """An output by kind: ``text_plain="…"`` is text/plain."""
    kinds = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": kinds}


def make_compared(
    folder: Path, document: Any = None, findings: Any = FINDINGS, **notebooks: Any
) -> Path:
    """The record in `folder`; `None` for findings leaves them out, `_1_a=[…]` are cells."""
    (folder / "notebooks").mkdir(parents=True)
    text = json.dumps(DOCUMENT if document is None else document)
    (folder / "record.json").write_text(text, encoding="utf-8")
    if findings is not None:
        (folder / "findings.json").write_text(json.dumps(findings), encoding="utf-8")
    for name, cells in notebooks.items():
        text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
        path = folder / "notebooks" / f"{name.removeprefix('_')}.ipynb"
        path.write_text(text, encoding="utf-8")
    return folder
