"""Whether scores would follow from the history if its times were earlier or later.

A history in another time zone looks like one whose values do not tell the scores.
"""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from ibis import _

from investigate.log.replay.frame import Frame
from investigate.question.question import Question

MOST_ROWS = 10_000
"""Rows that are tried: the first by item, or by cluster where scores are compared within it."""
QUARTERS = 14 * 4
"""How many quarters of an hour are tried to either side."""
TOLERANCE = 1e-3
"""A score follows from ability and difficulty when it is within this of the formula."""
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
    steps = sorted(range(-QUARTERS, QUARTERS + 1), key=lambda n: (n % 4 != 0, abs(n), n))
    best: tuple[float, int] = (following, 0)
    for step in steps:
        moved = history.assign(time=history["time"] + timedelta(minutes=15 * step))
        share = _following(rows, _in_force(rows, moved, question), frame, question)
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
    return found.sort_values("time", kind="stable", ignore_index=True)


def _in_force(rows: pd.DataFrame, writes: pd.DataFrame, question: Question) -> np.ndarray:
    """The difficulty in force at each row; a write counts when it is strictly earlier."""
    parts = (
        [writes[writes["system"] == system] for system in question.precedence]
        if question.precedence
        else [writes]
    )
    value = np.full(len(rows), np.nan)
    for part in parts:
        own = part[["time", "item", "difficulty"]].astype({"time": rows["time"].dtype})
        found = pd.merge_asof(
            rows[["time", "item"]], own, on="time", by="item", allow_exact_matches=False
        )
        value = np.where(np.isnan(value), found["difficulty"].to_numpy(float), value)
    return value


def _following(
    rows: pd.DataFrame, value: np.ndarray, frame: Frame, question: Question
) -> float | None:
    formula = frame.formula
    if question.columns.ability:
        inner = (
            formula.ability_slope * rows["ability"].to_numpy(float)
            + formula.difficulty_slope * value
            + formula.constant
        )
        implied = 1 / (1 + np.exp(-inner)) if formula.logistic else inner
        known = np.isfinite(value)
        close = np.abs(implied - rows["score"].to_numpy(float)) <= TOLERANCE
        return float(close[known].mean()) if known.sum() >= len(rows) / 2 else None
    spread = float(rows["inner"].std()) or 1.0
    laid = rows.assign(value=value).sort_values(["cluster", "time", "item"], kind="stable")
    laid = laid[laid["value"].notna()]
    same = (laid["cluster"] == laid["cluster"].shift()).to_numpy()
    scores = laid["inner"].diff().to_numpy()[same]
    values = laid["value"].diff().to_numpy()[same] * formula.difficulty_slope
    apart = np.abs(values) > APART * spread
    if apart.sum() < 20:
        return None
    return float((np.abs(scores - values) < np.abs(values) / 2)[apart].mean())
