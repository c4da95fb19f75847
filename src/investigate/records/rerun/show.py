"""What came of a rerun, in a few lines."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from investigate.records.compare.changed import Changed, Number
from investigate.records.compare.comparison import Comparison
from investigate.records.compare.words import count, shown, signed
from investigate.records.rerun.agreement import TOLERANCE, Agreement
from investigate.rendering import plain

MOST = 10


def show(comparison: Comparison, found: Agreement, entry: int, console: Console) -> None:
    """Print what was rerun, under which conditions, and how it agrees."""
    for label, text in _lines(comparison, found, entry):
        # Text, not markup: names and values are what anyone wrote.
        line = Text(f"{label:<11}", style="dim")
        line.append(plain(text, 2000))
        console.print(line, soft_wrap=True)


def _lines(comparison: Comparison, found: Agreement, entry: int) -> Iterator[tuple[str, str]]:
    yield "recorded", comparison.a
    yield "rerun", f"{comparison.b}, entry {entry} of its ledger"
    changes = comparison.question + comparison.conditions
    if changes:
        yield "conditions", count(len(changes), "difference")
        yield from _changes(changes)
    elif found.exact:
        yield "conditions", "same question, data, notebooks, code and packages"
    else:
        yield "conditions", "the code had changes that its commit does not hold"
    within, different = len(found.within), len(found.different)
    numbers = f"{count(found.equal, 'is', 'are')} equal"
    yield "numbers", f"{numbers}, {within:,} within tolerance, {different:,} different"
    if found.added:
        yield "", f"{count(found.added, 'finding')} more, which the code of then did not tell"
    if not found.exact:
        yield "tolerance", TOLERANCE
    yield from _numbers(found.different or found.within)
    if found.texts:
        yield "findings", f"{count(len(found.texts), 'is', 'are')} other than recorded"
        yield from _changes(found.texts)
    yield "notebooks", f"{count(len(comparison.same_notebooks), 'is', 'are')} equal byte by byte"
    for notebook in comparison.notebooks[:MOST]:
        cells = ", ".join(
            f"cell {cell.position} {'/'.join(cell.what) or cell.status}"
            for cell in notebook.cells[:MOST]
        )
        yield "", f"{notebook.name}.ipynb differs: {notebook.note or cells}"
    yield from _rest(len(comparison.notebooks))


def _changes(changes: Sequence[Changed]) -> Iterator[tuple[str, str]]:
    for change in changes[:MOST]:
        yield "", f"{change.name}: {shown(change.a)} → {shown(change.b)}"
    yield from _rest(len(changes))


def _numbers(numbers: Sequence[Number]) -> Iterator[tuple[str, str]]:
    for number in numbers[:MOST]:
        change = "" if number.change is None else f" ({signed(number.change)})"
        yield "", f"{number.path}: {shown(number.a)} → {shown(number.b)}{change}"
    yield from _rest(len(numbers))


def _rest(number: int) -> Iterator[tuple[str, str]]:
    if number > MOST:
        yield "", f"… and {number - MOST:,} more; investigate compare shows them"
