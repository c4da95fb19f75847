"""Which tables a question would read: one with outcomes in it, or a log and its outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from investigate.errors import InputError
from investigate.log.looking import Look, look, tables
from investigate.log.looking_beside import Beside, beside
from investigate.proposal import parts
from investigate.proposal.parts import Sure
from investigate.question.fields import Table
from investigate.question.variables import without_password

CALLED = 3.0
"""Points of a column that is called an outcome; see `parts.outcome_points`."""

MANY = 20
"""Tables of a database that are all looked at; of more, one must be named."""

Choice = tuple[str, str, Sure, str]
"""A key, its value, how sure, and why."""


@dataclass(frozen=True, eq=False)
class Sources:
    """One look at what a question would read, and the ``choices`` that were made.

    ``beside`` is there where outcomes are in a table of their own.
    """

    look: Look
    choices: tuple[Choice, ...] = ()
    beside: Beside | None = None

    @property
    def later(self) -> tuple[str, ...]:
        """The columns that come from a table of outcomes."""
        return self.beside.names if self.beside else ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The log's column that joins them."""
        return (self.beside.own,) if self.beside else ()

    @property
    def log(self) -> Any:
        """As a question names it."""
        return _named(self.look.source)

    def joined(self, columns: dict[str, Any], observed: str | None) -> dict[str, Any]:
        """The key ``outcomes`` of a question with these `columns`, which are changed to fit."""
        if self.beside is None:
            return {}
        if self.beside.own != self.beside.key:
            columns["key"] = self.beside.own
        names = {"key": self.beside.key, "outcome": columns.pop("outcome")}
        if observed in self.later:
            names["observed_at"] = str(observed)
        if self.beside.encoding:
            names["encoding"] = self.beside.encoding
        return {"outcomes": {"log": _named(self.beside.outcomes), "columns": names}}


def sources(source: str, outcomes: str | None, table: str | None) -> Sources:
    """What `source` holds, with `outcomes`, a path or a table of the same database.

    Raises `InputError` where something cannot be read, or no key joins the two.
    """
    for part, one in (("log", source), ("outcomes", outcomes or "")):
        try:
            without_password(one)
        except ValueError as error:
            raise InputError(f"{part}: {error}") from error
    named = tables(source)
    if table is None and outcomes is None and len(named) > MANY:
        raise InputError(
            f"log: {source!r} holds {len(named)} tables; name one by --table, such as {named[0]}"
        )
    if not named and table is not None:
        raise InputError(f"--table: {source!r} is no database; leave --table out")
    if outcomes is not None:
        log = (
            Table(url=source, table=table or _log_of(source, named, outcomes)) if named else source
        )
        other = Table(url=source, table=outcomes) if outcomes in named else outcomes
        return _joined(beside(log, other))
    if table is not None:
        return Sources(look(Table(url=source, table=table)))
    if not named:
        return Sources(look(source))
    looked = [look(Table(url=source, table=name)) for name in named]
    fitting = [one for one in looked if fits(one)]
    if len(looked) == 1:
        return Sources(looked[0])
    if not any(_plainly(one) for one in fitting) and (two := _of_two(looked)) is not None:
        return two
    if not fitting:
        return Sources(looked[0])
    best = max(fitting, key=lambda one: one.rows)
    rest = ", ".join(name for name in named if name != _table(best))
    sure: Sure = "sure" if len(fitting) == 1 else "a guess"
    why = f"it has times, outcomes and scores; others are {rest}"
    return Sources(best, (("log", _table(best), sure, why),))


def fits(one: Look) -> bool:
    """Whether a table has times, outcomes and scores."""
    time = parts.time_of(one, None)
    return (
        time is not None
        and time.column is not None
        and parts.outcome_and_score(one, time.column, {}) is not None
    )


def _plainly(one: Look) -> bool:
    """Whether a column of a table is called an outcome."""
    return any((parts.outcome_points(column) or 0) >= CALLED for column in one.columns)


def _of_two(looked: Sequence[Look]) -> Sources | None:
    """A log and its outcomes: the two tables that a key joins best; `None` without any."""
    found = []
    for log in (one for one in looked if parts.time_of(one, None) is not None):
        for other in looked:
            if other is log or not _plainly(other):
                continue
            try:
                tried = beside(log.source, other.source)
            except InputError:
                continue
            time = parts.time_of(tried.look, None, tried.names)
            if time and time.column and parts.outcome_and_score(
                tried.look, time.column, {}, tried.names
            ):  # fmt: skip
                found.append(tried)
    if not found:
        return None
    return _joined(max(found, key=lambda one: one.matched))


def _joined(found: Beside) -> Sources:
    columns = f"{found.own} = {found.key}" if found.own != found.key else found.key
    why = f"{found.matched:.0%} of the log's rows find their outcome by it"
    sure: Sure = "sure" if found.own == found.key and found.matched > 0.5 else "likely"
    where = _called(found.outcomes)
    return Sources(
        found.look,
        (("outcomes", where, sure, "a table of its own"), ("key", columns, sure, why)),
        found,
    )


def _log_of(source: str, named: Sequence[str], outcomes: str) -> str:
    rest = [name for name in named if name != outcomes]
    if len(rest) == 1:
        return rest[0]
    dated = [name for name in rest if parts.time_of(look(Table(url=source, table=name)), None)]
    if len(dated) == 1:
        return dated[0]
    raise InputError(f"log: {source!r} holds the tables {', '.join(named)}; name one by --table")


def _named(source: str | Table) -> Any:
    return source.model_dump() if isinstance(source, Table) else source


def _table(one: Look) -> str:
    return _called(one.source)


def _called(source: str | Table) -> str:
    return str(source.table or source.path) if isinstance(source, Table) else source
