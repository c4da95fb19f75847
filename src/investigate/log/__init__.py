"""Rows in, counts out: the only room that knows rows and the engine that holds them.

The engine is imported when a log is read, not when the package is.
"""

from pathlib import Path
from typing import Any

from investigate.counts.table import Counts
from investigate.question import Question

__all__ = ["check", "count", "inputs"]


def count(question: Question, *, examples: bool = False) -> Counts:
    """Count the log that `question` names.

    With `examples`, the meta's breaches show rows, which is nothing to keep.

    Raises `InputError` where the log cannot be read, lacks a column, or has a window
    without rows of both outcomes. The log is opened for reading only.
    """
    from investigate.log.counting import count as counted

    return counted(question, examples)


def check(question: Question) -> list[dict[str, Any]]:
    """The log's breaches of its contract, each with examples; ``[]`` when clean.

    Raises `InputError` as `count` does, but reads no difficulty history.
    """
    from investigate.log.counting import check as checked

    return checked(question)


def inputs(question: Question) -> list[Path]:
    """The files that `question` reads, resolved: log, events, history."""
    from investigate.log.files import inputs as found

    return found(question)
