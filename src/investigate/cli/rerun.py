"""``investigate rerun``: what came of a rerun, in a few lines."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from investigate.errors import RunError
from investigate.records.agreement import TOLERANCE, Agreement
from investigate.records.compare import ChangedValue, ComparedNumber, Comparison
from investigate.records.rerun import Rerun, rerun
from investigate.records.workers import Settings
from investigate.rendering import counted, plain, shown, signed

MOST = 10


def rerun_at(
    record: Path,
    console: Console,
    *,
    audit: Path | None = None,
    settings: Settings | None = None,
    progress: Console | None = None,
) -> Rerun:
    """Rerun `record` and print how that agrees.

    Raises what `rerun` raises, and `RunError` where it did not find what was found before.
    """
    done = rerun(record, audit=audit, settings=settings, progress=progress)
    show(done.comparison, done.agreement, done.entry, console)
    if not done.agreement.agrees:
        raise RunError(f"{_disagreement(done.agreement)} (record: {done.record})")
    return done


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
        yield "conditions", counted(len(changes), "difference")
        yield from _changes(changes)
    elif found.exact:
        yield "conditions", "same question, data, notebooks, code and packages"
    else:
        yield "conditions", "the code had changes that its commit does not hold"
    within, different = len(found.within), len(found.different)
    numbers = f"{counted(found.equal, 'is', 'are')} equal"
    yield "numbers", f"{numbers}, {within:,} within tolerance, {different:,} different"
    if found.added:
        yield "", f"{counted(found.added, 'finding')} more, which the code of then did not tell"
    if not found.exact:
        yield "tolerance", TOLERANCE
    yield from _numbers(found.different or found.within)
    if found.texts:
        yield "findings", f"{counted(len(found.texts), 'is', 'are')} other than recorded"
        yield from _changes(found.texts)
    yield "notebooks", f"{counted(len(comparison.same_notebooks), 'is', 'are')} equal byte by byte"
    for notebook in comparison.notebooks[:MOST]:
        cells = ", ".join(
            f"cell {cell.position} {'/'.join(cell.what) or cell.status}"
            for cell in notebook.cells[:MOST]
        )
        yield "", f"{notebook.name}.ipynb differs: {notebook.note or cells}"
    yield from _rest(len(comparison.notebooks))


def _changes(changes: Sequence[ChangedValue]) -> Iterator[tuple[str, str]]:
    for change in changes[:MOST]:
        yield "", f"{change.name}: {shown(change.a)} → {shown(change.b)}"
    yield from _rest(len(changes))


def _numbers(numbers: Sequence[ComparedNumber]) -> Iterator[tuple[str, str]]:
    for number in numbers[:MOST]:
        change = "" if number.change is None else f" ({signed(number.change)})"
        yield "", f"{number.path}: {shown(number.a)} → {shown(number.b)}{change}"
    yield from _rest(len(numbers))


def _rest(number: int) -> Iterator[tuple[str, str]]:
    if number > MOST:
        yield "", f"… and {number - MOST:,} more; investigate compare shows them"


def _disagreement(found: Agreement) -> str:
    numbers = found.different + (found.within if found.exact else ())
    parts = [counted(len(numbers), "number")] if numbers else []
    parts += [counted(len(found.texts), "other finding")] if found.texts else []
    differ = "differs" if len(numbers) + len(found.texts) == 1 else "differ"
    under = "on the same data, code and packages" if found.exact else "beyond the tolerance"
    first = [change.path for change in numbers[:1]] or [text.name for text in found.texts[:1]]
    return f"{' and '.join(parts)} {differ} {under}, such as {first[0]}"
