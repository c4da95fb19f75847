"""Outcomes that stand in a table of their own: they fill up later, and are joined by a key."""

from typing import Annotated

from pydantic import BeforeValidator

from investigate.question.fields import (
    Formats,
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

    def parts(self) -> dict[str, str]:
        """The column of each part that has one."""
        told = {"key": self.key, "outcome": self.outcome, "observed_at": self.observed_at}
        return {part: name for part, name in told.items() if name}


class Outcomes(Strict):
    """A table of outcomes; ``as_of`` leaves out those observed from that moment on."""

    log: Source
    columns: OutcomeColumns
    as_of: Annotated[Moment | None, BeforeValidator(optional)] = None
