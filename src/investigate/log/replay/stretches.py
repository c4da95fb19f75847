"""Which rows are replayed, and from when on: the incident, and a placebo in the baseline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
from ibis import _

from investigate.errors import InputError
from investigate.log.replay.writes import Writes
from investigate.question.question import Question

LONGEST_LEAD = timedelta(days=1)
"""How long before the incident the last row may be for a freeze at that row."""


@dataclass(frozen=True)
class Stretch:
    """Rows from ``start`` to ``end`` replayed with writes frozen at ``freeze``, all in UTC."""

    freeze: datetime
    start: datetime
    end: datetime

    def holds(self) -> Any:
        """Whether a row's time lies in it."""
        return (_.time >= ibis.literal(self.start)) & (_.time < ibis.literal(self.end))


def stretches(rows: ibis.Table, writes: Writes, question: Question) -> tuple[Stretch, Stretch]:
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
    lead = _lead(rows, writes, freeze) if question.replay.freeze is None else timedelta()
    placebo = Stretch(baseline[1] - back - lead, baseline[1] - back, baseline[1])
    return placebo, Stretch(freeze - lead, start, incident[1])


def _lead(rows: ibis.Table, writes: Writes, start: datetime) -> timedelta:
    """From the last row before the incident to its start, where values were written in between.

    No row of before the incident had them: with rows that only tell their day, such are all
    writes of the last day.
    """
    first = start - LONGEST_LEAD
    between = (_.time >= ibis.literal(first)) & (_.time < ibis.literal(start))
    last = rows.filter(between).agg(last=_.time.max()).to_pyarrow()["last"][0].as_py()
    if last is None:
        return timedelta()
    last = last if last.tzinfo else last.replace(tzinfo=start.tzinfo)
    late = writes.table.filter(between, _.time >= ibis.literal(last)).count().to_pyarrow().as_py()
    return start - last if late else timedelta()


def stretch_of(placebo: Stretch, incident: Stretch) -> Any:
    """0 for a row of the placebo, 1 for one of the incident, else null."""
    return ibis.cases(
        (incident.holds() & (_.window == 1), 1), (placebo.holds() & (_.window == 0), 0), else_=None
    ).cast("int8")
