"""Weighted fits of levels to series: one stretch against the rest, and optimal partitioning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def gains(y: Floats, w: Floats, stop: int | None = None) -> Floats:
    """What a level of its own for start:stop takes off the weighted RSS, by start.

    `y`: (n, k), a series a column; `w`: (n,). Row i is for start = i + 1, up to `stop` - 1. Without
    `stop` (n) it is the gain of a split before `start`.
    """
    return _gains(_cumulative(w), _cumulative(w[:, None] * y), len(y) if stop is None else stop)


def best_stretch(y: Floats, w: Floats, stops: Sequence[int]) -> tuple[Floats, Ints, Ints]:
    """Gain, start and stop (k,) of the stretch with most gain, over every start and `stops`."""
    weights, sums, columns = _cumulative(w), _cumulative(w[:, None] * y), np.arange(y.shape[1])
    best = np.full(y.shape[1], -np.inf)
    start, end = np.zeros(y.shape[1], dtype=np.intp), np.zeros(y.shape[1], dtype=np.intp)
    for stop in stops:
        gain = _gains(weights, sums, stop)
        at = gain.argmax(axis=0)
        better = gain[at, columns] > best
        best = np.where(better, gain[at, columns], best)
        start, end = np.where(better, at + 1, start), np.where(better, stop, end)
    return best, start, end


def without_stretch(y: Floats, w: Floats, start: Ints, stop: Ints) -> Floats:
    """Residuals (n, k) from one level in start:stop (k,) and one outside."""
    weights, sums, columns = _cumulative(w), _cumulative(w[:, None] * y), np.arange(y.shape[1])
    weight, total = weights[stop] - weights[start], sums[stop, columns] - sums[start, columns]
    outside = (sums[-1] - total) / (weights[-1] - weight)
    t = np.arange(len(y))[:, None]
    return np.asarray(y - np.where((t >= start) & (t < stop), total / weight, outside))


def levels(y: Floats, w: Floats, edges: Sequence[int]) -> Floats:
    """The weighted mean of its segment for every bucket of one series: all (n,)."""
    means = np.add.reduceat(w * y, edges[:-1]) / np.add.reduceat(w, edges[:-1])
    return np.asarray(np.repeat(means, np.diff(edges)))


def partition(y: Floats, w: Floats, price: float) -> list[int]:
    """Edges, 0 and n included, with the least weighted RSS + price × changes for one series (n,).

    Exact dynamic programme, O(n²): optimal partitioning (Jackson et al. 2005). PELT prunes it and
    finds the same.
    """
    weights, sums = _cumulative(w), _cumulative(w * y)
    best, previous = np.zeros(len(y) + 1), np.zeros(len(y) + 1, dtype=np.intp)
    for t in range(1, len(y) + 1):
        cost = best[:t] + price - (sums[t] - sums[:t]) ** 2 / (weights[t] - weights[:t])
        previous[t] = cost.argmin()
        best[t] = cost[previous[t]]
    edges = [len(y)]
    while edges[-1] > 0:
        edges.append(int(previous[edges[-1]]))
    return edges[::-1]


def _gains(weights: Floats, sums: Floats, stop: int) -> Floats:
    weight = (weights[stop] - weights[1:stop])[:, None]
    share = weight / weights[-1]
    apart = sums[stop] - sums[1:stop] - sums[-1] * share
    return np.asarray(apart**2 / (weight * (1 - share)))


def _cumulative(a: Floats) -> Floats:
    return np.concatenate([np.zeros((1, *a.shape[1:])), a.cumsum(axis=0)])
