"""The watch: what is watched, in which log, and whom an alert goes to."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from investigate.question.fields import (
    Integer,
    Misplaced,
    Number,
    OptionalText,
    Share,
    Source,
    Strict,
    Text,
    optional,
)
from investigate.question.history import (
    HistoryByPath,
    Precedence,
    Replay,
    ReplayByArms,
    ScoreFormula,
)
from investigate.question.outcomes import Outcomes, with_its_outcome
from investigate.question.policies import read
from investigate.question.question import Columns, Events, Question, Thresholds, Window

Every = Literal["day", "hour"]
EMPTY = BeforeValidator(optional)


class Limits(Strict):
    """Fixed limits, each judged besides what is learnt; none where no number is given.

    ``auc`` is the lowest AUC overall that is fine, ``missing_scores`` and
    ``missing_outcomes`` the largest shares of a day's rows, ``rows`` the fewest rows.
    """

    auc: Number | None = Field(None, ge=0, le=1)
    missing_scores: Share | None = Field(None, ge=0, le=1)
    missing_outcomes: Share | None = Field(None, ge=0, le=1)
    rows: Integer | None = Field(None, ge=0)


class Watch(Strict):
    """A watch, validated; an unknown key is an error.

    Cases are called after ``watch`` and the day on which the change began. ``baseline`` is
    what normal is learnt from. A day is judged ``wait_days`` after its end, when its outcomes
    are in; rows may come up to ``late_days`` after theirs. ``false_alarms_per_year`` is over
    everything that is watched. With `outcomes` that say when each was observed, ``wait_days``
    is learnt if left out: so long that ``enough_outcomes`` of a day's are in. Groups of a column
    beyond the ``most_groups`` first seen are watched together. The rest is what a case's
    question says.
    """

    watch: Text
    log: Source
    columns: Columns
    baseline: Window
    cohorts: tuple[Text, ...] = ()
    every: Every = "day"
    wait_days: Annotated[Annotated[Number, Field(ge=0, le=365)] | None, EMPTY] = None
    enough_outcomes: Share = Field(0.9, gt=0, lt=1)
    late_days: Integer = Field(7, ge=0, le=365)
    false_alarms_per_year: Number = Field(1, gt=0, le=100)
    limits: Limits = Limits()
    most_groups: Integer = Field(12, ge=2, le=100)
    faults: tuple[Window, ...] = ()
    on_alert: Literal["open", "investigate"] = "open"
    send: tuple[Text, ...] = ()
    state: OptionalText = None
    history: HistoryByPath = None
    precedence: Precedence = ()
    score_formula: ScoreFormula = None
    replay: ReplayByArms = Replay()
    events: Events = None
    thresholds: Thresholds = Thresholds()
    timezone: Text = "UTC"
    outcomes: Annotated[Outcomes | None, EMPTY] = None

    @field_validator("watch")
    @classmethod
    def _watch_names_a_folder(cls, watch: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}", watch):
            raise ValueError(
                f"{watch!r} cannot name a folder; use letters, digits, '-' and '_', at most 41"
            )
        return watch

    @field_validator("send", mode="before")
    @classmethod
    def _send_is_a_list(cls, send: object) -> object:
        if send is None:
            return ()
        if isinstance(send, list | tuple):
            return send
        example = send if isinstance(send, str) and send else "OPS_HOOK"
        raise ValueError(
            f"expected a list of environment variables such as [{example}]; "
            "leave it out to send nothing"
        )

    @model_validator(mode="before")
    @classmethod
    def _outcome_is_that_of_its_table(cls, values: object) -> object:
        return with_its_outcome(values)

    @model_validator(mode="after")
    def _each_day_has_its_own_moment(self) -> Self:
        if self.outcomes is not None and self.outcomes.as_of is not None:
            raise Misplaced(
                "a monitor runs as of now, or of --at; leave as_of out", "outcomes.as_of"
            )
        return self

    @model_validator(mode="after")
    def _counts_rows_alike(self) -> Self:
        if self.columns.weight is not None:
            raise Misplaced(
                "a monitor counts rows alike; leave weight out, and add it to the question of a "
                "case that it opens",
                "columns.weight",
            )
        return self

    @model_validator(mode="after")
    def _makes_a_question(self) -> Self:
        end = self.baseline.end
        try:
            self.question(self.watch, self.baseline, Window(start=end, end=end + timedelta(days=1)))
        except OverflowError as failure:
            raise Misplaced("it leaves the years 1 to 9999", "baseline") from failure
        except ValidationError as failure:
            error = failure.errors()[0]
            cause = error.get("ctx", {}).get("error")
            at = error["loc"] or getattr(cause, "at", ())
            raise Misplaced(str(cause or error["msg"]), ".".join(map(str, at))) from failure
        return self

    def question(
        self, case: str, baseline: Window, incident: Window, as_of: datetime | None = None
    ) -> Question:
        """The question why AUC fell from `baseline` to `incident`, by what was known `as_of`."""
        own = set(Question.model_fields) & set(type(self).model_fields) - {"baseline"}
        shared: dict[str, Any] = {name: getattr(self, name) for name in sorted(own)}
        if self.dated_outcomes:
            shared["outcomes"] = shared["outcomes"].model_copy(update={"as_of": as_of})
        return Question(case=case, baseline=baseline, incident=incident, **shared)

    @property
    def dated_outcomes(self) -> bool:
        """Whether outcomes are joined, and say when each was observed."""
        return self.outcomes is not None and self.outcomes.columns.observed_at is not None

    @property
    def step(self) -> timedelta:
        """The length of what is judged at once."""
        return timedelta(days=1) if self.every == "day" else timedelta(hours=1)

    @property
    def state_file(self) -> Path:
        """Where daily counts and alerts are kept."""
        return Path(self.state or f"watch/{self.watch}.duckdb")


def load(path: Path) -> Watch:
    """The watch in a YAML file. Raises `InputError` with one line that says what is wrong."""
    return read(path, Watch, "watch")
