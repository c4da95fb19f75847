"""How often updates of a case are due: severity by the size of the drop, and a rhythm for each."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from investigate.question.fields import Number, Strict
from investigate.question.policies import read
from investigate.updates.facts import NO_DROP, Facts

Severity = Literal["high", "medium", "low"]


class SeverityLevel(Strict):
    """A severity: AUC points lost from which a case has it, and hours between updates."""

    drop: Number = Field(ge=0, le=1)
    every_hours: Number = Field(gt=0, le=24 * 366)


class Rhythm(Strict):
    """The update rhythm.

    ``unmeasured`` is the severity while no drop has been measured, ``first_hours`` how long
    after a case begins its first update is due, ``soon_hours`` how long before its time an
    update is due soon.
    """

    high: SeverityLevel = SeverityLevel(drop=0.05, every_hours=4)
    medium: SeverityLevel = SeverityLevel(drop=0.02, every_hours=24)
    low: SeverityLevel = SeverityLevel(drop=0, every_hours=168)
    unmeasured: Severity = "high"
    first_hours: Number = Field(1, gt=0, le=24 * 366)
    soon_hours: Number = Field(1, ge=0, le=24 * 366)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.high.drop > self.medium.drop > self.low.drop:
            raise ValueError("high.drop must be above medium.drop, and that above low.drop")
        return self

    def severity(self, facts: Facts | None, alerted: float | None = None) -> Severity:
        """How severe what was found is, by the AUC points lost; ``alerted``, by a monitor."""
        if facts is not None and facts.verdict.kind == NO_DROP:
            return "low" if facts.change.value is not None else self.unmeasured
        lost = alerted if facts is None or facts.change.value is None else -facts.change.value
        if lost is None:
            return self.unmeasured
        if lost < self.medium.drop:
            return "low"
        return "high" if lost >= self.high.drop else "medium"

    def every(self, severity: Severity) -> timedelta:
        """The time between two updates."""
        level: SeverityLevel = getattr(self, severity)
        return timedelta(hours=level.every_hours)


def load(path: Path | None) -> Rhythm:
    """The rhythm in a YAML file; the built-in one without a file.

    Raises `InputError` with one line that says what is wrong.
    """
    return read(path, Rhythm, "rhythm")
