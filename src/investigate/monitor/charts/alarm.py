"""An alarm of one series: since when, how far off, and until when."""

import math
from dataclasses import dataclass, field

BACK = math.log(1000)
"""How much likelier (log) it must be that a series is back than that it is not."""
REMAINS = 2.0
"""Errors by which it may be off at most when it counts as back."""


@dataclass
class Alarm:
    """What one series did, its number being ``series``.

    ``raised`` is the step that raised the alarm, ``since`` the first that had changed,
    ``ended`` the step at which it was clear that all is well from ``back`` on (none: it is
    open), ``after`` the mean since then. ``value`` is the mean from ``since`` to ``raised``,
    ``expected`` the level before, both without the patterns of week and year; ``error`` is that
    of their distance. ``before`` is the step before which all was normal, ``weight``
    the sum of the values' precisions.
    """

    series: int
    raised: int
    since: int
    value: float
    expected: float
    error: float
    before: int
    weight: float
    ended: int | None = None
    back: int | None = None
    after: float | None = None
    _shift: float = field(init=False, repr=False)
    _evidence: float = field(default=0.0, repr=False)
    _weight: float = field(default=0.0, repr=False)
    _off: float = field(default=0.0, repr=False)

    def __post_init__(self) -> None:
        self._shift = self.value - self.expected

    def goes_on(self, t: int, own: float, noise: float) -> bool:
        """Whether it is still open after the value `own` of step `t`, `noise` its variance.

        A sequential likelihood ratio test: back at the level before, or where it has been since.
        """
        off = own - self.expected
        if self.back is None:
            self.back = t
        self._evidence += (self._shift**2 - 2 * self._shift * off) / (2 * noise)
        self._weight += 1 / noise
        self._off += off / noise
        if 0 < self._evidence <= BACK:
            return True
        remains = math.copysign(1.0, self._shift) * self._off / math.sqrt(self._weight)
        if self._evidence > BACK and remains < REMAINS:
            self.ended, self.after = t, self.expected + self._off / self._weight
            return False
        self._stays()
        return True

    def _stays(self) -> None:
        # What was found extreme was so by luck too; the shift is that of all values since.
        weight = self.weight + self._weight
        self._shift = (self._shift * self.weight + self._off) / weight
        self.weight = weight
        self._evidence = self._weight = self._off = 0.0
        self.back = None
