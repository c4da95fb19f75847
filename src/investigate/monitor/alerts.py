"""Alerts: what left its bounds, remembered so that nothing is raised or sent twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

SURE = 1.96
"""Standard errors to either side of a value in its interval of 95%."""

CHART, FIXED = "chart", "fixed limit"


@dataclass(frozen=True)
class OutOfBounds:
    """A stretch of time outside the bounds, in the unit of its measure; moments are in UTC.

    ``by`` and ``label`` name the rows, ``why`` whether the chart or a fixed limit says so.
    ``raised`` is the start of the bucket that raised it, ``since`` of the first that had
    changed, ``ended`` of the one at which all was clearly well, from ``back`` on (none: it
    goes on). ``value`` is that from ``since`` to ``raised`` with its interval, ``expected``
    what it was before, or the limit; ``after`` the value from ``back`` to ``ended``.
    """

    measure: str
    by: str
    label: str
    why: str
    raised: datetime
    since: datetime
    ended: datetime | None
    back: datetime | None
    value: float
    low: float
    high: float
    expected: float
    after: float | None

    @property
    def what(self) -> tuple[str, str, str, str]:
        """What it is about, however often that happens."""
        return self.measure, self.by, self.label, self.why


class Alert(BaseModel):
    """Something seen, as it was when it was raised, and what has been done about it.

    ``number`` counts the alerts of a state. ``case`` is the case that it belongs to, empty
    for one that was over before anyone looked; ``opens``: it opened that case. ``withdrawn``:
    it ended because late rows changed what had raised it. ``entered``, ``closed``: its case
    says that it was raised, that it is over. ``sent``, ``sent_over``: people were told so.
    """

    model_config = ConfigDict(extra="forbid")

    number: int
    measure: str
    by: str
    label: str
    why: str
    raised: datetime
    since: datetime
    value: float
    low: float
    high: float
    expected: float
    ended: datetime | None = None
    back: datetime | None = None
    after: float | None = None
    withdrawn: bool = False
    case: str = ""
    opens: bool = False
    entered: bool = False
    closed: bool = False
    sent: bool = False
    sent_over: bool = False
    investigated: bool = False

    @classmethod
    def of(cls, seen: OutOfBounds, number: int) -> Self:
        """The alert on `seen`."""
        return cls(
            number=number,
            measure=seen.measure,
            by=seen.by,
            label=seen.label,
            why=seen.why,
            raised=seen.raised,
            since=seen.since,
            value=seen.value,
            low=seen.low,
            high=seen.high,
            expected=seen.expected,
            ended=seen.ended,
            back=seen.back,
            after=seen.after,
        )

    @property
    def what(self) -> tuple[str, str, str, str]:
        """What it is about, however often that happens."""
        return self.measure, self.by, self.label, self.why

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.ended is None


def reconciled(
    known: Sequence[Alert], seen: Sequence[OutOfBounds], newest: datetime
) -> list[Alert]:
    """The alerts after `seen`, in order: those `known`, ended where they ended, and new ones.

    What overlaps a known alert on the same thing is that alert, which stays as it was raised.
    What is no longer seen although it had not ended is withdrawn at ``newest``, the bucket
    judged last. Where late rows took back an end, what goes on is an alert of its own.
    """
    alerts = [alert.model_copy() for alert in known]
    still = set()
    for one in seen:
        same = _latest(a for a in alerts if a.what == one.what and _overlap(a, one))
        if same is None or (one.ended is None and not same.open):
            same = Alert.of(one, 1 + len(alerts))
            alerts.append(same)
        elif same.open and one.ended is not None:
            same.ended, same.back, same.after = one.ended, one.back, one.after
        still.add(same.number)
    for alert in alerts:
        if alert.open and alert.number not in still:
            alert.ended, alert.withdrawn = newest, True
    return alerts


def news(alert: Alert, looked_until: datetime | None) -> bool:
    """Whether people have to hear of a new alert; `looked_until` was judged before (none: nothing).

    Not of what was over by then: nobody was watching, or only rows that came late show it.
    """
    if alert.open:
        return True
    return looked_until is not None and alert.ended is not None and alert.ended > looked_until


def _latest(alerts: Iterable[Alert]) -> Alert | None:
    return max(alerts, key=lambda alert: (alert.open, alert.number), default=None)


def _overlap(alert: Alert, seen: OutOfBounds) -> bool:
    begins = max(alert.since, seen.since)
    ends = [moment for moment in (alert.ended, seen.ended) if moment is not None]
    return begins <= min(ends, default=begins)
