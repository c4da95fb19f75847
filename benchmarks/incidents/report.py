"""The tables of a benchmark, printed and put into a document."""

import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.incidents.sheet import Sheet
from investigate.errors import InputError
from investigate.ledger.files import write


def show(sheets: Sequence[Sheet], console: Console) -> None:
    """Print the tables: for people on a terminal, else as Markdown."""
    for sheet in sheets:
        if console.is_terminal:
            console.print(sheet.rich())
        else:
            console.out(sheet.markdown(), highlight=False)


def fits(document: Path, name: str) -> None:
    """Raises `InputError` where `document` has no block `name` to be filled."""
    if not document.is_file():
        raise InputError(f"{document}: there is no such file to write the tables into")
    if len(_block(name).findall(document.read_text("utf-8"))) != 1:
        raise InputError(
            f"{document}: no place for the tables; add two lines, "
            f"<!-- {name} --> and <!-- /{name} -->"
        )


def fill(document: Path, name: str, command: str, sheets: Sequence[Sheet]) -> None:
    """Put `command` and the tables between the comments ``name`` and ``/name`` of `document`.

    Raises `InputError` as `fits` does.
    """
    fits(document, name)
    text = "\n".join([f"    {command}\n", *(sheet.markdown() for sheet in sheets)])
    filled = _block(name).sub(
        lambda found: f"{found[1]}\n{text}\n{found[2]}", document.read_text("utf-8")
    )
    write(document, filled)


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
