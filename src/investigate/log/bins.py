"""Score bins shared by all groups and both windows, fine enough for the AUC's bound.

The AUC of the raw scores lies within half the sum, over bins, of the share of positives
times the share of negatives: pairs that share a bin. Bins of one value hold real ties
and add nothing to it.
"""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.counts.table import MILLION
from investigate.log.places import placed
from investigate.log.temporary import AT_ONCE, keep

EXACT = 16_384
"""Distinct scores in both windows up to which each has a bin of its own."""

SHARE = 1_000
"""No bin of several values holds more than one in so many of a window's positives.

That keeps the bound at 1 / (2 * SHARE), wherever the negatives lie.
"""

FINER = 4
"""How much finer the scores are cut at first, before neighbours join."""

CELLS = 65_536
"""Equal ranges of scores, of which parts are made where the scores are too many at once."""

COARSE = 128
"""About how many coarse bins, of about equal rows, the timeline has."""


@dataclass(frozen=True)
class Bins:
    """``table`` as in `Counts`; ``edges`` (B - 1,) the least score of each bin but the first.

    ``coarse`` (B,) is the coarse bin of each, and ``rate`` (B,) the baseline's outcome rate, which
    never falls from bin to bin, in millionths. ``repeated`` holds every ``score`` that more than
    one row ``within`` the windows has; ``some_repeat`` says whether there are any.
    """

    table: pd.DataFrame
    edges: NDArray[np.float64]
    coarse: NDArray[np.int64]
    rate: NDArray[np.int64]
    repeated: ibis.Table
    some_repeat: bool

    def placed(self, rows: ibis.Table, scored: bool) -> ibis.Table:
        """`rows` with ``bin``, ``coarse`` and ``rate``, all null without a ``score``.

        If `scored`, all rows have one.
        """
        known = {"bin": np.arange(len(self.coarse)), "coarse": self.coarse, "rate": self.rate}
        return placed(rows, self.edges, known, scored)


def bins(scored: ibis.Table) -> Bins:
    """Bins for the rows of `scored`; a score of neither window goes to a neighbouring bin.

    `scored` has ``score``, ``outcome`` and ``window``, and positives in both windows.
    """
    inside = scored.filter(_.window >= 0)
    repeated = keep(inside.group_by("score").agg(within=_.count()).filter(_.within > 1))
    sizes = inside.agg(rows=_.count(), **_sides()).to_pyarrow().to_pylist()[0]
    rows, *totals = map(int, sizes.values())
    again = repeated.agg(more=(_.within - 1).sum()).to_pyarrow().to_pylist()[0]["more"]
    exact = rows - int(again or 0) <= EXACT
    sides = ["positives0", "positives1"]
    if exact:
        levels = _sized(inside.mutate(number=_.score))
        edges = levels["number"].to_numpy(dtype=float)[1:]
        place = np.arange(len(levels))
    else:
        cuts = _cuts(inside, totals)
        numbered = placed(inside, cuts, {"number": np.arange(len(cuts) + 1)}, scored=True)
        levels = _sized(numbered)
        place = joined(levels, sides, totals, SHARE)
        first = levels["number"].to_numpy()[np.flatnonzero(np.diff(place, prepend=-1))]
        # A level that only rows of neither window have goes to the bin below, if there is one.
        edges = cuts[first[1:] - 1]
    table, coarse = _tables(levels, place)
    return Bins(table, edges, coarse, _rates(levels, place), repeated, bool(again))


def _sides() -> dict[str, Any]:
    return {f"positives{w}": ((_.window == w) & (_.outcome == 1)).sum() for w in (0, 1)}


def _cuts(inside: ibis.Table, totals: list[int]) -> NDArray[np.float64]:
    """The least score of each level but the first: those of `between_quantiles`.

    Every quantile of a window's positives is a level of its own, and so are the scores between
    two neighbours.
    """
    found = []
    for window, total in enumerate(totals):
        step = max(1, total // (SHARE * FINER))
        positives = inside.filter(_.window == window, _.outcome == 1).select("score")
        for before, part in _parts(positives, total):
            ranked = part.mutate(rank=ibis.row_number().over(order_by="score") + (before + 1))
            chosen = ranked.filter(_.rank % step == 0).select("score").distinct()
            found.append(chosen.to_pyarrow()["score"].to_numpy())
    quantiles = np.unique(np.concatenate(found))
    return np.unique(np.concatenate([quantiles, np.nextafter(quantiles, np.inf)]))


def _parts(positives: ibis.Table, total: int) -> list[tuple[int, ibis.Table]]:
    """Parts of `positives` by ``score``, about `AT_ONCE` rows each, and how many rows lie below."""
    if total <= AT_ONCE:
        return [(0, positives)]
    low, high = positives.agg(a=_.score.min(), b=_.score.max()).to_pyarrow().to_pylist()[0].values()
    if low == high:
        return [(0, positives.limit(AT_ONCE))]
    # Halved first, since the difference of two large numbers may be none.
    if not (width := (high / 2 - low / 2) / CELLS):
        return [(0, positives)]
    cell = ((_.score / 2 - low / 2) / width).floor().cast("int64")
    cells = positives.group_by(cell=cell).agg(rows=_.count()).order_by("cell").to_pandas()
    below = cells["rows"].cumsum() - cells["rows"]
    parts = []
    for _part, own in cells.assign(below=below).groupby(below // AT_ONCE):
        first, last = int(own["cell"].iloc[0]), int(own["cell"].iloc[-1])
        parts.append((int(own["below"].iloc[0]), positives.filter(cell.between(first, last))))
    return parts


def upto(own: Any) -> Any:
    """The sum of `own` over all scores up to each."""
    return own.sum().over(ibis.cumulative_window(order_by="score")).cast("int64")


def between_quantiles(sides: list[str], totals: list[int], share: int) -> Any:
    """The level of each score: it rises at and after every quantile of each of two `sides`.

    Quantiles are order statistics of a side's rows, so each is a level of its own, and a
    level between two holds fewer of these rows than lie a step apart. `share` as in `joined`.
    """
    numbers: list[Any] = []
    for side, total in zip(sides, totals, strict=True):
        step = max(1, total // (share * FINER))
        own = _[side]
        numbers.append((upto(own) - own) // step + upto(own) // step)
    return (numbers[0] + numbers[1]).cast("int64")


def _rates(levels: pd.DataFrame, place: Any) -> NDArray[np.int64]:
    before = levels.groupby(place)[["before", "positives0"]].sum()
    there = before[before["before"] > 0]
    rising = _rising(there["positives0"].tolist(), there["before"].tolist())
    # Of a bin without rows in the baseline, what lies between the bins beside it.
    rates = np.interp(before.index, there.index, rising)
    return np.asarray(np.rint(rates * MILLION).astype(np.int64))


def _rising(positives: list[int], rows: list[int]) -> NDArray[np.float64]:
    """The share of `positives` in `rows` of each bin, pooled with neighbours so that none falls.

    Isotonic regression by adjacent violators, in whole numbers; scipy's takes longer to load.
    """
    pools: list[tuple[int, int, int]] = []
    for own_positives, own_rows in zip(positives, rows, strict=True):
        pool = (own_positives, own_rows, 1)
        while pools and pools[-1][0] * pool[1] >= pool[0] * pools[-1][1]:
            last = pools.pop()
            pool = (last[0] + pool[0], last[1] + pool[1], last[2] + pool[2])
        pools.append(pool)
    pooled, sizes, bins = np.array(pools, dtype=np.int64).reshape(-1, 3).T
    return np.repeat(pooled / sizes, bins)


def _sized(grouped: ibis.Table) -> pd.DataFrame:
    """Of each ``number`` its lowest and highest score, and its rows by window and outcome."""
    # What a row is is a key too, so that the engine has little more to do than count.
    found = grouped.group_by("number", "window", "outcome").agg(
        low=_.score.min(), high=_.score.max(), within=_.count()
    )
    parts = found.to_pandas()
    sides = {f"positives{w}": (parts["window"] == w) & (parts["outcome"] == 1) for w in (0, 1)}
    sides["before"] = parts["window"] == 0
    parts = parts.assign(**{name: parts["within"].where(own, 0) for name, own in sides.items()})
    whole = dict.fromkeys([*sides, "within"], "sum")
    levels = parts.groupby("number").agg({"low": "min", "high": "max", **whole})
    return levels.reset_index()


def joined(levels: pd.DataFrame, sides: list[str], totals: list[int], share: int) -> Any:
    """The bin of each level: neighbours together while they hold one in `share` of a side."""
    most = [total / share for total in totals]
    places, place, held = [], -1, [np.inf, np.inf]
    for own in zip(*(levels[side] for side in sides), strict=True):
        held = [one + other for one, other in zip(held, own, strict=True)]
        if held[0] > most[0] or held[1] > most[1]:
            place, held = place + 1, list(own)
        places.append(place)
    return np.array(places)


def _tables(levels: pd.DataFrame, place: Any) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    grouped = levels.groupby(place)
    table = grouped.agg(low=("low", "min"), high=("high", "max"), rows=("within", "sum"))
    table.insert(0, "bin", np.arange(len(table)))
    rows = table["rows"].to_numpy()
    share = (rows.cumsum() - rows) * COARSE // rows.sum()
    return table.reset_index(drop=True), np.unique(share, return_inverse=True)[1]
