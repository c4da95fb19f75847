"""Which rows are replayed, and from when on: the incident, and a placebo in the baseline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
from ibis import _

from investigate.errors import InputError
from investigate.question.question import Question


@dataclass(frozen=True)
class Stretch:
    """Rows from ``start`` to ``end`` replayed with writes frozen at ``freeze``, all in UTC."""

    freeze: datetime
    start: datetime
    end: datetime

    def holds(self) -> Any:
        """Whether a row's time lies in it."""
        return (_.time >= ibis.literal(self.start)) & (_.time < ibis.literal(self.end))


def stretches(question: Question) -> tuple[Stretch, Stretch]:
    """The placebo and the incident.

    The placebo freezes an equally long stretch at the end of the baseline, or its second
    half where the baseline is too short for that: what freezing costs by itself.
    """
    baseline, incident = (
        w.bounds(question.timezone) for w in (question.baseline, question.incident)
    )
    freeze = question.freeze()
    if not baseline[0] < freeze < incident[1]:
        raise InputError(
            f"replay.freeze: {freeze:%Y-%m-%d %H:%M} UTC is not between the baseline's start and "
            "the incident's end; choose a moment at which the values were still good"
        )
    start = max(freeze, incident[0])
    back = min(incident[1] - freeze, (baseline[1] - baseline[0]) / 2)
    placebo = Stretch(baseline[1] - back, baseline[1] - back, baseline[1])
    return placebo, Stretch(freeze, start, incident[1])


def stretch_of(placebo: Stretch, incident: Stretch) -> Any:
    """0 for a row of the placebo, 1 for one of the incident, else null."""
    return ibis.cases(
        (incident.holds() & (_.window == 1), 1), (placebo.holds() & (_.window == 0), 0), else_=None
    ).cast("int8")
