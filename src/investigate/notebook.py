"""What notebooks import: the question and its counts, and a way to show a finding."""

from collections.abc import Mapping

from IPython.display import display

from investigate.api.opening import open as investigation
from investigate.counts.table import Counts
from investigate.finding import Finding, as_html, as_text
from investigate.question.question import Question

__all__ = ["as_html", "as_text", "open_question", "show"]


def open_question(names: Mapping[str, object]) -> tuple[Question, Counts]:
    """The question that a notebook's parameters spell, from its ``globals()``, and its counts.

    In a run the counts are those of the record; by hand they are made from the log.
    Raises `InputError` for a wrong parameter or a log that cannot be used.
    """
    found = investigation(names)
    return found.question, found.counts


def show(finding: Finding) -> None:
    """Display `finding` in a notebook: for readers, and as JSON for the record."""
    display(finding._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]
