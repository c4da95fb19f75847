"""Outcomes and scores of items; of a log of many items, of those with most rows.

What is left is counted together, so that sums hold.
"""

from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import OTHER
from investigate.log.coding import Coding
from investigate.log.groups import Groups
from investigate.log.sums import Sizes, summed, sums
from investigate.log.tables import repeated, scoped
from investigate.log.temporary import beside, forget, keep
from investigate.log.weights import rows_with

MOST_ITEMS, BANDS = 3_000, 10
"""Items, those with most rows, and bands of scores, in which items' outcomes are counted."""

FEWEST_ROWS = 5
"""In a log of more items, rows of an item and a cohort's group in each half of each window, below
which they are counted with the rest: fewer say nothing of the item."""

MOST_PAIRS = 3_000
"""And in a large log so many pairs of an item and a group of each cohort, those with most rows."""

_KEYS = ["item", "window", "half"]
_MEASURES = ["rows", "positives", "bins", "squares"]


def items(
    counted: ibis.Table,
    groups: list[Groups],
    coding: Coding,
    chosen: pd.DataFrame | None,
    sizes: Sizes,
    large: bool = False,
) -> pd.DataFrame:
    """Outcomes and bins of each item, by system and by each cohort; `chosen` by `most_rows`.

    ``sizes`` are those of the columns of `counted`.

    Of a `large` log no more than `MOST_PAIRS` of an item and a group.
    """
    scored = counted.filter(_.scored, _.window >= 0, _["item"].notnull())
    codes = [group.code for group in groups]
    halves = scored.select(*codes, "item", "window", "outcome", "bin", half=_.fold % 2)
    sizes = {**sizes, "half": 2}
    named = halves if chosen is None else keep(halves.semi_join(beside(halves, chosen), "item"))
    system, *cohorts = groups
    frames = [_of(halves, named, system, coding, 1, sizes)]
    most = MOST_PAIRS if large else None
    frames += [_of(halves, named, cohort, coding, FEWEST_ROWS, sizes, most) for cohort in cohorts]
    if named is not halves:
        forget(named)
    return pd.concat(frames, ignore_index=True)


def item_bands(
    counted: ibis.Table,
    system: Groups,
    coding: Coding,
    chosen: pd.DataFrame | None,
    sizes: Sizes,
) -> pd.DataFrame:
    """Outcomes of the items with most rows, by system, window and band of scores.

    ``sizes`` are those of the columns of `counted`; few distinct scores have fewer bands.
    """
    scored = counted.filter(_.scored, _.window >= 0, _["item"].notnull())
    scored = scored.mutate(band=(_.coarse * BANDS // sizes["coarse"]).cast("int64"))
    if chosen is not None:
        scored = scored.semi_join(beside(scored, chosen), "item")
    frame = sums(
        scored, ["item", system.code, "window", "band"], rows_with(), {**sizes, "band": BANDS}
    )
    frame.insert(1, "system", repeated(system.labels, frame.pop(system.code)))
    return _named(frame, coding)


def most_rows(counted: ibis.Table, sizes: Sizes) -> pd.DataFrame | None:
    """The items with most rows; `None` where that is all of them."""
    scored = counted.filter(_.scored, _.window >= 0, _["item"].notnull())
    found = sums(scored, ["item"], {"rows": _.count()}, sizes)
    if len(found) <= MOST_ITEMS:
        return None
    most = found.sort_values(["rows", "item"], ascending=[False, True]).head(MOST_ITEMS)
    return most[["item"]].reset_index(drop=True)


def _of(
    halves: ibis.Table,
    named: ibis.Table,
    group: Groups,
    coding: Coding,
    fewest: int,
    sizes: Sizes,
    most: int | None = None,
) -> pd.DataFrame:
    """Of the rows `halves`, those of the items that are `named` by item."""
    measures: dict[str, Any] = {
        "rows": _.count(),
        "positives": _.outcome.sum(),
        "bins": _.bin.sum(),
        "squares": (_.bin.cast("int64") * _.bin.cast("int64")).sum(),
    }
    keys, rest_keys = [group.code, *_KEYS], [group.code, *_KEYS[1:]]
    frame = sums(named, keys, measures, sizes)
    if named is halves and most is None:
        return _labelled(_named(frame, coding), group)
    enough = frame["rows"].ge(fewest).groupby([frame[group.code], frame["item"]])
    kept = frame[enough.transform("sum").to_numpy() >= (4 if fewest > 1 else 1)]
    if most is not None:
        kept = _largest(kept, [group.code, "item"], most)
    taken = kept[[*rest_keys, *_MEASURES]].copy()
    taken[_MEASURES] *= -1
    rest = summed(
        pd.concat([sums(halves, rest_keys, measures, sizes), taken]), rest_keys, _MEASURES
    )
    rest = rest[rest["rows"] > 0].assign(item=pd.Series(OTHER, rest.index, dtype="str"))
    both = pd.concat([_named(kept.reset_index(drop=True), coding), rest], ignore_index=True)
    return _labelled(summed(both, keys, _MEASURES), group)


def _largest(frame: pd.DataFrame, pair: list[str], most: int) -> pd.DataFrame:
    """The rows of the ``most`` pairs of a group and an item with most; of equals the first."""
    sizes = frame.groupby(pair)["rows"].sum().reset_index()
    if len(sizes) <= most:
        return frame
    order = np.argsort(-sizes["rows"].to_numpy(), kind="stable")
    chosen = pd.MultiIndex.from_frame(sizes.iloc[order[:most]][pair])
    return frame[pd.MultiIndex.from_frame(frame[pair]).isin(chosen)]


def _named(frame: pd.DataFrame, coding: Coding) -> pd.DataFrame:
    frame["item"] = coding.texts("item", frame["item"])
    return frame


def _labelled(frame: pd.DataFrame, group: Groups) -> pd.DataFrame:
    if group.column == "system":
        return scoped(frame, "system", group, None)
    return scoped(frame, group.name, None, group)
