"""An answer against the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from investigate.kinds import kind

MOVED = 0.03
"""AUC points from which on an incident's answer is judged."""
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Score:
    """What is right in one answer; `None` where the truth asks nothing.

    ``days`` is told onset minus true onset, ``points`` the error of the AUC points told.
    """

    kind: bool
    system: bool
    cohort: bool
    scoped: bool
    days: float | None = None
    points: float | None = None

    @property
    def cause(self) -> bool:
        """Whether kind and system are right."""
        return self.kind and self.system

    @property
    def dated(self) -> bool:
        """Whether the onset is right within a day."""
        return self.days is not None and abs(self.days) <= 1

    @classmethod
    def of(cls, result: Mapping[str, Any], way: str) -> Self:
        """Scores ``result["said"][way]``; what was not answered is wrong in everything."""
        if "error" in result:
            return cls(kind=False, system=False, cohort=False, scoped=False)
        truth, said = result["truth"], result["said"][way]
        kind = said["kind"] == truth["kind"]
        return cls(
            kind=kind,
            system=said["system"] == truth["system"],
            cohort=(said["cohort"] or None) == (truth["cohort"] or None),
            scoped=bool(truth["cohort"]),
            days=_days(said["onset"], truth["onset"]),
            points=_points(result, said) if kind else None,
        )


def size(result: Mapping[str, Any]) -> float | None:
    """How far AUC moved, in the log; `None` where that is not known."""
    if "error" in result:
        return None
    said = result["said"]["with"]
    return abs(said["baseline"] - said["incident"])


def false_alarm(result: Mapping[str, Any], way: str) -> bool:
    """Whether a log without a fault was accused; no answer is a false alarm, too."""
    if "error" in result:
        return True
    told = kind(result["said"][way]["kind"])
    return told.broken or told.name == "unexplained"


def _days(told: str | None, true: str | None) -> float | None:
    if told is None or true is None:
        return None
    return float((pd.Timestamp(told) - pd.Timestamp(true)) / DAY)


def _points(result: Mapping[str, Any], said: Mapping[str, Any]) -> float | None:
    if result["reference"] is None or said["points"] is None:
        return None
    return float(abs(said["points"] - (result["reference"] - said["incident"])))
