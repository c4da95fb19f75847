"""Clusters whose rows flood one of the windows: how large a part they are, and their outcomes."""

from typing import Any

import ibis
import numpy as np
from ibis import _
from numpy.typing import NDArray

from investigate.log.sums import summed, sums
from investigate.log.temporary import beside, keep
from investigate.log.weights import SIDES, rows_with

GREW, TIMES = 0.05, 3.0
"""A cluster floods a window where its share of the rows is so much larger than in the other
window, and so many times as large …"""
PEERS = 10.0
"""… and it has so many times the rows that the others have there on average."""
MOST = 3
SEVERAL = 10
"""Where none floods a window by itself, so many may together: more than that are a crowd."""


def floods(counted: ibis.Table, least: int) -> list[dict[str, Any]]:
    """The clusters that flood, the largest first: what ``floods`` of `Counts.meta` holds.

    Of none is the id kept, and none of fewer than ``least`` rows is listed. Empty where the
    rows of only one window have clusters. Rows have no weights.
    """
    scored = counted.filter(_.scored, _.window >= 0)
    totals = sums(scored, ["window"], {"rows": _.count()}).set_index("window")["rows"]
    named = scored.filter(_.cluster.notnull())
    sizes = named.group_by("cluster").agg(
        before=(_.window == 0).sum().cast("int64"), now=(_.window == 1).sum().cast("int64")
    )
    whole = [max(int(totals.get(window, 0)), 1) for window in (0, 1)]
    fewest = int(GREW / SEVERAL * min(whole))
    sizes = keep(sizes)
    there = sizes.agg(before=(_.before > 0).sum(), now=(_.now > 0).sum()).to_pyarrow().to_pylist()
    # Of no rows an engine's sum is nothing, not zero.
    others = [max(int(there[0][name] or 0) - 1, 1) for name in ("before", "now")]
    large = sizes.filter((_.before > fewest) | (_.now > fewest)).to_pyarrow().to_pandas()
    shares = np.stack([large["before"] / whole[0], large["now"] / whole[1]])
    more, less = shares.max(axis=0), shares.min(axis=0)
    rest = np.take_along_axis(
        (1 - shares) / np.array(others)[:, None], shares.argmax(axis=0)[None], axis=0
    )[0]
    flooding = (more - less >= GREW) & (more >= TIMES * less) & (more >= PEERS * rest)
    flooding &= (large["before"] + large["now"]).to_numpy() >= least
    own = large[flooding].assign(gap=(more - less)[flooding])
    own = own.sort_values(["gap", "cluster"], ascending=[False, True]).head(MOST)
    if own.empty:
        own = large.iloc[_together(shares, whole, [n + 1 for n in others], least)]
    if own.empty:
        return []
    keys = ["cluster", "window", "fold", "bin"]
    table = beside(named, own[["cluster"]].reset_index(drop=True))
    cells = summed(sums(named.semi_join(table, "cluster"), keys, rows_with()), keys, list(SIDES))
    return [
        {name: its[name].tolist() for name in [*keys[1:], *SIDES]}
        for cluster in own["cluster"]
        for its in [cells[cells["cluster"] == cluster]]
    ]


def _together(
    shares: NDArray[Any], whole: list[int], clusters: list[int], least: int
) -> NDArray[np.int64]:
    """Which clusters (n,) flood one window together, by their ``shares`` (2, n); the largest first.

    Heavy clusters are in any window: these have so much more than as many of the largest of the
    other window have there, and each is new and unlike its peers.
    """
    for window in (1, 0):
        own, other = shares[window], np.sort(shares[1 - window])[::-1]
        order = np.argsort(-own, kind="stable")
        order = order[(own >= TIMES * shares[1 - window])[order]][:SEVERAL]
        held = np.cumsum(own[order])
        many = np.arange(1, len(order) + 1)
        rest = (1 - held) / np.maximum(clusters[window] - many, 1)
        # Each beside the clusters that are left: the smallest decides.
        fits = np.flatnonzero(own[order] >= PEERS * rest)
        if not len(fits):
            continue
        chosen = order[: int(fits[-1]) + 1]
        there, before = float(own[chosen].sum()), float(other[: len(chosen)].sum())
        news = there - before >= GREW and there >= TIMES * before
        if news and there * whole[window] >= least:
            return np.asarray(chosen)
    return np.array([], dtype=np.int64)
