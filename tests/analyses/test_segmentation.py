from itertools import combinations, pairwise

import numpy as np
import pytest

from investigate.analyses.segmentation import (
    Floats,
    best_stretch,
    gains,
    levels,
    partition,
    without_stretch,
)


def drawn(seed: int, n: int, k: int = 1) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return rng.normal(0.7, 0.1, (n, k)), rng.uniform(0.1, 9, n)


def rss(y: Floats, w: Floats, *parts: np.ndarray) -> float:
    return sum(float(w[p] @ (y[p] - np.average(y[p], weights=w[p])) ** 2) for p in parts)


def gain_of(y: Floats, w: Floats, start: int, stop: int) -> float:
    inside = np.zeros(len(y), dtype=bool)
    inside[start:stop] = True
    everything = np.ones(len(y), dtype=bool)
    return rss(y, w, everything) - rss(y, w, inside, ~inside)


@pytest.mark.parametrize("stop", [2, 7, 12])
def test_gains_are_what_the_weighted_rss_loses(stop: int) -> None:
    y, w = drawn(1, 12, 3)
    expected = [[gain_of(y[:, j], w, i, stop) for j in range(3)] for i in range(1, stop)]
    assert gains(y, w, stop) == pytest.approx(np.array(expected))


def test_without_a_stop_gains_are_of_splits() -> None:
    y, w = drawn(2, 9)
    everything = np.arange(9)
    whole = rss(y[:, 0], w, everything)
    split = [whole - rss(y[:, 0], w, everything[:i], everything[i:]) for i in range(1, 9)]
    assert gains(y, w)[:, 0] == pytest.approx(split)


def test_the_best_stretch_is_the_best_of_all_tried_one_by_one() -> None:
    y, w = drawn(3, 15, 40)
    stops = [9, 11, 15]
    gain, start, stop = best_stretch(y, w, stops)
    chosen = set()
    for j in range(y.shape[1]):
        tried = {(a, b): gain_of(y[:, j], w, a, b) for b in stops for a in range(1, b)}
        best = max(tried, key=lambda pair: tried[pair])
        assert (int(start[j]), int(stop[j])) == best
        assert gain[j] == pytest.approx(tried[best])
        chosen.add(best[1])
    assert chosen == set(stops)  # else the loop over stops was not tried


def test_residuals_without_a_stretch_are_from_its_mean_and_the_mean_outside() -> None:
    y, w = drawn(4, 10, 2)
    start, stop = np.array([3, 5]), np.array([7, 10])
    rest = without_stretch(y, w, start, stop)
    for j, (a, b) in enumerate(zip(start, stop, strict=True)):
        outside = np.r_[0:a, b:10]
        inside_mean = np.average(y[a:b, j], weights=w[a:b])
        outside_mean = np.average(y[outside, j], weights=w[outside])
        assert rest[a:b, j] == pytest.approx(y[a:b, j] - inside_mean)
        assert rest[outside, j] == pytest.approx(y[outside, j] - outside_mean)


def test_levels_are_the_weighted_means_of_their_segments() -> None:
    y, w = drawn(5, 10)
    fit = levels(y[:, 0], w, [0, 3, 4, 10])
    for a, b in ((0, 3), (3, 4), (4, 10)):
        assert fit[a:b] == pytest.approx(np.average(y[a:b, 0], weights=w[a:b]))


@pytest.mark.parametrize("price", [0.0005, 0.01, 0.05, 10.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_partition_is_the_cheapest_of_all_partitions(seed: int, price: float) -> None:
    y, w = drawn(seed, 9)
    series = y[:, 0]

    def cost(inner: tuple[int, ...]) -> float:
        edges = [0, *inner, 9]
        parts = [np.arange(a, b) for a, b in pairwise(edges)]
        return rss(series, w, *parts) + price * len(inner)

    every = [inner for k in range(9) for inner in combinations(range(1, 9), k)]
    assert len(every) == 2**8
    best = min(every, key=cost)
    assert partition(series, w, price) == [0, *best, 9]
