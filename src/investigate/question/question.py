"""The question: what is compared, in which log, by which columns.

Its keys are the parameter names of the notebooks, so a params file serves both
``investigate run`` and ``papermill -f`` as it is.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)

from investigate.question.fields import (
    Bands,
    Formats,
    InMemory,
    Integer,
    Misplaced,
    Moment,
    Number,
    OptionalText,
    Place,
    Share,
    Slice,
    Source,
    Strict,
    Text,
    Words,
    optional,
    shape,
)
from investigate.question.history import (
    HistoryByPath,
    Precedence,
    Replay,
    ReplayByArms,
    ScoreFormula,
)
from investigate.question.outcomes import Outcomes, with_its_outcome
from investigate.zones import readings


class Window(Strict):
    """A half-open stretch of time: ``start`` belongs to it, ``end`` does not."""

    start: Moment
    end: Moment

    def bounds(self, timezone: str) -> tuple[datetime, datetime]:
        """Start and end as moments in UTC; what has no zone is read in `timezone`."""
        return in_utc(self.start, timezone), in_utc(self.end, timezone)


class Columns(Formats):
    """Which column of the log plays which part; `cluster` names what rows depend on.

    ``positive`` are the texts of outcomes that mean 1, ``negative`` those that mean 0.
    ``turned`` is what is ranked by where lower scores mean that 1 is likelier.
    """

    time: Text
    outcome: Text
    score: Text
    system: OptionalText = None
    item: OptionalText = None
    cluster: OptionalText = None
    ability: OptionalText = None
    positive: Words = ()
    negative: Words = ()
    key: OptionalText = None
    turned: Annotated[Literal["1 - score", "-score"] | None, BeforeValidator(optional)] = None
    weight: OptionalText = None

    def parts(self) -> dict[str, str]:
        """The column of each part that has one."""
        names = {part: getattr(self, part) for part in PARTS}
        return {part: name for part, name in names.items() if name}

    @model_validator(mode="after")
    def _words_differ(self) -> Self:
        if both := set(self.positive) & set(self.negative):
            raise ValueError(f"{min(both)!r} is both positive and negative; remove one")
        if self.negative and not self.positive:
            raise ValueError("negative stands without positive; add positive")
        return self


FORMATS = ("positive", "negative", "time_format", "decimal", "encoding")
"""Keys of ``columns`` that say how values are written; they may be above it as well."""
PARTS = ("time", "outcome", "score", "system", "item", "cluster", "ability", "weight")


class Event(Strict):
    """Something that happened: a deploy, a change of configuration."""

    time: Moment
    label: Text
    system: OptionalText = None


Events = Annotated[
    Annotated[
        Annotated[Place, Tag("<path>")] | Annotated[tuple[Event, ...], Tag("<other>")],
        Discriminator(shape),
    ]
    | None,
    BeforeValidator(optional),
]


class Thresholds(Strict):
    """What counts as sure, as worth a word, and as a group of its own.

    ``smallest_drop`` is in AUC; a drop that is surely smaller is not investigated.
    ``tolerance`` is in AUC, too: a change is certified only where it is surely smaller.
    Groups beyond ``max_groups`` of a column, by rows, are counted together, and so are
    those of fewer rows than ``smallest_group`` in both windows together. More than the share
    ``unreadable`` of rows whose values cannot be read is refused.
    """

    confidence: Share = Field(0.95, gt=0.5, lt=1)
    false_discovery_rate: Share = Field(0.05, gt=0, lt=1)
    smallest_drop: Number = Field(0.0, ge=0, lt=0.5)
    tolerance: Number = Field(0.01, gt=0, lt=0.5)
    max_groups: Integer = Field(100, ge=2, le=10_000)
    smallest_group: Integer = Field(10, ge=1)
    unreadable: Share = Field(0.05, ge=0, le=1)

    @model_serializer(mode="wrap")
    def _serialized(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # As usual it leaves the fingerprints of older questions as they were.
        dumped: dict[str, Any] = handler(self)
        if self.unreadable == type(self).model_fields["unreadable"].default:
            del dumped["unreadable"]
        return dumped


ADDED = ("where", "every", "notebooks", "bands", "outcomes")
"""Keys that are left out where they say nothing, so that questions keep their fingerprints."""

BESIDE = ("notebooks",)
"""Keys that are no part of what is asked: of no fingerprint, and shown to no notebook."""


def _listed(value: object) -> object:
    return () if value is None else [value] if isinstance(value, str) else value


class Question(Strict):
    """What an investigation asks, validated; an unknown key is an error.

    Parameters
    ----------
    case : str
        Names the folder of its records.
    log : str, Table or InMemory
        A path, a table of a database, or a table in memory by its hash.
    columns : Columns
        Which column plays which part.
    baseline, incident : Window
        The windows that are compared.
    cohorts : tuple of str
        Columns whose groups are looked at.
    history, precedence, score_formula, replay
        What systems wrote, whose value counts, how a score follows, and what is replayed.
    events : tuple of Event, or str
        What happened when, or a file of it.
    thresholds : Thresholds
        What counts as sure.
    timezone : str
        In which times without a zone are read.
    where : mapping of str to values
        Narrows the log to the rows that have one of the values in each of the columns, as if
        it held no others.
    every : {"minute", "hour", "day"}, optional
        The step of the timeline; by the span of the windows where left out.
    notebooks : tuple of str
        Paths of further notebooks, or folders or patterns of them, that a run executes besides
        the kit's own; the answer does not hang on them.
    bands : mapping of str to numbers
        The edges at which a cohort column of numbers is cut; by its fifths where it has more
        distinct numbers than groups are kept.
    outcomes : Outcomes, optional
        Outcomes that stand in a table of their own, joined by a key.

    Examples
    --------
    >>> import investigate
    >>> asked = investigate.Question(
    ...     case="demo", log="log.parquet", columns={"time": "t", "outcome": "y", "score": "s"},
    ...     baseline={"start": "2024-01-01", "end": "2024-02-01"},
    ...     incident={"start": "2024-02-01", "end": "2024-02-08"}, where={"country": "DE"},
    ... )
    >>> asked.parameters()["where"]
    {'country': ['DE']}
    """

    case: Text
    log: Source
    columns: Columns
    baseline: Window
    incident: Window
    cohorts: tuple[Text, ...] = ()
    history: HistoryByPath = None
    precedence: Precedence = ()
    score_formula: ScoreFormula = None
    replay: ReplayByArms = Replay()
    events: Events = None
    thresholds: Thresholds = Thresholds()
    timezone: Text = "UTC"
    where: Slice = ()
    every: Annotated[Literal["minute", "hour", "day"] | None, BeforeValidator(optional)] = None
    notebooks: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    bands: Bands = ()
    outcomes: Annotated[Outcomes | None, BeforeValidator(optional)] = None

    @model_validator(mode="before")
    @classmethod
    def _formats_may_stand_above(cls, values: object) -> object:
        if not isinstance(values, Mapping):
            return values
        above = {name: values[name] for name in FORMATS if name in values}
        columns = values.get("columns")
        if not above or not isinstance(columns, Mapping):
            return values
        for name in above:
            if name in columns:
                raise Misplaced(f"it stands in columns too; remove one {name}", name)
        rest = {name: value for name, value in values.items() if name not in above}
        return {**rest, "columns": {**columns, **above}}

    @field_validator("case")
    @classmethod
    def _case_names_a_folder(cls, case: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", case):
            raise ValueError(
                f"{case!r} cannot name a folder; use letters, digits, '-' and '_', at most 64"
            )
        return case

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

    @model_validator(mode="before")
    @classmethod
    def _outcome_is_that_of_its_table(cls, values: object) -> object:
        return with_its_outcome(values)

    @model_validator(mode="after")
    def _as_of_needs_when(self) -> Self:
        asked = self.outcomes
        if asked is not None and asked.as_of is not None and not asked.columns.observed_at:
            raise Misplaced(
                "as_of needs to know when: add outcomes.columns.observed_at", "outcomes"
            )
        if asked is None and self.columns.key:
            raise Misplaced("key joins outcomes; add outcomes, or remove it", "columns")
        return self

    @model_validator(mode="after")
    def _bands_are_of_cohorts(self) -> Self:
        for name, _edges in self.bands:
            if name not in self.cohorts:
                raise Misplaced(f"{name!r} is no cohort; add it to cohorts, or remove it", "bands")
        return self

    @model_validator(mode="after")
    def _cohorts_are_no_outcome(self) -> Self:
        # Of a joined outcome the log may have a column of that name: see `log.joining`.
        if self.outcomes is None and (name := self.columns.outcome) in self.cohorts:
            raise Misplaced(
                f"{name!r} is the outcome: no group of it has both outcomes; remove it", "cohorts"
            )
        return self

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
        for part in ("start", "end"):
            if problem := twice(getattr(window, part), self.timezone):
                raise Misplaced(f"its {part} {problem}", name)
        try:
            start, end = window.bounds(self.timezone)
        except OverflowError as error:
            raise Misplaced("it leaves the years 1 to 9999", name) from error
        if start >= end:
            raise Misplaced("it is empty; its end must come after its start", name)
        return start, end

    def freeze(self) -> datetime:
        """The moment, in UTC, from which on a replay undoes writes."""
        if self.replay.freeze is None:
            return self.incident.bounds(self.timezone)[0]
        return in_utc(self.replay.freeze, self.timezone)

    def in_memory(self) -> dict[str, InMemory]:
        """What was a table in memory, by the key that names it."""
        sources: dict[str, object] = {"log": self.log}
        if self.history is not None:
            sources["history"] = self.history.log
        if self.outcomes is not None:
            sources["outcomes"] = self.outcomes.log
        sources |= {f"replay.arms[{i}].history": a.history for i, a in enumerate(self.replay.arms)}
        return {part: one for part, one in sources.items() if isinstance(one, InMemory)}

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """The keys of a params file that notebooks always show, in their order."""
        return tuple(name for name in cls.model_fields if name not in ADDED)

    def parameters(self) -> dict[str, Any]:
        """The question as plain JSON values, by parameter name."""
        dumped = self.model_dump(mode="json")
        # A threshold that came later is written where it differs, for the same reason.
        if self.thresholds.tolerance == Thresholds().tolerance:
            del dumped["thresholds"]["tolerance"]
        return {name: value for name, value in dumped.items() if name not in ADDED or value}

    def asked(self) -> dict[str, Any]:
        """The parameters that notebooks get: all of what is asked."""
        return {name: value for name, value in self.parameters().items() if name not in BESIDE}

    def fingerprint(self) -> str:
        """SHA-256 of the question, equal for equal questions."""
        text = json.dumps(self.asked(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def twice(moment: date | datetime, timezone: str) -> str | None:
    """What is wrong with a local time that clocks of `timezone` show twice; else `None`."""
    if not isinstance(moment, datetime) or moment.tzinfo is not None:
        return None
    try:
        found = [reading.astimezone(ZoneInfo(timezone)) for reading in readings(moment, timezone)]
    except OverflowError:
        return None
    if len(found) < 2:
        return None
    one, other = (reading.isoformat() for reading in found)
    return f"{moment.isoformat()} comes twice in {timezone}; write {one} or {other}"


def in_utc(moment: date | datetime, timezone: str) -> datetime:
    """A moment in UTC; what has no zone is read in ``timezone``."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(timezone))
    return moment.astimezone(UTC)
