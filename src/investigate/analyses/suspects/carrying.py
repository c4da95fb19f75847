"""What a change in one grouping's cells does to the cells of the others.

A cell is a group of one grouping and a score bin, with its negatives and positives.

Where one group changed, other cells change as they hold rows of it: exactly where they are a part
of the group, or a grouping has both columns; of a second cohort column by the rows that every two
groups share, which the counts hold by outcome and coarse bin; else as if the group's rows of one
score and outcome were like all. Rows whose outcomes change stay where they are, and rows whose
scores change stay in their groups.

Where all groups changed, the change is carried through columns that both groupings have, and else
each group gains or loses the same part of its rows with one score and one outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.mechanism import Cells
from investigate.counts.table import Counts

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Key = tuple[str, str]
ROUNDING = 1e-12
"""Of all rows: less is no change of a cell."""
TINY = 1e-9
"""Of a row: where a group has none, all cells are alike."""
ENOUGH = 0.5
"""Rows that come stay in the groups that others left if these are at least so large a part."""


@dataclass(frozen=True)
class Level:
    """The cells of every grouping in bins of one width; ``place`` (B,) takes bins to them."""

    cells: Mapping[str, Cells]
    keys: Mapping[str, list[Key]]
    place: Ints
    bins: int
    counts: Counts

    @cached_property
    def _shared(self) -> dict[tuple[str, str], tuple[int, Ints, Ints, Array]]:
        return {}

    @cached_property
    def _met(self) -> dict[tuple[str, str, str], tuple[dict[str, Array], Ints] | None]:
        return {}

    def shared(self, by: str, other: str) -> tuple[int, Ints, Ints, Array]:
        """Where cells of two groupings meet: by bin and the columns that both have.

        How many places, the place of each cell of either, and the rows of the other's cells.
        """
        if (by, other) not in self._shared:
            cells, theirs = self.cells[by], self.cells[other]
            common = _columns(by) & _columns(other)
            ours = _common(self.keys[by], by, common), _common(self.keys[other], other, common)
            names = {key: at for at, key in enumerate(sorted(set(ours[0]) | set(ours[1])))}
            mine, them = (
                np.array([names[key] for key in keys])[c.group] * self.bins + c.bin
                for keys, c in zip(ours, (cells, theirs), strict=True)
            )
            both = np.bincount(theirs.cell, theirs.positives + theirs.negatives, len(theirs.bin))
            self._shared[by, other] = len(names) * self.bins, mine, them, both.astype(float)
        return self._shared[by, other]

    def met(self, column: str, value: str, other: str) -> tuple[dict[str, Array], Ints] | None:
        """The incident's rows of a cohort by the groups of a second cohort column ``other``.

        By group (2, coarse bins), negatives and positives, and (bins,) the coarse bin of each bin;
        `None` where they are not counted.
        """
        if (column, value, other) not in self._met:
            self._met[column, value, other] = self._found(column, value, other)
        return self._met[column, value, other]

    def _found(self, column: str, value: str, other: str) -> tuple[dict[str, Array], Ints] | None:
        table = self.counts.crossed
        if table.empty:
            return None
        sides = ["negatives", "positives"]
        for first, second, mine, its in (
            (column, other, "cohort", "other"),
            (other, column, "other", "cohort"),
        ):
            pair = table[(table["first"] == first) & (table["second"] == second)]
            own = pair[(pair["window"] == 1) & (pair[mine] == value)]
            if own.empty:
                continue
            bins = range(int(pair["bin"].max()) + 1)
            rows = {
                str(group): part.groupby("bin")[sides].sum().reindex(bins, fill_value=0)
                for group, part in own.groupby(its, observed=True)
            }
            # Bins are in order of score and hold the same rows, so that sums tell them apart.
            cells = self.cells["all"]
            positives, negatives = cells.counted()
            fine = by_bin(cells, (positives + negatives).sum(axis=0))
            sums = pair.groupby("bin")[sides].sum().sum(axis=1).reindex(bins, fill_value=0)
            middle = np.cumsum(fine) - fine / 2
            coarse = np.searchsorted(np.cumsum(sums.to_numpy()), middle).clip(max=len(bins) - 1)
            found = {group: part.to_numpy(dtype=float).T for group, part in rows.items()}
            return found, coarse.astype(np.int64)
        return None


def by_bin(cells: Cells, values: Array) -> Array:
    """The sums of ``values`` (cells,) by bin."""
    return np.bincount(cells.bin, values, cells.bins).astype(float)


def carried(level: Level, state: dict[str, Array], by: str, new: Array) -> dict[str, Array]:
    """The state of every grouping when that of ``by`` became ``new`` (2, cells)."""
    # What stays is multiplied and divided again by all rows.
    apart = np.abs(new - state[by]).max(axis=0) > ROUNDING * new.sum()
    changed = np.unique(level.cells[by].group[apart])
    found = {by: new}
    if by != "all" and len(changed) == 1:
        # Finer groupings come first: their sums are exact.
        for other in sorted(state, key=lambda other: (-len(_columns(other)), other)):
            ways = [way for way in found if _columns(by) | _columns(other) <= _columns(way)]
            if other != by and ways:
                found[other] = _carried_to(level, state, ways[-1], found[ways[-1]], other)
            elif other != by:
                found[other] = _of_one(level, state, by, new, int(changed[0]), other)
        return {other: found[other] for other in state}
    others = [other for other in level.cells if other != by]
    # Groupings that share a column come first: through them the others are reached.
    for other in sorted(others, key=lambda other: not _columns(by) & _columns(other)):
        ways = [way for way in found if _columns(by) & _columns(way)]
        way = next((way for way in ways if _columns(other) < _columns(way)), by)
        found[other] = _carried_to(level, state, way, found[way], other)
    return {other: found[other] for other in state}


def _carried_to(level: Level, state: dict[str, Array], by: str, new: Array, other: str) -> Array:
    """The state of ``other`` (2, cells) when that of ``by`` became ``new``."""
    old = state[by]
    size, mine, them, both = level.shared(by, other)
    around = np.bincount(them, both, size)
    changed = np.empty_like(state[other])
    for side in (0, 1):
        before, after, own = (
            np.bincount(flat, values, size)
            for flat, values in (
                (mine, old[side]),
                (mine, new[side]),
                (them, state[other][side]),
            )
        )
        ratio = np.divide(after, before, out=np.zeros(size), where=before > 0)
        changed[side] = state[other][side] * ratio[them]
        # Rows where there were none: as all rows of the other grouping lie there.
        fresh = np.where((before <= 0) | (own <= 0), after, 0.0)
        lent = np.divide(fresh, around, out=np.zeros(size), where=around > 0)
        changed[side] += both * lent[them]
    return changed


def _of_one(
    level: Level, state: dict[str, Array], by: str, new: Array, group: int, other: str
) -> Array:
    """The state of ``other`` (2, cells) where one ``group`` of ``by`` changed."""
    cells, theirs = level.cells[by], level.cells[other]
    mine = cells.group == group
    old, now = (
        np.stack([by_bin(cells, np.where(mine, side, 0.0)) for side in held])
        for held in (state[by], new)
    )
    band = np.zeros(level.bins, dtype=np.int64)
    band[cells.bin] = cells.band
    parts = _parts(level, state[other], by, level.keys[by][group], other)
    changed: Array = state[other] + _moved(theirs, band, old, now, parts)
    np.maximum(changed, 0.0, out=changed)
    # A coarse bin cannot say all: sums are those of the grouping that changed.
    for side in (0, 1):
        due, there = by_bin(cells, new[side]), by_bin(theirs, changed[side])
        changed[side] *= np.divide(due, there, out=np.zeros_like(due), where=there > 0)[theirs.bin]
        anywhere = _shares(level.bins, theirs.bin, state[other].sum(axis=0) + TINY)[0]
        changed[side] += np.where(there > 0, 0.0, due)[theirs.bin] * anywhere
    return changed


def _parts(level: Level, held: Array, by: str, key: Key, other: str) -> Array:
    """(2, cells): what part of a group's rows of one score and outcome each cell of ``other`` has.

    Of its rows in a coarse bin a group has as many in a finer one as its own lie there.
    """
    cells, keys = level.cells[other], level.keys[other]
    common = _columns(by) & _columns(other)
    same = _common([key], by, common)[0]
    inside = np.array([their == same for their in _common(keys, other, common)])[cells.group]
    mine, its = _cohort(by), _cohort(other)
    met = level.met(mine, key[1], its) if mine and its and mine != its else None
    if met is not None:
        rows, coarse = met
        at = {name: number for number, name in enumerate(sorted(rows))}
        of_group = np.array([at.get(cohort, len(at)) for _system, cohort in keys])[cells.group]
        size = int(coarse.max()) + 1
        place = of_group * size + coarse[cells.bin]
        # The last row is of groups that have none of these rows.
        known = np.zeros((2, len(at) + 1, size))
        for name, number in at.items():
            known[:, number] = rows[name][:, :size]
    found = np.empty((2, len(cells.bin)))
    for side in (0, 1):
        there = np.where(inside, held[side], 0.0)
        usual = np.where(inside, held.sum(axis=0) + TINY, 0.0)
        if met is not None:
            own = known[side]
            sums = np.bincount(place, held[side], own.size)
            each = np.divide(own.ravel(), sums, out=np.zeros(own.size), where=sums > 0)
            there = there * each[place]
            usual = usual * own.sum(axis=1)[of_group]
        part, empty = _shares(level.bins, cells.bin, there)
        rest, _ = _shares(level.bins, cells.bin, usual)
        found[side] = np.where(empty[cells.bin], rest, part)
    return found


def _moved(theirs: Cells, band: Ints, old: Array, now: Array, parts: Array) -> Array:
    """What each cell gains (2, cells) where a cohort's (2, bins) were ``old`` and are ``now``.

    ``band`` (bins,): where a band has as many rows as before, their outcomes were given anew, to
    all of them alike. ``parts`` (2, cells) as of `_parts`.
    """
    at, bands = theirs.bin, int(band.max()) + 1
    before, after = (np.bincount(band, rows.sum(axis=0), bands) for rows in (old, now))
    stay = (np.abs(after - before) <= ROUNDING * before.sum())[band]
    held = old[:, at] * parts
    place = theirs.group * bands + band[at]
    own = np.bincount(place, held.sum(axis=0), theirs.groups * bands)[place]
    of_band = np.divide(own, before[band][at], out=np.zeros(len(own)), where=own > 0)
    anew = of_band * now[:, at] - held
    left, came = (np.maximum(rows, 0.0) * ~stay for rows in (old - now, now - old))
    others = np.empty_like(parts)
    for side in (0, 1):
        movers = np.bincount(theirs.group, left[side][at] * parts[side], theirs.groups)
        where = parts[side]
        # Who left elsewhere came here, if as many left as came.
        if movers.sum() >= ENOUGH * came[side].sum() > 0:
            share, empty = _shares(len(band), at, movers[theirs.group])
            where = np.where(empty[at], where, share)
        others[side] = came[side][at] * where - left[side][at] * parts[side]
    return np.where(stay[at], anew, others)


def _shares(bins: int, bin: Ints, values: NDArray[Any]) -> tuple[Array, NDArray[np.bool_]]:
    """``values`` (cells,) as parts of their bin, and the bins (bins,) of which there are none."""
    sums = np.bincount(bin, values, bins)
    return np.divide(values, sums[bin], out=np.zeros(len(values)), where=sums[bin] > 0), sums <= 0


def _cohort(by: str) -> str:
    """The cohort column of a grouping; nothing where it has none."""
    return "" if by in ("all", "system") else by.removeprefix("system*")


def _columns(by: str) -> set[str]:
    system = {"system"} if by == "system" or by.startswith("system*") else set[str]()
    return system | ({_cohort(by)} - {""})


def _common(keys: list[Key], by: str, shared: set[str]) -> list[Key]:
    """Each key with the columns that two groupings share."""
    cohort = _cohort(by) in shared
    return [(s if "system" in shared else "", c if cohort else "") for s, c in keys]
