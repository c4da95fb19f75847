"""``investigate compare``: what was asked and found first, then what changed most."""

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate.cli.tables import unframed
from investigate.records.changed_cells import Cell, CellChange
from investigate.records.compare import ChangedValue, ComparedNumber, Comparison, compare, ordered
from investigate.rendering import counted, plain, shown, signed

TOP = 10
LINES = 4


def show(comparison: Comparison, console: Console, everything: bool = False) -> None:
    """Print `comparison`; where not `everything`, the `TOP` of each kind, the rest counted."""
    limit = None if everything else TOP
    for which, name in (("A", comparison.a), ("B", comparison.b)):
        _line(console, which, name)
    for note in comparison.notes:
        _line(console, "note", note, "bold")
    _headlines(comparison, console)
    _values("question", comparison.question, console, limit)
    _values("made with", comparison.conditions, console, limit)
    _numbers(comparison, console, limit)
    _values("texts", comparison.texts, console, limit)
    _notebooks(comparison, console, limit)


def _headlines(comparison: Comparison, console: Console) -> None:
    table = unframed("", "A", "B", "change")
    answers = {answer.name: answer for answer in comparison.answers}
    numbers = {number.path: number for number in comparison.numbers}
    if kind := answers.get("verdict.kind"):
        _row(table, "verdict", shown(kind.a), shown(kind.b), "" if kind.a == kind.b else "differs")
    for part in ("baseline", "incident", "change"):
        path = f"auc.{part}"
        if value := numbers.get(f"{path}.value"):
            a, b = (_interval(numbers, path, side) for side in ("a", "b"))
            change = "none" if value.change is None else signed(value.change)
            _row(table, f"AUC {part}", a, b, "equal" if value.equal else change)
    if since := answers.get("onset.date"):
        a, b = (_since(answers, side) for side in ("a", "b"))
        _row(table, "since", a, b, "" if since.a == since.b else "differs")
    console.print(table)


def _interval(numbers: dict[str, ComparedNumber], path: str, side: str) -> str:
    ends = [numbers.get(f"{path}.{end}") for end in ("value", "low", "high")]
    value, low, high = (shown(None if end is None else getattr(end, side)) for end in ends)
    return value if "none" in (low, high) else f"{value} [{low}, {high}]"


def _since(answers: dict[str, ChangedValue], side: str) -> str:
    ends = [answers.get(f"onset.{end}") for end in ("date", "low", "high")]
    date, low, high = (shown(None if end is None else getattr(end, side)) for end in ends)
    return date if "none" in (low, high) else f"{date} [{low}, {high}]"


def _values(
    label: str, changes: Sequence[ChangedValue], console: Console, limit: int | None
) -> None:
    _line(console, label, counted(len(changes), "difference") if changes else "nothing differs")
    if not changes:
        return
    table = unframed("", "A", "B")
    for change in ordered(changes)[:limit]:
        _row(table, plain(change.name), shown(change.a), shown(change.b))
    console.print(table)
    _rest(console, len(changes), limit)


def _numbers(comparison: Comparison, console: Console, limit: int | None) -> None:
    changed = comparison.unequal
    equal = len(comparison.numbers) - len(changed)
    _line(console, "numbers", f"{counted(equal, 'is', 'are')} equal, {len(changed):,} not")
    if not changed:
        return
    table = unframed("", "A", "B", "change")
    for number in changed[:limit]:
        change = number.kind if number.change is None else signed(number.change)
        _row(table, plain(number.path), shown(number.a), shown(number.b), change)
    console.print(table)
    _rest(console, len(changed), limit)


def _notebooks(comparison: Comparison, console: Console, limit: int | None) -> None:
    same, changed = len(comparison.same_notebooks), comparison.notebooks
    _line(
        console, "notebooks", f"{counted(same, 'is', 'are')} equal byte by byte, {len(changed)} not"
    )
    for notebook in changed:
        text = notebook.note or counted(len(notebook.cells), "cell differs", "cells differ")
        _line(console, "", f"{notebook.name}.ipynb: {text}", "bold")
        for cell in notebook.cells[:limit]:
            for line, style in cell_lines(cell, None if limit is None else LINES):
                console.print(Text(f"{'':<12}{line}", style=style), soft_wrap=True)
        _rest(console, len(notebook.cells), limit)


def _rest(console: Console, number: int, limit: int | None) -> None:
    if limit is not None and number > limit:
        _line(console, "", f"… and {number - limit:,} more; --all shows them", "dim")


def _row(table: Table, *cells: str) -> None:
    # Text, not markup: names and values are what anyone wrote.
    table.add_row(*(Text(cell) for cell in cells))


def _line(console: Console, label: str, text: str, style: str = "") -> None:
    line = Text(f"{label:<11}", style="dim")
    line.append(plain(text, 2000), style=style)
    console.print(line, soft_wrap=True)


MOST_LINES = 400
"""Of a cell, that are held against each other: that takes a time that grows with their product."""

Line = tuple[str, str]
"""Text and style."""


def cell_lines(change: CellChange, limit: int | None) -> Iterator[Line]:
    """The lines for `change`, of each text `limit` at most."""
    cell = change.b or change.a
    name = f" ({plain(cell.id, 60)})" if cell is not None and cell.id else ""
    differences = ", ".join(_difference_text(what) for what in change.what) or change.status
    yield f"cell {change.position}{name}: {differences}", ""
    if change.a is None or change.b is None:
        sign, style = ("+", "green") if change.a is None else ("−", "red")
        lines = (cell or Cell("", "", "")).source.splitlines()
        yield from ((f"  {sign} {plain(line, 200)}", style) for line in lines[:limit])
        yield from _rest_of_lines(len(lines), limit)
        return
    for what in ("source", "output"):
        if what in change.what:
            yield from _texts(getattr(change.a, what), getattr(change.b, what), limit)


def _difference_text(what: str) -> str:
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
    yield from _rest_of_lines(len(changed), limit)


def _rest_of_lines(number: int, limit: int | None) -> Iterator[Line]:
    if limit is not None and number > limit:
        yield f"  … and {counted(number - limit, 'more line')}", "dim"


def compare_at(a: Path, b: Path, console: Console, everything: bool = False) -> None:
    """Print how the records in the folders `a` and `b` differ; writes nothing.

    With `everything`, each difference rather than the largest. Raises `InputError` where
    one of them is no record, or holds what no run writes.
    """
    show(compare(a, b), console, everything)
