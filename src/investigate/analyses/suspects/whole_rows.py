"""An incident in which causes are undone, in whole rows, as slices and facts hold them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.mechanism import Cells
from investigate.counts.grouping import grouping, labelled
from investigate.counts.table import FOLDS, WHOLE, Counts

Array = NDArray[np.float64]
Key = tuple[str, str]
NUMBERS = ("fold", "bin", "positives", "negatives")


def whole_rows(cells: Cells, state: Array) -> dict[str, NDArray[Any]]:
    """The incident's entries of one grouping in whole rows: ``group`` and `NUMBERS`.

    A cell's rows go to folds as its own rows of both windows do. Rounding is along the scores of
    a group's fold, so that no score moves by more than a row's share.
    """
    if cells.shares is not None:
        return _of_all_folds(cells, state)
    found = {}
    for side, name in ((1, "positives"), (0, "negatives")):
        entries = cells.positives if side else cells.negatives
        flat = cells.cell * FOLDS + cells.fold
        size = len(cells.group) * FOLDS
        there = np.bincount(flat, entries, size).reshape(-1, FOLDS)
        either = np.bincount(flat, cells.positives + cells.negatives, size).reshape(-1, FOLDS)
        there = np.where(there.sum(axis=1, keepdims=True) > 0, there, either)
        share = there / np.maximum(there.sum(axis=1, keepdims=True), 1e-300)
        rows = state[side][:, None] * share
        order = np.lexsort((cells.bin, cells.group))
        running = np.zeros_like(rows)
        edges = np.searchsorted(cells.group[order], np.arange(cells.groups + 1))
        for first, last in pairwise(edges.tolist()):
            mine = order[first:last]
            along = np.round(np.cumsum(rows[mine].T.ravel()))
            running[mine] = np.diff(along, prepend=0.0).reshape(FOLDS, -1).T
        found[name] = running
    cell, fold = np.nonzero(found["positives"] + found["negatives"])
    return {
        "group": cells.group[cell],
        "fold": fold,
        "bin": cells.bin[cell],
        "positives": found["positives"][cell, fold].astype(np.int64),
        "negatives": found["negatives"][cell, fold].astype(np.int64),
    }


def _of_all_folds(cells: Cells, state: Array) -> dict[str, NDArray[Any]]:
    """As `whole_rows`, where folds hold parts of a band's rows: the parts stay what they are."""
    order = np.lexsort((cells.bin, cells.group))
    starts = np.searchsorted(cells.group[order], np.arange(cells.groups))
    found = {}
    for side, name in ((1, "positives"), (0, "negatives")):
        running = np.cumsum(state[side][order])
        before = np.concatenate([[0.0], running])[starts][cells.group[order]]
        along = np.round(running - before)
        first = np.isin(np.arange(len(order)), starts)
        previous = np.where(first, 0.0, np.concatenate([[0.0], along[:-1]]))
        rows = np.empty(len(order))
        rows[order] = along - previous
        found[name] = rows.astype(np.int64)
    kept = np.flatnonzero(found["positives"] + found["negatives"])
    whole = {"group": cells.group, "bin": cells.bin, **found}
    return {
        **{name: values[kept] for name, values in whole.items()},
        "fold": np.full(len(kept), WHOLE, dtype=np.int64),
    }


def put_into_facts(
    facts: pd.DataFrame,
    by: str,
    keys: list[Key],
    made: Mapping[str, NDArray[Any]],
    left: Mapping[str, Array],
) -> None:
    """Put the rows and positives of one grouping's entries into facts, in place.

    ``left``: of each column of marked rows, the part of them that every group keeps (groups,).
    """
    sides = [np.bincount(made["group"], made[s], len(keys) + 1) for s in ("positives", "negatives")]
    now = (facts["by"] == by) & (facts["window"] == 1)
    # A group of facts alone has no rows: the last place is empty.
    at = {key: place for place, key in enumerate(keys)}
    named = zip(*(facts.loc[now, name].astype(str) for name in ("system", "cohort")), strict=True)
    order = np.array([at.get(key, len(keys)) for key in named], dtype=np.int64)
    sums = np.stack(sides, axis=1)[order].astype(np.int64)
    facts.loc[now, "positives"] = sums[:, 0]
    facts.loc[now, "rows"] = sums.sum(axis=1)
    for name in set(left) & set(facts):
        kept = facts.loc[now, name].to_numpy() * np.append(left[name], 0.0)[order]
        facts.loc[now, name] = np.minimum(np.round(kept).astype(np.int64), sums.sum(axis=1))


def slices_of(
    counts: Counts, names: Sequence[str], made: Sequence[Mapping[str, NDArray[Any]]]
) -> pd.DataFrame:
    """Slices of ``counts`` with its baseline's rows, and those `made` of every grouping's."""
    old = counts.slices
    before = (old["window"] == 0).to_numpy()
    parts = {name: [old[name].to_numpy()[before]] for name in (*NUMBERS, "window")}
    for entries in made:
        for name in NUMBERS:
            parts[name].append(entries[name].astype(np.int64))
        parts["window"].append(np.ones(len(entries["bin"]), np.int64))
    found: dict[str, Any] = {name: np.concatenate(own) for name, own in parts.items()}
    # Text stays numbers with their labels: it would be read again as long columns.
    for column, place in (("system", 0), ("cohort", 1), ("by", None)):
        numbers, labels = labelled(counts, column)
        at = {label: number for number, label in enumerate(labels)}
        codes = [numbers[before]]
        for by, entries in zip(names, made, strict=True):
            keys = grouping(counts, by).keys
            own = [at[by if place is None else key[place]] for key in keys]
            codes.append(np.array(own, dtype=np.int64)[entries["group"]])
        found[column] = pd.Categorical.from_codes(np.concatenate(codes), pd.Index(labels))
    return pd.DataFrame({name: found[name] for name in old.columns})
