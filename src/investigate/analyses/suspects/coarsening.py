"""Scores that were cut to a few values, or cut off at a bound: where, and what that alone costs.

Whether scores are coarser shows in how many bins they occupy, against how many as many rows
would if they lay within each stretch of the scale as the baseline's do. A distribution that
moved or narrowed occupies what is expected; scores cut to a few values leave gaps. Scores were
cut off where as many rows have the incident's lowest or highest score as the baseline has beyond
it, while the scores inside are as common as they were. Where no group is cut off so, part of those
beyond may have stayed there, as where the window began some days before the fault.

What it costs is exact: the baseline's scores are put on the incident's values rank by rank,
and their AUC falls by what the lost resolution took (Murphy 1973 calls it resolution).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.whole import whole
from investigate.counts.auc import Array, auc
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.jackknife import estimate
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

HALF = 0.5
"""Scores are coarser when they occupy no more than this part of the bins expected."""
FEWER = 5
"""And when they occupy so many bins fewer."""
FEW_KNOWN = 0.75
"""Newcomers may start at a few scores: a group is not judged when rows of seasoned clusters have
less than this part of the share that they had."""
ENOUGH = 50
"""Rows that a group has in either window before it is judged."""
CELLS, BINS_A_CELL = 50, 20
"""Stretches of the scale, at most, and least bins in each of them."""
EDGE = 0.005
"""Share of the incident's rows at either end that do not widen its range."""
NEARLY_ALL = 0.9
"""A group has one value when it holds so much of its rows."""
FOLDS_A_LEVEL = 0.1
"""A value is shared when rows of so many of the folds have it; one cluster's own is in one."""
MOST_LEVELS = 20
"""More values than that cost next to nothing."""
LEVEL = 0.001
"""A bin with a smaller share of the incident's rows is not listed as one of its values."""


CUT_OFF, STANDS_OUT = 0.05, 5.0
"""Least share of the rows at a bound, and how many times more than in the baseline."""
ALIKE, NEAR = 1.5, 0.1
"""Shares are alike within this factor; so much of the baseline's rows lies next to a bound."""


@dataclass(frozen=True)
class Coarse:
    """Scores of one group that were cut to a few values, or cut ``off`` at one or two bounds.

    ``levels`` are the bins that its incident's rows lie on, or the bounds, ``usual`` how many
    bins as many rows of its baseline would, ``points`` the AUC points that this alone takes
    from the baseline, and ``rows`` the share of the incident that lies on the levels. ``beyond``:
    the shares of the group's rows beyond the bounds in the baseline and in the incident.
    """

    by: str
    system: str
    cohort: str
    levels: NDArray[np.int64]
    usual: float
    points: Estimate
    rows: float
    off: bool = False
    beyond: tuple[float, float] = (0.0, 0.0)

    @property
    def of(self) -> tuple[str | None, dict[str, str] | None]:
        """Its system and cohort, as suspects name them."""
        cohort = {self.by.split("*")[-1]: self.cohort} if self.cohort else None
        return self.system or None, cohort


@remembered
def coarsened(counts: Counts, question: Question) -> Coarse | None:
    """The group whose scores were cut: the whole log, if it is all, else where it costs most.

    `None` too where each group has one value of its own: nothing but a default is left there.
    """
    if one_value_a_group(counts):
        return None
    columns = [by for by in counts.groupings() if by != "all"]
    levels = [["all"], [by for by in columns if "*" not in by], [by for by in columns if "*" in by]]
    in_part: list[list[Coarse]] = []
    for groupings in levels:
        found = [one for by in groupings for one in _of(counts, question, by)]
        if wholly := [one for one in found if not _spared(one)]:
            return max(wholly, key=_costs)
        in_part.append(found)
    # Of a fault in one group the whole log shows a part: it is all only if as little is spared.
    least = min((_spared(one) for level in in_part for one in level), default=0.0)
    for level in in_part:
        if alike := [one for one in level if _spared(one) <= ALIKE * least]:
            return max(alike, key=_costs)
    return None


def _costs(one: Coarse) -> tuple[float, str, str]:
    return one.points.value or 0.0, one.by, one.cohort


def _spared(one: Coarse) -> float:
    return one.beyond[1] / one.beyond[0] if one.beyond[0] else 0.0


def _of(counts: Counts, question: Question, by: str) -> list[Coarse]:
    groups = grouping(counts, by)
    facts = counts.facts[counts.facts["by"] == by]
    names = ("system", "cohort", "window", "repeats", "seasoned")
    repeats: dict[tuple[str, str], int] = {}
    seasoned: dict[tuple[str, str], list[int]] = {}
    for system, cohort, window, rows, own in zip(*(facts[name] for name in names), strict=True):
        key = str(system), str(cohort)
        repeats[key] = int(rows) if window == 1 else repeats.get(key, 0)
        seasoned.setdefault(key, [0, 0])[int(window)] = int(own)
    total = int(whole(counts).counts.rows[1])
    found = []
    flat = groups.group * 2 + groups.window
    sizes = np.bincount(flat, groups.positives + groups.negatives, 2 * len(groups.keys))
    for place, key in enumerate(groups.keys):
        size = sizes[2 * place : 2 * place + 2].astype(np.int64)
        if size.min() < ENOUGH or (by != "all" and size[1] >= NEARLY_ALL * total):
            continue
        known = np.array(seasoned.get(key, [0, 0])) / size
        if known[1] < FEW_KNOWN * known[0]:
            continue
        by_bin = _rows_by_bin(groups, place)
        expected, seen = occupied(by_bin, 1 - repeats.get(key, 0) / size[1])
        cut = (
            seen <= HALF * expected
            and expected - seen >= FEWER
            and _is_shared(rows_by_fold(groups, place)[1])
        )
        levels = np.flatnonzero(by_bin[1] >= LEVEL * size[1]) if cut else bounds(by_bin)
        if not len(levels):
            levels = bounds(by_bin, HALF)
        if not 0 < len(levels) <= MOST_LEVELS:
            continue
        beyond = (0.0, 0.0) if cut else _beyond(by_bin, levels)
        replicated = cost(counts, groups, place, levels if beyond[1] else None)
        points = estimate(replicated, question.thresholds.confidence, whole(counts).counts.used)
        usual = float((1 - (1 - by_bin[0] / size[0]) ** size.min()).sum())
        share = (float(size[1]) if cut else float(by_bin[1, levels].sum())) / total
        found.append(Coarse(by, *key, levels, usual, points, share, not cut, beyond))
    return found


def bounds(rows: NDArray[np.int64], spared: float = 0.0) -> NDArray[np.int64]:
    """The incident's lowest and highest bin, those at which its scores were cut off.

    ``rows`` (2, bins) by window. ``spared``: the largest part of the rows beyond a bound that may
    have stayed there; with 0 the bounds are the ends of the incident's scores.
    """
    before, now = rows / rows.sum(axis=1, keepdims=True)
    last = len(now) - 1
    found = set()
    for step in (1, -1):
        was, new = before[::step], now[::step]
        for bound in np.flatnonzero((new >= CUT_OFF) & (new >= STANDS_OUT * was)):
            outside, left = was[:bound].sum(), new[:bound].sum()
            if left > spared * outside:
                break
            near = np.cumsum(was[bound + 1 :]) <= NEAR
            old = was[bound + 1 :][near].sum()
            moved = new[bound + 1 :][near].sum() / old if old else 0.0
            there = (outside + was[bound]) / (left + new[bound])
            if all(1 / ALIKE <= ratio <= ALIKE for ratio in (there, moved)):
                found.add(int(bound if step == 1 else last - bound))
                break
    return np.array(sorted(found), dtype=np.int64)


def _outsides(rows: NDArray[np.int64], levels: NDArray[np.int64]) -> list[tuple[int, slice]]:
    """Each bound and the bins beyond it: the side on which fewer of ``rows`` (2, bins) stayed."""
    before, now = rows / rows.sum(axis=1, keepdims=True)
    found = []
    for level in map(int, levels):
        sides = slice(0, level), slice(level + 1, None)
        stayed = [now[s].sum() / before[s].sum() if before[s].sum() else 1.0 for s in sides]
        found.append((level, sides[int(stayed[1] < stayed[0])]))
    return found


def _beyond(rows: NDArray[np.int64], levels: NDArray[np.int64]) -> tuple[float, float]:
    """Shares of the rows (2, bins) by window that lie beyond the bounds."""
    shares = rows / rows.sum(axis=1, keepdims=True)
    there = [shares[:, side].sum(axis=1) for _, side in _outsides(rows, levels)]
    before, now = np.sum(there, axis=0) if there else (0.0, 0.0)
    return float(before), float(now)


def _rows_by_bin(groups: Grouping, place: int) -> NDArray[Any]:
    """Rows of one group by window and bin: (2, bins)."""
    own = groups.entries(place)
    flat = groups.window[own] * groups.bins + groups.bin[own]
    rows = (groups.positives + groups.negatives)[own]
    return np.bincount(flat, rows, 2 * groups.bins).astype(rows.dtype).reshape(2, -1)


def rows_by_fold(groups: Grouping, place: int) -> NDArray[np.int64]:
    """Rows of one group by window, fold and bin: (2, folds, bins)."""
    table = groups.replicates(place)
    rows = table.positives + table.negatives
    by_bin = np.zeros((2, rows.shape[1] - 1, groups.bins), dtype=rows.dtype)
    by_bin[:, :, table.bins] = rows[:, :1] - rows[:, 1:]
    return by_bin


def occupied(rows: NDArray[np.int64], counted: float = 1.0) -> tuple[float, int]:
    """How many bins the incident's rows are expected to occupy, and how many they do.

    ``rows`` (2, bins) by window. Only bins between the ends of the incident's range count.
    ``counted`` is the share of its rows that are no repeats. Expected is what as many rows
    in each stretch of the scale would occupy if they lay in it as the baseline's do.
    """
    share = np.cumsum(rows[1]) / rows[1].sum()
    first, last = np.searchsorted(share, [EDGE, 1 - EDGE])
    before, now = rows[:, first : last + 1]
    if not before.sum():
        return 0.0, int((now > 0).sum())
    either = np.flatnonzero(before + now)
    cells = max(1, min(CELLS, len(either) // BINS_A_CELL))
    middle = (np.cumsum(before) - before / 2) / before.sum()
    cell = np.minimum((middle * cells).astype(int), cells - 1)
    inside = np.bincount(cell, before, cells)
    known = inside > 0
    drawn = np.bincount(cell, now, cells) * counted
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.where(known[cell], before / inside[cell], 0.0)
    # As many rows as the baseline has there could not be seen to occupy more.
    drawn = np.minimum(drawn, inside)
    expected = 1 - (1 - chance) ** drawn[cell]
    return float(expected.sum()), int((now[known[cell]] > 0).sum())


def _is_shared(rows: NDArray[np.int64]) -> bool:
    """Whether rows of many folds have each value of ``rows`` (folds, bins), on average."""
    folds = (rows > 0).sum(axis=0)
    mean = float((folds * rows.sum(axis=0)).sum() / rows.sum())
    return mean >= max(2.0, FOLDS_A_LEVEL * int((rows.sum(axis=1) > 0).sum()))


def one_value_a_group(counts: Counts) -> bool:
    """Whether each group of some grouping has one value of its own, and the log several."""
    for by in counts.groupings():
        if "*" in by or by == "all":
            continue
        groups = grouping(counts, by)
        now = groups.window == 1
        shape = (len(groups.keys), groups.bins)
        flat = np.ravel_multi_index((groups.group[now], groups.bin[now]), shape)
        rows = np.bincount(flat, (groups.positives + groups.negatives)[now], shape[0] * shape[1])
        rows = rows.reshape(shape)
        if rows.max(axis=1).sum() >= NEARLY_ALL * rows.sum() > rows.sum(axis=0).max():
            return True
    return False


def cost(
    counts: Counts, groups: Grouping, place: int, spared: NDArray[np.int64] | None = None
) -> Array:
    """AUC that the baseline loses when one group's scores take the incident's values: (1 + folds,).

    Ranks are kept: the group's lowest scores take the incident's lowest value, as many as
    have it there, and so on. Ties at a boundary are split in proportion. With `spared`, bounds
    beyond which some rows stayed, as large a part of those beyond moves to them as did.
    """
    own, everyone = groups.replicates(place), whole(counts).counts
    used = own.bins
    positives, negatives = (
        side[0].astype(float) for side in (everyone.positives, everyone.negatives)
    )
    for replicate in range(len(positives)):
        sides = own.positives[0, replicate], own.negatives[0, replicate]
        now = (own.positives + own.negatives)[1, replicate]
        if spared is None:
            moved = on_values(*sides, now)
        else:
            moved = _on_bounds(*sides, now, np.searchsorted(used, spared))
        positives[replicate, used] += moved[0] - sides[0]
        negatives[replicate, used] += moved[1] - sides[1]
    before = auc(everyone.positives[0], everyone.negatives[0])
    return np.asarray(before - auc(positives, negatives))


def _on_bounds(
    positives: NDArray[np.int64],
    negatives: NDArray[np.int64],
    now: NDArray[np.int64],
    levels: NDArray[np.int64],
) -> tuple[Array, Array]:
    """Rows of a window by bin, with those beyond the bounds on them, but for the part that stayed.

    All (bins,); ``now``: other rows, of which that part is learnt.
    """
    moved = positives.astype(float), negatives.astype(float)
    rows = np.stack([positives + negatives, now])
    if not rows.sum(axis=1).all():
        return moved
    share = rows / rows.sum(axis=1, keepdims=True)
    for level, side in _outsides(rows, levels):
        before, after = share[:, side].sum(axis=1)
        stayed = min(1.0, after / before) if before else 1.0
        for rows_of in moved:
            rows_of[level] += (1 - stayed) * rows_of[side].sum()
            rows_of[side] *= stayed
    return moved


def on_values(
    positives: NDArray[np.int64], negatives: NDArray[np.int64], now: NDArray[np.int64]
) -> tuple[Array, Array]:
    """Rows of a window by bin, put on the bins of other rows ``now`` rank by rank; all (bins,)."""
    size, other = (positives + negatives).sum(), now.sum()
    if not size or not other:
        return positives.astype(float), negatives.astype(float)
    ranks = np.concatenate([[0.0], np.cumsum(positives + negatives) / size])
    ends = np.concatenate([[0.0], np.cumsum(now) / other])
    moved = [
        np.diff(np.interp(ends, ranks, np.concatenate([[0.0], np.cumsum(side)])))
        for side in (positives, negatives)
    ]
    return moved[0], moved[1]
