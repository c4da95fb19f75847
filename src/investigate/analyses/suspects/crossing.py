"""Two cohort columns combined: whether a part of a cohort holds what the cohort lost."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.mechanism import Cells, cells_in
from investigate.analyses.suspects.narrowing import Scope, narrowed
from investigate.analyses.suspects.scopes import gain_of
from investigate.counts.grouping import Grouping
from investigate.counts.table import Counts

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Crossed(Scope):
    """A part of a cohort, or the cohort itself in the bins of the combination."""

    group: int = -1

    def within(self, outer: Scope) -> bool:
        """Whether it is a part of ``outer``, which is all of them here."""
        return True


def crossed(counts: Counts, cohort: dict[str, str], with_spread: bool) -> dict[str, str]:
    """`cohort`, of one column, with a second column where that holds nearly all of the loss."""
    ((column, value),) = cohort.items()
    best: tuple[float, dict[str, str]] | None = None
    for other, own in _pairs(counts.crossed, column):
        cells, keys, rows = _cells(own)
        inside = [g for g, key in enumerate(keys) if key[0] == value]

        def gain(scope: Scope, cells: Cells = cells, inside: list[int] = inside) -> float:
            chosen = inside if scope.by == "all" else [scope.group]  # type: ignore[attr-defined]
            mask = np.isin(np.arange(cells.groups), chosen)
            return gain_of(cells, (1, np.where(mask & with_spread, 0, 1), np.where(mask, 0, 1)))

        whole = Scope("all", "", "", int(rows[inside].sum()))
        level = [Crossed(other, "", keys[g][1], int(rows[g]), g) for g in inside if rows[g]]
        found = narrowed(whole, [level], gain)
        if found is whole:
            continue
        held = gain(found)
        if best is None or held > best[0]:
            best = held, dict(sorted({column: value, other: found.cohort}.items()))
    return best[1] if best else cohort


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
    arrays = {
        name: own[name].to_numpy(np.int64) for name in ("window", "bin", "positives", "negatives")
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
