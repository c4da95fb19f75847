"""What notebooks import: the question and its counts, and a way to show a finding."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from investigate import rendering
from investigate.api.opening import open as investigation
from investigate.counts.table import Counts
from investigate.finding import Finding, as_html, as_text, plain
from investigate.question.question import Question

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_html", "as_text", "open_question", "show"]


def charts_as_they_are() -> None:
    """Have Jupyter show the kit's figures as they are laid out, drawn once.

    Its own way draws each once more, to find margins to cut. It is done as this module is
    imported; a kernel that is a fork, of a process that had imported it, does it as it begins.
    """
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        shown = shell.display_formatter.formatters["image/png"]
        shown.for_type_by_name("investigate.figures.style", "Chart", lambda one: one._repr_png_())


charts_as_they_are()


def open_question(names: Mapping[str, object]) -> tuple[Question, Counts]:
    """The question that a notebook's parameters spell, from its ``globals()``, and its counts.

    In a run the counts are those of the record; by hand they are made from the log.
    Raises `InputError` for a wrong parameter or a log that cannot be used.
    """
    found = investigation(names)
    return found.question, found.counts


def show(*shown: Any, table: bool = True) -> None:
    """Display findings and tables in a notebook: for readers, and findings as JSON for the record.

    A finding is shown with its numbers and its table, or, with ``table=False``, as its claim and
    caveats alone; a caveat that several findings share is shown once. A DataFrame, such as
    ``finding.to_frame()``, is shown with the formats of a finding's table.
    """
    seen: set[str] = set()
    for one in shown:
        if not isinstance(one, Finding):
            rows = _rows(one)
            html = rendering.table(rows) or "<p>no rows</p>"
            display({"text/html": html, "text/plain": str(one)}, raw=True)  # type: ignore[no-untyped-call]
            continue
        bundle = one._repr_mimebundle_()
        if not table:
            caveats = tuple(caveat for caveat in one.caveats if caveat not in seen)
            bundle |= {"text/html": as_html(Finding(one.name, one.claim, caveats=caveats))}
            seen.update(caveats)
        display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _rows(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of `frame` as plain values; columns of whole numbers as integers."""
    columns = dict[str, list[Any]]()
    for at, name in enumerate(map(str, frame.columns)):
        values = [plain(value) for value in frame.iloc[:, at].tolist()]
        numbers = [value for value in values if isinstance(value, float)]
        if numbers and any(numbers) and all(number.is_integer() for number in numbers):
            values = [int(value) if isinstance(value, float) else value for value in values]
        spaced = name.replace("_", " ")
        # A merged table may have one name twice, or two that differ in this alone.
        columns[spaced if spaced not in columns else f"{name} (column {at + 1})"] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
