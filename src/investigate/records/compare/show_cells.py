"""A cell that differs, as lines: what it is, and the lines of A and of B that the other lacks."""

import difflib
from collections.abc import Iterator

from investigate.records.compare.changed import Cell, CellChange
from investigate.records.compare.words import count
from investigate.rendering import plain

MOST_LINES = 400
"""Of a cell, that are held against each other: that takes a time that grows with their product."""

Line = tuple[str, str]
"""Text and style."""


def cell_lines(change: CellChange, limit: int | None) -> Iterator[Line]:
    """The lines for `change`, of each text `limit` at most."""
    cell = change.b or change.a
    name = f" ({plain(cell.id, 60)})" if cell is not None and cell.id else ""
    told = ", ".join(_told(what) for what in change.what) or change.status
    yield f"cell {change.position}{name}: {told}", ""
    if change.a is None or change.b is None:
        sign, style = ("+", "green") if change.a is None else ("−", "red")
        lines = (cell or Cell("", "", "")).source.splitlines()
        yield from ((f"  {sign} {plain(line, 200)}", style) for line in lines[:limit])
        yield from _rest(len(lines), limit)
        return
    for what in ("source", "output"):
        if what in change.what:
            yield from _texts(getattr(change.a, what), getattr(change.b, what), limit)


def _told(what: str) -> str:
    # A picture's bytes say nothing to a reader; what lies behind an output is numbers again.
    words = {"picture": "picture differs", "data": "what lies behind its output differs"}
    return words.get(what, f"{what} differs")


def _texts(a: str, b: str, limit: int | None) -> Iterator[Line]:
    before, after = a.splitlines()[:MOST_LINES], b.splitlines()[:MOST_LINES]
    changed = [
        line
        for line in difflib.unified_diff(before, after, n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    for line in changed[:limit]:
        sign, style = ("+", "green") if line.startswith("+") else ("−", "red")
        yield f"  {sign} {plain(line[1:], 200)}", style
    yield from _rest(len(changed), limit)


def _rest(number: int, limit: int | None) -> Iterator[Line]:
    if limit is not None and number > limit:
        yield f"  … and {count(number - limit, 'more line')}", "dim"
