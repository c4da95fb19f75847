"""Two cohort columns combined: whether a part of a cohort holds what the cohort lost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from investigate.analyses.mechanism import Cells, cells_in
from investigate.analyses.suspects.hosts import newcomers
from investigate.analyses.suspects.narrowing import NEARLY_ALL, QUIET, Scope, narrowed
from investigate.analyses.suspects.scopes import gain_of, undo_of
from investigate.analyses.suspects.shifted import map_gain
from investigate.analyses.wording import percent
from investigate.counts.auc import auc, delong_variance
from investigate.counts.grouping import Grouping
from investigate.counts.table import Counts

Ints = NDArray[np.int64]
SURE = 3.0
"""Standard errors by which outcomes of the rest of a cohort surely moved."""
AS_MUCH = 0.5
"""The rest of a cohort lost its order too where it lost so large a part of what a part did."""
MOSTLY, MORE = 2 / 3, 1.1
"""A cohort's rows mostly lie in a group of another column where so large a part does; the group's
other rows lost something too where all of it lost so much more."""
NEW, BEYOND = 0.5, 2.0
"""A cohort is mostly of new rows where so large a part of its own is, and no larger a part of these
is its own; standard errors by which AUC of its other rows is surely lower than before."""
LEVEL, DRAWS = 0.95, 24
"""A part of a cohort is one of many, and chosen: of all of them together so sure."""


@dataclass(frozen=True)
class Crossed(Scope):
    """A part of a cohort, or the cohort itself in the bins of the combination."""

    group: int = -1

    def within(self, outer: Scope) -> bool:
        """Whether it is a part of ``outer``, which is all of them here."""
        return True


def crossed(
    counts: Counts, cohort: dict[str, str], with_spread: bool, shifted: bool = False
) -> dict[str, str]:
    """`cohort`, of one column, with a second column where that holds nearly all of the loss.

    Where outcomes moved outside of `cohort` too, in the whole of the second column's value, it is
    that value alone. Where the cohort's scale is ``shifted``, its scores are put back rank by rank.
    """
    held_by = _Held(with_spread, shifted)
    ((column, value),) = cohort.items()
    best: tuple[float, dict[str, str]] | None = None
    pairs = [(other, own, *_cells(own)) for other, own in _pairs(counts.crossed, column)]
    # The part is chosen among those of every other column.
    among = sum(
        key[0] == value and n > 0
        for _, _, _, keys, rows in pairs
        for key, n in zip(keys, rows, strict=True)
    )
    for other, own, cells, keys, rows in pairs:
        inside = [g for g, key in enumerate(keys) if key[0] == value]

        def gain(scope: Scope, cells: Cells = cells, inside: list[int] = inside) -> float:
            chosen = inside if scope.by == "all" else [scope.group]  # type: ignore[attr-defined]
            mask = np.isin(np.arange(cells.groups), chosen)
            return held_by.gain(cells, mask)

        whole = Scope("all", "", "", int(rows[inside].sum()))
        level = [Crossed(other, "", keys[g][1], int(rows[g]), g) for g in inside if rows[g]]
        found = narrowed(whole, [level], gain)
        if found is whole or _moved_too(own, value, found.cohort):
            continue
        chosen = [inside, [g for g in inside if keys[g][1] == found.cohort]]
        held = gain(found)
        if not shifted and _lost_too(cells, chosen, held, with_spread):
            continue
        if not _apart(cells, chosen, found.rows / whole.rows, held_by, among):
            continue
        if best is None or held > best[0]:
            both = dict(sorted({column: value, other: found.cohort}.items()))
            turned = own.rename(columns={"one": "two", "two": "one"})
            # The first column may be the one too many, as where it holds all of the second's value.
            outside = sum(
                int(n)
                for key, n in zip(keys, rows, strict=True)
                if key[1] == found.cohort and key[0] != value
            )
            alone = not outside or _moved_too(turned, found.cohort, value)
            best = held, {other: found.cohort} if alone else both
    return best[1] if best else cohort


def lost_in_new_rows(counts: Counts, scope: Scope) -> bool:
    """Whether a cohort's rows are mostly those of a new group, and its others did not surely fall.

    The group is of another column, and the incident alone has it. Most of its rows lie elsewhere:
    what it lost is no news of this cohort.
    """
    if scope.system or not scope.cohort or ("", scope.cohort) in newcomers(counts, scope.by):
        return False
    for other, own in _pairs(counts.crossed, scope.by):
        new = {value for _, value in newcomers(counts, other)}
        rows = (own["positives"] + own["negatives"]).where(own["window"] == 1, 0)
        inside, its = own["one"].astype(str) == scope.cohort, own["two"].astype(str).isin(new)
        both = float(rows[inside & its].sum())
        if both < NEW * float(rows[inside].sum()) or both > NEW * float(rows[its].sum()):
            continue
        if not _surely_lower(own[inside & ~its]):
            return True
    return False


def _surely_lower(cells: pd.DataFrame) -> bool:
    """Whether AUC of rows, ranked by themselves, is lower than before, beyond what chance moves."""
    place, at = np.unique(cells["bin"].to_numpy(), return_inverse=True)
    areas, variance = [], 0.0
    for window in (0, 1):
        here = (cells["window"] == window).to_numpy()
        sides = [
            np.bincount(at[here], cells[side].to_numpy(float)[here], len(place))
            for side in ("positives", "negatives")
        ]
        areas.append(float(auc(*sides)))
        variance += float(delong_variance(*sides))
    return areas[0] - areas[1] > BEYOND * float(np.sqrt(variance))


def rows_of(counts: Counts, cohort: dict[str, str]) -> int:
    """The incident's rows of two columns' values together; 0 where they were not counted."""
    if len(cohort) != 2 or counts.crossed.empty:
        return 0
    own = counts.crossed[counts.crossed["window"] == 1]
    (one, value), (two, other) = cohort.items()
    for first, second, mine, its in ((one, two, value, other), (two, one, other, value)):
        rows = own[(own["first"] == first) & (own["second"] == second)]
        rows = rows[(rows["cohort"] == mine) & (rows["other"] == its)]
        if len(rows):
            return int(rows["positives"].sum() + rows["negatives"].sum())
    return 0


def mostly_in(counts: Counts, scope: Scope) -> str:
    """The group of another column that most of a cohort's rows have, and that lost more.

    A sentence, or nothing: where groups of two columns overlap, the smaller one may be named for
    what the larger one lost.
    """
    if scope.system or not scope.cohort or counts.crossed.empty:
        return ""
    undo, found = undo_of(counts), []
    own = float(undo.points(scope, with_spread=True, folds=False)[0])
    for column in counts.groupings():
        if column in ("all", "system", scope.by) or "*" in column:
            continue
        groups = undo.scopes(column)
        total = sum(group.rows for group in groups)
        shared = [rows_of(counts, {scope.by: scope.cohort, column: g.cohort}) for g in groups]
        for group, rows in zip(groups, shared, strict=True):
            share = rows / max(sum(shared), 1)
            lost = float(undo.points(group, with_spread=True, folds=False)[0])
            if share >= MOSTLY and group.rows < NEARLY_ALL * total and lost >= MORE * own:
                found.append((lost, f"{column} {group.cohort}", share))
    if not found:
        return ""
    lost, name, share = max(found)
    return f" {percent(share)} of its rows have {name}, where {lost:.3f} was lost."


def inner(before: dict[str, str], cohort: dict[str, str]) -> str:
    """That a second column holds the loss, as a sentence; nothing where `crossed` added none."""
    if len(cohort) < 2:
        return ""
    ((column, value),) = cohort.items() - before.items()
    return f" Of {next(iter(before.values()))}, rows with {column} {value} hold nearly all of it."


def _apart(
    cells: Cells, chosen: list[list[int]], share: float, held_by: "_Held", among: int
) -> bool:
    """Whether a part surely holds more than its rows' share of what its cohort lost.

    ``chosen``: the groups of the cohort and of its part, one of so many. The counts of two
    columns combined know no folds: their errors are those of rows drawn again.
    """
    draws = np.random.default_rng(0)
    more = []
    for draw in range(1 + DRAWS):
        drawn = cells
        if draw:
            sides = (draws.poisson(side) for side in (cells.positives, cells.negatives))
            positives, negatives = (side.astype(float) for side in sides)
            drawn = replace(cells, positives=positives, negatives=negatives)
        held, own = (
            held_by.gain(drawn, mask)
            for mask in (np.isin(np.arange(cells.groups), groups) for groups in chosen)
        )
        more.append(own - share * held)
    error = float(np.nanstd(more[1:]))
    return bool(more[0] > special.ndtri(1 - (1 - LEVEL) / (2 * among)) * error)


@dataclass(frozen=True)
class _Held:
    """What groups hold of a loss, by the undo of their cohort."""

    with_spread: bool
    shifted: bool

    def gain(self, cells: Cells, mask: NDArray[np.bool_]) -> float:
        """AUC points that undoing the groups of ``mask`` recovers."""
        if self.shifted:
            return map_gain(cells, mask)
        return gain_of(cells, (1, np.where(mask & self.with_spread, 0, 1), np.where(mask, 0, 1)))


def _lost_too(cells: Cells, chosen: list[list[int]], held: float, with_spread: bool) -> bool:
    """Whether the rest of a cohort, ranked by itself, lost about as much as its part did.

    What a part holds of the points depends on how many ones it has and where its scores lie among
    all others: where order is lost in all of a cohort, some of its parts seem to have lost little.
    """
    within, part = chosen
    parts = (1, 0 if with_spread else 1, 0)
    own, rest = (
        gain_of(cells, parts, groups=np.isin(np.arange(cells.groups), groups))
        for groups in (part, [group for group in within if group not in part])
    )
    # A part of one class has no AUC of its own.
    return bool(rest >= AS_MUCH * np.nanmax([own, held]))


def _moved_too(own: pd.DataFrame, value: str, inside: str) -> bool:
    """Whether outcomes moved in the rest of a cohort too, at equal scores and about as far.

    What that costs in AUC may be little where the rest ranks few rows: labels that are all zero
    cost most where most were one. ``own``: cells of ``one`` and ``two``; the cohort is ``value``,
    its part ``inside``.
    """
    cohort = own[own["one"].astype(str) == value]
    its = (cohort["two"].astype(str) == inside).to_numpy()
    moved, errors = zip(*(_beyond(cohort[side]) for side in (its, ~its)), strict=True)
    surely = abs(moved[1]) > SURE * errors[1]
    return bool(surely and moved[0] * moved[1] > 0 and abs(moved[1]) >= QUIET * abs(moved[0]))


def _beyond(cells: pd.DataFrame) -> tuple[float, float]:
    """The share of ones that became zeros (negative), or of zeros ones, at equal scores; its error.

    Expected is the baseline's outcome rate of each bin.
    """
    place, at = np.unique(cells["bin"].to_numpy(), return_inverse=True)
    window = cells["window"].to_numpy()
    (y0, y1), (n0, n1) = (
        [np.bincount(at[window == w], side[window == w], len(place)) for w in (0, 1)]
        for side in (
            cells["positives"].to_numpy(float),
            (cells["positives"] + cells["negatives"]).to_numpy(float),
        )
    )
    if not n0.sum() or not n1.sum():
        return 0.0, 1.0
    rate = y0.sum() / n0.sum()
    # A bin with few rows of before has the rate of all of them.
    expected = (y0 + rate) / (n0 + 1)
    variance = float((expected * (1 - expected) * (n1 + n1**2 / (n0 + 1))).sum())
    moved = float((y1 - n1 * expected).sum())
    ones = float((n1 * expected).sum())
    could = max(ones if moved < 0 else float(n1.sum()) - ones, 1e-9)
    return moved / could, float(np.sqrt(max(variance, 1e-9))) / could


def _pairs(table: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each other column with the table's rows, those of ``column`` first."""
    for (first, second), own in table.groupby(["first", "second"], sort=True):
        if first == column:
            yield str(second), own.rename(columns={"cohort": "one", "other": "two"})
        elif second == column:
            yield str(first), own.rename(columns={"cohort": "two", "other": "one"})


def _cells(own: pd.DataFrame) -> tuple[Cells, list[tuple[str, str]], Ints]:
    """Cells by pair of values, the pairs, and the incident's rows of each."""
    group, index = pd.MultiIndex.from_frame(own[["one", "two"]].astype(str)).factorize(sort=True)
    keys = [(str(one), str(two)) for one, two in index]
    arrays: dict[str, Any] = {
        name: own[name].to_numpy() for name in ("window", "bin", "positives", "negatives")
    }
    counted = arrays["positives"] + arrays["negatives"]
    rows = np.bincount(group, counted * (arrays["window"] == 1), len(keys)).astype(np.int64)
    grouping = Grouping(
        by="crossed",
        keys=keys,
        group=group.astype(np.int64),
        fold=np.zeros(len(group), dtype=np.int64),
        bins=int(arrays["bin"].max()) + 1,
        **arrays,
    )
    return cells_in(grouping), keys, rows
