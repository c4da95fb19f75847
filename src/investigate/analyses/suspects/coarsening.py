"""Scores that were cut to a few values, or cut off at a bound: where, and what that alone costs.

Whether scores are coarser shows in how many bins they occupy, against how many as many rows
would if they lay within each stretch of the scale as the baseline's do. A distribution that
moved or narrowed occupies what is expected; scores cut to a few values leave gaps. Scores were
cut off where as many rows have the incident's lowest or highest score as the baseline has beyond
it, while the scores inside are as common as they were.

What it costs is exact: the baseline's scores are put on the incident's values rank by rank,
and their AUC falls by what the lost resolution took (Murphy 1973 calls it resolution).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.whole import estimated, whole
from investigate.counts.auc import Array, auc
from investigate.counts.grouping import Grouping, grouping
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
    from the baseline, and ``rows`` the share of the incident that lies on the levels.
    """

    by: str
    system: str
    cohort: str
    levels: NDArray[np.int64]
    usual: float
    points: Estimate
    rows: float
    off: bool = False

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
    for groupings in levels:
        found = [one for by in groupings for one in _of(counts, question, by)]
        if found:
            return max(found, key=lambda one: (one.points.value or 0.0, one.by, one.cohort))
    return None


def _of(counts: Counts, question: Question, by: str) -> list[Coarse]:
    groups = grouping(counts, by)
    facts = counts.facts[counts.facts["by"] == by]
    names = ("system", "cohort", "window", "rows", "repeats", "seasoned")
    # Shares of rows, not of their weights, which `size` below sums where there are some.
    repeats: dict[tuple[str, str], float] = {}
    seasoned: dict[tuple[str, str], list[float]] = {}
    for system, cohort, window, rows, again, own in zip(*(facts[n] for n in names), strict=True):
        key = str(system), str(cohort)
        repeats[key] = again / max(rows, 1) if window == 1 else repeats.get(key, 0.0)
        seasoned.setdefault(key, [0.0, 0.0])[int(window)] = own / max(rows, 1)
    total = int(whole(counts).counts.rows[1])
    found = []
    flat = groups.group * 2 + groups.window
    sizes = np.bincount(flat, groups.positives + groups.negatives, 2 * len(groups.keys))
    for place, key in enumerate(groups.keys):
        size = sizes[2 * place : 2 * place + 2].astype(np.int64)
        if size.min() < ENOUGH or (by != "all" and size[1] >= NEARLY_ALL * total):
            continue
        known = seasoned.get(key, [0.0, 0.0])
        if known[1] < FEW_KNOWN * known[0]:
            continue
        by_bin = _rows_by_bin(groups, place)
        expected, seen = occupied(by_bin, 1 - repeats.get(key, 0.0))
        cut = (
            seen <= HALF * expected
            and expected - seen >= FEWER
            and _is_shared(rows_by_fold(groups, place)[1])
        )
        levels = np.flatnonzero(by_bin[1] >= LEVEL * size[1]) if cut else bounds(by_bin)
        if not 0 < len(levels) <= MOST_LEVELS:
            continue
        replicated = cost(counts, groups, place)
        points = estimated(counts, replicated, question.thresholds.confidence)
        usual = float((1 - (1 - by_bin[0] / size[0]) ** size.min()).sum())
        share = (float(size[1]) if cut else float(by_bin[1, levels].sum())) / total
        found.append(Coarse(by, *key, levels, usual, points, share, off=not cut))
    return found


def bounds(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The incident's lowest and highest bin, those at which its scores were cut off.

    ``rows`` (2, bins) by window.
    """
    before, now = rows / rows.sum(axis=1, keepdims=True)
    there = np.flatnonzero(now)
    found = []
    for bound, inward in ((there[0], 1), (there[-1], -1)):
        beyond = float(before[: bound + 1].sum() if inward == 1 else before[bound:].sum())
        inside = slice(bound + 1, None) if inward == 1 else slice(None, bound)
        old, new = before[inside][::inward], now[inside][::inward]
        near = np.cumsum(old) <= NEAR
        moved = new[near].sum() / old[near].sum() if old[near].sum() else 0.0
        if (
            now[bound] >= CUT_OFF
            and now[bound] >= STANDS_OUT * before[bound]
            and 1 / ALIKE <= beyond / now[bound] <= ALIKE
            and 1 / ALIKE <= moved <= ALIKE
        ):
            found.append(int(bound))
    return np.array(sorted(set(found)), dtype=np.int64)


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


def cost(counts: Counts, groups: Grouping, place: int) -> Array:
    """AUC that the baseline loses when one group's scores take the incident's values: (1 + folds,).

    Ranks are kept: the group's lowest scores take the incident's lowest value, as many as
    have it there, and so on. Ties at a boundary are split in proportion.
    """
    own, everyone = groups.replicates(place), whole(counts).counts
    used = own.bins
    positives, negatives = (
        side[0].astype(float) for side in (everyone.positives, everyone.negatives)
    )
    for replicate in range(len(positives)):
        sides = own.positives[0, replicate], own.negatives[0, replicate]
        now = (own.positives + own.negatives)[1, replicate]
        moved = on_values(*sides, now)
        positives[replicate, used] += moved[0] - sides[0]
        negatives[replicate, used] += moved[1] - sides[1]
    before = auc(everyone.positives[0], everyone.negatives[0])
    return np.asarray(before - auc(positives, negatives))


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
