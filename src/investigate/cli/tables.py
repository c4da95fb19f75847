"""Tables in a terminal or a pipe, in which nothing is cut off."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from investigate.rendering import plain

WIDEST = 2000
"""Characters of a cell."""
Rows = Sequence[Sequence[str]]


def unframed(*headings: str) -> Table:
    """An empty table without a frame; what is too long for its column goes on below."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        made.add_column(heading, overflow="fold", justify="left")
    return made


def print_table(console: Console, headings: Sequence[str], rows: Rows) -> None:
    """Print `rows`, whose cells come from logs and files, under `headings`, if there are any.

    A pipe has no width: there, columns are as wide as what they hold.
    """
    texts = [[plain(cell, WIDEST) for cell in row] for row in rows]
    if console.is_terminal:
        made = unframed(*headings)
        for row in texts:
            made.add_row(*(Text(cell) for cell in row))
        if texts:
            console.print(made)
        return
    lines = [list(headings), *texts] if any(headings) and texts else texts
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for row in lines:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        console.print(Text("  ".join(cells).rstrip()), soft_wrap=True)
