"""A cohort column whose values changed in one place alone: a lead, and no alibi.

Other people come to every channel and every model. Where a column's shares moved within one group
of another column and stayed everywhere else, a value may be what a fault left there, such as the
band of a feature that one release no longer sends.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from investigate.counts.memory import remembered
from investigate.counts.table import Counts

MOVED = 0.1
"""Share of a group's rows that must have moved to other values of the column."""
STAYED = 0.25
"""Elsewhere a column stayed when its shares moved by less than this part of what they moved there
(and by no more than chance does)."""
REST = 0.2
"""Elsewhere there must be so large a part of the incident's rows."""

Group = tuple[str, str]
"""A column, ``system`` among them, and its value."""


@remembered
def confined(counts: Counts, by: str) -> Group | None:
    """The one group of another column in which the shares of ``by`` moved, if there is one."""
    found = []
    for column, rows in _beside(counts, by):
        totals = {w: part.groupby("group")["rows"].sum() for w, part in rows.groupby("window")}
        if set(totals) != {0, 1}:
            continue
        both = sorted(set(totals[0].index) & set(totals[1].index))
        now = totals[1].sum()
        for group in both:
            inside = rows["group"] == group
            if now - totals[1][group] < REST * now:
                continue
            moved, rest = _moved(rows[inside]), _moved(rows[~inside])
            if moved >= MOVED and rest < STAYED * moved:
                found.append((moved, column, str(group)))
    return max(found)[1:] if found else None


def _moved(rows: pd.DataFrame) -> float:
    """Share of rows that moved to other values, beyond what as few rows move by chance."""
    table = rows.pivot_table(
        index="value", columns="window", values="rows", aggfunc="sum", fill_value=0
    ).reindex(columns=[0, 1], fill_value=0)
    totals = table.sum().to_numpy(float)
    if not totals.all():
        return 0.0
    share = table.to_numpy(float) / totals
    pooled = table.sum(axis=1).to_numpy(float) / totals.sum()
    # The mean of the absolute value of a normal difference is its error times the root of 2/pi.
    chance = np.sqrt(2 / np.pi * pooled * (1 - pooled) * (1 / totals).sum())
    return float((np.abs(share[:, 1] - share[:, 0]) - chance).clip(0).sum() / 2)


def _beside(counts: Counts, by: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every other column with the rows by its ``group``, the ``value`` of ``by`` and window."""
    facts = counts.facts
    pairs = facts[facts["by"] == f"system*{by}"]
    if len(pairs):
        yield "system", _rows(pairs, "system", "cohort", pairs["rows"])
    crossed = counts.crossed
    if crossed.empty:
        return
    rows = crossed["positives"] + crossed["negatives"]
    for here, there, value, other in (
        ("first", "second", "cohort", "other"), ("second", "first", "other", "cohort")
    ):  # fmt: skip
        own = crossed[crossed[here] == by]
        for column, part in own.groupby(there, sort=True):
            yield str(column), _rows(part, other, value, rows[part.index])


def _rows(table: pd.DataFrame, group: str, value: str, rows: "pd.Series[int]") -> pd.DataFrame:
    own = {"group": table[group].astype(str), "value": table[value].astype(str)}
    return pd.DataFrame({**own, "window": table["window"], "rows": rows})
