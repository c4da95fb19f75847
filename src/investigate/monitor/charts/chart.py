"""A sequential chart of many series at once: which left the level they had, since when.

At every step the last n values of a series, for n from one to some weeks, are set against the
level before them, and their difference is standardised by its own error: the generalised
likelihood ratio chart for a shift of unknown size within a window (Lai 1995). The largest of
these is the statistic; the n that makes it says since when. With a single n it would be a
moving average, with all of them it is as quick as the CUSUM made for the shift's size.

A value differs from the level by its sampling error, by white noise and by noise that stays
for days. What of this is learnt is known the less the shorter it was looked at, and a distance
counts for less (`as_normal`); no more steps are set against a level than half of those that
it is known from. The level, both noises and the pattern of the week are learnt as time goes on, but
never from what is in question: the level that values are set against ends where they begin,
and while an alarm is open nothing is learnt.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from investigate.monitor.charts.learning import Learning, Normal
from investigate.monitor.charts.pace import Pace
from investigate.monitor.charts.season import Season

Floats = NDArray[np.float64]

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


FEWEST = 5.0
"""Degrees of freedom from which on what is far off is seen, however little is known."""


def as_normal(off: Floats, known: Floats, learnt: Floats, effective: Floats) -> Floats:
    """What `off`, a distance in errors, would be in errors that are known for sure.

    ``known`` and ``learnt`` are parts of the error's variance, ``effective`` the effective
    sample size from which the second was learnt: fewer than steps, since noise may stay for
    days. The second is raised by its own standard error. Student's t with the degrees of freedom of
    Welch (1947), on the scale of the normal by Wallace's formula (1959).
    """
    effective = np.maximum(effective, FEWEST)
    learnt = learnt + (known + learnt) * np.sqrt(2 / effective)
    return normal_of_t(off, effective * ((known + learnt) / learnt) ** 2)


def normal_of_t(t: Floats, freedom: Floats) -> Floats:
    """The normal deviate that is as rare as Student's `t` with so many degrees of freedom."""
    scale = (8 * freedom + 1) / (8 * freedom + 3)
    return np.asarray(np.sign(t) * scale * np.sqrt(freedom * np.log1p(t**2 / freedom)))


LONGER = 2
"""A level must be known from so many times more steps than are set against it."""


@dataclass(frozen=True)
class Charted:
    """What was expected per step and series (T, S), and the alarms in the order raised.

    ``error`` is what one value may be off by (a standard error), ``season`` the part of
    ``expected`` that is of the time of year.
    """

    expected: Floats
    error: Floats
    season: Floats
    statistic: Floats
    alarms: list[Alarm]


def chart(
    values: Floats,
    variances: Floats,
    *,
    learn: int,
    pace: Pace,
    sides: NDArray[np.int_],
    limits: Floats,
    ignored: NDArray[np.bool_] | None = None,
) -> Charted:
    """Chart `values` (T, S), whose sampling errors have `variances` (T, S); NaN where none is.

    The first `learn` steps are the baseline and raise nothing. ``sides`` (S,) is -1 where a
    fall matters, 1 a rise, 0 both; ``limits`` (S,) are of the statistic; ``ignored`` (T, S)
    marks steps that tell nothing of the next year. How a step is judged depends on no later
    one, except within the first steps of a series that begins later.
    """
    return _Chart(values, variances, learn, pace, sides, limits, ignored).run()


class _Chart:
    def __init__(
        self,
        values: Floats,
        variances: Floats,
        learn: int,
        pace: Pace,
        sides: NDArray[np.int_],
        limits: Floats,
        ignored: NDArray[np.bool_] | None,
    ) -> None:
        steps, series = values.shape
        self.there = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
        self.values = np.where(self.there, values, 0.0)
        self.variances = np.where(self.there, variances, 1.0)
        self.learn, self.pace, self.sides, self.limits = learn, pace, sides, limits
        self.windows = np.array(pace.windows)
        self.learning = Learning(self.values, self.variances, self.there, learn, pace)
        self.season = Season(self.variances, pace, ignored)
        # What is normal before each step: level, its error, white noise, slow noise.
        self.normal = np.zeros((steps + 1, 4, series))
        self.normal[: learn + 1] = _stacked(self.learning.normal())
        self.known = np.zeros((steps + 1, series), int)
        self.known[learn] = self.learning.known
        self.own, self.pattern, self.of_year, self.of_year_error = np.zeros((4, steps, series))
        self.sums = np.zeros((steps + 1, 5, series))
        self.statistic, self.error = np.full((2, steps, series), np.nan)
        self.from_step = np.full(series, learn)
        self.open: dict[int, Alarm] = {}
        self.alarms: list[Alarm] = []

    def run(self) -> Charted:
        for t in range(len(self.values)):
            self._expect(t)
            if t >= self.learn:
                self._judge(t)
                self._learn(t)
            else:
                self._keep(t)
        return Charted(
            expected=self.normal[:-1, 0] + self.pattern + self.of_year,
            error=self.error,
            season=self.of_year,
            statistic=self.statistic,
            alarms=self.alarms,
        )

    def _expect(self, t: int) -> None:
        now = Normal(*self.normal[t])
        self.pattern[t] = self.learning.week(t)
        self.of_year[t], self.of_year_error[t] = self.season.at(t, now)
        noise = self.variances[t] + now.white
        self.own[t] = self.values[t] - self.pattern[t] - self.of_year[t]
        self.error[t] = np.sqrt(noise + now.slow + now.error + self.of_year_error[t])
        weight = self.there[t] / noise
        added = [weight, weight * self.own[t], weight**2 * self.variances[t], weight**2]
        added.append(weight * np.sqrt(self.of_year_error[t]))
        self.sums[t + 1] = self.sums[t] + np.stack(added)

    def _judge(self, t: int) -> None:
        starts = t + 1 - self.windows
        starts = starts[starts >= self.learn]
        summed = np.moveaxis(self.sums[t + 1] - self.sums[starts], 1, 0)
        total, weighted, sampling, squared, of_year = summed
        level, error, white, slow = np.moveaxis(self.normal[starts], 1, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = weighted / total
            own, alone = sampling / total**2, squared / total**2
            variance = own + white * alone + error + (of_year / total) ** 2
            variance += slow * self.pace.slow_share(np.maximum(1 / alone, 1.0))
            errors = np.sqrt(variance)
            off = (mean - level) / errors
            effective = self.known[starts] * self.pace.freedom
            off = as_normal(off, own, (white + slow) * alone, effective)
        off = np.where(self.sides == 0, np.abs(off), off * self.sides)
        allowed = self.there[t] & np.isfinite(off) & (starts[:, None] >= self.from_step)
        enough = np.maximum(self.pace.fewest, LONGER * (t + 1 - starts))[:, None]
        off = np.where(allowed & (self.known[starts] >= enough), off, -np.inf)
        best, every = off.argmax(axis=0), np.arange(len(self.sides))
        self.statistic[t] = np.where(np.isfinite(off[best, every]), off[best, every], np.nan)
        for one in list(self.open):
            self._look_back(t, one)
        for number in np.flatnonzero(off[best, every] > self.limits):
            if number not in self.open and self.from_step[number] <= t:
                place = best[number], number
                found = float(mean[place]), float(errors[place]), float(total[place])
                self._raise(t, int(number), int(starts[place[0]]), *found)

    def _look_back(self, t: int, number: int) -> None:
        alarm, (_, _, white, slow) = self.open[number], self.normal[t, :, number]
        noise = float(self.variances[t, number] + white + slow)
        if self.there[t, number] and not alarm.goes_on(t, float(self.own[t, number]), noise):
            del self.open[number]
            self.from_step[number] = t + 1

    def _raise(
        self, t: int, number: int, start: int, mean: float, error: float, weight: float
    ) -> None:
        # What begins the window may be steps without a value, which cannot have changed.
        since = start + int(self.there[start : t + 1, number].argmax())
        level = float(self.normal[start, 0, number])
        alarm = Alarm(number, t, since, mean, level, error, start, weight)
        self.open[number] = alarm
        self.alarms.append(alarm)
        met = [Normal(*self.normal[step, :, number : number + 1]) for step in range(start, t)]
        self.learning.forget(number, start, t, met)
        self.season.forget(number, start, t)

    def _learn(self, t: int) -> None:
        frozen = np.zeros(len(self.sides), bool)
        frozen[list(self.open)] = True
        before = Normal(*self.normal[t])
        normal, unsure = self.there[t] & ~frozen, self.of_year_error[t]
        self.learning.add(t, normal, frozen, self.own[t], before, unsure)
        self.normal[t + 1] = _stacked(self.learning.normal())
        self.known[t + 1] = self.learning.known
        for number, alarm in self.open.items():
            self.normal[t + 1, :, number] = self.normal[alarm.before, :, number]
        self._keep(t)

    def _keep(self, t: int) -> None:
        off = self.values[t] - self.pattern[t] - self.normal[t, 0]
        known = self.there[t] & np.isfinite(self.normal[t, 1])
        normal = np.ones(len(known), bool)
        normal[list(self.open)] = False
        self.season.keep(t, np.where(known, off, np.nan), normal)


def _stacked(normal: Normal) -> Floats:
    return np.stack([normal.level, normal.error, normal.white, normal.slow])
