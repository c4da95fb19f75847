"""Daily AUC made readable: a mean over a few buckets, weighted by their rows."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
WEEK = 7
READABLE = 60
"""So many buckets need no smoothing."""
WIDEST = 1400
"""Beyond so many buckets a week of them is no longer seen."""


def buckets(rows: Sequence[Mapping[str, Any]], zone: str = "UTC") -> pd.DataFrame:
    """The onset's table: start (local time, without a zone), auc, half (of the interval), rows.

    Ordered by start; a bucket without AUC holds NaN.
    """
    table = pd.DataFrame(list(rows), columns=["start", "auc", "low", "high", "rows"])
    numbers = table[["auc", "low", "high"]].astype(float)
    start = pd.to_datetime(table["start"], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    # An interval is cut at 0 and 1: its longer side is the honest half.
    half = np.maximum(numbers["high"] - numbers["auc"], numbers["auc"] - numbers["low"])
    return pd.DataFrame(
        {"start": start, "auc": numbers["auc"], "half": half, "rows": table["rows"]}
    ).sort_values("start", ignore_index=True)


def span(count: int) -> int:
    """How many buckets of `count` go into one mean: 1, 7 or a multiple of 7."""
    return 1 if count <= READABLE else WEEK * ceil(count / WIDEST)


def smooth(table: pd.DataFrame, seconds: int, width: int) -> pd.DataFrame:
    """Centred means over `width` buckets of `seconds`, on every bucket from first to last.

    Columns start, auc, half, rows (those that went in); NaN where no bucket has an AUC.
    The half of a mean's interval takes the buckets as independent.
    """
    known = table.dropna(subset="auc")
    every = pd.date_range(known["start"].min(), known["start"].max(), freq=f"{seconds}s")
    place = every.get_indexer(pd.Index(known["start"]), method="nearest")

    def window(values: pd.Series) -> pd.Series:
        sums = np.bincount(place, values.to_numpy(dtype=float), minlength=len(every))
        return pd.Series(sums).rolling(width, center=True, min_periods=1).sum()

    rows = window(known["rows"])
    held = window(known["rows"] * 0 + 1) > 0.5
    total = rows.where(held)
    return pd.DataFrame(
        {
            "start": every,
            "auc": window(known["rows"] * known["auc"]) / total,
            "half": np.sqrt(window((known["rows"] * known["half"].fillna(0)) ** 2).clip(0)) / total,
            "rows": rows,
        }
    )


def unit(seconds: int, many: int = 1) -> str:
    """A bucket's length, or that of `many`, in words: day, 7 days, 15 minutes."""
    name, size = next(one for one in UNITS if seconds % one[1] == 0)
    number = many * seconds // size
    return name if number == 1 else f"{number} {name}s"
