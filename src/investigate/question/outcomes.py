"""Outcomes in a table of their own: they fill up later, and are joined by a key."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from investigate.question.fields import (
    Formats,
    Misplaced,
    Moment,
    OptionalText,
    Source,
    Strict,
    Text,
    optional,
)


class OutcomeColumns(Formats):
    """Which column of the table of outcomes plays which part; ``key`` names one row of the log."""

    key: Text
    outcome: Text
    observed_at: OptionalText = None

    @model_validator(mode="after")
    def _key_is_no_outcome(self) -> Self:
        if len(names := list(self.parts().values())) > len(set(names)):
            name = max(names, key=names.count)
            raise ValueError(f"{name!r} cannot be two of key, outcome and observed_at; name others")
        return self

    def parts(self) -> dict[str, str]:
        """The column of each part that has one."""
        names = {"key": self.key, "outcome": self.outcome, "observed_at": self.observed_at}
        return {part: name for part, name in names.items() if name}


class Outcomes(Strict):
    """A table of outcomes; ``as_of`` leaves out those observed from that moment on."""

    log: Source
    columns: OutcomeColumns
    as_of: Annotated[Moment | None, BeforeValidator(optional)] = None


def with_its_outcome(values: object) -> object:
    """The keys of a question or a watch, its ``columns`` with the outcome that ``outcomes`` names.

    Raises `Misplaced` where the columns name another one.
    """
    if not isinstance(values, Mapping):
        return values
    asked, columns = values.get("outcomes"), values.get("columns")
    if not isinstance(asked, Mapping) or not isinstance(columns, Mapping):
        return values
    named = asked.get("columns")
    other = named.get("outcome") if isinstance(named, Mapping) else None
    own = columns.get("outcome")
    if own is not None and own != other:
        raise Misplaced(
            f"outcomes.columns.outcome is {other!r}; leave this one out", "columns.outcome"
        )
    # What lacks in `outcomes` is reported there.
    return {**values, "columns": {**columns, "outcome": other or "outcome"}}
