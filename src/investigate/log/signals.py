"""Sums over pairs of rows that share an item, a cluster or a cell of cohorts.

From them follows how far outcomes differ between groups, and how much of that the score knows:
see `investigate.analyses.signal`. A score is taken here as its outcome rate in the baseline, in
millionths, so that scores of any scale are alike.
"""

from collections.abc import Collection
from functools import reduce
from operator import and_
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from investigate.counts.table import FOLDS, MILLION, SIGNAL_SUMS
from investigate.log.groups import Groups
from investigate.log.sums import Sizes, cells_of, mixed, summed, sums
from investigate.log.tables import repeated
from investigate.log.temporary import keep
from investigate.question.question import Question

MOST_CROSSED = 8
"""The first cohorts of the question, so many, are crossed."""
MOST_CELLS = 16_384
"""Columns are crossed while they may have so many cells: more hold few rows each, and are as many
as the rows of a large log."""
SHARE = 0.01
"""A group of at least this share of one window's rows must be in the other, or its column is not
crossed: a value that comes or goes with the incident may be a consequence of it."""
WHOLE = -1
MOST = 2**52
"""Numbers of groups up to which one number names them: engines divide by way of floats."""
PRODUCTS = ["nn", "yy", "sy", "ss", "ny", "ns"]
"""Of the rows n, the positives y and the sum of scores s of a group: sy is s times y."""
EXACT, WIDE = "decimal(19, 0)", "decimal(38, 0)"
"""Products of sums outgrow 64 bits, and floating point would add them in any order."""


def signals(
    counted: ibis.Table,
    slices: pd.DataFrame,
    groups: list[Groups],
    question: Question,
    rate: NDArray[np.int64],
    sizes: Sizes,
    lacking: Collection[str] = ("item", "cluster"),
) -> pd.DataFrame | None:
    """The table ``signals`` of `Counts`; `None` where no rows share anything.

    ``rate`` (B,) is the score of each bin; ``sizes`` those of the columns of `counted`, with the
    codes of items and clusters where these are coded; some rows may lack what is ``lacking``.
    """
    shared = {
        "item": ["item"] if question.columns.item else [],
        "cluster": ["cluster"] if question.columns.cluster else [],
        "cell": _crossed([group for group in groups[1:] if _lasting(group, slices)]),
    }
    if not any(shared.values()):
        return None
    scored = counted.filter(_.scored, _.window >= 0)
    frames: list[pd.DataFrame] = []
    whole: pd.DataFrame | None = None
    for by, keys in shared.items():
        if not keys:
            continue
        used = ["window", "fold", "bin", "outcome", "rate", *keys]
        known = scored.filter(reduce(and_, (scored[key].notnull() for key in keys))).select(used)
        # Where every row has an item and a cluster, single rows are the same for each.
        alone = _alone(known, rate, sizes) if whole is None or by in lacking else whole
        whole = whole if by in lacking else alone
        frames.append(_table(known, by, keys, alone, sizes))
    return pd.concat(frames, ignore_index=True)


def _crossed(lasting: list[Groups]) -> list[str]:
    """The columns that are crossed, in order, while their cells are few enough."""
    codes: list[str] = []
    cells = 1
    for group in lasting[:MOST_CROSSED]:
        cells *= len(group.labels)
        if cells > MOST_CELLS and codes:
            break
        codes.append(group.code)
    return codes


def _lasting(group: Groups, slices: pd.DataFrame) -> bool:
    own = slices[slices["by"] == group.name]
    rows = (own["positives"] + own["negatives"]).groupby([own["window"], own["cohort"]]).sum()
    share = (rows / rows.groupby("window").transform("sum")).unstack("window", fill_value=0)
    return bool(((share.min(axis=1) > 0) | (share.max(axis=1) < SHARE)).all())


def _table(
    known: ibis.Table, by: str, keys: list[str], alone: pd.DataFrame, sizes: Sizes
) -> pd.DataFrame:
    # A cluster lies in one fold, so all of it leaves, and the whole is what leaves in turn.
    parts, group = _parts(known, keys, sizes, one_fold=by == "cluster")
    if by == "cluster":
        pairs = _summed(parts.select("window", "fold", **_products(parts)), ["window", "fold"])
        by_fold = _without_own(pairs, alone)
        return _named(
            by, by_fold.drop(columns="fold").groupby("window", as_index=False).sum(), by_fold
        )
    whole = parts.group_by(group).agg(
        all_window=_.window.max(), **{f"all_{name}": _[name].sum().cast("int64") for name in "nys"}
    )
    whole = keep(whole.rename(**{f"all_{key}": key for key in group}))
    both = parts.join(whole, [parts[key] == whole[f"all_{key}"] for key in group])
    gone = _summed(both.select("window", "fold", **_leaving(both)), ["window", "fold"])
    groups = whole.select("all_window", "all_n", "all_y", "all_s")
    groups = groups.rename(window="all_window", n="all_n", y="all_y", s="all_s")
    every = _summed(groups.select("window", **_products(groups)), ["window"])
    own = alone.drop(columns="fold").groupby("window", as_index=False).sum()
    return _named(by, _without_own(every, own), _without_own(gone, alone))


def _alone(known: ibis.Table, rate: NDArray[np.int64], sizes: Sizes) -> pd.DataFrame:
    """Sums over single rows by window and fold, of whole numbers of any size."""
    cells = sums(
        known, ["window", "fold", "bin", "outcome"], {"n": _.count()}, {**sizes, "outcome": 2}
    )
    score = rate[cells["bin"].to_numpy()]
    cells["y"] = cells["n"] * cells["outcome"]
    cells["s"], cells["ys"] = cells["n"] * score, cells["y"] * score
    # Sums of squares may outgrow 64 bits, their millions and what is left over do not.
    cells["high"], cells["low"] = (cells["n"] * part for part in np.divmod(score**2, MILLION))
    found = summed(cells, ["window", "fold"], ["n", "y", "s", "ys", "high", "low"])
    found = found.astype({name: object for name in found if name not in ("window", "fold")})
    return found.assign(squares=found["high"] * MILLION + found["low"]).drop(
        columns=["high", "low"]
    )


def _parts(
    known: ibis.Table, keys: list[str], sizes: Sizes, one_fold: bool
) -> tuple[ibis.Table, list[str]]:
    """``n`` rows, ``y`` positives and ``s``, the sum of scores, of each group by window and fold.

    With the columns that name a group in its window. By one number where ``sizes`` are known.
    """
    measures: dict[str, Any] = {
        "n": _.count().cast("int64"),
        "y": _.outcome.sum().cast("int64"),
        "s": _.rate.cast("int64").sum().cast("int64"),
    }
    if not set(keys) <= set(sizes) or cells_of([*keys, "window", "fold"], sizes) > MOST:
        return keep(known.group_by(["window", "fold", *keys]).agg(**measures)), ["window", *keys]
    named = [*keys, "window"] if one_fold else [*keys, "window", "fold"]
    measures |= {"fold": _.fold.max()} if one_fold else {}
    numbered = known.select("fold", "outcome", "rate", number=mixed(known, named, sizes))
    parts = keep(numbered.group_by("number").agg(**measures))
    if one_fold:
        return parts.mutate(window=(_.number % 2).cast("int8")), ["number"]
    fold = _.number % FOLDS
    window = (_.number % (2 * FOLDS) >= FOLDS).cast("int8")
    return parts.mutate(fold=fold.cast("int8"), window=window, group=_.number - fold), ["group"]


def _without_own(products: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Sums over pairs of different rows: `products` of sums without each row's with itself."""
    keys = [key for key in ("window", "fold") if key in products]
    both = products.merge(own, on=keys)
    found = {
        "rows": both["n"],
        "positives": both["y"],
        "scores": both["s"],
        "pairs": both["nn"] - both["n"],
        "yy": both["yy"] - both["y"],
        "ys": both["sy"] - both["ys"],
        "ss": both["ss"] - both["squares"],
        "ny": both["ny"] - both["y"],
        "ns": both["ns"] - both["s"],
    }
    return both[keys].assign(**found)


def _named(by: str, whole: pd.DataFrame, by_fold: pd.DataFrame) -> pd.DataFrame:
    found = pd.concat([whole.assign(fold=WHOLE), by_fold], ignore_index=True)
    found = found.sort_values(["window", "fold"]).astype(dict.fromkeys(SIGNAL_SUMS, "float64"))
    found = found.astype({"window": "int64", "fold": "int64"})
    found.insert(0, "by", repeated([by], np.zeros(len(found), dtype=np.intp)))
    return found[["by", "window", "fold", *SIGNAL_SUMS]].reset_index(drop=True)


def _summed(table: ibis.Table, keys: list[str]) -> pd.DataFrame:
    found = table.group_by(keys).agg(**{name: _[name].sum() for name in PRODUCTS}).to_pyarrow()
    frame = pd.DataFrame({key: found[key].to_numpy().astype("int64") for key in keys})
    for name in PRODUCTS:
        frame[name] = pd.Series([int(value) for value in found[name].to_pylist()], dtype=object)
    return frame


def _products(of: ibis.Table) -> dict[str, Any]:
    """Products of the sums of each group: what all of its pairs of rows sum to."""
    n, y, s = (of[name].cast(EXACT) for name in "nys")
    found = {"nn": n * n, "yy": y * y, "sy": y * s, "ss": s * s, "ny": n * y, "ns": n * s}
    return {name: value.cast(WIDE) for name, value in found.items()}


def _leaving(of: ibis.Table) -> dict[str, Any]:
    """By how much those products fall when a part of a group leaves it."""
    n, y, s = (of[name].cast(EXACT) for name in "nys")
    left_y, left_s = ((of[f"all_{name}"] - of[name]).cast(EXACT) for name in "ys")
    every, more = of.all_n.cast(EXACT), {}
    for name, own, left in (("y", y, left_y), ("s", s, left_s)):
        more[f"n{name}"] = (every * own).cast(WIDE) + (n * left).cast(WIDE)
    found = {
        "nn": n * (of.all_n * 2 - of.n).cast(EXACT),
        "yy": y * (of.all_y * 2 - of.y).cast(EXACT),
        "sy": (y * of.all_s.cast(EXACT)).cast(WIDE) + (s * left_y).cast(WIDE),
        "ss": s * (of.all_s * 2 - of.s).cast(EXACT),
        **more,
    }
    return {name: value.cast(WIDE) for name, value in found.items()}
