"""The difficulty history of a question: what systems wrote, and what is asked of a replay."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, field_validator

from investigate.question.fields import (
    Formats,
    Moment,
    OptionalText,
    Source,
    Strict,
    Text,
    optional,
)
from investigate.question.formula import Formula

_LAST = {"last", "latest", "last writer", "last writer wins", "last_writer", "last_writer_wins"}


class HistoryColumns(Formats):
    """Which column of the difficulty history plays which part."""

    time: Text = "time"
    item: Text = "item"
    system: Text = "system"
    difficulty: Text = "difficulty"

    def parts(self) -> dict[str, str]:
        """The column of each part."""
        return {part: getattr(self, part) for part in ("time", "item", "system", "difficulty")}


class History(Strict):
    """Every value that a system wrote, and when."""

    log: Source
    columns: HistoryColumns = HistoryColumns()


class CandidateFix(Strict):
    """A candidate fix: one system's writes replaced by those of another history file.

    The file has the columns of ``history``; it may lack the one that names systems.
    """

    name: Text
    system: Text
    history: Source


class Replay(Strict):
    """What is replayed: ``freeze`` is the moment after which writes are undone.

    It is the incident's start where nothing is given.
    """

    freeze: Annotated[Moment | None, BeforeValidator(optional)] = None
    arms: tuple[CandidateFix, ...] = Field((), max_length=16)

    @field_validator("arms")
    @classmethod
    def _arms_differ(cls, arms: tuple[CandidateFix, ...]) -> tuple[CandidateFix, ...]:
        names = [arm.name for arm in arms]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two arms are called {name!r}; rename one")
        return arms


def _by_path(value: object) -> object:
    value = optional(value)
    return {"log": value} if isinstance(value, str) else value


def _by_arms(value: object) -> object:
    value = optional(value)
    if value is None:
        return {}
    return {"arms": value} if isinstance(value, list | tuple) else value


HistoryByPath = Annotated[History | None, BeforeValidator(_by_path)]
"""A history, which may be written as the path of its log alone."""

ReplayByArms = Annotated[Replay, BeforeValidator(_by_arms)]
"""What is replayed, which may be written as a list of arms alone."""


def _precedence(value: object) -> object:
    value = optional(value)
    if value is None or (isinstance(value, str) and value.strip().lower() in _LAST):
        return ()
    if isinstance(value, str):
        raise ValueError(
            f"{value!r} is no precedence; write last, or list the systems, the strongest first"
        )
    return value


def _systems_differ(value: tuple[str, ...]) -> tuple[str, ...]:
    for name in value:
        if value.count(name) > 1:
            raise ValueError(f"{name!r} is listed twice")
    return value


def _formula(value: str | None) -> str | None:
    return None if value is None else str(Formula.parse(value))


Precedence = Annotated[
    tuple[Text, ...],
    BeforeValidator(_precedence),
    AfterValidator(_systems_differ),
    PlainSerializer(lambda systems: list(systems) or "last"),
]
"""The systems whose value counts, the strongest first; empty where the last writer wins."""

ScoreFormula = Annotated[OptionalText, AfterValidator(_formula)]
