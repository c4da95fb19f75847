"""Lower edges of score bins, fine enough that a day's AUC loses next to nothing in them."""

from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.log.bins import between_quantiles, joined
from investigate.log.places import placed
from investigate.log.temporary import beside, keep

MOST = 500
"""Distinct scores up to which each has a bin of its own."""
SHARE = 320
"""No bin of several scores holds more than one in so many rows of either class.

That keeps the bound of the AUC at 1 / (2 * SHARE) on the rows that edges are learnt from.
"""

_SIDES = ["positives", "negatives"]


def learnt(scored: ibis.Table, most: int = MOST) -> tuple[float, ...]:
    """Ascending edges for the rows of `scored`, which has ``score`` and ``outcome``.

    Up to `most` distinct scores each have a bin of their own.
    """
    outcomes: dict[str, Any] = {
        "positives": (_.outcome == 1).sum().cast("int64"),
        "negatives": (_.outcome == 0).sum().cast("int64"),
    }
    values = keep(scored.group_by("score").agg(**outcomes))
    if int(values.count().to_pyarrow().as_py()) <= most:
        return tuple(sorted(values.score.to_pyarrow().to_pylist()))
    sums = values.agg(**{side: values[side].sum() for side in _SIDES}).to_pyarrow().to_pylist()[0]
    totals = [int(sums[side]) for side in _SIDES]
    numbered = values.mutate(number=between_quantiles(_SIDES, totals, SHARE))
    low = {"low": _.score.min(), **{side: _[side].sum().cast("int64") for side in _SIDES}}
    levels = numbered.group_by("number").agg(**low).to_pandas()
    levels = levels.sort_values("number", ignore_index=True)
    lows = levels["low"].groupby(joined(levels, _SIDES, totals, SHARE)).min()
    return tuple(float(low) for low in lows)


def binned(rows: ibis.Table, edges: tuple[float, ...]) -> ibis.Table:
    """`rows` with ``bin``, the number of edges at or below the score less one, at least 0.

    ``off`` is 1 where the score is no edge itself: only such rows make a bin inexact. Rows
    without a score have bin 0.
    """
    numbers = {"bin": np.arange(max(len(edges), 1), dtype=np.int64)}
    inside = placed(rows, np.array(edges[1:], dtype=float), numbers)
    known = beside(rows, pd.DataFrame({"edge": np.array(edges, dtype=float)}))
    found = inside.left_join(known, inside.score == known.edge)
    off = found.edge.isnull().cast("int8")
    return found.mutate(bin=found["bin"].fill_null(0).cast("int16"), off=off).drop("edge")
