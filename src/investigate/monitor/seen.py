"""Something that left its bounds."""

from dataclasses import dataclass
from datetime import datetime

SURE = 1.96
"""Standard errors to either side of a value in its interval of 95%."""

CHART, FIXED = "chart", "fixed limit"


@dataclass(frozen=True)
class Seen:
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
