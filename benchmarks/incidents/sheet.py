"""A table of text, as Markdown and for a terminal."""

from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Sheet:
    """``columns`` and ``rows`` of text under a ``title``; the first column is to the left."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """A heading and a table."""
        aligned = ("---", *("---:" for _ in self.columns[1:]))
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, aligned, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines]) + "\n"

    def rich(self) -> Table:
        """The table that Rich prints."""
        table = Table(title=self.title, title_justify="left")
        for column in self.columns:
            table.add_column(column, justify="right" if table.columns else "left")
        for row in self.rows:
            table.add_row(*(cell.replace("**", "") for cell in row))
        return table


def share(right: int, of: int) -> str:
    """``7/8 (88%)``; a dash where there is nothing to be right about."""
    return f"{right}/{of} ({right / of:.0%})" if of else "–"
