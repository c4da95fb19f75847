"""The question: what is compared, in which log, by which columns.

Its keys are the parameter names of the notebooks, so a params file serves both
``investigate run`` and ``papermill -f`` as it is.
"""

import hashlib
import json
import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    field_validator,
    model_validator,
)


class Misplaced(ValueError):
    """A fault of the question as a whole, with the key it is best told at."""

    def __init__(self, message: str, at: str) -> None:
        super().__init__(message)
        self.at = (at,)


class _Strict(BaseModel):
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


def _optional(value: object) -> object:
    return None if value in ("", "null", "~") else value


Text = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Moment = Annotated[Any, BeforeValidator(_moment), PlainSerializer(lambda told: told.isoformat())]
OptionalText = Annotated[Text | None, BeforeValidator(_optional)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Integer = Annotated[int, BeforeValidator(_number)]


class Window(_Strict):
    """A half-open stretch of time: ``start`` belongs to it, ``end`` does not."""

    start: Moment
    end: Moment

    def bounds(self, timezone: str) -> tuple[datetime, datetime]:
        """Start and end as moments in UTC; what has no zone is read in `timezone`."""
        return _in_utc(self.start, timezone), _in_utc(self.end, timezone)


class Table(_Strict):
    """A table of a database: its URL and its name."""

    url: Text
    table: Text


def _shape(value: object) -> str:
    return "<path>" if isinstance(value, str) else "<other>"


Source = Annotated[
    Annotated[Text, Tag("<path>")] | Annotated[Table, Tag("<other>")], Discriminator(_shape)
]


class Columns(_Strict):
    """Which column of the log plays which part; `cluster` names what rows depend on."""

    time: Text
    outcome: Text
    score: Text
    system: OptionalText = None
    item: OptionalText = None
    cluster: OptionalText = None
    ability: OptionalText = None


class HistoryColumns(_Strict):
    """Which column of the difficulty history plays which part."""

    time: Text = "time"
    item: Text = "item"
    system: Text = "system"
    difficulty: Text = "difficulty"


class History(_Strict):
    """Every value that a system wrote, and when."""

    log: Source
    columns: HistoryColumns = HistoryColumns()


class Event(_Strict):
    """Something that happened: a deploy, a change of configuration."""

    time: Moment
    label: Text
    system: OptionalText = None


Events = Annotated[
    Annotated[
        Annotated[Text, Tag("<path>")] | Annotated[tuple[Event, ...], Tag("<other>")],
        Discriminator(_shape),
    ]
    | None,
    BeforeValidator(_optional),
]


class Thresholds(_Strict):
    """What counts as sure, as worth a word, and as a group of its own.

    ``smallest_drop`` is in AUC; a drop that is surely smaller is not investigated.
    Groups beyond ``max_groups`` of a column, by rows, are counted together.
    """

    confidence: Number = Field(0.95, gt=0.5, lt=1)
    false_discovery_rate: Number = Field(0.05, gt=0, lt=1)
    smallest_drop: Number = Field(0.0, ge=0, lt=0.5)
    max_groups: Integer = Field(100, ge=2, le=10_000)


class Question(_Strict):
    """What an investigation asks, validated; an unknown key is an error."""

    case: Text
    log: Source
    columns: Columns
    baseline: Window
    incident: Window
    cohorts: tuple[Text, ...] = ()
    history: History | None = None
    events: Events = None
    thresholds: Thresholds = Thresholds()
    timezone: Text = "UTC"

    @field_validator("case")
    @classmethod
    def _case_names_a_folder(cls, case: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", case):
            raise ValueError(
                f"{case!r} cannot name a folder; use letters, digits, '-' and '_', at most 64"
            )
        return case

    @field_validator("history", mode="before")
    @classmethod
    def _history_by_path(cls, history: object) -> object:
        history = _optional(history)
        return {"log": history} if isinstance(history, str) else history

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = f"{timezone!r} is no time zone; write one such as UTC or Europe/Berlin"
            raise ValueError(message) from error
        return timezone

    @field_validator("cohorts")
    @classmethod
    def _cohorts_differ(cls, cohorts: tuple[str, ...]) -> tuple[str, ...]:
        for name in cohorts:
            if cohorts.count(name) > 1:
                raise ValueError(f"{name!r} is listed twice")
            if name in ("system", "all") or "*" in name:
                raise ValueError(f"{name!r} cannot name a cohort: that name is taken; rename it")
        return cohorts

    @model_validator(mode="after")
    def _windows_are_apart(self) -> Self:
        baseline, incident = self._bounds("baseline"), self._bounds("incident")
        if baseline[0] < incident[1] and incident[0] < baseline[1]:
            raise Misplaced("it overlaps the baseline; end one where the other starts", "incident")
        if incident[0] < baseline[0]:
            raise Misplaced("it comes before the baseline; swap the two", "incident")
        return self

    def _bounds(self, name: str) -> tuple[datetime, datetime]:
        window: Window = getattr(self, name)
        try:
            start, end = window.bounds(self.timezone)
        except OverflowError as error:
            raise Misplaced("it leaves the years 1 to 9999", name) from error
        if start >= end:
            raise Misplaced("it is empty; its end must come after its start", name)
        return start, end

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """The keys of a params file, in the order in which notebooks show them."""
        return tuple(cls.model_fields)

    def parameters(self) -> dict[str, Any]:
        """The question as plain JSON values, by parameter name."""
        return self.model_dump(mode="json")

    def fingerprint(self) -> str:
        """SHA-256 of the question, equal for equal questions."""
        text = json.dumps(self.parameters(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _in_utc(moment: date | datetime, timezone: str) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return moment.astimezone(UTC)
