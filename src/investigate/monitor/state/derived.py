"""What is known of a bucket and stream, of the counts that all parts have of it."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.auc import auc, bin_bound

KEYS = ["start", "stream"]
_FACTS = ["rows", "unscored", "pending", "unusable"]


def derived(cells: pd.DataFrame, facts: pd.DataFrame, dependence: pd.DataFrame) -> pd.DataFrame:
    """One row for each ``start`` and ``stream`` of `facts`, sorted.

    `cells`: sums by the keys and ``bin``, sorted. `facts` and `dependence` by part; the ratio
    is the mean over the parts that have one, weighted by their rows.
    """
    found = facts.groupby(KEYS)[_FACTS].sum()
    scored = cells.groupby(KEYS)[["positives", "negatives"]].sum()
    areas = _areas(cells)
    weighed = dependence.merge(facts, on=[*KEYS, "part"])
    weighed["ratio"] *= weighed["rows"]
    means = weighed.groupby(KEYS)[["ratio", "rows"]].sum()
    found = found.join(scored).fillna({"positives": 0, "negatives": 0})
    found = found.join(areas).assign(ratio=means["ratio"] / means["rows"])
    whole = [*_FACTS, "positives", "negatives"]
    return found.astype(dict.fromkeys(whole, "int64")).reset_index()


def bounds(positives: NDArray[Any], negatives: NDArray[Any], off: NDArray[Any]) -> float:
    """Largest distance of the AUC (B,) from that of the raw scores; rows `off` no edge."""
    return float(bin_bound(positives, negatives, np.asarray(off) == 0))


def _areas(cells: pd.DataFrame) -> pd.DataFrame:
    """``auc`` and ``bound`` by the keys; of one bucket's streams at a time."""
    rows = []
    for key, own in cells.groupby(KEYS):
        positives, negatives = own["positives"].to_numpy(), own["negatives"].to_numpy()
        bound = bounds(positives, negatives, own["off"].to_numpy())
        rows.append((*key, float(auc(positives, negatives)), bound))
    frame = pd.DataFrame(rows, columns=[*KEYS, "auc", "bound"])
    return frame.set_index(KEYS)
