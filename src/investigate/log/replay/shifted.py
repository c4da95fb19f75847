"""Whether scores would follow from the history if its times were earlier or later.

A history in another time zone looks like one whose values do not tell the scores.
"""

from typing import Any

import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.log.replay.frame import TOLERANCE, Frame
from investigate.question.formula import Formula
from investigate.question.question import Question

Floats = NDArray[np.float64]

MOST_ROWS = 10_000
"""Rows that are tried: the first by item, or by cluster where scores are compared within it."""
QUARTERS = 14 * 4
"""How many quarters of an hour are tried to either side."""
APART = 0.25
"""Two answers of one cluster are compared when their difficulties differ by this much of the
inner scores' standard deviation."""
SURELY = 0.98
"""Share of scores that follow where the times are right."""


def shifted(frame: Frame, question: Question, following: float) -> dict[str, Any] | None:
    """``seconds`` to add to the history's times, and the share ``following`` then.

    `None` where no shift lets nearly all scores follow, or they do already (`following`). Rows
    are judged by the ability that the log names, else by successive scores of one cluster.
    """
    if following >= SURELY:
        return None
    rows = _rows(frame, question)
    if len(rows) < 2:
        return None
    items = rows["item"].unique().tolist()
    writes = frame.writes.table.filter(_["item"].isin(items)).select(
        "item", "time", "system", "difficulty", "place"
    )
    history = writes.to_pandas().sort_values(["time", "place"], kind="stable")
    parts = [history]
    if question.precedence:
        parts = [history[history["system"] == system] for system in question.precedence]
    systems = [WritesByItem(part, rows) for part in parts]
    follows = _by_ability if question.columns.ability else _by_pairs
    steps = sorted(range(-QUARTERS, QUARTERS + 1), key=lambda n: (n % 4 != 0, abs(n), n))
    best: tuple[float, int] = (following, 0)
    for step in steps:
        # Times of the history that are later by a step are rows' times that are earlier by it.
        value = systems[0].in_force(-15 * step)
        for other in systems[1:]:
            value = np.where(np.isnan(value), other.in_force(-15 * step), value)
        share = follows(rows, value, frame.formula)
        if share is not None and share > best[0] + 0.01:
            best = share, step
            if share >= 0.999:
                break
    if best[0] < SURELY:
        return None
    return {"seconds": 900 * best[1], "following": best[0]}


def _rows(frame: Frame, question: Question) -> pd.DataFrame:
    known = frame.rows.filter(
        _.reason.isnull(), _.stretch.notnull(), _["item"].notnull(), _.in_force.notnull()
    )
    if question.columns.ability:
        known = known.filter(_.ability.notnull())
        order = ["item", "time", "score"]
    else:
        known = known.filter(_.cluster.notnull())
        order = ["cluster", "time", "item"]
    columns = ["item", "time", "cluster", "ability", "score", "inner"]
    found = known.select(columns).order_by(order).limit(MOST_ROWS).to_pandas()
    return found.sort_values(order, kind="stable", ignore_index=True)


class WritesByItem:
    """One system's writes, or everyone's, beside `rows` of the same items.

    A write and a row are one number each: the item, then how many moments of writes are not later.
    """

    def __init__(self, history: pd.DataFrame, rows: pd.DataFrame) -> None:
        items = pd.Index(pd.concat([rows["item"], history["item"]]).unique())
        self._times = rows["time"].to_numpy("datetime64[us]")
        written = history["time"].to_numpy("datetime64[us]")
        self._moments = np.unique(written)
        self._items = items.get_indexer(rows["item"]) * (len(self._moments) + 1)
        own = items.get_indexer(history["item"]) * (len(self._moments) + 1)
        places = own + self._moments.searchsorted(written) + 1
        order = np.argsort(places, kind="stable")
        # Before all others one that is nobody's, which is found where there is none.
        self._places = np.insert(places[order], 0, -1)
        self._values = np.insert(history["difficulty"].to_numpy(float)[order], 0, np.nan)

    def in_force(self, minutes: int) -> Floats:
        """The difficulty (rows,) `minutes` later; a write counts when it is strictly earlier."""
        moments = self._times + np.timedelta64(minutes, "m")
        wanted = self._items + self._moments.searchsorted(moments, side="left")
        last = self._places.searchsorted(wanted, side="right") - 1
        return np.where(self._places[last] > self._items, self._values[last], np.nan)


def _by_ability(rows: pd.DataFrame, value: Floats, formula: Formula) -> float | None:
    inner = (
        formula.ability_slope * rows["ability"].to_numpy(float)
        + formula.difficulty_slope * value
        + formula.constant
    )
    implied = 1 / (1 + np.exp(-inner)) if formula.logistic else inner
    known = np.isfinite(value)
    close = np.abs(implied - rows["score"].to_numpy(float)) <= TOLERANCE
    return float(close[known].mean()) if known.sum() >= len(rows) / 2 else None


def _by_pairs(rows: pd.DataFrame, value: Floats, formula: Formula) -> float | None:
    spread = float(rows["inner"].std()) or 1.0
    valued = np.isfinite(value)
    cluster, inner = (rows[name].to_numpy()[valued] for name in ("cluster", "inner"))
    same = cluster[1:] == cluster[:-1]
    scores = np.diff(inner.astype(float))[same]
    values = np.diff(value[valued])[same] * formula.difficulty_slope
    apart = np.abs(values) > APART * spread
    if apart.sum() < 20:
        return None
    return float((np.abs(scores - values) < np.abs(values) / 2)[apart].mean())
