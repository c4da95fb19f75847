"""At which bucket did the level of an AUC series begin that the incident window shows.

Model: value = level of its segment + sqrt(SE² + excess variance) × AR(1) noise; the excess is what
daily AUC varies by beyond its standard error. The best step is dated first; whether it was a slide
or a fall that recovered is asked afterwards (`change_shape`).

1. A periodic (weekly) pattern is taken out on request; weights are 1 / (SE² + excess variance).
2. The statistic against no change: the most that a level of its own for one stretch of buckets
   takes off the weighted sum of squares, over the long-run variance of the residuals (sup-F,
   Andrews 1993). Every start is tried, and as stops the end of the series and the quarters of the
   incident window, as a fault may recover inside it. Its null distribution is simulated, at the
   autocorrelations that may be behind the residuals.
3. Optimal partitioning proposes more levels; they are believed if they raise the likelihood of
   AR(1) noise by more than the modified BIC asks, and the statistic is then that of the change
   reported, over the noise around all levels.
   Levels are told apart at half-way between the mean before the incident and the level that makes
   most of the incident's difference; the change reported is the last crossing of half-way before
   that level. So a fault that began before the window or inside it, one that recovered inside it,
   and an earlier dip each keep their own dates.
4. The interval inverts the likelihood ratio (Eo & Morley 2015; the problem: Bai 1997) with a
   critical value simulated at the fitted step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from investigate.analyses.ar_noise import ArNoise
from investigate.analyses.change_shape import Shape, shape_of
from investigate.analyses.segmentation import best_stretch, gains, levels, partition

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MIN_BUCKETS = 8
_REPLICATES = 999
_PRICES, _MOST_CHANGES = 12, 12
SURELY = 0.99
"""Confidence of `Change.earliest` and `latest`, within which other evidence may date it closer."""


@dataclass(frozen=True)
class LevelChange:
    """Where a new level begins. Indices count buckets, those without a value included.

    `index` is the first bucket with a value at the new level, `low..high` its interval, inclusive;
    buckets without a value just before a candidate belong to the interval. `p_value` is against no
    change and never 0. `before` and `after` are the weighted mean levels on the two sides, in the
    unit of the values, without the periodic pattern. `begin` and `end` bound the two levels, so
    that `index..end - 1` is at the new one. `earliest..latest` is the interval at 99%.
    """

    index: int
    low: int
    high: int
    p_value: float
    before: float
    after: float
    begin: int
    end: int
    earliest: int
    latest: int
    shape: Shape


def change_point(
    values: ArrayLike,
    errors: ArrayLike,
    *,
    incident: int,
    period: int | None = None,
    confidence: float = 0.95,
) -> LevelChange | None:
    """Date the change that brought the level of the incident, with its p-value and interval.

    `values`, `errors`: shape (n,), one per bucket of equal length in time order: AUC and its
    standard error. A bucket counts when both are finite and the error is above 0. `incident`: index
    of the first bucket of the incident window. `period`: buckets per season (7 for days), whose
    pattern is taken out if three full periods precede the incident.

    The best candidate is returned, significant or not: the caller judges `p_value`. None if fewer
    than 8 buckets count, none on one side of `incident`, or all values are equal. ValueError if the
    shapes differ or `period` is below 2. Made for up to about 2,000 buckets: time and memory grow
    with n × 1,600 simulated series, and time with n² besides.
    """
    raw, se = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    if raw.ndim != 1 or raw.shape != se.shape:
        raise ValueError(f"values and errors must be of one length, got {raw.shape}, {se.shape}")
    if period is not None and period < 2:
        raise ValueError(f"period must be at least 2 buckets, got {period}")
    position = np.flatnonzero(np.isfinite(raw) & np.isfinite(se) & (se > 0))
    first = int(np.searchsorted(position, incident))
    y, s = raw[position], se[position]
    if len(y) < MIN_BUCKETS or first in (0, len(y)) or np.ptp(y) == 0:
        return None
    # In typical errors around a typical value: nothing below depends on the scale.
    unit, centre = float(np.median(s)), float(np.median(y))
    # Errors further apart than that are accidents, and weights would drown in rounding.
    y, s = (y - centre) / unit, (s / unit).clip(0.01, 100)
    if period is not None:
        y = y - _seasonal(y, s, position, incident, period)
    w = 1 / (s**2 + _excess_variance(y, s))
    stops = sorted({first + round((len(y) - first) * k / 4) for k in (1, 2, 3, 4)} - {first})
    noise = ArNoise(w, position, stops)
    edges, several = _edges(y, w, first, noise, stops)
    begin, end = _around(y, w, first, edges)
    gain = gains(y[begin:end, None], w[begin:end])[:, 0]
    split = begin + 1 + int(gain.argmax())
    if several:
        residuals = (y - levels(y, w, edges))[:, None]
        statistic = gain.max() / noise.long_run_variance(residuals, 2 * len(edges) - 3)[0]
    else:
        (statistic,), residuals = noise.statistics(y[:, None])
    null, _ = noise.statistics(noise.simulate(noise.plausible(residuals, _REPLICATES)))
    fit = levels(y, w, [*(e for e in edges if e <= begin), split, *(e for e in edges if e >= end)])
    kept, surely = (
        begin + 1 + splits
        for splits in _not_rejected(
            y, w, fit, noise, (begin, split, end), (confidence, max(confidence, SURELY))
        )
    )
    return LevelChange(
        index=int(position[split]),
        low=int(position[kept[0] - 1]) + 1,
        high=int(position[kept[-1]]),
        p_value=float(1 + (null >= statistic).sum()) / (1 + len(null)),
        before=centre + unit * float(fit[split - 1]),
        after=centre + unit * float(fit[split]),
        begin=int(position[begin]),
        end=int(position[end - 1]) + 1,
        earliest=int(position[surely[0] - 1]) + 1,
        latest=int(position[surely[-1]]),
        shape=shape_of(y, w, position, noise, fit, (begin, split, first)),
    )


def _not_rejected(
    y: Floats,
    w: Floats,
    fit: Floats,
    noise: ArNoise,
    stretch: tuple[int, int, int],
    confidences: tuple[float, ...],
) -> list[Ints]:
    """Splits of begin:end, counted from begin + 1, that explain almost as much as the best one.

    For each of `confidences`.
    """
    begin, split, end = stretch
    residuals = (y - fit)[:, None]
    # Signed, so that a rise is treated as the mirror image of a fall.
    spread = np.sqrt(w @ (y - fit) ** 2 / (len(y) - 3)) * np.sign(fit[split] - fit[split - 1])
    wobble = noise.simulate(noise.plausible(residuals, _REPLICATES))
    made = (fit[:, None] + spread * wobble)[begin:end]
    again = gains(made, w[begin:end])
    lost = np.quantile(again.max(axis=0) - again[split - begin - 1], confidences)
    gain = gains(y[begin:end, None], w[begin:end])[:, 0]
    return [np.flatnonzero(gain >= gain.max() - one) for one in lost]


def _edges(
    y: Floats, w: Floats, first: int, noise: ArNoise, stops: list[int]
) -> tuple[list[int], bool]:
    """Edges of the levels, and whether one stretch that stops at one of `stops` is less than these.

    More levels, and another stop, are believed only where that raises the likelihood of
    autocorrelated noise by more than the modified BIC asks (Zhang & Siegmund 2007; with AR(1)
    noise: Chakar et al. 2017), with the factor for few buckets of Hurvich & Tsai 1989.
    """
    n = len(y)

    def longest(ends: Sequence[int]) -> list[int]:
        _, start, stop = best_stretch(y[:, None], w, ends)
        return sorted({0, int(start[0]), int(stop[0]), n})

    stretch = longest(range(first + 1, n + 1))

    def ask(changes: int) -> float:
        return changes * 3 * np.log(n) * n / max(1, n - 2 * changes - 3)

    residuals = y - levels(y, w, stretch)
    least, best = noise.misfit(residuals) + ask(1), stretch
    price = 2 * np.log(n) * float(w @ residuals**2) / n
    for _ in range(_PRICES):
        edges = partition(y, w, price)
        if len(edges) - 2 > min(max(3, n // 20), _MOST_CHANGES):
            break
        misfit = noise.misfit(y - levels(y, w, edges)) + ask(len(edges) - 2)
        if len(edges) > 3 and misfit < least:
            least, best = misfit, edges
        price /= 2
    if best is not stretch:
        return best, True
    coarse = noise.misfit(y - levels(y, w, longest(stops)))
    return best, least - ask(1) + ask(2) < coarse + ask(1)


def _around(y: Floats, w: Floats, first: int, edges: list[int]) -> tuple[int, int]:
    """The stretch of levels on the baseline's side, then on the incident's side, of half-way."""
    starts, ends = edges[:-1], edges[1:]
    level = levels(y, w, edges)[starts]
    baseline = np.average(y[:first], weights=w[:first])
    inside = [w[max(a, first) : max(b, first)].sum() for a, b in zip(starts, ends, strict=True)]
    share = np.array(inside) * (level - baseline)
    sign = 1.0 if share.sum() >= 0 else -1.0
    chosen = int((sign * share).argmax())
    beyond = sign * (level - (baseline + level[chosen]) / 2) > 0
    left = right = chosen
    while left > 0 and beyond[left - 1]:
        left -= 1
    while right < len(level) - 1 and beyond[right + 1]:
        right += 1
    if left == 0:
        return 0, len(y)
    begin = left - 1
    while begin > 0 and not beyond[begin - 1]:
        begin -= 1
    return starts[begin], ends[right]


def _excess_variance(y: Floats, s: Floats) -> float:
    """Variance beyond s² around the best two levels (Paule & Mandel 1982), at least 0."""
    # The starting weights trust no tiny error: a bucket of five rows can have one by luck.
    w = 1 / (s**2 + 1)
    _, start, stop = best_stretch(y[:, None], w, [len(y)])
    squares = (y - levels(y, w, [0, int(start[0]), int(stop[0])])) ** 2
    freedom = len(y) - 3
    if (squares / s**2).sum() <= freedom:
        return 0.0
    low, high = 0.0, float(squares.sum())
    for _ in range(60):
        middle = (low + high) / 2
        above = (squares / (s**2 + middle)).sum() > freedom
        low, high = (middle, high) if above else (low, middle)
    return high


def _seasonal(y: Floats, s: Floats, position: Ints, incident: int, period: int) -> Floats:
    """Effect of each bucket's phase (n,), from whole periods before the incident, shrunk to 0.

    From deviations from each period's own mean, so that neither a step nor a drift looks seasonal.
    All 0 without three whole periods, or with fewer than two periods' worth of values in them.
    """
    block = (incident - 1 - position) // period
    early = (block >= 0) & (block < incident // period)
    if incident < 3 * period or early.sum() < 2 * period:
        return np.zeros(len(y))
    block, phase = block[early], position[early] % period
    w = 1 / (s**2 + _excess_variance(y, s))[early]
    own = np.bincount(block, w * y[early]) / np.bincount(block, w).clip(w.min())
    apart = y[early] - own[block]
    weight = np.bincount(phase, w, minlength=period).clip(w.min())
    effect = np.bincount(phase, w * apart, minlength=period) / weight
    freedom = max(1, len(w) - len(np.unique(block)) - period + 1)
    variance = (w @ (apart - effect[phase]) ** 2 / freedom / weight).clip(np.finfo(float).tiny)
    signal = max(0.0, float(np.mean(effect**2 - variance)))
    return np.asarray((effect * signal / (signal + variance))[position % period])
