"""Outcomes and scores of items; of a log of many items, of those with most rows.

What is left is counted together, so that sums hold.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.counts.table import OTHER
from investigate.log.coding import Coding
from investigate.log.groups import Groups
from investigate.log.sums import Sizes, each, summed, sums
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
    sizes: Sizes,
    large: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``items`` and ``item_bands`` of `Counts`.

    Outcomes and bins of each item, by system and by each cohort; and outcomes of the items with
    most rows, by system, window and band of scores. ``sizes`` are those of the columns of
    `counted`; few distinct scores have fewer bands. Of a `large` log no more than `MOST_PAIRS` of
    an item and a group.
    """
    scored = counted.filter(_.scored, _.window >= 0, _["item"].notnull())
    codes = [group.code for group in groups]
    band = (_.coarse * BANDS // sizes["coarse"]).cast("int16")
    halves = scored.select(*codes, "item", "window", "outcome", "bin", half=_.fold % 2, band=band)
    sizes = {**sizes, "half": 2, "band": BANDS}
    chosen = _most_rows(halves, sizes)
    if chosen is None:
        own = _Own(halves, coding, None, sizes)
    else:
        own = _Own(_placed(halves, chosen), coding, chosen, {**sizes, "item": len(chosen)})
    system, *cohorts = groups
    most = MOST_PAIRS if large else None
    rests: list[pd.DataFrame | None] = [None] * len(groups)
    if chosen is not None or most is not None:
        groupings = [[group.code, *_KEYS[1:]] for group in groups]
        every = partial(sums, halves, measures=_measures(), sizes=sizes)
        rests = list(each(groupings, sizes, every))
    frames = [_of(own, system, 1, rests[0])]
    frames += [
        _of(own, cohort, FEWEST_ROWS, rest, most)
        for cohort, rest in zip(cohorts, rests[1:], strict=True)
    ]
    bands = own.sums(["item", system.code, "window", "band"], rows_with())
    bands.insert(1, "system", repeated(system.labels, bands.pop(system.code)))
    if chosen is not None:
        forget(own.rows)
    return pd.concat(frames, ignore_index=True), own.named(bands)


@dataclass(frozen=True)
class _Own:
    """The ``rows`` of items that are counted by themselves.

    If these are ``chosen``, a row's item is its place among them.
    """

    rows: ibis.Table
    coding: Coding
    chosen: NDArray[Any] | None
    sizes: Sizes

    def sums(self, keys: list[str], measures: dict[str, Any]) -> pd.DataFrame:
        """The integer `measures` by `keys`."""
        return sums(self.rows, keys, measures, self.sizes)

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with the labels of its items."""
        of = frame["item"] if self.chosen is None else self.chosen[frame["item"].to_numpy()]
        return frame.assign(item=self.coding.texts("item", of))


def _placed(halves: ibis.Table, chosen: NDArray[Any]) -> ibis.Table:
    """The rows of `halves` whose item is `chosen`, which is then its place there."""
    frame = pd.DataFrame({"chosen": chosen, "place": np.arange(len(chosen), dtype=np.int32)})
    there = beside(halves, frame)
    found = halves.join(there, halves["item"] == there["chosen"]).drop("item", "chosen")
    return keep(found.rename(item="place"))


def _most_rows(halves: ibis.Table, sizes: Sizes) -> NDArray[Any] | None:
    """The items with most rows, in order; `None` where that is all of them."""
    found = sums(halves, ["item"], {"rows": _.count()}, sizes)
    if len(found) <= MOST_ITEMS:
        return None
    most = found.sort_values(["rows", "item"], ascending=[False, True]).head(MOST_ITEMS)
    return most["item"].sort_values().to_numpy()


def _measures() -> dict[str, Any]:
    return {
        "rows": _.count(),
        "positives": _.outcome.sum(),
        "bins": _.bin.sum(),
        "squares": (_.bin.cast("int64") * _.bin.cast("int64")).sum(),
    }


def _of(
    own: _Own, group: Groups, fewest: int, every: pd.DataFrame | None, most: int | None = None
) -> pd.DataFrame:
    """By group and item; `every` item together by group, where some are counted with the rest."""
    keys, rest_keys = [group.code, *_KEYS], [group.code, *_KEYS[1:]]
    frame = own.sums(keys, _measures())
    if every is None or (own.chosen is None and most is None):
        return _labelled(own.named(frame), group)
    enough = frame["rows"].ge(fewest).groupby([frame[group.code], frame["item"]])
    kept = frame[enough.transform("sum").to_numpy() >= (4 if fewest > 1 else 1)]
    if most is not None:
        kept = _largest(kept, [group.code, "item"], most)
    taken = kept[[*rest_keys, *_MEASURES]].copy()
    taken[_MEASURES] *= -1
    rest = summed(pd.concat([every, taken]), rest_keys, _MEASURES)
    # A frame that is left empty would take the index of what is assigned to it.
    rest = rest[rest["rows"] > 0].reset_index(drop=True)
    rest["item"] = pd.Series(OTHER, rest.index, dtype="str")
    both = pd.concat([own.named(kept.reset_index(drop=True)), rest], ignore_index=True)
    return _labelled(summed(both, keys, _MEASURES), group)


def _largest(frame: pd.DataFrame, pair: list[str], most: int) -> pd.DataFrame:
    """The rows of the ``most`` pairs of a group and an item with most; of equals the first."""
    sizes = frame.groupby(pair)["rows"].sum().reset_index()
    if len(sizes) <= most:
        return frame
    order = np.argsort(-sizes["rows"].to_numpy(), kind="stable")
    chosen = pd.MultiIndex.from_frame(sizes.iloc[order[:most]][pair])
    return frame[pd.MultiIndex.from_frame(frame[pair]).isin(chosen)]


def _labelled(frame: pd.DataFrame, group: Groups) -> pd.DataFrame:
    if group.column == "system":
        return scoped(frame, "system", group, None)
    return scoped(frame, group.name, None, group)
