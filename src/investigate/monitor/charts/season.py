"""What the time of year does to a series: what it did at the same time a year before.

A dip counts from its second year on. It is expected again where the weeks around the same day
a year ago were off their level by more than twice the error of that, unless these days are
known to have been a fault. No two years are alike: at first it may be half as deep again, or
half as deep. How deep it is this year is learnt as it goes on, a week behind, so that a fault
that begins within it is not taken for it.
"""

import numpy as np
from numpy.typing import NDArray

from investigate.monitor.charts.learning import Normal
from investigate.monitor.charts.pace import Pace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SURE = 2.0
UNLIKE = 0.5
SLOPE = 0.7
"""Up to this share of its greatest depth nearby, a dip is on a slope."""
FEWEST = 3
"""Values a year ago that it takes to say anything."""
TINY = 1e-300


class Season:
    """Each series' distance from its level, kept for the next year, and this year's depth."""

    def __init__(self, variances: Floats, pace: Pace, ignored: Flags | None = None) -> None:
        self._variances, self._pace = variances, pace
        self._off = np.full_like(variances, np.nan)
        self._ignored = np.zeros_like(variances, bool) if ignored is None else ignored
        self._of_year = np.zeros_like(variances)
        self._usable = np.zeros_like(variances, bool)
        # Faded sums of weight, weight by depth, squares and number of values used.
        self._sums = np.zeros((4, variances.shape[1]))

    def at(self, t: int, now: Normal) -> tuple[Floats, Floats]:
        """What step t's time of year adds to each series (S,), and the variance of that."""
        nothing = np.zeros(self._variances.shape[1])
        year, around = self._pace.year, self._pace.around
        if t < year:
            return nothing, nothing
        near = slice(max(0, t - year - around), t - year + around + 1)
        there = np.isfinite(self._off[near]) & ~self._ignored[near]
        weight = there / (self._variances[near] + now.white)
        total = np.maximum(weight.sum(axis=0), TINY)
        mean = (weight * np.where(there, self._off[near], 0.0)).sum(axis=0) / total
        effective = np.maximum(total**2 / np.maximum((weight**2).sum(axis=0), TINY), 1.0)
        variance = 1 / total + now.slow * self._pace.slow_share(effective)
        sure = (mean**2 > SURE**2 * variance) & (there.sum(axis=0) >= FEWEST)
        self._of_year[t] = np.where(sure, mean, 0.0)
        depth, unlike = self._depth(t, now)
        variance = np.maximum(variance, unlike * mean**2)
        return depth * self._of_year[t], np.where(sure, variance, 0.0)

    def keep(self, t: int, off: Floats, normal: Flags) -> None:
        """Keep how far step t was off its level (S,), the time of year included; NaN: unknown.

        Steps of series that are not ``normal`` (S,) do not tell how deep this year's dip is.
        """
        self._off[t] = off
        self._usable[t] = normal & np.isfinite(off)

    def forget(self, series: int, start: int, stop: int) -> None:
        """Steps start to stop - 1 of a series do not tell either."""
        self._usable[start:stop, series] = False

    def _depth(self, t: int, now: Normal) -> tuple[Floats, Floats]:
        """The effect of this year over that of the last (S,), and the variance of that ratio."""
        past = t - self._pace.period
        year = self._of_year[past]
        # Its slopes tell when it begins and ends this year, rather than how deep it is.
        deepest = np.abs(self._of_year[past - self._pace.around : t + 1]).max(axis=0)
        usable = self._usable[past] & (year != 0) & (np.abs(year) > SLOPE * deepest)
        # Days that are unlike a year ago are so for a week or so together.
        unlike = self._pace.around * (UNLIKE * year) ** 2
        weight = np.where(usable, 1 / (self._variances[past] + now.white + unlike), 0.0)
        off = np.where(usable, self._off[past], 0.0)
        self._sums *= self._pace.depth_forgetting
        self._sums += np.stack([weight * year**2, weight * year * off, usable * year**2, usable])
        information, by, squares, number = self._sums
        slow = now.slow * self._pace.slow_share(np.maximum(number, 1.0))
        information, squares = np.maximum(information, TINY), np.maximum(squares, TINY)
        sure, before = 1 / (1 / information + slow * number / squares), 1 / UNLIKE**2
        return (before + sure * by / information) / (before + sure), 1 / (before + sure)
