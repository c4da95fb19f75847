"""Causes undone one on top of the other, in the counts of the incident.

Each arm changes the incident's counts and leaves the baseline's alone. A *cell* is a group of
one grouping and a score bin; the state is, for every grouping that an arm needs, the incident's
positives and negatives by cell. An arm is exact in its own grouping, and so is every later arm
in the same grouping, in one of its columns or in one that splits it further, and so it is between a
cohort and the systems, by way of the cohorts of each system. Other groupings change as `carrying`
says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.mechanism import COARSE, Cells, arm_weights, cells_in
from investigate.analyses.suspects.carrying import Level, by_bin, carried
from investigate.analyses.suspects.restoring import restored, still_lost
from investigate.analyses.suspects.scopes import gains_alone
from investigate.analyses.suspects.shifted import put_back
from investigate.analyses.suspects.whole_rows import put_into_facts, slices_of, whole_rows
from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.memory import take_over
from investigate.counts.table import FOLDS, Counts
from investigate.kinds import Undo

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Key = tuple[str, str]

MARKED: Mapping[str, str] = {"duplicate_rows": "repeats", "missing_input": "defaulted"}
"""Arms that keep the rows that are not marked, and the columns that count those that are."""
PARTS: Mapping[str, tuple[int, int, int]] = {
    # Which of mix, dispersion and validity stay the incident's.
    "labels": (1, 1, 0),
    "scores": (1, 0, 0),
    "mix": (0, 1, 1),
    "dispersion": (1, 0, 1),
}

NO_ROW_CHANGED = ("points", "mix", "dispersion")
"""Undone, these leave the scores and the outcomes of rows what they are."""


@dataclass(frozen=True, eq=False)
class UndoingArm:
    """How one cause is undone.

    by, key: the grouping, and the group that it is limited to; all of them where `None`.
    undo: what is given back, as `investigate.kinds.Kind` says, or the scale of scores
    (`shifted`). kept: the name of the rows in
    `Counts.arms`, for ``rows``. gains: replicates (1 + folds,) of the points, for ``points``.
    """

    by: str
    key: Key | None
    undo: Undo | Literal["scale"]
    kept: str = ""
    gains: Array | None = None


class Undoing:
    """Arms applied in order to the incident of ``counts``."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._levels: dict[tuple[tuple[str, ...], bool], Level] = {}

    def areas(self, arms: Sequence[UndoingArm]) -> Array:
        """AUC of the incident with none, one, two … of the arms undone: (1 + arms, 1 + folds).

        Net of what an arm that leaves rows out does to the baseline. Values come from the
        counts as they are; how they vary from fold to fold from coarser bins.
        """
        used = np.flatnonzero(grouping(self._counts, "all").folds).tolist()
        fine, coarse = self._level(arms, fine=True), self._level(arms, fine=False)
        value = self._values(fine, arms)
        whole = np.array(self._chain(coarse, arms, None))
        found = np.tile(value[:, None], 1 + FOLDS)
        for fold in used:
            found[:, 1 + fold] += np.array(self._chain(coarse, arms, fold)) - whole
        # Points that no count shows are added as their own evidence has them.
        added = np.zeros(1 + FOLDS)
        for at, arm in enumerate(arms, 1):
            if arm.undo == "points" and arm.gains is not None:
                added = added + arm.gains
            found[at] += added
        return found

    def values(self, arms: Sequence[UndoingArm]) -> Array:
        """As `areas`, without what varies from fold to fold: (1 + arms,)."""
        found = self._values(self._level(arms, fine=True), arms)
        added = 0.0
        for at, arm in enumerate(arms, 1):
            if arm.undo == "points" and arm.gains is not None:
                added += float(arm.gains[0])
            found[at] += added
        return found

    def alone(self, by: str, undo: str) -> dict[Key, float]:
        """What each group of ``by`` gains when it alone is undone by its weights."""
        level = self._level_of(tuple(sorted({"all", by})), fine=True)
        gains = gains_alone(level.cells[by], PARTS[undo])
        return dict(zip(level.keys[by], gains.tolist(), strict=True))

    def left_out(self, arm: UndoingArm) -> tuple[float, bool]:
        """Share of the incident's rows that an arm takes out, and whether an AUC is left."""
        own = self._counts.slices
        own = own[(own["by"] == "all") & (own["window"] == 1)]
        kept = self._kept(1, arm.kept)
        before = float(own["positives"].sum() + own["negatives"].sum())
        after = kept[["positives", "negatives"]].sum()
        return 1 - float(after.sum()) / before, bool((after > 0).all())

    def counts(self, arms: Sequence[UndoingArm]) -> Counts:
        """Counts in which the arms are undone, in whole rows, for the evidence to look again.

        Slices, the rows and positives of facts, and arms of rows are changed; replay, which
        speaks of the incident as it was, is left out. Items, the timeline and combined columns
        stay: they are looked at within scopes, of which an undone one holds no loss. So do the sums
        of the signal audit; ``meta["undone"]`` says that these are of the incident as it was, and
        ``meta["undone_in"]`` where scores or outcomes were changed, as (by, key).
        """
        names = tuple(by for by in self._counts.groupings())
        level = self._level_of(names, fine=True)
        before = state = self._state(level, None)
        for arm in arms:
            state = self._applied(level, state, arm, None)[0]
        made, facts = [], self._counts.facts.copy()
        for by in names:
            made.append(whole_rows(*self._in_bins(level, by, state[by])))
            left = self._still_marked(level, by, before, state)
            put_into_facts(facts, by, grouping(self._counts, by).keys, made[-1], left)
        dropped = {arm.kept for arm in arms if arm.undo == "rows"}
        for kind, column in MARKED.items():
            if kind in dropped and column in facts:
                facts.loc[facts["window"] == 1, column] = 0
        found = replace(
            self._counts,
            slices=slices_of(self._counts, names, made),
            facts=facts,
            arms=self._thinned(level, state["all"], made[names.index("all")], dropped),
            replay=self._counts.replay.iloc[:0],
            **still_lost(self._counts, {(a.by, a.key) for a in arms if a.undo == "outcomes"}),
            meta={
                **self._counts.meta,
                "replay": None,
                "undone": bool(arms),
                "undone_in": [(arm.by, arm.key) for arm in arms if arm.undo not in NO_ROW_CHANGED],
            },
        )
        take_over(found, self._counts)
        return found

    def _still_marked(
        self, level: Level, by: str, before: Mapping[str, Array], state: Mapping[str, Array]
    ) -> dict[str, Array]:
        """By column of `MARKED`, the part of its marked rows that each group of ``by`` keeps.

        Of the rows with one score and one outcome as large a part is marked as was.
        """
        cells, all_cells, found = level.cells[by], level.cells["all"], {}
        for kind, column in MARKED.items():
            kept = self._kept(1, kind)
            share = np.zeros((2, level.bins))
            for side, name in enumerate(("negatives", "positives")):
                rows = by_bin(all_cells, before["all"][side])
                stays = np.bincount(level.place[kept["bin"].to_numpy()], kept[name], level.bins)
                share[side] = 1 - np.divide(stays, rows, out=np.ones_like(rows), where=rows > 0)
            old, new = (
                np.bincount(cells.group, (own * share[:, cells.bin]).sum(axis=0), cells.groups)
                for own in (before[by], np.minimum(before[by], state[by]))
            )
            found[column] = np.divide(new, old, out=np.ones(cells.groups), where=old > 0)
        return found

    def _thinned(
        self, level: Level, state: Array, entries: Mapping[str, NDArray[Any]], dropped: set[str]
    ) -> pd.DataFrame:
        """The rows that other arms keep, when the incident's are ``entries`` of ``state``.

        Of the rows with one score and one outcome that an arm leaves out, as large a part is left
        as of all; rows that came are none of them.
        """
        table = self._counts.arms
        before, cells = self._state(level, None)["all"], level.cells["all"]
        bins = grouping(self._counts, "all").bins
        slices = self._counts.slices
        observed = slices[(slices["by"] == "all") & (slices["window"] == 1)]
        sides = {}
        for side, name in enumerate(("negatives", "positives")):
            stays = _part_left(by_bin(cells, before[side]), by_bin(cells, state[side]))
            now, were = (_by_fold(own, name, bins) for own in (entries, observed))
            sides[name] = now, were, np.tile(stays[level.place], FOLDS)
        parts = [table[(table["window"] != 1) & ~table["arm"].isin(dropped)]]
        for arm in sorted(set(table["arm"]) - dropped):
            found, own = {}, self._kept(1, arm)
            for name, (now, were, stays) in sides.items():
                out = (were - _by_fold(own, name, bins)) * stays
                along = np.round(np.cumsum(np.maximum(now - out, 0.0)))
                found[name] = np.diff(along, prepend=0.0).astype(np.int64)
            at = np.flatnonzero(found["negatives"] + found["positives"])
            parts.append(
                pd.DataFrame(
                    {"arm": arm, "window": 1, "fold": at // bins, "bin": at % bins}
                    | {name: rows[at] for name, rows in found.items()}
                )
            )
        return pd.concat(parts, ignore_index=True)[table.columns].astype(table.dtypes.to_dict())

    def _level(self, arms: Sequence[UndoingArm], fine: bool) -> Level:
        names = {"all", *(arm.by for arm in arms)}
        bridges = {f"system*{by}" for by in names} if any("system" in by for by in names) else set()
        return self._level_of(tuple(sorted(names | bridges & set(self._counts.groupings()))), fine)

    def _level_of(self, names: tuple[str, ...], fine: bool) -> Level:
        if (names, fine) not in self._levels:
            cells, keys = {}, {}
            whole = grouping(self._counts, "all")
            # What was undone is rounded by grouping, so that each would merge in its own way.
            place = self._known_by(names)
            known = whole if int(place[-1]) + 1 == whole.bins else whole.onto(place)
            place = place if fine else known.places(COARSE)[place]
            bins = int(place[-1]) + 1
            for by in names:
                own = grouping(self._counts, by)
                cells[by] = cells_in(own if bins == own.bins else own.onto(place))
                keys[by] = own.keys
            self._levels[names, fine] = Level(cells, keys, place, bins, self._counts)
        return self._levels[names, fine]

    def _known_by(self, names: Sequence[str]) -> Ints:
        """The place (B,) of each bin, such that rows of groups of ``names`` are known by places.

        Of a column of many groups which bins of a band are whose is dealt out: there a band is a
        place, since rows of one bin would otherwise be taken for rows of one group.
        """
        bins = np.arange(grouping(self._counts, "all").bins)
        table = self._counts.bin_bands
        columns = {name.removeprefix("system*") for name in names}
        bands = [
            own.sort_values("bin")["band"].to_numpy()
            for by, own in table.groupby("by", observed=True)
            if by in columns
        ]
        return np.asarray(min([bins, *bands], key=lambda own: int(own[-1])), dtype=np.int64)

    def _in_bins(self, level: Level, by: str, state: Array) -> tuple[Cells, Array]:
        """The cells of ``by`` in bins, and the incident's (2, cells) in these."""
        own = grouping(self._counts, by)
        cells = cells_in(own)
        if level.bins == own.bins:
            return cells, state
        places = level.cells[by]
        at = places.group * level.bins + places.bin
        place = np.searchsorted(at, cells.group * level.bins + level.place[cells.bin])
        positives, negatives = cells.counted()
        either, before = ((negatives + positives)[window] for window in (1, 0))
        found = np.empty((2, len(cells.bin)))
        for side, rows in enumerate((negatives[1], positives[1])):
            for other in (either, before):
                rows = np.where(np.bincount(place, rows)[place] > 0, rows, other)
            sums = np.bincount(place, rows)
            each = np.divide(state[side], sums, out=np.zeros(len(sums)), where=sums > 0)
            found[side] = rows * each[place]
        return cells, found

    def _values(self, level: Level, arms: Sequence[UndoingArm]) -> Array:
        """AUC with none, one, two … of the arms undone (1 + arms,); with none that of all bins."""
        found = np.array(self._chain(level, arms, None))
        observed = self._in_bins(level, "all", self._state(level, None)["all"])
        return np.asarray(found + (_area(*observed) - found[0]))

    def _chain(self, level: Level, arms: Sequence[UndoingArm], without: int | None) -> list[float]:
        state = self._state(level, without)
        net, found = 0.0, [_area(level.cells["all"], state["all"])]
        for arm in arms:
            state, placebo = self._applied(level, state, arm, without)
            net += placebo
            found.append(_area(level.cells["all"], state["all"]) - net)
        return found

    def _state(self, level: Level, without: int | None) -> dict[str, Array]:
        """The incident's (2, cells) by grouping: negatives, positives."""
        found = {}
        for by, cells in level.cells.items():
            positives, negatives = cells.counted(without)
            found[by] = np.stack([negatives[1], positives[1]])
        if without is not None:
            # Finer groupings come first, since those of a cohort alone are their sums.
            for by in sorted(level.cells, key=lambda name: not name.startswith("system*")):
                if level.cells[by].shares is not None:
                    found[by] = _agreeing(level, found, by)
        return found

    def _applied(
        self, level: Level, state: dict[str, Array], arm: UndoingArm, without: int | None
    ) -> tuple[dict[str, Array], float]:
        if arm.undo == "points":
            return state, 0.0
        if arm.undo == "rows":
            return self._without_rows(level, state, arm, without)
        cells = level.cells[arm.by]
        before_pos, before_neg = (side[0] for side in cells.counted(without))
        if arm.undo == "outcomes":
            base = np.stack([before_neg, before_pos])
            where = cells, level.keys[arm.by], level.place, arm.by, arm.key
            new = restored(self._counts, *where, state[arm.by], base)
            return carried(level, state, arm.by, new), 0.0
        keys = level.keys[arm.by]
        chosen = np.array([arm.key is None or key == arm.key for key in keys])
        if arm.undo == "scale":
            new = put_back(cells, state[arm.by], before_neg + before_pos, chosen)
            return carried(level, state, arm.by, new), 0.0
        negatives, positives = state[arm.by]
        weights = arm_weights(
            cells, np.stack([before_pos, positives]), np.stack([before_neg, negatives])
        )
        parts = [np.where(chosen & (part == 0), 0, 1) for part in PARTS[arm.undo]]
        gained, lost = weights(*parts)
        new = np.stack([lost, gained]) * state[arm.by].sum()
        return carried(level, state, arm.by, new), 0.0

    def _without_rows(
        self, level: Level, state: dict[str, Array], arm: UndoingArm, without: int | None
    ) -> tuple[dict[str, Array], float]:
        """The state without rows that should not count, and what that does to the baseline.

        Where what stays has no AUC, the rows left out are replaced by as many of the baseline.
        """
        cells = level.cells["all"]
        hists = []
        for window in (0, 1):
            kept = self._kept(window, arm.kept)
            if without is not None:
                kept = kept[kept["fold"] != without]
            where = level.place[kept["bin"].to_numpy()]
            hists.append(
                np.stack(
                    [np.bincount(where, kept[s], level.bins) for s in ("negatives", "positives")]
                )
            )
        sides = cells.counted(without)
        before = np.stack([by_bin(cells, sides[1][0]), by_bin(cells, sides[0][0])])
        observed = np.stack([by_bin(cells, sides[1][1]), by_bin(cells, sides[0][1])])
        # Rows that an earlier arm put there are none of those left out.
        now = np.stack([by_bin(cells, side) for side in state["all"]])
        out = (observed - hists[1]) * _part_left(observed, now)
        left = np.maximum(now - out, 0.0)
        share = np.divide(left, now, out=np.zeros_like(now), where=now > 0)
        new = state["all"] * share[:, cells.bin]
        if (new.sum(axis=1) <= 0).any():
            taken = state["all"].sum() - new.sum()
            new = new + (before / before.sum() * taken)[:, cells.bin]
            return carried(level, state, "all", new), 0.0
        placebo = float(auc(hists[0][1], hists[0][0]) - auc(before[1], before[0]))
        placebo = placebo if np.isfinite(placebo) else 0.0
        return carried(level, state, "all", new), placebo

    def _kept(self, window: int, arm: str) -> pd.DataFrame:
        table = self._counts.arms
        return table[(table["arm"] == arm) & (table["window"] == window)]


def _agreeing(level: Level, state: Mapping[str, Array], by: str) -> Array:
    """The state of ``by`` (2, cells) without a fold, in which its groups' sums are right.

    Where folds hold shares of a group's rows, what is left of its groups need not be what is left
    of all rows of a score; an arm would move the difference from one grouping to the others.
    """
    finer, system = f"system*{by}" in state, by.startswith("system*")
    of = f"system*{by}" if finer else "system" if system and "system" in state else "all"
    size, mine, them, rows = level.shared(of, by)
    usual = np.bincount(them, rows, size)
    found = np.empty_like(state[by])
    for side in (0, 1):
        due = np.bincount(mine, state[of][side], size)
        there = np.bincount(them, state[by][side], size)
        ratio = np.divide(due, there, out=np.zeros(size), where=there > 0)
        lent = np.divide(due, usual, out=np.zeros(size), where=(there <= 0) & (usual > 0))
        found[side] = state[by][side] * ratio[them] + rows * lent[them]
    return found


def _part_left(old: Array, new: Array) -> Array:
    """The part of the ``old`` rows that is left among ``new`` ones; the others of these came."""
    return np.divide(new, old, out=np.ones_like(new), where=old > 0).clip(max=1.0)


def _by_fold(rows: Any, side: str, bins: int) -> Array:
    """The rows of one ``side`` by fold and bin, flat: (FOLDS x bins,)."""
    return np.bincount(rows["fold"] * bins + rows["bin"], rows[side], FOLDS * bins).astype(float)


def _area(cells: Cells, state: Array) -> float:
    return float(auc(by_bin(cells, state[1]), by_bin(cells, state[0])))
