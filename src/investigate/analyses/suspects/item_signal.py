"""Whether rows of one group became more alike, or its scores know less of them, by their items.

The signal audit (`investigate.analyses.signal`) of one group: over pairs of rows that share an
item, one row from each half of the folds, C_yy is the covariance of their outcomes, and C_yb that
of the outcome of one and the score's bin of the other. Scores that keep less of what sets items
apart lower C_yb alone; items that became more alike lower both. The audit of the whole log says
little of a group that holds a small part of it.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.signal import LITTLE, MAJOR
from investigate.analyses.suspects.items import DRAWS, FEWEST_ITEMS
from investigate.counts.table import OTHER

PARTS = ["rows", "positives", "bins"]
CELLS = pd.MultiIndex.from_product([PARTS, [0, 1], [0, 1]])

Array = NDArray[np.float64]


def item_signal(items: pd.DataFrame, confidence: float) -> str | None:
    """``lost`` (by the score), ``alike`` (the items are), or `None` where neither is sure.

    ``items``: the rows of one scope in `Counts.items`.
    """
    # What is counted together is no item.
    items = items[items["item"] != OTHER]
    if items.empty:
        return None
    sums = items.groupby(["item", "window", "half"])[PARTS].sum()
    wide = pd.DataFrame(sums.unstack(["window", "half"])).reindex(columns=CELLS).fillna(0.0)
    if len(wide) < FEWEST_ITEMS:
        return None
    drawn = np.random.default_rng(0).multinomial(len(wide), [1 / len(wide)] * len(wide), DRAWS)
    often = np.concatenate([np.ones((1, len(wide))), drawn])
    with np.errstate(invalid="ignore", divide="ignore"):
        could, knows = zip(*(_between(wide, window, often) for window in (0, 1)), strict=True)
        less = knows[0] - knows[1]
        missing = knows[0] / could[0] * could[1] - knows[1]
        left = missing / less
    tail = (1 - confidence) / 2

    def low(values: Array) -> float:
        return float(np.quantile(values[1:], tail))

    if not (low(could[0]) > 0 and low(knows[0]) > 0):
        return None
    if low(missing) > LITTLE * knows[0][0]:
        return "lost"
    alike = low(less) > 0 and low(less - missing) > 0 and -low(-left) < MAJOR
    return "alike" if alike else None


def _between(wide: pd.DataFrame, window: int, often: Array) -> tuple[Array, Array]:
    """C_yy and C_yb of one window, where each item is taken so ``often`` (draws, items)."""
    rows, outcomes, bins = (
        [wide[part, window, half].to_numpy(float) for half in (0, 1)] for part in PARTS
    )
    pairs = often @ (rows[0] * rows[1])

    def mean(one: Array, other: Array) -> Array:
        return np.asarray(often @ (one * other) / pairs)

    first, second = mean(outcomes[0], rows[1]), mean(rows[0], outcomes[1])
    could = mean(outcomes[0], outcomes[1]) - first * second
    knows = (
        mean(outcomes[0], bins[1])
        - first * mean(rows[0], bins[1])
        + mean(bins[0], outcomes[1])
        - mean(bins[0], rows[1]) * second
    )
    return could, knows / 2
