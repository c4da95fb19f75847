"""The cells of an executed notebook as text, without what differs from run to run."""

import hashlib
import json
from pathlib import Path
from typing import Any

from investigate.errors import InputError
from investigate.records.compare.changed import Cell
from investigate.records.documents import parsed

INJECTED = "injected-parameters"
"""The tag of the cell that papermill adds; it holds the question, which is told apart."""


def cells_of(data: bytes, path: Path) -> tuple[Cell, ...]:
    """The cells of the notebook in `data`, read from `path`, but the injected parameters.

    Metadata and execution counts are left out. Raises `InputError` where it is no notebook.
    """
    document = parsed(data, path)
    try:
        return tuple(_cell(cell) for cell in document["cells"] if not _injected(cell))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: this is no Jupyter notebook of format 4") from error


def _injected(cell: Any) -> bool:
    tags = cell.get("metadata", {}).get("tags", [])
    return isinstance(tags, list) and INJECTED in tags


def _cell(cell: Any) -> Cell:
    texts: list[str] = []
    pictures: list[str] = []
    rest: list[Any] = []
    for output in cell.get("outputs", []):
        _read(output, texts, pictures, rest)
    return Cell(
        type=str(cell["cell_type"]),
        id=str(cell.get("id", "")),
        source=_text(cell["source"]),
        output="\n".join(texts),
        pictures=tuple(pictures),
        data=_hash(json.dumps(rest, sort_keys=True)) if rest else "",
    )


def _read(output: Any, texts: list[str], pictures: list[str], rest: list[Any]) -> None:
    if output["output_type"] == "stream":
        texts.append(_text(output["text"]))
        return
    if output["output_type"] == "error":
        texts.append(f"{output['ename']}: {output['evalue']}")
        return
    for kind, content in sorted(output["data"].items()):
        if kind.startswith("image/"):
            texts.append(f"(picture, {kind})")
            pictures.append(_hash(json.dumps(content)))
        elif kind == "text/plain":
            texts.append(_text(content))
        else:
            rest.append([kind, content])


def _text(lines: Any) -> str:
    # A notebook may hold a text as one or as a list of its lines.
    if isinstance(lines, str):
        return lines
    if not isinstance(lines, list):
        raise TypeError
    return "".join(lines)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
