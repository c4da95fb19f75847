"""A comparison on a terminal: what was asked and found first, then what changed most."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate.records.compare.changed import Changed, Number
from investigate.records.compare.comparison import Comparison, ordered
from investigate.records.compare.show_cells import cell_lines
from investigate.records.compare.words import count, shown, signed
from investigate.records.terminal import unframed
from investigate.rendering import plain

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


def _interval(numbers: dict[str, Number], path: str, side: str) -> str:
    ends = [numbers.get(f"{path}.{end}") for end in ("value", "low", "high")]
    value, low, high = (shown(None if end is None else getattr(end, side)) for end in ends)
    return value if "none" in (low, high) else f"{value} [{low}, {high}]"


def _since(answers: dict[str, Changed], side: str) -> str:
    ends = [answers.get(f"onset.{end}") for end in ("date", "low", "high")]
    date, low, high = (shown(None if end is None else getattr(end, side)) for end in ends)
    return date if "none" in (low, high) else f"{date} [{low}, {high}]"


def _values(label: str, changes: Sequence[Changed], console: Console, limit: int | None) -> None:
    _line(console, label, count(len(changes), "difference") if changes else "nothing differs")
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
    _line(console, "numbers", f"{count(equal, 'is', 'are')} equal, {len(changed):,} not")
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
        console, "notebooks", f"{count(same, 'is', 'are')} equal byte by byte, {len(changed)} not"
    )
    for notebook in changed:
        told = notebook.note or count(len(notebook.cells), "cell differs", "cells differ")
        _line(console, "", f"{notebook.name}.ipynb: {told}", "bold")
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
