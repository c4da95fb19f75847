"""A cohort column whose values changed in one place alone: a lead, and no alibi.

Other people come to every channel and every model. Where a column's shares moved within one group
of another column and stayed everywhere else, a value may be what a fault left there, such as the
band of a feature that one release no longer sends.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.memory import remembered, remembered_of
from investigate.counts.table import Counts

MOVED = 0.1
"""Share of a group's rows that must have moved to other values of the column."""
STAYED = 0.25
"""Elsewhere a column stayed when its shares moved by less than this part of what they would have,
had its values become rarer as they did there (beyond what chance moves)."""
REST = 0.2
"""Elsewhere there must be so large a part of the incident's rows."""

Array = NDArray[np.float64]
Group = tuple[str, str]
"""A column, ``system`` among them, and its value."""


@remembered
def confined(counts: Counts, by: str) -> Group | None:
    """The one group of another column in which the shares of ``by`` moved, if there is one."""
    found = []
    for column, cells in _beside(counts, by):
        labels, group = np.unique(
            cells["group"].to_numpy(dtype=object).astype(str), return_inverse=True
        )
        values, value = np.unique(
            cells["value"].to_numpy(dtype=object).astype(str), return_inverse=True
        )
        rows = cells[[0, 1]].to_numpy(float)
        if not rows.sum(axis=0).all():
            continue
        inside = np.stack([np.bincount(group, side, len(labels)) for side in rows.T], axis=1)
        moved = _moved(rows, group, inside)
        now = inside[:, 1].sum()
        led = (inside.min(axis=1) > 0) & (moved >= MOVED) & (now - inside[:, 1] >= REST * now)
        for at in np.flatnonzero(led).tolist():
            other = group != at
            rest = np.stack(
                [np.bincount(value[other], side, len(values)) for side in rows[other].T], axis=1
            )
            nowhere = np.zeros(len(rest), dtype=np.int64)
            own = np.stack([np.bincount(value[~other], side, len(rest)) for side in rows[~other].T])
            stayed = float(_moved(rest, nowhere, rest.sum(axis=0)[None])[0])
            if stayed < STAYED * _foreseen(own.T, rest):
                found.append((float(moved[at]), column, str(labels[at])))
    return max(found)[1:] if found else None


def _moved(rows: NDArray[Any], group: NDArray[Any], totals: NDArray[Any]) -> Array:
    """Share of rows that moved to other values, beyond what as few rows move by chance.

    Of each group (n,), from `rows` (cells, 2) by window, the cells' groups, and `totals` (n, 2);
    0 for a group without rows in a window.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = rows / totals[group]
        pooled = rows.sum(axis=1) / totals.sum(axis=1)[group]
        # The mean of the absolute value of a normal difference is its error times the root of 2/pi.
        chance = np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / totals).sum(axis=1)[group])
        beyond = (np.abs(share[:, 1] - share[:, 0]) - chance).clip(0)
    known = (totals > 0).all(axis=1)
    return np.where(known, np.bincount(group, np.nan_to_num(beyond), len(totals)) / 2, 0.0)


def _foreseen(own: NDArray[Any], rest: NDArray[Any]) -> float:
    """Share of ``rest`` that would move if its values became rarer as those of ``own`` did.

    Of values that hardly occur in the rest it tells nothing that they did not move there.
    """
    before, after = (own / own.sum(axis=0)).T
    kept = np.divide(after, before, out=np.ones(len(before)), where=before > 0).clip(max=1)
    return float((rest[:, 0] / rest[:, 0].sum() * (1 - kept)).sum()) if rest[:, 0].any() else 0.0


def _beside(counts: Counts, by: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every other column with its cells: ``group``, the ``value`` of ``by``, rows by window."""
    facts = counts.facts
    pairs = facts[facts["by"] == f"system*{by}"]
    if len(pairs):
        yield "system", _rows(pairs, "system", "cohort", pairs["rows"])
    yield from _crossed(counts, by)


@remembered_of("crossed")
def _crossed(counts: Counts, by: str) -> tuple[tuple[str, pd.DataFrame], ...]:
    crossed = counts.crossed
    if crossed.empty:
        return ()
    found = []
    rows = crossed["positives"] + crossed["negatives"]
    for here, there, value, other in (
        ("first", "second", "cohort", "other"), ("second", "first", "other", "cohort")
    ):  # fmt: skip
        own = crossed[crossed[here] == by]
        for column, part in own.groupby(there, sort=True):
            found.append((str(column), _rows(part, other, value, rows[part.index])))
    return tuple(found)


def _rows(table: pd.DataFrame, group: str, value: str, rows: "pd.Series[int]") -> pd.DataFrame:
    sides: dict[Any, Any] = {w: rows.where(table["window"] == w, 0) for w in (0, 1)}
    frame = pd.DataFrame({"group": table[group], "value": table[value], **sides})
    return frame.groupby(["group", "value"], as_index=False, sort=False).sum()
