"""Sums over pairs of rows that share an item, a cluster or a cell of cohorts.

From them follows how far outcomes differ between groups, and how much of that the score knows:
see `investigate.analyses.signal`. A score stands here as its outcome rate in the baseline, in
millionths, so that scores of any scale are alike.
"""

from functools import reduce
from typing import Any

import ibis
import pandas as pd
from ibis import _

from investigate.counts.table import SIGNAL_SUMS
from investigate.log.groups import Groups
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
EXACT = "decimal(19, 0)"
"""Sums of products outgrow 64 bits, and floating point would add them in any order."""


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
    score = _.rate.cast("int64")
    own = rated.filter(known).group_by(["window", "fold", *keys])
    parts = keep(
        own.agg(
            n=_.count().cast(EXACT),
            y=_.outcome.cast("int64").sum().cast(EXACT),
            s=score.sum().cast(EXACT),
            ys=(score * _.outcome.cast("int64")).sum().cast(EXACT),
            ss=(score.cast(EXACT) * score.cast(EXACT)).sum().cast("decimal(38, 0)"),
        )
    )
    names = ("n", "y", "s", "ys", "ss")
    if by == "cluster":
        # A cluster lies in one fold.
        totals = parts.mutate(**{f"{name}_all": parts[name] for name in names})
    else:
        group = ibis.window(group_by=["window", *keys])
        totals = parts.mutate(**{f"{name}_all": parts[name].sum().over(group) for name in names})
    whole = _pairs({name: totals[f"{name}_all"] for name in names})
    without = _pairs({name: totals[f"{name}_all"] - totals[name] for name in names})
    gone = totals.select("window", "fold", **{k: whole[k] - without[k] for k in whole})
    alone = parts.group_by(["window", *keys]).agg(**{name: parts[name].sum() for name in names})
    every = alone.select("window", **_pairs({name: alone[name] for name in names}))
    by_fold = gone.group_by(["window", "fold"]).agg(**_summed(list(whole)))
    whole_window = every.group_by("window").agg(**_summed(list(whole)))
    frames = [
        whole_window.to_pyarrow().to_pandas().assign(fold=WHOLE),
        by_fold.to_pyarrow().to_pandas(),
    ]
    found = pd.concat(frames, ignore_index=True).sort_values(["window", "fold"])
    found = found.astype(dict.fromkeys(SIGNAL_SUMS, "float64"))
    found = found.astype({"window": "int64", "fold": "int64"})
    found.insert(0, "by", pd.array([by] * len(found), dtype="str"))
    return found[["by", "window", "fold", *SIGNAL_SUMS]].reset_index(drop=True)


def _summed(names: list[str]) -> dict[str, Any]:
    return {name: _[name].sum() for name in names}


def _pairs(of: dict[str, Any]) -> dict[str, Any]:
    """Sums over ordered pairs of different rows of one group, from the group's own sums."""
    wide = "decimal(38, 0)"
    n, y, s = (of[name].cast(EXACT) for name in ("n", "y", "s"))
    one = ibis.literal(1).cast(EXACT)
    others = (n - one).cast(EXACT)
    found = {
        "rows": n,
        "positives": y,
        "scores": s,
        "pairs": n * others,
        "yy": y * (y - one).cast(EXACT),
        "ys": (y * s).cast(wide) - of["ys"].cast(wide),
        "ss": (s * s).cast(wide) - of["ss"].cast(wide),
        "ny": others * y,
        "ns": others * s,
    }
    return {name: value.cast(wide) for name, value in found.items()}
