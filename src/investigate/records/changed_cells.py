"""Which cells of executed notebooks differ; nbdime says which cell of one is which of the other."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import Any, Literal

from investigate.errors import InputError
from investigate.paths import RecordPaths
from investigate.records.documents import parsed
from investigate.records.run_record import Recorded


@dataclass(frozen=True)
class Cell:
    """A cell as text: its source and what it put out, where a picture is a word.

    ``pictures`` are hashes of the pictures, ``data`` one of all that is put out beside text.
    """

    type: str
    id: str
    source: str
    output: str = ""
    pictures: tuple[str, ...] = ()
    data: str = ""


@dataclass(frozen=True)
class CellChange:
    """A cell that is not the same; ``position`` counts from 1, in B, or in A where removed.

    ``what`` differs, of source, output, picture and data; a picture's bytes are not shown.
    """

    position: int
    status: Literal["added", "removed", "changed"]
    a: Cell | None
    b: Cell | None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotebookChange:
    """A notebook whose bytes differ, and its cells that do.

    ``note`` says where only one record has it, or why its cells are not listed.
    """

    name: str
    cells: tuple[CellChange, ...] = ()
    note: str = ""


INJECTED = "injected-parameters"
"""The tag of the cell that papermill adds; it holds the question, which is compared by itself."""


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


MOST_CELLS = 300
ALIGNED_BY = 200
"""Characters of a source by which a cell without an id is found again; all are compared."""

MOST_WORK = 16_000_000
"""Pairs of characters that aligning may look at: some three seconds where all are alike."""


def notebooks(a: Recorded, b: Recorded) -> tuple[NotebookChange, ...]:
    """The notebooks whose bytes differ, by name; one without cells differs in metadata only."""
    changes = []
    for name in sorted({*a.notebooks, *b.notebooks}):
        one, other = a.notebooks.get(name), b.notebooks.get(name)
        if one is None or other is None:
            changes.append(NotebookChange(name, note=f"only in {'A' if other is None else 'B'}"))
        elif one != other:
            changes.append(
                _change(
                    name,
                    cells_of(one, RecordPaths(a.folder).notebooks / f"{name}.ipynb"),
                    cells_of(other, RecordPaths(b.folder).notebooks / f"{name}.ipynb"),
                )
            )
    return tuple(changes)


def _change(name: str, a: Sequence[Cell], b: Sequence[Cell]) -> NotebookChange:
    if max(len(a), len(b)) > MOST_CELLS:
        return NotebookChange(
            name, note=f"more than {MOST_CELLS} cells: it differs, cells not compared"
        )
    cells = tuple(_cells(a, b))
    note = "" if cells else "only metadata, counts or parameters differ"
    return NotebookChange(name, cells, note)


def _cells(a: Sequence[Cell], b: Sequence[Cell]) -> Iterator[CellChange]:
    for one, other in _pairs(a, b):
        before = None if one is None else a[one]
        after = None if other is None else b[other]
        if before is None or after is None:
            position = (one if other is None else other) or 0
            yield CellChange(position + 1, "removed" if after is None else "added", before, after)
        elif what := _what(before, after):
            yield CellChange((other or 0) + 1, "changed", before, after, what)


def _what(a: Cell, b: Cell) -> tuple[str, ...]:
    differs = {
        "source": (a.type, a.source) != (b.type, b.source),
        "output": a.output != b.output,
        "picture": a.pictures != b.pictures,
        "data": a.data != b.data,
    }
    return tuple(name for name, does in differs.items() if does)


def _pairs(a: Sequence[Cell], b: Sequence[Cell]) -> Iterator[tuple[int | None, int | None]]:
    """Positions in `a` and `b` of the same cell; `None` where the other has none."""
    one = other = 0
    for step in _aligned(a, b):
        # Cells before it that nbdime does not mention are the same in both.
        while one < step["key"]:
            yield one, other
            one, other = one + 1, other + 1
        if step["op"] == "addrange":
            for _ in step["valuelist"]:
                yield None, other
                other += 1
        elif step["op"] == "removerange":
            for _ in range(step["length"]):
                yield one, None
                one += 1
    while one < len(a):
        yield one, other
        one, other = one + 1, other + 1


def _aligned(a: Sequence[Cell], b: Sequence[Cell]) -> Sequence[Mapping[str, Any]]:
    with _spared():
        from nbdime.diffing.notebooks import diff_notebooks
    # Time grows with the product of the cells and the square of their length.
    length = min(ALIGNED_BY, isqrt(MOST_WORK // max(1, len(a) * len(b))))
    # No settings of nbdime's are needed, nor changed: what it is to ignore is not there.
    one, other = ({"cells": [_reduced(cell, length) for cell in cells]} for cells in (a, b))
    (cells,) = diff_notebooks(one, other) or ({"diff": ()},)
    return cells["diff"]


def _reduced(cell: Cell, length: int) -> dict[str, Any]:
    return {
        "cell_type": cell.type,
        **({"id": cell.id} if cell.id else {}),
        "source": cell.source[:length],
        "outputs": [],
        "digest": hashlib.sha256(repr(cell).encode()).hexdigest(),
    }


@contextmanager
def _spared() -> Iterator[None]:
    # nbdime needs nbformat, that jsonschema, and that a second for the grammar of a format
    # that no notebook uses; it does without where that is not installed.
    hidden = "rfc3987_syntax"
    if hidden in sys.modules:
        yield
        return
    sys.modules[hidden] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[hidden]
