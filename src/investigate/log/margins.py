"""Counts by group and bin from counts by group and band of bins, so that they stay small.

Of many groups, every group in every bin would be as many cells as the log has rows. A band of
bins is fine enough for a group, but all groups together must be what the log is, bin by bin.
Within a band the rows of all groups, ordered by bin, are dealt out to the groups one after the
other: both margins hold exactly, and there are hardly more cells than in both.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TURN = 0.382
"""By which part of all groups the first one differs from band to band, so that no group has the
low scores of every band."""

Ints = NDArray[np.int64]


def dealt(by_bin: pd.DataFrame, by_band: pd.DataFrame, band: Ints) -> pd.DataFrame:
    """``window``, ``group``, ``bin``, ``positives``, ``negatives``, sorted; every cell has rows.

    `by_bin` has ``window`` and ``bin``, `by_band` ``window``, ``band`` and ``group``, both
    ``positives`` and ``negatives``; ``band`` (B,) is the band of each bin. Groups are whole
    numbers from 0. Sums by window and bin, and by window, band and group, are those given.
    """
    if not len(by_bin):
        return pd.DataFrame({"group": [], **by_bin.astype("int64")})
    size = int(by_band["group"].max()) + 1
    bins, bands = len(band), int(band.max()) + 1
    place, of = (
        side["window"].to_numpy().astype(np.int64) * bands + own
        for side, own in (
            (by_bin, band[by_bin["bin"].to_numpy()]), (by_band, by_band["band"].to_numpy())
        )
    )  # fmt: skip
    turn = (by_band["group"].to_numpy() + round(TURN * size) * of) % size
    ranked = [
        np.argsort(place * bins + by_bin["bin"].to_numpy(), kind="stable"),
        np.argsort(of * size + turn, kind="stable"),
    ]
    names = ("window", "group", "bin")
    parts = []
    for side in ("positives", "negatives"):
        ends = [
            np.cumsum(frame[side].to_numpy()[order])
            for frame, order in zip((by_bin, by_band), ranked, strict=True)
        ]
        edges = np.union1d(*ends)
        edges = edges[edges > 0]
        first = np.concatenate([[0], edges])[:-1]
        one, other = (
            order[np.searchsorted(end, first, side="right")]
            for order, end in zip(ranked, ends, strict=True)
        )
        frame = by_bin[["window", "bin"]].take(one).reset_index(drop=True)
        frame["group"] = by_band["group"].to_numpy()[other]
        parts.append(frame.assign(**{side: edges - first}))
    both = pd.concat(parts, ignore_index=True).fillna(0).astype("int64")
    return both.groupby(list(names), as_index=False).sum()
