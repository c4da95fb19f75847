"""One explanation of a drop: what it would recover, where, and on what evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from investigate.finding import Estimate


@dataclass(frozen=True)
class Suspect:
    """An explanation with the AUC points of the drop that it accounts for.

    ``points`` is positive where undoing it raises the incident's AUC. ``supported`` says
    whether its interval excludes zero and its own evidence is there; ``onset`` when it began, and
    ``onset_low`` to ``onset_high`` the interval of that, both inclusive, where it is known.
    ``either``: the labels or the scores changed, and no evidence tells which. Of an innocent kind:
    evidence does not show that what is left is surely less than the tolerance; no all-clear. Of a
    fault of a system: the log names no systems, so that it is not known whose values they were.
    ``shifted``: the scale alone moved; undone, scores are put back rank by rank (`shifted`).
    ``emptied``: hardly any outcome of one kind is left there, whatever else there is (`emptied`).
    ``later``: the scale alone moved, within the incident, whose rows are of both scales
    (`shifted_later`).
    """

    kind: str
    points: Estimate
    evidence: str
    supported: bool
    system: str | None = None
    cohort: Mapping[str, str] | None = None
    onset: str | None = None
    onset_low: str | None = None
    onset_high: str | None = None
    either: bool = False
    shifted: bool = False
    emptied: bool = False
    later: bool = False

    @property
    def scope(self) -> str:
        """Where it is limited to, in words; empty for the whole log."""
        parts = [self.system] if self.system else []
        parts += [in_words(column, value) for column, value in (self.cohort or {}).items()]
        return ", ".join(parts)

    @property
    def of(self) -> tuple[str | None, dict[str, str] | None]:
        """Its system and cohort, as a `Scope` names them."""
        return self.system, dict(self.cohort) if self.cohort else None

    def begun(self, date: str, low: str, high: str) -> "Suspect":
        """The suspect with when it began, and the interval of that."""
        return replace(self, onset=date, onset_low=low, onset_high=high)

    def to_json(self) -> dict[str, Any]:
        """The form that verdict and suspects share."""
        return {
            "kind": self.kind,
            "system": self.system,
            "cohort": dict(self.cohort) if self.cohort else None,
            "points": self.points.value,
            "low": self.points.low,
            "high": self.points.high,
            "onset": self.onset,
            "onset_low": self.onset_low,
            "onset_high": self.onset_high,
            "sentence": self.evidence,
            "stands": self.supported,
            "either": self.either,
        }


def in_words(column: str, value: str) -> str:
    """A cohort value with its column, unless it begins with its name, as `school 2` does."""
    return value if value.lower().startswith(f"{column.lower()} ") else f"{column} {value}"


def recovers(points: Estimate) -> bool:
    """Whether undoing surely raises AUC."""
    return points.low is not None and points.low > 0
