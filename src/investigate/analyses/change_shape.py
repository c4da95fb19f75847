"""The shape of a change: a step, a slide, or a fall that recovers.

A step is the plainest. Another shape is named only where it raises the likelihood of autocorrelated
noise by more than its further parameters cost (BIC, with three for a further level as in the
modified BIC of Zhang & Siegmund 2007) and by `STRONG` beyond that (Kass & Raftery 1995: strong
evidence). A step that fits as well is called a step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.ar_noise import ArNoise

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

STRONG = 6.0
"""By how much the information criterion must fall."""
FEWEST = 3
"""Buckets with a value in a slide, and after a recovery."""
FINEST = 150
"""Beginnings and ends of a slide that are tried, evenly spread over longer series."""
RECOVERED = 0.5
"""A fall has recovered when at least this part of it is undone."""
CHI_SQUARED = 3.84
"""The 95% point for one parameter: which beginnings of a slide are not rejected."""


@dataclass(frozen=True)
class Shape:
    """``kind``: ``step``, ``slide`` or ``temporary``.

    Indices count buckets. A slide leaves the old level at ``start`` (between ``low`` and ``high``)
    and has reached the new one at ``stop``. A temporary fall begins at ``start`` and ``stop`` is
    the last bucket at its level. A step has ``start`` alone.
    """

    kind: str
    start: int
    stop: int | None = None
    low: int | None = None
    high: int | None = None


def shape_of(
    y: Floats,
    w: Floats,
    position: Ints,
    noise: ArNoise,
    fit: Floats,
    stretch: tuple[int, int, int],
) -> Shape:
    """The shape of the change at `stretch` (begin, split, incident) of `y` (n,), weights `w`.

    `fit` (n,) is the fit of steps, kept before ``begin``; from there to the end of the series one
    step, a slide and a fall with recovery compete. A fall counts if it reaches into the incident,
    whose first bucket is given.
    """
    begin, split, incident = stretch
    tail, weights, n = y[begin:], w[begin:], len(y)

    def misfit(fitted: Floats) -> float:
        return noise.misfit(y - np.concatenate([fit[:begin], fitted]))

    step = misfit(_levels(tail, weights, [_split(tail, weights)]))
    # The step as dated may serve better than the one that the whole rest would choose.
    step = min(step, misfit(_levels(tail, weights, [split - begin])))
    best, least = Shape("step", int(position[split])), step - STRONG
    log_n = float(np.log(n))
    if (found := _temporary(tail, weights, incident - begin)) is not None:
        cost = misfit(_levels(tail, weights, list(found))) + 3 * log_n
        if cost < least:
            first, stop = (int(i) + begin for i in found)
            best, least = Shape("temporary", int(position[first]), int(position[stop - 1])), cost
    if (slide := _slide(tail, weights, position[begin:])) is not None:
        first, last, fitted, rest = slide
        cost = misfit(fitted) + log_n
        if cost < least:
            residuals = (tail - fitted)[:, None]
            padded = np.concatenate([(y - fit)[:begin, None], residuals])
            unit = float(noise.long_run_variance(padded, 4)[0])
            kept = np.flatnonzero(rest <= rest.min() + CHI_SQUARED * unit) + begin
            best = Shape(
                "slide",
                int(position[first + begin]),
                int(position[last + begin]),
                int(position[kept[0]]),
                int(position[kept[-1]]),
            )
    return best


def _split(y: Floats, w: Floats) -> int:
    weight, total = w.cumsum()[:-1], (w * y).cumsum()[:-1]
    apart = total - (w @ y) * weight / w.sum()
    return int((apart**2 / (weight * (1 - weight / w.sum()))).argmax()) + 1


def _levels(y: Floats, w: Floats, inner: list[int]) -> Floats:
    edges = [0, *(int(i) for i in inner), len(y)]
    means = np.add.reduceat(w * y, edges[:-1]) / np.add.reduceat(w, edges[:-1])
    return np.asarray(np.repeat(means, np.diff(edges)))


def _temporary(y: Floats, w: Floats, incident: int) -> tuple[int, int] | None:
    """Start and stop with the least sum of squares for three levels, the last near the first."""
    n = len(y)
    weight, total = (np.concatenate([[0.0], a.cumsum()]) for a in (w, w * y))
    first, stop = np.triu_indices(n, k=1)
    inside = (first >= 1) & (stop > incident) & (stop <= n - FEWEST)
    first, stop = first[inside], stop[inside]
    if not len(first):
        return None
    sides = [(0 * first, first), (first, stop), (stop, 0 * stop + n)]
    sums = [(total[b] - total[a], weight[b] - weight[a]) for a, b in sides]
    before, during, after = (s / v for s, v in sums)
    explained = sum(s**2 / v for s, v in sums)
    undone = (after - during) * np.sign(before - during) >= RECOVERED * np.abs(before - during)
    if not undone.any():
        return None
    at = int(np.where(undone, explained, -np.inf).argmax())
    return int(first[at]), int(stop[at])


def _slide(y: Floats, w: Floats, position: Ints) -> tuple[int, int, Floats, Floats] | None:
    """First and last bucket of the best slide, its fit, and the least squares by first bucket.

    Level up to `first`, straight to `last`, level from there; in time, not in buckets with values.
    """
    n = len(y)
    least = np.full(n, np.inf)
    best: tuple[float, int, int, Floats] | None = None
    stride = -(-n // FINEST)
    for first in range(0, n - FEWEST, stride):
        lasts = np.arange(first + FEWEST, n, stride)
        length = (position[lasts] - position[first])[:, None]
        part = ((position[None, :] - position[first]) / length).clip(0, 1)
        mean = (part * w).sum(axis=1) / w.sum()
        centred = part - mean[:, None]
        along = (centred * (w * y)).sum(axis=1)
        spread = (centred**2 * w).sum(axis=1)
        gain = along**2 / spread
        at = int(gain.argmax())
        rss = float(w @ (y - (w @ y) / w.sum()) ** 2 - gain[at])
        least[first] = rss
        if best is None or rss < best[0]:
            fitted = (w @ y) / w.sum() + along[at] / spread[at] * centred[at]
            best = (rss, first, int(lasts[at]), fitted)
    return None if best is None else (best[1], best[2], best[3], least)
