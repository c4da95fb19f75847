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

from investigate.log.temporary import beside, keep

EXACT = 16_384
"""Distinct scores in both windows up to which each has a bin of its own."""

SHARE = 1_000
"""No bin of several values holds more than one in so many of a window's positives.

That keeps the bound at 1 / (2 * SHARE), wherever the negatives lie.
"""

FINER = 4
"""How much finer the scores are cut at first, before neighbours join."""

COARSE = 128
"""About how many coarse bins, of about equal rows, the timeline has."""


@dataclass(frozen=True)
class Bins:
    """``table`` as in `Counts`; ``places`` maps every ``score`` to ``bin`` and ``coarse``.

    ``values`` holds every ``score`` and how many rows ``within`` the windows have it.
    """

    table: pd.DataFrame
    places: ibis.Table
    values: ibis.Table


def bins(scored: ibis.Table) -> Bins:
    """Bins for the rows of `scored`; a score of neither window goes to a neighbouring bin.

    `scored` has ``score``, ``outcome`` and ``window``, and positives in both windows.
    """
    measures: dict[str, Any] = {"within": (_.window >= 0).sum().cast("int64")}
    for w in (0, 1):
        here = (_.window == w) & (_.outcome == 1)
        measures[f"positives{w}"] = here.sum().cast("int64")
    values = keep(scored.group_by("score").agg(**measures))
    sizes = values.agg(
        distinct=(_.within > 0).sum(), total0=_.positives0.sum(), total1=_.positives1.sum()
    )
    distinct, *totals = map(int, sizes.to_pyarrow().to_pylist()[0].values())
    exact = distinct <= EXACT
    sides = ["positives0", "positives1"]
    number = (
        upto((_.within > 0).cast("int64")) if exact else between_quantiles(sides, totals, SHARE)
    )
    numbered = keep(values.mutate(number=number))
    levels = _levels(numbered)
    seen = (levels["within"] > 0).to_numpy()
    place = np.arange(seen.sum()) if exact else joined(levels[seen], sides, totals, SHARE)
    table, numbers = _tables(levels, seen, place)
    places = numbered.join(beside(numbered, numbers), "number").select("score", "bin", "coarse")
    return Bins(table, places, values)


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


def _levels(numbered: ibis.Table) -> pd.DataFrame:
    totals = {name: _[name].sum().cast("int64") for name in ("within", "positives0", "positives1")}
    ends = {"low": _.score.min(where=_.within > 0), "high": _.score.max(where=_.within > 0)}
    levels = numbered.group_by("number").agg(**ends, **totals).to_pandas()
    return levels.sort_values("number", ignore_index=True)


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


def _tables(levels: pd.DataFrame, seen: Any, place: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    grouped = levels[seen].groupby(place)
    table = grouped.agg(low=("low", "min"), high=("high", "max"), rows=("within", "sum"))
    table.insert(0, "bin", np.arange(len(table)))
    rows = table["rows"].to_numpy()
    share = (rows.cumsum() - rows) * COARSE // rows.sum()
    coarse = np.unique(share, return_inverse=True)[1]
    # A level that only rows of neither window have goes to the bin below, if there is one.
    chosen = place[(seen.cumsum() - 1).clip(0)]
    numbers = {"number": levels["number"], "bin": chosen, "coarse": coarse[chosen]}
    return table.reset_index(drop=True), pd.DataFrame(numbers)
