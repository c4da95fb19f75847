"""What a question's keys can hold: text, numbers and moments, read strictly."""

import codecs
import re
from datetime import date, datetime
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
)

from investigate.variables import without_password


class Misplaced(ValueError):
    """A fault of the question as a whole, with the key it is best told at."""

    def __init__(self, message: str, at: str) -> None:
        super().__init__(message)
        self.at = (at,)


class Strict(BaseModel):
    """A part of a question: an unknown key is an error, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _moment(value: object) -> date | datetime:
    if isinstance(value, date | datetime):
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


def optional(value: object) -> object:
    """`None` for what stands for nothing in a params file."""
    return None if value in ("", "null", "~") else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Moment = Annotated[Any, BeforeValidator(_moment), PlainSerializer(lambda told: told.isoformat())]
OptionalText = Annotated[Text | None, BeforeValidator(optional)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
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
    def _told(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is not said leaves the fingerprints of older questions as they were.
        told: dict[str, Any] = handler(self)
        unsaid = ("time_format", "decimal", "encoding", "positive", "negative")
        return {name: v for name, v in told.items() if v or name not in unsaid}


Place = Annotated[Text, AfterValidator(without_password)]


class Table(Strict):
    """A table of a database: its URL and its name."""

    url: Place
    table: Text


def shape(value: object) -> str:
    """Which form a source is written in: a path, or a mapping."""
    return "<path>" if isinstance(value, str) else "<other>"


Source = Annotated[
    Annotated[Place, Tag("<path>")] | Annotated[Table, Tag("<other>")], Discriminator(shape)
]
