"""Everything that is wrong with a question's files and columns, each by itself."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import pyarrow as pa

from investigate.errors import InputError
from investigate.log import casts
from investigate.log.events import events
from investigate.log.files import find
from investigate.log.joining import joined
from investigate.log.replay.writes import history, raw
from investigate.log.rows import narrowed, wanted
from investigate.log.source import Engine, column, readable
from investigate.question.question import Question

Done = TypeVar("Done")


def problems(question: Question, given: Mapping[str, pa.Table]) -> list[str]:
    """A line for each problem of the log's file, its columns, the events and the history.

    Steps that need no other are tried alone, so that one problem does not hide another.
    """
    found: list[str] = []

    def tried(step: Callable[[], Done]) -> Done | None:
        try:
            return step()
        except InputError as error:
            found.append(str(error))
            return None

    with Engine(given) as engine:
        _log(question, engine, tried)
        tried(lambda: events(question, engine))
        if question.history:
            tried(lambda: history(question, engine))
            for number, arm in enumerate(question.replay.arms):
                part = f"replay.arms[{number}].history"
                tried(partial(raw, arm.history, part, question, engine))
    return list(dict.fromkeys(found))


def _log(question: Question, engine: Engine, tried: Callable[[Callable[[], Any]], Any]) -> None:
    names = question.columns
    files = tried(lambda: find(question.log, "log"))
    if files is None:
        return
    table = tried(lambda: engine.open(files, wanted=wanted(question), encoding=names.encoding))
    if table is None:
        return
    source = table
    opened = tried(lambda: _read(files, lambda: joined(source, question, engine)))
    if opened is None:
        return
    table = opened[0]
    parts = [(f"columns.{part}", name) for part, name in names.parts().items()]
    parts += [("cohorts", name) for name in question.cohorts]
    there = {}
    for where, name in parts:
        value = tried(partial(column, table, name, where))
        if value is not None:
            there[where] = value
    for name, values in question.where:
        one = question.model_copy(update={"where": ((name, values),)})
        tried(partial(_read, files, partial(narrowed, table, one)))
    readers: dict[str, Callable[[Any], Any]] = {
        "columns.time": lambda c: casts.moment(c, "columns.time", question.timezone, names),
        "columns.outcome": lambda c: casts.truth(
            c, "columns.outcome", names.positive, names.negative
        ),
        "columns.score": lambda c: casts.number(c, "columns.score", names),
        "columns.ability": lambda c: casts.number(c, "columns.ability", names),
        "columns.weight": lambda c: casts.number(c, "columns.weight", names),
    }
    for where, reader in readers.items():
        if where in there:
            tried(partial(_read, files, partial(reader, there[where])))


def _read(files: Any, step: Callable[[], Any]) -> Any:
    with readable(files):
        return step()
