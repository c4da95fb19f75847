"""Integer sums of rows by groups, which every engine finds alike.

Where it is known how many numbers each key may be, a row's keys are one number: engines group by
one small number several times as fast as by several columns.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.log.weights import SIDES, outcomes

MOST = 2**62
"""Combinations of keys beyond which one number does not hold them."""

TOGETHER = 2**16
"""Combinations of keys up to which several groupings are counted by one query."""

SPAN = 2**16
"""Whole numbers that lie this near to each other are in order as they are, without being ranked."""

Sizes = Mapping[str, int]
"""How many numbers a column of keys may be: 0 to that, less one; none is null."""


def sums(
    rows: ibis.Table, keys: Sequence[str], measures: dict[str, Any], sizes: Sizes | None = None
) -> pd.DataFrame:
    """The integer `measures` of `rows` by `keys`, in the keys' order.

    By one number a row where the `sizes` of all keys are known.
    """
    whole = {name: measure.fill_null(0).cast("int64") for name, measure in measures.items()}
    if sizes is None or not set(keys) <= set(sizes) or cells_of(keys, sizes) > MOST:
        found = rows.group_by(list(keys)).agg(**whole).to_pyarrow().to_pandas()
        return summed(found, list(keys), list(measures))
    aggregated = (
        rows.group_by(number=mixed(rows, keys, sizes)).agg(**whole).to_pyarrow().to_pandas()
    )
    aggregated = aggregated.sort_values("number", ignore_index=True)
    own = {name: aggregated[name].astype("int64") for name in measures}
    return pd.DataFrame({**_parts(aggregated["number"].to_numpy(), keys, sizes), **own})


def tallied(rows: ibis.Table, keys: Sequence[str], sizes: Sizes) -> pd.DataFrame:
    """``positives`` and ``negatives`` of scored `rows` by `keys`, as `outcomes` has them.

    The outcome is a key of the engine's too, so that it has nothing to do but count.
    """
    if "weight" in rows.columns or cells_of(keys, sizes) > MOST // 2:
        return sums(rows, keys, outcomes(rows), sizes)
    number = mixed(rows, [*keys, "outcome"], {**sizes, "outcome": 2})
    aggregated = rows.group_by(number=number).agg(rows=_.count().cast("int64")).to_pyarrow()
    numbers, counts = (aggregated[name].to_numpy() for name in ("number", "rows"))
    order = np.argsort(numbers)
    cells, side = np.divmod(numbers[order].astype(np.int64), 2)
    new = np.diff(cells, prepend=-1) > 0
    place = np.cumsum(new) - 1
    frame = pd.DataFrame(_parts(cells[new], keys, sizes))
    for value, name in zip((1, 0), SIDES, strict=True):
        found = np.zeros(len(frame), dtype=np.int64)
        found[place[side == value]] = counts[order][side == value]
        frame[name] = found
    return frame


def each(
    groupings: Sequence[list[str]], sizes: Sizes, count: Callable[[list[str]], pd.DataFrame]
) -> list[pd.DataFrame]:
    """What `count` finds by each list of keys, as `tallied` does, in as few queries as it takes.

    Lists whose keys have few combinations are counted by all of these keys at once, and added up.
    """
    together: list[list[str]] = []
    places = []
    for keys in groupings:
        known = set(keys) <= set(sizes)
        for place, others in enumerate(together):
            both = list(dict.fromkeys([*others, *keys]))
            if known and set(others) <= set(sizes) and cells_of(both, sizes) <= TOGETHER:
                together[place] = both
                break
        else:
            place = len(together)
            together.append(list(keys))
        places.append(place)
    found = [count(keys) for keys in together]
    return [
        found[place].copy()
        if together[place] == keys
        else _added(found[place], together[place], keys, sizes)
        for place, keys in zip(places, groupings, strict=True)
    ]


def _added(frame: pd.DataFrame, every: list[str], keys: list[str], sizes: Sizes) -> pd.DataFrame:
    """`frame` by those `keys` of `every` key that it has: its measures are added up."""
    numbers = np.zeros(len(frame), dtype=np.int64)
    for name in keys:
        numbers = numbers * sizes[name] + frame[name].to_numpy()
    there = np.zeros(cells_of(keys, sizes), dtype=bool)
    there[numbers] = True
    cells = np.flatnonzero(there)
    result = pd.DataFrame(_parts(cells, keys, sizes))
    for name in frame.columns.difference(every, sort=False):
        whole = np.zeros(len(there), dtype=np.int64)
        np.add.at(whole, numbers, frame[name].to_numpy(dtype=np.int64))
        result[name] = whole[cells]
    return result


def summed(frame: pd.DataFrame, keys: list[str], measures: list[str]) -> pd.DataFrame:
    """`frame` by `keys`, in their order, its `measures` added up; integers are int64.

    Ordered here, because engines do not order text alike, and as one number a row,
    because there may be millions.
    """
    place = np.zeros(len(frame), dtype=np.int64)
    cells = 1
    for name in keys:
        codes, known = _numbers(frame[name], MOST // cells)
        place = place * known + codes
        cells *= known
    order = np.argsort(place)
    first = np.flatnonzero(np.diff(place[order], prepend=-1))
    chosen = order[first]
    found: dict[str, Any] = {name: frame[name].array.take(chosen) for name in keys}
    for name in measures:
        values = frame[name].to_numpy()[order]
        found[name] = np.add.reduceat(values, first) if len(first) else values
    whole = {n: own for n, own in found.items() if own.dtype.kind in "iu"}
    return pd.DataFrame({**found, **{n: own.astype("int64") for n, own in whole.items()}})


def _numbers(values: pd.Series, most: int) -> tuple[NDArray[np.int64], int]:
    """Numbers below a bound, in the order of `values`, and that bound: no more than ``most``."""
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "i" and len(values):
        own = values.to_numpy()
        low, high = int(own.min()), int(own.max())
        if high - low < min(most, SPAN):
            return own.astype(np.int64) - low, high - low + 1
    codes, known = pd.factorize(values, sort=True)
    return codes, max(len(known), 1)


def cells_of(keys: Sequence[str], sizes: Sizes) -> int:
    """How many combinations of `keys` there may be."""
    cells = 1
    for name in keys:
        cells *= sizes[name]
    return cells


def mixed(rows: ibis.Table, keys: Sequence[str], sizes: Sizes) -> Any:
    """The `keys` of a row as one number; in its order rows are in that of the keys."""
    kind = "int32" if cells_of(keys, sizes) < 2**31 else "int64"
    number: Any = ibis.literal(0, type=kind)
    for place, name in enumerate(keys):
        own = rows[name].cast(kind)
        number = number * ibis.literal(sizes[name], type=kind) + own if place else own
    return number


def _parts(numbers: NDArray[Any], keys: Sequence[str], sizes: Sizes) -> dict[str, Any]:
    """The keys of each number that `mixed` made."""
    rest, found = numbers.astype(np.int64), {}
    for name in reversed(keys[1:]):
        rest, found[name] = np.divmod(rest, sizes[name])
    found[keys[0]] = rest
    assert not len(rest) or 0 <= rest.min() <= rest.max() < sizes[keys[0]], "a key beyond its size"
    return {name: found[name] for name in keys}
