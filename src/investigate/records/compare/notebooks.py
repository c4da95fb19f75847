"""Which cells of which notebooks differ; nbdime says which cell of one is which of the other."""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isqrt
from typing import Any

from investigate.paths import RecordPaths
from investigate.records.compare.cells import cells_of
from investigate.records.compare.changed import Cell, CellChange, NotebookChange
from investigate.records.compare.recorded import Recorded

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
            name, note=f"more than {MOST_CELLS} cells: it differs, not told where"
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
