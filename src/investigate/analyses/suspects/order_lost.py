"""Whether outcomes of a group surely follow its scores less than before, unlike those beside it.

Scores are taken as the log odds of the baseline's outcome rate there, and outcomes of a group as a
logistic function of these: its slope is the calibration slope (Cox 1958). Rao's score test asks
whether the incident has the slope that the group had in the baseline, whatever its outcome rate is
now: both have the one slope that fits them best, each at its own level. The baseline's alone would
be taken for the truth where it was steep by chance, which makes any later slope news. A test of a
loss takes the variance that outcomes have *without* one. The jackknife of AUC points has that with
one, which is far larger where outcomes are rare: eight ones among low scores, where one was
expected, are news, though nobody knows how many points they cost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from investigate.analyses.signal import meaning
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.memory import remembered
from investigate.counts.table import FOLDS, Counts

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST = 5.0
"""Ones, and zeros, that the baseline of a group must have, to say how it ranked."""


@dataclass(frozen=True)
class _Slope:
    """What the incident of one group says of its slope, if that is as in the baseline.

    rows, chance, lever: by block (k,); ``found`` is the sum of outcomes beyond chance times
    levers, against the baseline's slope; ``known`` is its variance (the information on the slope),
    and ``before`` the variance of the slope of the baseline.
    """

    rows: Array
    chance: Array
    lever: Array
    found: float
    known: float
    before: float


def order_lost(
    counts: Counts, by: str, key: tuple[str, str], confidence: float, surely: bool = True
) -> bool:
    """Whether a group's slope surely fell, and further than that of the other groups of ``by``.

    Of what ``confidence`` leaves, half is for groups that rank better. ``surely``: that it is
    further is no chance either; a group that is known to have lost more needs no such proof.
    """
    slopes, spread = _slopes(counts, by)
    own = slopes.get(key)
    others = [slope for other, slope in slopes.items() if other != key]
    known = sum(slope.known for slope in others)
    if own is None or not known or own.found >= 0:
        return False
    least = (1 - confidence) / 2
    beside = sum(slope.found for slope in others) / known
    if _chance([(own, 1 / own.known)], own.found / own.known, spread) > least:
        return False
    if not surely:
        return own.found / own.known < beside
    parts = [(own, 1 / own.known), *((slope, -1 / known) for slope in others)]
    return _chance(parts, own.found / own.known - beside, spread) <= least


def _chance(parts: list[tuple[_Slope, float]], found: float, spread: float) -> float:
    """How likely a sum of slopes, each with its weight, is ``found`` or less by chance.

    By the saddlepoint of Lugannani and Rice: with rare outcomes the sum is far from normal.
    ``spread`` is how many times as much outcomes vary as independent ones do.
    """
    wide = float(np.sqrt(spread))
    rows = np.concatenate([one.rows for one, _ in parts])
    chance = np.concatenate([one.chance for one, _ in parts])
    step = np.concatenate([one.lever * weight * wide for one, weight in parts])
    before = sum((weight * one.known) ** 2 * one.before for one, weight in parts) * spread
    variance = float((rows * chance * (1 - chance) * step**2).sum()) + before
    if found >= 0 or variance <= 0:
        return 1.0

    def tilted(at: float) -> Array:
        return np.asarray(special.expit(special.logit(chance) + at * step))

    def mean(at: float) -> float:
        return float((rows * (tilted(at) - chance) * step).sum()) + at * before

    low = found / variance
    while mean(low) > found:
        low *= 2
        if low * float(np.abs(step).max()) < -500:
            return 0.0
    at = float(optimize.brentq(lambda t: mean(t) - found, low, 0.0))
    # The cumulant generating function, log(1 - p + p exp(t a)) a row, less its mean.
    growth = np.logaddexp(np.log1p(-chance), np.log(chance) + at * step) - at * chance * step
    made = float((rows * growth).sum()) + at**2 * before / 2
    now = tilted(at)
    second = float((rows * now * (1 - now) * step**2).sum()) + before
    root = -float(np.sqrt(max(2 * (at * found - made), 0.0)))
    scaled = at * float(np.sqrt(second))
    if abs(root) < 1e-3 or abs(scaled) < 1e-3:
        return 0.5
    density = float(np.exp(-(root**2) / 2) / np.sqrt(2 * np.pi))
    tail = special.ndtr(root) + density * (1 / root - 1 / scaled)
    return float(np.clip(tail, 0.0, 1.0))


@remembered
def _slopes(counts: Counts, by: str) -> tuple[dict[tuple[str, str], _Slope], float]:
    """Of every group of ``by`` with a baseline, and how much more outcomes vary than by chance."""
    block, odds = _blocks(counts)
    own = grouping(counts, by)
    k, found = len(odds), {}
    shape = len(own.keys), 2, k
    flat = np.ravel_multi_index((own.group, own.window, block[own.bin]), shape)
    zeros, ones = (
        np.bincount(flat, side, int(np.prod(shape))).astype(float).reshape(shape)
        for side in own.sides()
    )
    for key, ((zero, zero_now), (one, one_now)) in zip(
        own.keys, zip(zeros, ones, strict=True), strict=True
    ):
        if min(zero.sum(), one.sum()) < FEWEST or min(zero_now.sum(), one_now.sum()) <= 0:
            continue
        found[key] = _asked((zero + one, one), (zero_now + one_now, one_now), odds)
    return {key: slope for key, slope in found.items() if slope.known > 0}, _spread(counts)


def _asked(before: tuple[Array, Array], now: tuple[Array, Array], odds: Array) -> _Slope:
    """What the incident says against one slope of both windows; rows and ones (k,) of each."""

    def both(slope: float) -> float:
        return sum(_score(*window, odds, slope)[0] for window in (before, now))

    slope = _root(both)
    beyond, chance, lever, known = _score(*now, odds, slope)
    earlier = _score(*before, odds, slope)[3]
    if not min(known, earlier) > 0:
        return _Slope(now[0], chance, lever, 0.0, 0.0, float("inf"))
    seen = now[0] > 0
    # One step from the common slope: how far the incident's lies from the baseline's own.
    found = beyond * (1 + known / earlier)
    return _Slope(now[0][seen], chance[seen], lever[seen], found, known, 1 / earlier)


def _score(
    rows: Array, ones: Array, odds: Array, slope: float
) -> tuple[float, Array, Array, float]:
    """Outcomes beyond chance times levers; chances and levers (k,); the information on a slope."""
    chance = _level(rows, float(ones.sum()), odds, slope)
    weight = rows * chance * (1 - chance)
    lever = odds - float(weight @ odds) / max(float(weight.sum()), 1e-300)
    return float((ones - rows * chance) @ lever), chance, lever, float(weight @ lever**2)


def _level(rows: Array, ones: float, odds: Array, slope: float) -> Array:
    """Chances (k,) with this slope that make for so many ones."""
    reach = abs(slope) * float(np.abs(odds).max()) + 50

    def beyond(level: float) -> float:
        return float(rows @ special.expit(level + slope * odds)) - ones

    level = float(optimize.brentq(beyond, -reach, reach))
    return np.asarray(special.expit(level + slope * odds)).clip(1e-12, 1 - 1e-12)


def _fitted(rows: Array, ones: Array, odds: Array) -> tuple[float, float]:
    """The slope of maximum likelihood and its variance."""
    slope = _root(lambda at: _score(rows, ones, odds, at)[0])
    known = _score(rows, ones, odds, slope)[3]
    return slope, 1 / known if known > 0 else float("inf")


def _root(score: Callable[[float], float]) -> float:
    """Where a falling function of the slope is 0: all ones above all zeros, or below, at an end."""
    ends = (-5.0, 5.0)
    if score(ends[0]) <= 0 or score(ends[1]) >= 0:
        return ends[0] if score(ends[0]) <= 0 else ends[1]
    return float(optimize.brentq(score, *ends, xtol=1e-6))


@remembered
def _blocks(counts: Counts) -> tuple[Ints, Array]:
    """The block of every bin (bins,), and the log odds of each (k,): what scores meant before.

    A block has one isotonic rate. Half a row more of either outcome, so that all odds are known.
    """
    _, block = np.unique(meaning(counts), return_inverse=True)
    own = grouping(counts, "all")
    before = own.window == 0
    zeros, ones = (
        np.bincount(block[own.bin[before]], side[before], int(block.max()) + 1) + 0.5
        for side in own.sides()
    )
    return block.astype(np.int64), np.log(ones / zeros)


@remembered
def _spread(counts: Counts) -> float:
    """How many times as much as independent rows outcomes vary from fold to fold; at least 1.

    Rows of a cluster share a fold. In the baseline, where no loss is asked for.
    """
    block, odds = _blocks(counts)
    own = grouping(counts, "all")
    here = np.flatnonzero(own.window == 0)
    zeros, ones = (
        _by_fold(own, outcome, side, here, block, len(odds))
        for outcome, side in enumerate(own.sides())
    )
    rows = zeros + ones
    slope, error = _fitted(rows.sum(axis=0), ones.sum(axis=0), odds)
    if not np.isfinite(error):
        return 1.0
    chance = _level(rows.sum(axis=0), float(ones.sum()), odds, slope)
    weight = rows.sum(axis=0) * chance * (1 - chance)
    lever = odds - float(weight @ odds) / float(weight.sum())
    used = int((rows.sum(axis=1) > 0).sum())
    if used < 2:
        return 1.0
    squares = float((((ones - rows * chance) @ lever) ** 2).sum()) * used / (used - 1)
    return max(squares * error, 1.0)


def _by_fold(
    own: Grouping, outcome: int, side: NDArray[Any], here: Ints, block: Ints, k: int
) -> Array:
    """Rows of one outcome by fold and block: (FOLDS, k)."""
    at, rows = block[own.bin[here]], side[here].astype(float)
    if own.shares is None:
        flat = own.fold[here] * k + at
        return np.asarray(np.bincount(flat, rows, FOLDS * k).reshape(FOLDS, k), dtype=float)
    found = np.zeros((k, FOLDS))
    np.add.at(found, at, rows[:, None] * own.shares.of_entries(outcome, here))
    return found.T
