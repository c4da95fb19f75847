"""Which items the drop came from: each item's part of the change in AUC, beside its drift.

The weights are those of `contributions`, which make the parts of all rows sum to the change. Items
are counted in ten bands of scores: a row counts as the mean row of its window, outcome and band,
so that the parts of all items still sum to the change, exactly.

Errors are those of independent rows within an item (influence of a row: its weight, less the
item's mean of its window and outcome), since an item's rows mostly come from different clusters.
Of many items those are marked that differ from zero at the false discovery rate (Benjamini &
Hochberg 1995). An item stands out when it surely lost more than one would whose scores and
outcomes are those of everyone, and at least twice as much a row as the others.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from investigate.analyses import whole as windows
from investigate.analyses.contributions import FURTHER, row_weights
from investigate.analyses.discovery import discovered
from investigate.analyses.item_drift import between_windows
from investigate.analyses.wording import percent, points, signed
from investigate.counts.auc import Array
from investigate.counts.memory import remembered
from investigate.counts.table import OTHER, Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

COARSE, BANDS = 128, 10
"""How bins are made coarse, and these made bands, where rows are counted."""
LISTED = 100
"""Items that the table lists, each end's largest parts first; the rest is one row."""
COLUMNS = (
    *("item", "contribution", "low", "high", "discovered", "stands_out"),
    *("delta", "ets", "rows_baseline", "rows_incident"),
)


@remembered
def items(counts: Counts, question: Question) -> Finding:
    """Contribution of each item to the change in AUC, and its drift between the windows.

    The table holds an item a row, the largest loss first: ``contribution`` with its interval in
    AUC points, ``discovered``, ``stands_out``, ``common`` (what an item like everyone would
    contribute), ``delta`` and ``ets`` as in `item_drift`. The last row, ``(other)``, holds what
    is not listed. ``detail`` holds the sum and the change in AUC that it equals. Empty where no
    item is named.
    """
    change = float(windows.whole(counts).change[0])
    total = {"change": windows.difference(
        windows.whole(counts).counts, counts.jackknifed, question.thresholds.confidence
    )}  # fmt: skip
    table = counts.item_bands
    if table.empty or counts.weighted:
        reason = "no item has rows to compare" if counts.meta["item"] else "no item column is named"
        if counts.weighted:
            reason = "rows have weights, and items are counted by rows"
        return Finding(
            name="items", claim=f"What single items contribute cannot be told: {reason}.",
            numbers=total, detail={"sum": None, "change": change}, columns=COLUMNS,
        )  # fmt: skip
    names, cells = by_item(table)
    rows = _rows(counts, question, names, cells)
    rest = _rest(rows, change, counts)
    listed = sorted(rows, key=lambda row: (-abs(row["contribution"]), row["item"]))[:LISTED]
    shown = sorted(listed, key=lambda row: (row["contribution"], row["item"]))
    if len(rows) > LISTED:
        rest = _rest(listed, change, counts)
    shown += [rest] if rest else []
    return Finding(
        name="items",
        claim=_claim(rows, change),
        numbers=total,
        table=tuple(shown),
        caveats=(
            f"The contributions sum to {points(change)}, the change in AUC. Within one of "
            f"{BANDS} bands of scores, rows of one window and outcome count alike.",
            "Rows of one item are taken as independent. Many items are looked at: discovered are "
            "those that hold at the false discovery rate of the question.",
        ),
        detail={"sum": float(sum(row["contribution"] for row in shown)), "change": change},
        columns=COLUMNS,
    )


def by_item(table: pd.DataFrame) -> tuple[list[str], NDArray[np.int64]]:
    """Names of the items, and their rows by item, window, outcome and band: (n, 2, 2, bands)."""
    names, item = np.unique(table["item"].to_numpy(dtype=object).astype(str), return_inverse=True)
    cells = np.zeros((len(names), 2, 2, BANDS), dtype=np.int64)
    window, band = table["window"].to_numpy(), table["band"].to_numpy()
    for outcome, side in enumerate(("negatives", "positives")):
        np.add.at(cells[:, :, outcome], (item, window, band), table[side].to_numpy())
    return [str(name) for name in names], cells


def band_weights(counts: Counts) -> tuple[Array, NDArray[np.int64]]:
    """Mean weight of a row, and rows of the whole log, by window, outcome and band: (2, 2, bands).

    Weighted sums over the rows of all bands are the change in AUC.
    """
    whole = windows.whole(counts).counts
    rows = counts.bins["rows"].to_numpy()
    coarse = np.unique((rows.cumsum() - rows) * COARSE // rows.sum(), return_inverse=True)[1]
    band = coarse * BANDS // (int(coarse.max()) + 1)
    weights = np.nan_to_num(row_weights(whole)[0])
    every = np.stack([whole.negatives[:, 0], whole.positives[:, 0]], axis=1)
    every = every if every.shape[-1] == len(band) else _spread(every, whole.bins, len(band))
    weights = weights if weights.shape[-1] == len(band) else _spread(weights, whole.bins, len(band))
    sums, held = (
        np.apply_along_axis(lambda one: np.bincount(band, one, BANDS), -1, what)
        for what in (weights * every, every)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(held > 0, sums / held, 0.0), held.astype(np.int64)


def _spread(values: NDArray[Any], bins: NDArray[np.int64], size: int) -> NDArray[Any]:
    """`values` of the bins that occur, (..., b), over all bins, (..., size)."""
    found = np.zeros((*values.shape[:-1], size), dtype=values.dtype)
    found[..., bins] = values
    return found


def summed(cells: NDArray[np.int64], weights: Array) -> tuple[Array, Array]:
    """Weighted sum of each item's rows, and its standard error; both (n,).

    `cells` (n, 2, 2, bands), `weights` (2, 2, bands). Rows of a window and outcome add up to a
    fixed number, so that a row more is less of all others.
    """
    sums = (cells * weights).sum(axis=-1)
    squares = (cells * weights**2).sum(axis=-1)
    sizes = cells.sum(axis=(0, -1))
    variance = (squares - sums**2 / np.maximum(sizes, 1)).sum(axis=(1, 2))
    return sums.sum(axis=(1, 2)), np.sqrt(np.maximum(variance, 0))


def _rows(
    counts: Counts, question: Question, names: list[str], cells: NDArray[np.int64]
) -> list[dict[str, Any]]:
    weights, held = band_weights(counts)
    own, error = summed(cells, weights)
    # An item like everyone has its share of each outcome's rows, the mean of both windows.
    sizes = np.maximum(held.sum(axis=-1), 1)
    typical = (weights * held).sum(axis=(0, 2)) / (2 * sizes)
    common = (cells.sum(axis=-1) * typical).sum(axis=(1, 2))
    beyond, beside = summed(cells, weights - typical[..., None])
    rate = question.thresholds.false_discovery_rate
    p_values = _p_values(own, error)
    differs = discovered(p_values, rate)
    further = discovered(_p_values(beyond, beside), rate)
    share = (cells.sum(axis=-1) / sizes).mean(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        loss, others = -own / share, -(own.sum() - own) / (1 - share)
    more = (beyond < 0) & (loss > 0) & (loss >= FURTHER * np.maximum(others, 0))
    reach = special.ndtri((1 + question.thresholds.confidence) / 2) * error
    drift = between_windows(counts, question)
    found = []
    for at, name in enumerate(names):
        moved = drift.get(name, {})
        rows = cells[at].sum(axis=(-2, -1)).tolist()
        found.append(
            {
                "item": name,
                "contribution": float(own[at]),
                "low": float(own[at] - reach[at]),
                "high": float(own[at] + reach[at]),
                "p_value": float(p_values[at]),
                "discovered": bool(differs[at]),
                "stands_out": bool(differs[at] and further[at] and more[at]),
                "common": float(common[at]),
                **{key: moved.get(key) for key in ("delta", "ets")},
                "delta_low": moved.get("low"),
                "delta_high": moved.get("high"),
                "drifted": moved.get("discovered", False),
                "rows_baseline": rows[0],
                "rows_incident": rows[1],
            }
        )
    return found


def _p_values(value: Array, error: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(error > 0, 2 * special.ndtr(-np.abs(value) / error), np.nan)


def _rest(rows: list[dict[str, Any]], change: float, counts: Counts) -> dict[str, Any] | None:
    """What the rows listed leave of the change: rows without an item, and of items not listed."""
    facts = counts.facts[counts.facts["by"] == "all"].set_index("window")["rows"]
    left = [
        int(facts.get(w, 0)) - sum(row[f"rows_{name}"] for row in rows)
        for w, name in enumerate(("baseline", "incident"))
    ]
    if not any(left):
        return None
    nothing = dict.fromkeys(
        ("low", "high", "p_value", "common", "delta", "ets", "delta_low", "delta_high")
    )
    return {
        "item": OTHER,
        "contribution": change - sum(row["contribution"] for row in rows),
        "discovered": False,
        "stands_out": False,
        "drifted": False,
        **nothing,
        "rows_baseline": left[0],
        "rows_incident": left[1],
    }


def _claim(rows: list[dict[str, Any]], change: float) -> str:
    sure = sorted(
        (row for row in rows if row["stands_out"]), key=lambda r: (r["contribution"], r["item"])
    )
    total = sum(row["rows_incident"] for row in rows)
    if not sure or change >= 0:
        return f"No single item of {len(rows):,} stands out in the change of {points(change)}."
    first, held = sure[0], sum(row["contribution"] for row in sure)
    share = percent(sum(row["rows_incident"] for row in sure) / max(total, 1))
    drifted = sum(row["drifted"] for row in sure)
    also = f"; {drifted:,} of them also drifted at equal scores" if drifted else ""
    if len(sure) == 1:
        also = "; it also drifted at equal scores" if drifted else ""
        contribution = Estimate(first["contribution"], first["low"], first["high"])
        return (
            f"One of {len(rows):,} items, item {first['item']}, with {share} of the rows, lost far "
            f"more than its share: {signed(contribution)} of the change of {points(change)}{also}."
        )
    return (
        f"{len(sure):,} of {len(rows):,} items, with {share} of the rows, lost far more than their "
        f"share: {points(held)} of the change of {points(change)}, most of all "
        f"item {first['item']} ({points(first['contribution'])}){also}."
    )
