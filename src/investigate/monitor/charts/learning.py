"""What is normal for each series: level, pattern of the week, white and slow noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from investigate.monitor.charts.pace import Pace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDS = 4
"""Weights need the noise and the noise needs weights: so often, over the baseline."""
CAPPED = 16.0
"""A square counts for the noise as so many times its expectation at most."""
UNSURE = 0.3
"""Standard errors by which the slow noise is taken to be more than it seems to be.

With more, short shifts are found sooner and long ones later at the same rate of false alarms.
"""
TINY = 1e-300


@dataclass(frozen=True)
class Normal:
    """Per series (S,): the level, its error's variance, the variances of the two noises."""

    level: Floats
    error: Floats
    white: Floats
    slow: Floats


class Learning:
    """Running sums over the steps that count as normal; an old level fades, noise doesn't."""

    def __init__(
        self, values: Floats, variances: Floats, there: Flags, learn: int, pace: Pace
    ) -> None:
        self._values, self._variances, self._pace = values, variances, pace
        steps, series = values.shape
        self._phase = np.arange(steps) % pace.period
        self._typical = _typical(variances, there, learn, pace.fewest)
        self._lags = np.array(pace.lags)
        self._ar1 = pace.ar1 ** self._lags[:, None].astype(float)
        self.known = np.zeros(series, int)
        self._own, self._off, self._weight, self._week = np.zeros((4, steps, series))
        self._level = np.zeros((3, series))
        self._noise = np.zeros((2, series))
        self._lagged = np.zeros((2, len(self._lags), series))
        self._pattern = np.zeros((2, pace.period, series))
        self._begin(there, learn)

    def week(self, t: int) -> Floats:
        """What step t of the week adds, drawn towards nothing as far as noise explains it."""
        weight, sums = self._pattern
        has = weight > 0
        number = has.sum(axis=0)
        own = self._phase[t]
        centre = sums.sum(axis=0) / np.maximum(weight.sum(axis=0), TINY)
        off = np.where(has, sums / np.maximum(weight, TINY) - centre, 0.0)
        noise = np.where(has, 1 / np.maximum(weight, TINY), 0.0)
        between = (off**2 - noise).sum(axis=0) / np.maximum(number - 1, 1)
        between = np.maximum(between, 0.0)
        whole = np.maximum(between + noise[own], TINY)
        self._week[t] = np.where(has[own], off[own] * between / whole, 0.0)
        return self._week[t]

    def normal(self) -> Normal:
        """What is normal as far as it is known now."""
        trust = np.maximum((self._ar1**2 * self._lagged[0]).sum(axis=0), TINY)
        found = (self._ar1 * self._lagged[1]).sum(axis=0) / trust
        excess = np.maximum(self._noise[1] / np.maximum(self._noise[0], TINY), 0.0)
        white = np.maximum(excess - np.maximum(found, 0.0), 0.0)
        # What little is known of may be noise that stays, whatever it looks like.
        least = excess / (1 + self.known * self._pace.freedom)
        slow = np.maximum(found + UNSURE / np.sqrt(trust), least)
        weight, sums, squared = self._level
        known = weight > 0
        effective = np.maximum(weight**2 / np.maximum(squared, TINY), 1.0)
        error = 1 / np.maximum(weight, TINY) + slow * self._pace.slow_share(effective)
        return Normal(
            np.where(known, sums / np.maximum(weight, TINY), 0.0),
            np.where(known, error, np.inf),
            white,
            slow,
        )

    def add(
        self, t: int, normal: Flags, frozen: Flags, own: Floats, before: Normal, unsure: Floats
    ) -> None:
        """Take in step t of the series in `normal`; those in `frozen` don't even fade.

        ``own`` (S,) is the value without the patterns of week and year, ``unsure`` the variance
        that the second brings in, which is the same error for days.
        """
        fading = np.where(frozen, 1.0, self._pace.forgetting)
        unsure = self._pace.period * unsure
        weight = np.where(normal, 1 / (self._variances[t] + before.white + unsure), 0.0)
        first = ~np.isfinite(before.error)
        self._own[t], self._weight[t] = own, weight
        self._off[t] = np.where(normal & ~first, own - before.level, 0.0)
        self._level *= np.stack([fading, fading, fading**2])
        self._take(t, np.arange(len(own)), np.ones(len(own)), 1.0, before)
        self.known += normal

    def forget(self, series: int, start: int, stop: int, before: list[Normal]) -> None:
        """Take steps start to stop - 1 of a series out again; ``before`` is what each met."""
        own = np.array([series])
        for t in range(start, stop):
            if self._weight[t, series] > 0:
                fading = np.array([self._pace.forgetting ** (stop - 1 - t)])
                self._take(t, own, fading, -1.0, before[t - start])
                self._weight[t, series] = 0.0
                self.known[series] -= 1

    def _take(
        self, t: int, series: NDArray[np.int_], fading: Floats, sign: float, before: Normal
    ) -> None:
        weight, off = self._weight[t, series], self._off[t, series]
        faded = weight * fading
        self._level[:, series] += sign * np.stack([faded, faded * self._own[t, series], faded**2])
        pattern = np.stack([weight, weight * (off + self._week[t, series])])
        self._pattern[:, self._phase[t], series] += sign * pattern
        self._noise[:, series] += sign * self._excess(t, series, weight, off, before)
        for place, lag in enumerate(self._lags[self._lags <= t]):
            both = weight * self._weight[t - lag, series]
            self._lagged[:, place, series] += sign * np.stack(
                [both, both * off * self._off[t - lag, series]]
            )

    def _excess(
        self, t: int, series: NDArray[np.int_], weight: Floats, off: Floats, before: Normal
    ) -> Floats:
        sampling = self._variances[t, series]
        error = before.error
        error = np.where(np.isfinite(error), error, 0.0)
        trust = np.where(weight > 0, 1 / (sampling + self._typical[series]) ** 2, 0.0)
        expected = sampling + before.white + before.slow + error
        squares = np.minimum(off**2, CAPPED * expected)
        return np.stack([trust, trust * (squares - sampling - error)])

    def _begin(self, there: Flags, learn: int) -> None:
        """Learn from the baseline at once, as weights and noise need each other."""
        there, values = there[:learn], self._values[:learn]
        variances, phase = self._variances[:learn], self._phase[:learn]
        series = np.arange(values.shape[1])
        fading = np.power(self._pace.forgetting, np.arange(learn - 1.0, -1.0, -1.0))
        now = Normal(*np.zeros((4, len(series))))
        self.known[:] = there.sum(axis=0)
        for last in range(ROUNDS):
            for sums in (self._level, self._noise, self._lagged):
                sums[:] = 0.0
            weight = there / (variances + now.white)
            week = self._week[:learn]
            total = np.maximum(weight.sum(axis=0), TINY)
            level = (weight * (values - week)).sum(axis=0) / total
            self._pattern[:] = 0.0
            np.add.at(self._pattern[0], phase, weight)
            np.add.at(self._pattern[1], phase, weight * (values - level))
            for t in range(min(learn, self._pace.period)):
                self._week[t : learn : self._pace.period] = self.week(t)
            effective = np.maximum(total**2 / np.maximum((weight**2).sum(axis=0), TINY), 1.0)
            error = 1 / total + now.slow * self._pace.slow_share(effective)
            self._own[:learn] = values - week
            self._weight[:learn] = weight
            self._off[:learn] = np.where(there, values - week - level, 0.0)
            # Deviations from a mean of their own are too small by its error.
            met = Normal(level, -error, now.white, now.slow if last else now.slow + np.inf)
            self._sum_up(learn, series, fading, met, error)
            now = self.normal()

    def _sum_up(
        self, learn: int, series: NDArray[np.int_], fading: Floats, met: Normal, error: Floats
    ) -> None:
        pattern = self._pattern.copy()
        for t in range(learn):
            self._take(t, series, np.full(len(series), fading[t]), 1.0, met)
        self._pattern[:] = pattern
        self._lagged[1] += self._lagged[0] * error


def _typical(variances: Floats, there: Flags, learn: int, fewest: int) -> Floats:
    """The median sampling variance in the baseline, or of the first steps of a later series."""
    found = np.ones(variances.shape[1])
    for series in range(variances.shape[1]):
        own = variances[there[:, series], series]
        first = max(int(there[:learn, series].sum()), fewest)
        if len(own):
            found[series] = np.median(own[:first])
    return found
