"""Rows that lost their outcomes in a join, put back into the incident.

Their scores are known and their outcomes are not. So they are put back as rows of the same group
and band of scores that found theirs; where most of these lost theirs too, as the baseline's rows
of that group and band. That is right if rows lost their outcomes whatever these were.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.join_loss import losses
from investigate.analyses.mechanism import Cells
from investigate.counts.score_bands import score_bands
from investigate.counts.table import Counts

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Key = tuple[str, str]
FEW = 0.25
"""Where fewer than this share of a band's rows found their outcome, the baseline's are used."""


def restored(
    counts: Counts,
    cells: Cells,
    keys: list[Key],
    place: Ints,
    by: str,
    key: Key | None,
    incident: Array,
    baseline: Array,
) -> Array:
    """The incident's negatives and positives (2, cells) with lost rows put back where a join fails.

    ``place`` (B,) takes bins of the counts to those of ``cells``; ``incident`` and ``baseline``
    (2, cells) are what the cells hold. Of the groups that fail only ``key``, where it is given.
    """
    bands = score_bands(counts.bins["rows"].to_numpy())
    of_bin = np.zeros(cells.bins, dtype=np.int64)
    of_bin[place] = bands
    band = of_bin[cells.bin]
    table = counts.join_bands
    table = table[table["by"] == by]
    before, table = (table[table["window"] == window] for window in (0, 1))
    earlier = {(str(a), str(b)): own for (a, b), own in before.groupby(["system", "cohort"])}
    usual = {(a.system, a.cohort): a.usual for a in losses(counts) if a.by == by and a.fails}
    found = incident.copy()
    scale = _scale(cells, keys, table, earlier, set(usual), (baseline, incident))
    for (system, cohort), own in table.groupby(["system", "cohort"]):
        name = (str(system), str(cohort))
        if name not in keys or name not in usual or (key is not None and name != key):
            continue
        mine = cells.group == keys.index(name)
        rows, lost = (_by_band(own, column, int(bands.max()) + 1) for column in ("rows", "lost"))
        there, due = rows - lost, rows * (1 - usual[name])
        known = earlier.get(name, own[:0])
        lenders = _by_band(known, "rows", len(rows)) - _by_band(known, "lost", len(rows))
        for at in np.flatnonzero(due > 0):
            here = mine & (band == at)
            held, lent = incident[:, here], baseline[:, here]
            if there[at] >= FEW * rows[at] or not lent.sum():
                found[:, here] = held * (due[at] / max(there[at], 1.0))
            else:
                missing = max(due[at] - there[at], 0.0)
                # Where rows have weights, each weighs as those that replace it do.
                each = scale / max(lenders[at], 1.0) if counts.weighted else 1 / lent.sum()
                found[:, here] = held + lent * (missing * each)
    return found


def _scale(
    cells: Cells,
    keys: list[Key],
    table: pd.DataFrame,
    earlier: dict[Key, pd.DataFrame],
    failing: Collection[Key],
    weights: tuple[Array, Array],
) -> float:
    """What a weight of the baseline is in the incident: each window's sum to its effective size.

    From groups whose join holds: the weight of their rows beside what these rows would weigh in
    the baseline; from all groups where none holds.
    """
    now = {(str(a), str(b)): own for (a, b), own in table.groupby(["system", "cohort"])}
    both = [name for name in keys if name in now and name in earlier]
    held, expected = 0.0, 0.0
    for name in [name for name in both if name not in failing] or both:
        mine = cells.group == keys.index(name)
        there, before = (
            float((own["rows"] - own["lost"]).sum()) for own in (now[name], earlier[name])
        )
        if before:
            held += float(weights[1][:, mine].sum())
            expected += float(weights[0][:, mine].sum()) * there / before
    return held / expected if expected else 1.0


def still_lost(counts: Counts, undone: Collection[tuple[str, Key | None]]) -> dict[str, Any]:
    """The tables of joins without the groups, by ``by`` and key, whose lost rows were put back.

    Of other columns it is not known which rows these were, so that these tell nothing any more.
    """
    if not undone:
        return {}
    columns = {by for by, _ in undone}
    tables = {}
    for name in ("join_days", "join_bands"):
        table: pd.DataFrame = getattr(counts, name)
        kept = table["by"].isin(columns - {"all"})
        for by, key in undone:
            own = table["by"] == by
            if key is not None:
                own &= (table["system"] == key[0]) & (table["cohort"] == key[1])
            kept &= ~own
        tables[name] = table[kept].reset_index(drop=True)
    return tables


def _by_band(own: pd.DataFrame, column: str, size: int) -> Array:
    return np.bincount(own["band"].to_numpy(), own[column].to_numpy(), size).astype(float)
