"""Sums over pairs of rows that share an item, a cluster or a cell of cohorts.

From them follows how far outcomes differ between groups, and how much of that the score knows:
see `investigate.analyses.signal`. A score stands here as its outcome rate in the baseline, in
millionths, so that scores of any scale are alike.
"""

from functools import reduce
from typing import Any

import ibis
import numpy as np
import pandas as pd
from ibis import _

from investigate.counts.table import MILLION, SIGNAL_SUMS
from investigate.log.groups import Groups
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
EXACT, WIDE = "decimal(19, 0)", "decimal(38, 0)"
"""Products of sums outgrow 64 bits, and floating point would add them in any order."""


def signals(
    counted: ibis.Table, slices: pd.DataFrame, groups: list[Groups], question: Question
) -> pd.DataFrame | None:
    """The table ``signals`` of `Counts`; `None` where no rows share anything."""
    shared = {
        "item": ["item"] if question.columns.item else [],
        "cluster": ["cluster"] if question.columns.cluster else [],
        "cell": _crossed([group for group in groups[1:] if _lasting(group, slices)]),
    }
    if not any(shared.values()):
        return None
    scored = counted.filter(_.scored, _.window >= 0)
    frames = [_table(scored, by, keys) for by, keys in shared.items() if keys]
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


def _table(rated: ibis.Table, by: str, keys: list[str]) -> pd.DataFrame:
    known = reduce(lambda one, other: one & other, (rated[key].notnull() for key in keys))
    score, outcome = _.rate.cast("int64"), _.outcome.cast("int64")
    own = rated.filter(known).group_by(["window", "fold", *keys])
    # Sums of squares may outgrow 64 bits, their millions and what is left over do not.
    parts = keep(
        own.agg(
            n=_.count().cast("int64"),
            y=outcome.sum().cast("int64"),
            s=score.sum().cast("int64"),
            ys=(score * outcome).sum().cast("int64"),
            high=(score * score // MILLION).sum().cast("int64"),
            low=(score * score % MILLION).sum().cast("int64"),
        )
    )
    if by == "cluster":
        # A cluster lies in one fold, so all of it leaves, and the whole is what leaves in turn.
        by_fold = _summed(parts.select("window", "fold", **_pairs(parts)), ["window", "fold"])
        sums = by_fold.drop(columns="fold").groupby("window", as_index=False).sum()
        return _named(by, sums, by_fold)
    group = ibis.window(group_by=["window", *keys])
    totals = parts.mutate(**{f"{name}_all": parts[name].sum().over(group) for name in "nys"})
    gone = totals.select("window", "fold", **_leaving(totals))
    sized = parts.group_by(["window", *keys])
    alone = sized.agg(**{name: _[name].sum() for name in ("n", "y", "s", "ys", "high", "low")})
    whole = _summed(alone.select("window", **_pairs(alone)), ["window"])
    return _named(by, whole, _summed(gone, ["window", "fold"]))


def _named(by: str, whole: pd.DataFrame, by_fold: pd.DataFrame) -> pd.DataFrame:
    found = pd.concat([whole.assign(fold=WHOLE), by_fold], ignore_index=True)
    found = found.sort_values(["window", "fold"]).astype(dict.fromkeys(SIGNAL_SUMS, "float64"))
    found = found.astype({"window": "int64", "fold": "int64"})
    found.insert(0, "by", repeated([by], np.zeros(len(found), dtype=np.intp)))
    return found[["by", "window", "fold", *SIGNAL_SUMS]].reset_index(drop=True)


def _summed(table: ibis.Table, keys: list[str]) -> pd.DataFrame:
    sums = {name: _[name].sum() for name in SIGNAL_SUMS}
    return table.group_by(keys).agg(**sums).to_pyarrow().to_pandas()


def _pairs(of: ibis.Table) -> dict[str, Any]:
    """Sums over ordered pairs of different rows of one group, from the group's own sums."""
    n, y, s = (of[name].cast(EXACT) for name in "nys")
    others = (of.n - 1).cast(EXACT)
    found = {
        "rows": n,
        "positives": y,
        "scores": s,
        "pairs": n * others,
        "yy": y * (of.y - 1).cast(EXACT),
        "ys": (y * s).cast(WIDE) - of.ys.cast(WIDE),
        "ss": (s * s).cast(WIDE) - _squares(of),
        "ny": others * y,
        "ns": others * s,
    }
    return {name: value.cast(WIDE) for name, value in found.items()}


def _leaving(of: ibis.Table) -> dict[str, Any]:
    """By how much the sums of `_pairs` fall when a part of a group leaves it."""
    n, y, s = (of[name].cast(EXACT) for name in "nys")
    others = (of.n_all - 1).cast(EXACT)
    left_y, left_s = ((of[f"{name}_all"] - of[name]).cast(EXACT) for name in "ys")
    found = {
        "rows": n,
        "positives": y,
        "scores": s,
        "pairs": n * (of.n_all * 2 - of.n - 1).cast(EXACT),
        "yy": y * (of.y_all * 2 - of.y - 1).cast(EXACT),
        "ys": (y * of.s_all.cast(EXACT)).cast(WIDE) + (s * left_y).cast(WIDE) - of.ys.cast(WIDE),
        "ss": (s * (of.s_all * 2 - of.s).cast(EXACT)).cast(WIDE) - _squares(of),
        "ny": (others * y).cast(WIDE) + (n * left_y).cast(WIDE),
        "ns": (others * s).cast(WIDE) + (n * left_s).cast(WIDE),
    }
    return {name: value.cast(WIDE) for name, value in found.items()}


def _squares(of: ibis.Table) -> Any:
    million = ibis.literal(MILLION).cast(EXACT)
    return (of.high.cast(EXACT) * million).cast(WIDE) + of.low.cast(WIDE)
