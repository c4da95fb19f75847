"""What the time of year does to a series: what it did at the same time a year before.

A dip counts from its second year on. It is expected again where the weeks around the same day
a year ago were off their level by more than twice the error of that, unless these days are
known to have been a fault. No two years are alike: the error of what is expected is at least
half of what is expected.
"""

import numpy as np
from numpy.typing import NDArray

from investigate.watch.charts.learning import Normal
from investigate.watch.charts.pace import Pace

Floats = NDArray[np.float64]

SURE = 2.0
UNLIKE = 0.5
FEWEST = 3
"""Values a year ago that it takes to say anything."""


class Season:
    """Each series' distance from its level, kept for the next year."""

    def __init__(
        self, variances: Floats, pace: Pace, ignored: NDArray[np.bool_] | None = None
    ) -> None:
        self._variances, self._pace = variances, pace
        self._off = np.full_like(variances, np.nan)
        self._ignored = np.zeros_like(variances, bool) if ignored is None else ignored

    def at(self, t: int, now: Normal) -> tuple[Floats, Floats]:
        """What step t's time of year adds to each series (S,), and the variance of that."""
        nothing = np.zeros(self._variances.shape[1])
        year, around = self._pace.year, self._pace.around
        if t < year:
            return nothing, nothing
        near = slice(max(0, t - year - around), t - year + around + 1)
        there = np.isfinite(self._off[near]) & ~self._ignored[near]
        weight = there / (self._variances[near] + now.white)
        total = np.maximum(weight.sum(axis=0), 1e-300)
        mean = (weight * np.where(there, self._off[near], 0.0)).sum(axis=0) / total
        effective = np.maximum(total**2 / np.maximum((weight**2).sum(axis=0), 1e-300), 1.0)
        variance = 1 / total + now.slow * self._pace.slow_share(effective)
        sure = (mean**2 > SURE**2 * variance) & (there.sum(axis=0) >= FEWEST)
        variance = np.maximum(variance, (UNLIKE * mean) ** 2)
        return np.where(sure, mean, 0.0), np.where(sure, variance, 0.0)

    def keep(self, t: int, off: Floats) -> None:
        """Keep how far step t was off its level (S,), the time of year included; NaN: unknown."""
        self._off[t] = off
