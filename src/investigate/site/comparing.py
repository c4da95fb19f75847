"""A run beside the one before it, as a page shows that."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from investigate.errors import InputError
from investigate.records.changed_cells import Cell, CellChange
from investigate.records.compare import ChangedValue, ComparedNumber, compare, ordered
from investigate.records.documents import words
from investigate.rendering import shown, signed
from investigate.site.cases import ShownRun

MOST_NUMBERS = 40
MOST_VALUES = 60
MOST_CELLS = 30
MOST_LINES = 60


@dataclass(frozen=True)
class Row:
    """A value of both, and how it changed."""

    name: str
    a: str
    b: str
    change: str = ""


@dataclass(frozen=True)
class ShownCell:
    """A cell that differs: ``lines`` of a diff, each with how it is marked: +, − or none."""

    title: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class ShownNotebook:
    """A notebook that differs, with so many of its cells."""

    name: str
    note: str
    cells: list[ShownCell]
    more: int


@dataclass(frozen=True)
class Compared:
    """What a page shows of two runs; ``failed`` says why they could not be compared."""

    failed: str = ""
    notes: list[str] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    question: list[Row] = field(default_factory=list)
    conditions: list[Row] = field(default_factory=list)
    numbers: list[Row] = field(default_factory=list)
    equal_numbers: int = 0
    more_numbers: int = 0
    texts: list[Row] = field(default_factory=list)
    notebooks: list[ShownNotebook] = field(default_factory=list)
    same_notebooks: list[str] = field(default_factory=list)


def compared(run: ShownRun, before: ShownRun) -> Compared:
    """How `run` differs from `before`, the run before it: A is the earlier one."""
    try:
        found = compare(before.folder, run.folder)
    except (InputError, OSError) as error:
        # Where the records lie on this machine is nobody's business.
        reason = str(error)
        for side in (run, before):
            reason = reason.replace(f"{side.folder}", side.name)
        return Compared(failed=words(reason, 600))
    except (ValueError, TypeError, RecursionError, KeyError, AttributeError) as error:
        return Compared(failed=f"they hold what no run writes ({type(error).__name__})")
    changed = found.unequal
    return Compared(
        notes=[words(note, 600) for note in found.notes],
        answers=[row for row in _values(found.answers) if row.change],
        question=_values(found.question),
        conditions=_values(found.conditions),
        numbers=[_number(number) for number in changed[:MOST_NUMBERS]],
        equal_numbers=len(found.numbers) - len(changed),
        more_numbers=max(len(changed) - MOST_NUMBERS, 0),
        texts=_values([text for text in found.texts if not text.name.startswith("verdict.")]),
        notebooks=[
            ShownNotebook(
                name=words(notebook.name, 100),
                note=words(notebook.note),
                cells=[_cell(cell) for cell in notebook.cells[:MOST_CELLS]],
                more=max(len(notebook.cells) - MOST_CELLS, 0),
            )
            for notebook in found.notebooks
        ],
        same_notebooks=[words(name, 100) for name in found.same_notebooks],
    )


def _values(found: Sequence[ChangedValue]) -> list[Row]:
    return [
        Row(
            words(value.name, 200),
            _shown(value.a),
            _shown(value.b),
            "" if value.a == value.b else "differs",
        )
        for value in ordered(found)[:MOST_VALUES]
    ]


def _shown(value: object) -> str:
    return words(value, 600) if isinstance(value, str) else shown(value)


def _number(number: ComparedNumber) -> Row:
    change = number.kind if number.change is None else signed(number.change)
    return Row(words(number.path, 200), shown(number.a), shown(number.b), change)


def _cell(change: CellChange) -> ShownCell:
    what = f": {', '.join(change.what)}" if change.what else ""
    cell = change.b or change.a
    kind = words(cell.type, 20) if cell else ""
    title = f"Cell {change.position} ({kind}) {change.status}{what}"
    diff = [*_diff(change.a, change.b)]
    left = len(diff) - MOST_LINES
    rest = [(" ", f"… and {left:,} more lines")] if left > 0 else []
    return ShownCell(title, [*diff[:MOST_LINES], *rest])


def _diff(a: Cell | None, b: Cell | None) -> Iterator[tuple[str, str]]:
    for part in ("source", "output"):
        before, after = (_lines(cell, part) for cell in (a, b))
        if before != after:
            found = difflib.unified_diff(before, after, n=1, lineterm="")
            yield from ((line[0], words_kept(line[1:])) for line in list(found)[2:])


def _lines(cell: Cell | None, part: str) -> list[str]:
    # Comparing lines takes a time that grows with the product of their numbers.
    return [] if cell is None else str(getattr(cell, part)).splitlines()[:400]


def words_kept(line: str) -> str:
    """A line with its leading spaces, which code needs."""
    text = line.rstrip()
    return " " * (len(text) - len(text.lstrip())) + words(text, 300)
