"""What the notebook of a case's timeline imports: the story, and its tables for readers."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from IPython.display import display

from investigate.updates.story import Story, checked, ledger_line, story

LONG = 40
"""Characters; a column of longer text is given more width."""


def open_case(case: str) -> Story:
    """The story of the case in the folder `case`.

    A relative path is looked up from the current folder, then from each folder above it, so
    that a notebook in a subfolder finds what its project's root holds.
    Raises `InputError` where there is no case, and where its evidence was altered.
    """
    path = Path(case)
    here = Path.cwd()
    found = (folder / path for folder in (here, *here.parents) if (folder / path).is_dir())
    return story(path if path.is_dir() else next(found, path))


def show_times(told: Story) -> None:
    """Display how long it took to detect, to tell and to name a cause."""
    _show(told.claim, ["", "took", "counted"], told.took)


def show_moments(told: Story) -> None:
    """Display every moment: when (UTC), its kind, what happened, in which record."""
    _show(told.title, ["time", "kind", "what", "record"], told.rows)


def show_ledger(told: Story) -> None:
    """Display how many entries of the ledger verify, and what is wrong."""
    found = checked(told.case)
    counts = [
        ("entries", f"{found.entries:,}"),
        ("entries that verify", f"{found.verified:,}"),
        ("records", f"{found.records:,}"),
        ("files told of", f"{found.files:,}"),
        ("troubles", f"{len(found.troubles):,}"),
    ]
    _show(ledger_line(found), ["", "number"], counts)
    if found.troubles:
        _show("What is wrong", ["where", "what"], found.troubles)


def _show(claim: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    cells = [list(row) for row in rows]
    bundle = {"text/html": _html(claim, names, cells), "text/plain": _text(claim, cells)}
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _html(claim: str, names: Sequence[str], rows: list[list[str]]) -> str:
    """Every value escaped, so that it stays text; the same look as a finding's."""
    longest = [max((len(row[i]) for row in rows), default=0) for i in range(len(names))]
    kinds = ["text long" if length > LONG else "text" for length in longest]
    head = _row("th", names, kinds)
    body = "\n".join(_row("td", row, kinds) for row in rows)
    return (
        '<div class="finding">\n'
        f'<p class="claim" style="font-size:1.3em;font-weight:600">{escape(claim)}</p>\n'
        '<div class="wide" style="overflow-x:auto">\n'
        f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>\n</div>"
    )


def _row(tag: str, values: Sequence[str], kinds: Sequence[str]) -> str:
    cells = (
        f'<{tag} class="{kind}" style="text-align:left">{escape(value)}</{tag}>'
        for value, kind in zip(values, kinds, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


def _text(claim: str, rows: list[list[str]]) -> str:
    return "\n".join([claim, *("  " + "  ".join(filter(None, row)) for row in rows)])
