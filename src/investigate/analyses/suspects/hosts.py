"""A group that the incident alone has, and whose rows it took over: its own baseline.

A group without a baseline would be its own alibi: whatever it lost would be the loss of other
rows. Where all of its rows belong to a group of another column, such as a new release to one
channel, that group's baseline is used for it; else the whole log's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.wording import percent
from investigate.counts.fold_shares import FoldShares
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.memory import remembered
from investigate.counts.table import FOLDS, WHOLE, Counts

Ints = NDArray[np.int64]

WITHIN = 0.95
"""A group took over rows of another when so large a part of its rows belongs to it."""
RARE, MANY, TIMES = 0.05, 0.1, 4
"""A group is nearly new when its share of the rows was below the first, is the second or more, and
so many times what it was: a value that a lost input leaves may have been there before."""
NOTEWORTHY = 0.01
"""A group of a smaller share of the incident's rows explains no drop."""


@dataclass(frozen=True)
class Host:
    """The scope whose baseline is used for a new group's; ``by`` is ``all`` for the whole log."""

    by: str
    system: str
    cohort: str

    @property
    def known(self) -> bool:
        """Whether a group was found, not the whole log alone."""
        return self.by != "all"


@remembered
def newcomers(counts: Counts, by: str) -> dict[tuple[str, str], Host]:
    """The groups of ``by`` that the incident alone has, each with its host."""
    own = counts.facts[counts.facts["by"] == by]
    rows = own.pivot_table(
        index=["system", "cohort"], columns="window", values="rows", fill_value=0
    ).reindex(columns=[0, 1], fill_value=0)
    new = rows[(rows[0] == 0) & (rows[1] > 0)].sort_index()
    return {(str(s), str(c)): _host(counts, by, str(s), str(c)) for s, c in new.index}


@remembered
def new_groups(counts: Counts, by: str) -> tuple[tuple[str, str], ...]:
    """Those of a noteworthy share of the incident's rows."""
    facts = counts.facts[(counts.facts["window"] == 1)]
    total = int(facts.loc[facts["by"] == "all", "rows"].sum())
    own = facts[facts["by"] == by].set_index(["system", "cohort"])["rows"]
    return tuple(key for key in newcomers(counts, by) if own[key] >= NOTEWORTHY * total)


@remembered
def nearly_new(counts: Counts, by: str) -> tuple[tuple[str, str], ...]:
    """Groups of ``by`` that were rare and now hold many rows, as a default value's group does."""
    own = counts.facts[counts.facts["by"] == by]
    rows = own.pivot_table(
        index=["system", "cohort"], columns="window", values="rows", fill_value=0
    ).reindex(columns=[0, 1], fill_value=0)
    share = rows / rows.sum()
    rare = (share[0] > 0) & (share[0] < RARE)
    found = share[rare & (share[1] >= MANY) & (share[1] >= TIMES * share[0])].sort_index()
    return tuple((str(system), str(cohort)) for system, cohort in found.index)


@remembered
def hosted(counts: Counts, by: str) -> Grouping:
    """The counts of ``by``, where a new group has the baseline of its host."""
    own = grouping(counts, by)
    found = newcomers(counts, by)
    if not found:
        return own
    if own.shares is not None:
        return _with_shares(counts, own, own.shares, found)
    names = ("window", "fold", "bin", "positives", "negatives")
    arrays = {name: [getattr(own, name)] for name in (*names, "group")}
    places = {key: place for place, key in enumerate(own.keys)}
    for key, host in found.items():
        there = grouping(counts, host.by)
        place = there.keys.index((host.system, host.cohort)) if host.known else 0
        entries = there.entries(place)
        entries = entries[there.window[entries] == 0]
        host_counts = _by_fold(there, entries)
        for name in names:
            arrays[name].append(host_counts[name])
        arrays["group"].append(np.full(len(host_counts["bin"]), places[key], dtype=np.int64))
    joined: dict[str, Any] = {n: np.concatenate(parts) for n, parts in arrays.items()}
    return Grouping(by=by, keys=own.keys, bins=own.bins, **joined)


def _by_fold(there: Grouping, entries: Ints) -> dict[str, NDArray[Any]]:
    """Entries by fold; where folds hold parts of them, each in every fold, in parts of rows."""
    names = ("window", "fold", "bin", "positives", "negatives")
    if there.shares is None:
        return {name: getattr(there, name)[entries] for name in names}
    negatives, positives = (
        (side[entries][:, None] * there.shares.of_entries(outcome, entries)).ravel()
        for outcome, side in enumerate(there.sides())
    )
    return {
        "window": np.repeat(there.window[entries], FOLDS),
        "fold": np.tile(np.arange(FOLDS), len(entries)),
        "bin": np.repeat(there.bin[entries], FOLDS),
        "positives": positives,
        "negatives": negatives,
    }


def _with_shares(
    counts: Counts, own: Grouping, shares: FoldShares, found: dict[tuple[str, str], Host]
) -> Grouping:
    """As `hosted`, where folds hold parts of entries: a new group has those of its host."""
    rows, sums = shares.rows.copy(), shares.sums.copy()
    places = {key: place for place, key in enumerate(own.keys)}
    parts = {name: [getattr(own, name)] for name in ("group", "window", "bin")}
    sides: list[list[NDArray[Any]]] = [[side] for side in own.sides()]
    for key, host in found.items():
        there = grouping(counts, host.by)
        place = there.keys.index((host.system, host.cohort)) if host.known else 0
        entries = there.entries(place)
        entries = entries[there.window[entries] == 0]
        score_bin = there.bin[entries]
        used, at = np.unique(score_bin, return_inverse=True)
        parts["bin"].append(used)
        parts["window"].append(np.zeros(len(used), dtype=np.int64))
        parts["group"].append(np.full(len(used), places[key], dtype=np.int64))
        host_counts = _by_fold(there, entries)
        band, fold = shares.bands[host_counts["bin"]], host_counts["fold"]
        for outcome, (side, name) in enumerate(zip(sides, ("negatives", "positives"), strict=True)):
            given = there.sides()[outcome][entries]
            side.append(np.bincount(at, given, len(used)).astype(given.dtype))
            flat, size = band * FOLDS + fold, rows.shape[3] * FOLDS
            for table, values in (
                (rows, host_counts[name]),
                (sums, host_counts[name] * host_counts["bin"]),
            ):
                own_sums = np.bincount(flat, values, size).reshape(-1, FOLDS)
                table[outcome, places[key], 0] = own_sums
    joined: dict[str, Any] = {name: np.concatenate(one) for name, one in parts.items()}
    negatives, positives = (np.concatenate(side) for side in sides)
    which = joined["group"], joined["window"], joined["bin"]
    again = FoldShares.of(rows, sums, shares.bands, which, negatives, positives)
    return Grouping(
        by=own.by,
        keys=own.keys,
        fold=np.full(len(negatives), WHOLE, dtype=np.int64),
        positives=positives,
        negatives=negatives,
        bins=own.bins,
        shares=again,
        **joined,
    )


def _host(counts: Counts, by: str, system: str, cohort: str) -> Host:
    """The group of another column, with rows before, that all of a new group's rows belong to."""
    if "*" in by:
        column = by.split("*")[-1]
        for host in (Host(column, "", cohort), Host("system", system, "")):
            if _before(counts, host):
                return host
        inner = _host(counts, column, "", cohort)
        return inner if inner.known else _host(counts, "system", system, "")
    found = [host for host in _shared(counts, by, system, cohort) if _before(counts, host)]
    smallest = min(found, key=lambda host: (_before(counts, host), host.by), default=None)
    return smallest or Host("all", "", "")


def _before(counts: Counts, host: Host) -> int:
    facts = counts.facts
    own = facts[
        (facts["by"] == host.by)
        & (facts["system"] == host.system)
        & (facts["cohort"] == host.cohort)
        & (facts["window"] == 0)
    ]
    return int(own["rows"].sum())


def _shared(counts: Counts, by: str, system: str, cohort: str) -> dict[Host, int]:
    """Groups of other columns that hold nearly all of a new group's rows."""
    found: dict[Host, int] = {}
    facts = counts.facts[counts.facts["window"] == 1]
    if by == "system":
        pairs = facts[facts["by"].str.startswith("system*") & (facts["system"] == system)]
        named = zip(pairs["by"].str.split("*").str[-1], pairs["cohort"], pairs["rows"], strict=True)
        _most(found, [(Host(str(c), "", str(v)), int(n)) for c, v, n in named])
        return found
    pairs = facts[(facts["by"] == f"system*{by}") & (facts["cohort"] == cohort)]
    _most(found, [
        (Host("system", str(s), ""), int(n))
        for s, n in zip(pairs["system"], pairs["rows"], strict=True)
    ])  # fmt: skip
    if not counts.crossed.empty:
        for other, rows in _crossed(counts.crossed, by, cohort):
            _most(found, [(Host(other, "", str(v)), int(n)) for v, n in rows.items()])
    return found


def _most(found: dict[Host, int], rows: list[tuple[Host, int]]) -> None:
    """Of each column's groups with their rows, those that hold nearly all, put into `found`."""
    for column in {host.by for host, _ in rows}:
        own = [(host, n) for host, n in rows if host.by == column]
        total = sum(n for _, n in own)
        found.update({host: n for host, n in own if n >= WITHIN * total})


def _crossed(table: pd.DataFrame, by: str, cohort: str) -> list[tuple[str, "pd.Series[int]"]]:
    """Each other cohort column with its values' rows among the incident's rows of one group."""
    now = table[table["window"] == 1]
    rows = now["positives"] + now["negatives"]
    found = []
    for here, there, value, other in (
        ("first", "second", "cohort", "other"), ("second", "first", "other", "cohort")
    ):  # fmt: skip
        own = now[(now[here] == by) & (now[value] == cohort)]
        for name, part in own.groupby(there, sort=True):
            found.append((str(name), rows[part.index].groupby(part[other]).sum()))
    return found


def newest(counts: Counts, columns: Sequence[str]) -> str:
    """The largest group that the baseline has no rows of, or few, as a sentence; else nothing."""
    facts = counts.facts.set_index(["window", "by", "system", "cohort"])["rows"]
    now, before = facts.loc[1], facts.loc[0]
    total = float(now["all"].sum())
    found = [
        (float(now[by, *key]), by, key)
        for by in columns
        for key in (*new_groups(counts, by), *nearly_new(counts, by))
    ]
    if not found:
        return ""
    size, by, (system, cohort) = max(found)
    had = float(before.get((by, system, cohort), 0)) / float(before["all"].sum())
    none = f"{percent(had)} of the baseline's" if had else "of which the baseline has none"
    return f"{percent(size / total)} of the incident's rows have {by} {cohort or system}, {none}. "
