"""Rows in, counts out: the only room that knows rows and the engine that holds them.

The engine is imported when a log is read, not when the package is.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from investigate.counts.table import Counts
from investigate.question.fields import InMemory, Table
from investigate.question.question import Question

if TYPE_CHECKING:
    import pyarrow as pa

    from investigate.counts.by_step import ByStep
    from investigate.log.daily.parts import LogPart
    from investigate.log.daily.reading import Reading
    from investigate.log.prepared import Prepared

__all__ = [
    "by_steps",
    "check",
    "count",
    "hold",
    "inputs",
    "is_table",
    "parts",
    "problems",
    "reading",
    "server_tables",
]


def is_table(value: object) -> bool:
    """Whether `value` is a table in memory: a DataFrame, an Arrow or an Ibis table."""
    return not isinstance(value, type) and hasattr(value, "__arrow_c_stream__")


def hold(value: object, part: str) -> "tuple[InMemory, pa.Table]":
    """How a question names the table `value`, and its content as Arrow.

    A pandas index that has a name is a column; objects that are of no one type are text.
    Raises `InputError`, which tells of `part`, where it cannot be read as a table.
    """
    from investigate.log.in_memory import hold as held

    return held(value, part)


def count(
    question: Question,
    tables: "Mapping[str, pa.Table] | None" = None,
    *,
    examples: bool = False,
    prepared: "Prepared | None" = None,
) -> Counts:
    """Count the log that `question` names; `tables` hold what it names by a hash.

    With `examples`, the meta's breaches show rows, which is nothing to keep. Where ``prepared``
    holds the log's rows for other windows they are taken from there, or kept there once read.

    Raises `InputError` where the log cannot be read, lacks a column, or has a window
    without rows of both outcomes. The log is opened for reading only.
    """
    from investigate.log.counting import count as counted

    return counted(question, tables or {}, examples, prepared)


def by_steps(question: Question, tables: "Mapping[str, pa.Table] | None" = None) -> "ByStep":
    """Count the whole log by day or hour, so that any two windows can be compared afterwards.

    Raises `InputError` as `count` does, and where a window is not one of whole hours.
    """
    from investigate.log.by_step import count as counted

    return counted(question, tables or {})


def check(
    question: Question, tables: "Mapping[str, pa.Table] | None" = None
) -> list[dict[str, Any]]:
    """The log's breaches of its contract, each with examples; ``[]`` when clean.

    Raises `InputError` as `count` does, but reads no difficulty history.
    """
    from investigate.log.counting import check as checked

    return checked(question, tables or {})


def problems(question: Question, tables: "Mapping[str, pa.Table] | None" = None) -> list[str]:
    """A line for each problem of the files and columns that `question` names; ``[]``: none."""
    from investigate.log.every_problem import problems as found

    return found(question, tables or {})


def inputs(question: Question) -> list[Path]:
    """The files that `question` reads, resolved: log, events, history."""
    from investigate.log.files import inputs as found

    return found(question)


def server_tables(question: Question) -> list[dict[str, Any]]:
    """Each table of a server that `question` reads, as it is now; see the module of that name.

    ``part`` is the question's key, ``name`` says which table, ``rows`` and ``sha256`` what it
    holds. Raises `InputError` where it cannot be read.
    """
    from investigate.log.cache import on_a_server, sources_of

    # Of files alone nothing need be asked, nor the engines loaded that would be.
    if not any(on_a_server(source) for source in sources_of(question)):
        return []
    from investigate.log.served import served as found

    return found(question)


def parts(source: str | Table | InMemory, part: str = "log") -> "list[LogPart]":
    """What of a log can be read apart from the rest, by name: the files of a glob, or all.

    `part` is the key that names it.

    Raises `InputError` where nothing is found.
    """
    from investigate.log.daily.parts import parts as found

    return found(source, part)


def reading(
    question: Question,
    every: Literal["day", "hour"],
    parts: "Sequence[LogPart]",
    since: datetime | None = None,
    until: datetime | None = None,
    strict: bool = True,
    wait: timedelta | None = None,
) -> "AbstractContextManager[Reading]":
    """Some `parts` of a log, to be counted by day or by hour.

    Only buckets that start from `since` on and before `until`. Raises `InputError` where a
    part cannot be read or, if `strict`, where a column is not there or cannot be read: else its
    values are unusable. Outcomes of a table of their own are those known `wait` after the end of
    a row's bucket.
    """
    from investigate.log.daily.reading import reading as read

    return read(question, every, parts, since, until, strict, wait)
