"""How a chart's steps relate to days, weeks and years."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

AR1_A_DAY = 0.9
"""AR(1) coefficient of the slow noise from one day to the next."""
HALF_LIFE = 30.0
"""Days after which a value counts half for the level: drifts slower than this are followed."""
DEPTH_HALF_LIFE = 14.0
"""Days after which a value counts half for how deep the dip of this time of year is."""
YEAR = 364
"""Days to the same weekday a year ago."""
AROUND = 7
"""Days on either side of it that belong to the same time of year."""


@dataclass(frozen=True)
class Pace:
    """Steps of one length: ``a_day`` of them make a day.

    windows: numbers of steps that are looked at together. lags: steps apart at which the
    slow noise is separated from the white. fewest: steps that must be known of a series.
    """

    a_day: int
    windows: tuple[int, ...]
    lags: tuple[int, ...]
    fewest: int

    @property
    def period(self) -> int:
        """Steps to a week."""
        return 7 * self.a_day

    @property
    def year(self) -> int:
        """Steps to the same hour of the same weekday a year ago."""
        return YEAR * self.a_day

    @property
    def around(self) -> int:
        """Steps on either side of it that belong to the same time of year."""
        return AROUND * self.a_day

    @property
    def ar1(self) -> float:
        """AR(1) coefficient of the slow noise: its correlation from one step to the next."""
        return float(AR1_A_DAY ** (1 / self.a_day))

    @property
    def freedom(self) -> float:
        """Degrees of freedom that a step adds to the slow noise's variance; 1 if independent."""
        return (1 - self.ar1**2) / (1 + self.ar1**2)

    @property
    def forgetting(self) -> float:
        """Forgetting factor of the level: what a step's weight is multiplied by at the next."""
        return float(0.5 ** (1 / (HALF_LIFE * self.a_day)))

    @property
    def depth_forgetting(self) -> float:
        """Forgetting factor of this year's depth of a dip."""
        return float(0.5 ** (1 / (DEPTH_HALF_LIFE * self.a_day)))

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        longest = 400 * self.a_day
        n = np.arange(1, longest + 1)
        correlation = self.ar1**n
        # Variance of the mean of n values of AR(1) noise, over that of one.
        pairs = np.cumsum(np.concatenate([[0.0], np.cumsum(correlation)[:-1]]))
        return np.asarray((n + 2 * pairs) / n**2)

    def slow_share(self, n: NDArray[np.float64]) -> NDArray[np.float64]:
        """The variance of the mean of `n` values of slow noise, of variance one each."""
        return np.interp(n, np.arange(1, len(self._shares) + 1), self._shares)


DAYS = Pace(
    a_day=1,
    windows=(1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 28, 35, 42),
    lags=(1, 2, 3, 4, 5, 6, 7),
    fewest=14,
)
HOURS = Pace(
    a_day=24,
    windows=(1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 96, 144, 192, 264, 336),
    lags=(3, 6, 12, 24, 48, 72, 120, 168),
    fewest=7 * 24,
)
