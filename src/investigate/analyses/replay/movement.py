"""How each system's values moved across the onset: order, spread, rewrites, rate, who over whom."""

from typing import Any

import numpy as np
import pandas as pd

from investigate.analyses.wording import percent
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.question.question import Question

DAY = 86_400.0
FEWEST = 8
"""Items with values at both moments, below which no correlation is given."""


@remembered
def movement(counts: Counts, question: Question) -> Finding:
    """Each system's values from the freeze to the incident's end, beside the placebo's.

    The table holds one row per system and one for the values in force.
    """
    meta = counts.meta.get("replay")
    if meta is None:
        return Finding(name="history", claim="The question names no difficulty history.")
    table = [_system(counts, meta, name) for name in ["", *meta["systems"]]]
    return Finding(
        name="history",
        claim=_claim(table[1:]),
        table=tuple(table),
        caveats=(
            "Order kept: rank correlation per item between the freeze and the incident's end; "
            "usual: the same over an equally long stretch of the baseline.",
            "Over others: share of the writes that replaced another system's value.",
        ),
        detail={"over": _over(counts, meta)},
    )


def order_kept(counts: Counts, system: str, moments: tuple[int, int]) -> tuple[float, int]:
    """Rank correlation of a system's values per item between two moments, and how many items.

    NaN with too few items; 0 where the later values are all alike.
    """
    wide = _wide(counts, system)[list(moments)].dropna()
    if len(wide) < FEWEST or wide[moments[0]].nunique() < 2:
        return float("nan"), len(wide)
    if wide[moments[1]].nunique() < 2:
        return 0.0, len(wide)
    first, second = (wide[m].rank().to_numpy() for m in moments)
    return float(np.corrcoef(first, second)[0, 1]), len(wide)


def _wide(counts: Counts, system: str) -> pd.DataFrame:
    own = counts.values[counts.values["system"] == system]
    wide = own.pivot_table(index="item", columns="moment", values="difficulty", aggfunc="first")
    return wide.reindex(columns=[0, 1, 2])


def _system(counts: Counts, meta: Any, name: str) -> dict[str, Any]:
    wide = _wide(counts, name)
    both = wide[[1, 2]].dropna()
    (kept, items), (usual, _) = (order_kept(counts, name, m) for m in ((1, 2), (0, 1)))
    before, after = _rates(counts, meta, name)
    return {
        "values of": name or "in force",
        "items": items,
        "order kept": _known(kept),
        "usual": _known(usual),
        "rewritten": float((both[1] != both[2]).mean()) if len(both) else None,
        "spread before": _known(wide[1].std()),
        "spread after": _known(wide[2].std()),
        "writes a day before": before,
        "after": after,
        "over others": _shared(counts, meta, name),
    }


def _since(counts: Counts, meta: Any) -> "pd.Series[bool]":
    return counts.writes["start"] >= pd.Timestamp(meta["freeze"])


def _rates(counts: Counts, meta: Any, name: str) -> tuple[float, float]:
    own = counts.writes if not name else counts.writes[counts.writes["system"] == name]
    freeze, end = pd.Timestamp(meta["freeze"]), pd.Timestamp(meta["end"])
    length = end - freeze
    rates = []
    for start, stop in ((freeze - length, freeze), (freeze, end)):
        within = (own["start"] >= start) & (own["start"] < stop)
        rates.append(float(own.loc[within, "writes"].sum() / (length.total_seconds() / DAY)))
    return rates[0], rates[1]


def _shared(counts: Counts, meta: Any, name: str) -> float | None:
    own = counts.writes[_since(counts, meta) & (counts.writes["over"] != "")]
    if name:
        own = own[own["system"] == name]
    total = int(own["writes"].sum())
    over = own.loc[own["over"] != own["system"], "writes"].sum()
    return float(over / total) if total else None


def _over(counts: Counts, meta: Any) -> list[dict[Any, Any]]:
    since = _since(counts, meta)
    found: list[dict[Any, Any]] = []
    for label, part in (("before", counts.writes[~since]), ("after", counts.writes[since])):
        sums = part.groupby(["system", "over"], sort=True)["writes"].sum().reset_index()
        found += [{"when": label, **row} for row in sums.to_dict("records")]
    return found


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _claim(rows: list[dict[str, Any]]) -> str:
    parts = []
    for row in rows:
        if row["order kept"] is None:
            parts.append(f"{row['values of']} has too few items to compare")
            continue
        usual = "" if row["usual"] is None else f"usually {row['usual']:.2f}; "
        rewritten = percent(row["rewritten"] or 0.0)
        parts.append(
            f"{row['values of']} rewrote {rewritten} of its items, whose order is like that of "
            f"before by {row['order kept']:.2f} ({usual}1 is the same order)"
        )
    return f"Since the freeze {'; '.join(parts)}.".replace("-", "−")
