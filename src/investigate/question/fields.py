"""What a question's keys can hold: text, numbers and moments, read strictly."""

import codecs
import re
from datetime import date, datetime
from itertools import pairwise
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from investigate.question.variables import without_password


class Misplaced(ValueError):
    """A fault of the question as a whole, with the key to report it at."""

    def __init__(self, message: str, at: str) -> None:
        super().__init__(message)
        self.at = (at,)


class Strict(BaseModel):
    """A part of a question: an unknown key is an error, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _moment(value: object) -> date | datetime:
    if isinstance(value, date | datetime):
        if value != value:
            # NaT is a moment to Python, and none to anybody else.
            raise ValueError("no moment stands here; write a date such as 2024-03-01")
        return value
    if not isinstance(value, str):
        raise ValueError(f"expected a date such as 2024-03-01, got {value!r}")
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no date; write 2024-03-01 or 2024-03-01T12:00") from error


def _text(value: object) -> object:
    # papermill reads YAML by rules under which an unquoted `no` is a truth value.
    if isinstance(value, bool):
        raise ValueError(f"expected text, got {str(value).lower()}; put it in quotes")
    return str(value) if isinstance(value, int | float) else value


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"expected a number, got {str(value).lower()}")
    return value


def _share(value: object) -> object:
    value = _number(value)
    if isinstance(value, str) and (match := re.fullmatch(r"(\d+(?:\.\d+)?) ?%", value.strip())):
        return float(match[1]) / 100
    return value


def optional(value: object) -> object:
    """`None` for what means nothing in a params file."""
    return None if value in ("", "null", "~") else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Moment = Annotated[
    Any, BeforeValidator(_moment), PlainSerializer(lambda moment: moment.isoformat())
]
OptionalText = Annotated[Text | None, BeforeValidator(optional)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Share = Annotated[float, BeforeValidator(_share), Field(allow_inf_nan=False)]
"""A share as a number, or as per cent: 0.05 or 5%."""
Integer = Annotated[int, BeforeValidator(_number)]


def _words(value: object) -> object:
    value = optional(value)
    if value is None:
        return ()
    # papermill reads YAML by rules under which an unquoted `yes` is a truth value.
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else one for one in listed)


def _format(value: str | None) -> str | None:
    if value is None or value in EPOCHS:
        return value
    known = re.sub(r"%[YymdbBHIMSfpzZjaAT]", "", value)
    year, day = re.search(r"%[Yy]", value), re.search(r"%[djT]", value)
    if "%" in known or not year or not day:
        raise ValueError(
            f"{value!r} is no format of times; write one such as '%d/%m/%Y %H:%M', "
            f"or one of {', '.join(EPOCHS)}"
        )
    return value


def _encoding(value: str | None) -> str | None:
    try:
        return None if value is None else codecs.lookup(value).name
    except (LookupError, ValueError) as error:
        raise ValueError(f"{value!r} is no encoding; write one such as latin-1") from error


EPOCHS = ("seconds", "milliseconds", "microseconds", "nanoseconds")
"""Units of epochs, the coarsest first."""

Words = Annotated[tuple[Text, ...], BeforeValidator(_words)]
"""One text or several."""


class Formats(Strict):
    """How a table's texts are written, where that cannot be known for certain.

    ``time_format`` is one of `EPOCHS`, or a format of `datetime.strptime`; ``decimal`` the
    decimal mark; ``encoding`` that of a CSV.
    """

    time_format: Annotated[OptionalText, AfterValidator(_format)] = None
    decimal: Annotated[Literal[".", ","] | None, BeforeValidator(optional)] = None
    encoding: Annotated[OptionalText, AfterValidator(_encoding)] = None

    @model_serializer(mode="wrap")
    def _serialized(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is left out leaves the fingerprints of older questions as they were.
        dumped: dict[str, Any] = handler(self)
        optional = ("time_format", "decimal", "encoding", "positive", "negative", "turned", "key",
                  "weight")  # fmt: skip
        return {name: v for name, v in dumped.items() if v or name not in optional}


def _place(value: str | None) -> str | None:
    return None if value is None else without_password(value)


Place = Annotated[Text, AfterValidator(without_password)]


class Table(Strict):
    """A table of a database: its URL and its name, or a path that Spark reads."""

    url: Place
    table: OptionalText = None
    path: Annotated[OptionalText, AfterValidator(_place)] = None

    @model_validator(mode="after")
    def _one(self) -> "Table":
        if self.table is None and self.path is None:
            raise ValueError("its table is missing; add table: (or path: for files of Spark)")
        if self.table is not None and self.path is not None:
            raise ValueError("both a table and a path stand here; leave one out")
        return self

    @model_serializer(mode="wrap")
    def _serialized(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped: dict[str, Any] = handler(self)
        return {name: value for name, value in dumped.items() if value is not None}


class InMemory(Strict):
    """A table that a program held in memory: the SHA-256 of its content, and its rows.

    The table itself is given beside the question, to whoever reads it.
    """

    in_memory: Annotated[Text, Field(pattern=r"^[0-9a-f]{64}$")]
    rows: Annotated[Integer, Field(ge=0)]


def shape(value: object) -> str:
    """Which form a source is written in: a path, a table in memory, or another mapping."""
    if isinstance(value, InMemory) or (isinstance(value, dict) and "in_memory" in value):
        return "<memory>"
    return "<path>" if isinstance(value, str) else "<other>"


Source = Annotated[
    Annotated[Place, Tag("<path>")]
    | Annotated[InMemory, Tag("<memory>")]
    | Annotated[Table, Tag("<other>")],
    Discriminator(shape),
]


def _slice(value: object) -> object:
    value = optional(value)
    if value is None or isinstance(value, tuple):
        return value or ()
    if not isinstance(value, dict):
        raise ValueError(
            f"expected columns with their values, such as {{country: DE}}, got {value!r}"
        )
    return tuple((column, _labels(wanted)) for column, wanted in sorted(value.items()))


def _labels(wanted: object) -> tuple[str, ...]:
    several = wanted if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
    if not several:
        raise ValueError("no value is listed; write one, or remove the column")
    return tuple(sorted({_label(value) for value in several}))


def _label(value: object) -> str:
    """A value as text; a truth as a params file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or value == "" or isinstance(value, dict | list | tuple):
        raise ValueError(f"expected a value, or (missing) for rows without one, got {value!r}")
    return str(value)


Slice = Annotated[
    tuple[tuple[Text, tuple[Text, ...]], ...],
    BeforeValidator(_slice),
    PlainSerializer(lambda wanted: {column: list(values) for column, values in wanted}),
]
"""The rows that are asked of: for each column, the values that a row may have there."""


def _bands(value: object) -> object:
    value = optional(value)
    if value is None or isinstance(value, tuple):
        return value or ()
    if not isinstance(value, dict):
        raise ValueError(
            f"expected columns with the edges of their bands, such as {{age: [18, 30, 65]}}, "
            f"got {value!r}"
        )
    return tuple((column, _edges(column, edges)) for column, edges in sorted(value.items()))


def _edges(column: str, edges: Any) -> tuple[float, ...]:
    listed = edges if isinstance(edges, list | tuple) else [edges]
    try:
        found = tuple(float(edge) for edge in listed if not isinstance(edge, bool))
    except (TypeError, ValueError):
        found = ()
    rising = all(low < high for low, high in pairwise(found))
    if not found or len(found) != len(listed) or not rising or not all(map(isfinite, found)):
        raise ValueError(f"the edges of {column!r} must be rising numbers, such as [18, 30, 65]")
    return found


Bands = Annotated[
    tuple[tuple[Text, tuple[float, ...]], ...],
    BeforeValidator(_bands),
    PlainSerializer(lambda bands: {column: list(edges) for column, edges in bands}),
]
"""Edges at which a cohort column of numbers is cut, by column."""
