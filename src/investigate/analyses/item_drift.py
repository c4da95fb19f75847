"""Which items drift: their odds of outcome 1 at equal scores, between windows and systems.

Mantel & Haenszel 1959, in the testing field's unit as Holland & Thayer 1988 use it: delta is
-2.35 times the log of the common odds ratio across bands of scores, with the variance of Robins,
Breslow & Greenland 1986. Negative: at equal scores outcome 1 became rarer, the item harder.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from investigate.analyses.discovery import discovered
from investigate.analyses.wording import percent
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]
DELTA = -2.35
"""Delta of one unit of the log odds ratio: the ETS scale of difficulty."""
MODERATE, LARGE = 1.0, 1.5
"""Absolute delta from which an item is of class B, and of class C."""
LISTED = 100
"""Items that a comparison lists."""
SURELY = 0.05
"""Level at which B differs from zero, and C exceeds the limit of B (one-sided)."""
WINDOWS = {0: "baseline", 1: "incident"}
COLUMNS = ("item", "compared", "delta", "low", "high", "ets", "discovered", "rows")


@dataclass(frozen=True)
class Drift:
    """Delta and its standard error by item, each (n,); NaN where there is nothing to compare."""

    delta: Array
    error: Array


def mantel_haenszel(reference: NDArray[Any], focal: NDArray[Any]) -> Drift:
    """Drift of `focal` rows against `reference`, each (n, bands, 2): negatives, positives."""
    b, a = np.moveaxis(np.asarray(reference, dtype=float), -1, 0)
    d, c = np.moveaxis(np.asarray(focal, dtype=float), -1, 0)
    total = np.maximum(a + b + c + d, 1)
    both = (a + b > 0) & (c + d > 0)
    r, s = (np.where(both, x * y / total, 0.0) for x, y in ((a, d), (b, c)))
    p, q = (a + d) / total, (b + c) / total
    right, wrong = r.sum(axis=-1), s.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_odds = np.log(right / wrong)
        variance = (
            (p * r).sum(axis=-1) / (2 * right**2)
            + (p * s + q * r).sum(axis=-1) / (2 * right * wrong)
            + (q * s).sum(axis=-1) / (2 * wrong**2)
        )
    known = (right > 0) & (wrong > 0)
    return Drift(
        np.where(known, DELTA * log_odds, np.nan),
        np.where(known, -DELTA * np.sqrt(variance), np.nan),
    )


def ets_class(delta: Array, error: Array) -> NDArray[np.str_]:
    """A (small), B (moderate) or C (large) by item; empty where delta is NaN."""
    size = np.abs(delta)
    with np.errstate(invalid="ignore", divide="ignore"):
        differs = size / error > special.ndtri(1 - SURELY / 2)
        beyond = (size - MODERATE) / error > special.ndtri(1 - SURELY)
    letters = np.where((size >= MODERATE) & differs, "B", "A")
    letters = np.where((size >= LARGE) & beyond, "C", letters)
    return np.where(np.isnan(delta), "", letters)


@remembered
def item_drift(counts: Counts, question: Question) -> Finding:
    """Drift of each item between the windows and, within a window, of each system's rows.

    The table holds an item a comparison, of each comparison the first hundred: those
    ``discovered`` (at the false discovery rate, over all) first, the largest drift before.
    ``compared`` is ``windows``, or a window with the system that is compared with all others.
    ``detail["compared"]`` counts the ETS classes. Empty where no item is named.
    """
    rows = _rows(counts, question)
    between = [row for row in rows if row["compared"] == "windows"]
    middle = float(np.median([row["delta"] for row in between])) if between else None
    by_comparison: dict[str, list[dict[str, Any]]] = {"windows": between}
    for row in rows:
        if row["compared"] != "windows":
            by_comparison.setdefault(row["compared"], []).append(row)
    return Finding(
        name="item_drift",
        claim=_claim(between, counts),
        numbers={"median drift": Estimate(middle)},
        table=tuple(row for part in by_comparison.values() for row in part[:LISTED]),
        caveats=(
            "Delta is on the ETS scale: -2.35 times the log odds ratio at equal scores. Class A is "
            "below 1, C is surely beyond 1 and at least 1.5, B lies between.",
            "Rows of one item are taken as independent. Where the score itself lost its meaning, "
            "all items drift: compare each with the median drift.",
        ),
        detail={
            "compared": {
                name: {letter: sum(r["ets"] == letter for r in part) for letter in "ABC"}
                for name, part in by_comparison.items()
            }
        },
        columns=COLUMNS,
    )


@remembered
def _rows(counts: Counts, question: Question) -> list[dict[str, Any]]:
    """Every item of every comparison, discovered first, and the largest drift of these first."""
    rows: list[dict[str, Any]] = []
    for compared, items, reference, focal in _comparisons(counts):
        found = mantel_haenszel(reference, focal)
        letters = ets_class(found.delta, found.error)
        reach = special.ndtri((1 + question.thresholds.confidence) / 2) * found.error
        for at in np.flatnonzero(np.isfinite(found.delta)).tolist():
            delta, error = float(found.delta[at]), float(found.error[at])
            rows.append(
                {
                    "item": items[at],
                    "compared": compared,
                    "delta": delta,
                    "low": delta - float(reach[at]),
                    "high": delta + float(reach[at]),
                    "p_value": float(2 * special.ndtr(-abs(delta) / error)),
                    "ets": str(letters[at]),
                    "rows": int(reference[at].sum() + focal[at].sum()),
                }
            )
    supported = discovered(
        np.array([row["p_value"] for row in rows]), question.thresholds.false_discovery_rate
    )
    for row, one in zip(rows, supported, strict=True):
        row["discovered"] = bool(one)
    rows.sort(key=lambda row: (not row["discovered"], -abs(row["delta"]), row["item"]))
    return rows


def between_windows(counts: Counts, question: Question) -> dict[str, dict[str, Any]]:
    """By item, its row of the comparison of the windows; only items that can be compared."""
    return {row["item"]: row for row in _rows(counts, question) if row["compared"] == "windows"}


def _comparisons(
    counts: Counts,
) -> Iterator[tuple[str, list[str], NDArray[np.int64], NDArray[np.int64]]]:
    """What is compared, its items, and rows (items, bands, 2) of reference and focal group."""
    table = counts.item_bands
    if table.empty:
        return
    items, item = np.unique(table["item"].astype(str), return_inverse=True)
    systems, system = np.unique(table["system"].astype(str), return_inverse=True)
    bands = int(table["band"].max()) + 1
    every = np.zeros((2, len(systems), len(items), bands, 2), dtype=np.int64)
    place = (table["window"].to_numpy(), system, item, table["band"].to_numpy())
    for side, name in enumerate(("negatives", "positives")):
        np.add.at(every[..., side], place, table[name].to_numpy())
    names = [str(one) for one in items]
    both = every.sum(axis=1)
    yield "windows", names, both[0], both[1]
    if len(systems) > 1:
        for window, word in WINDOWS.items():
            for at, one in enumerate(systems):
                own = every[window, at]
                yield f"{word}: {one} with the others", names, both[window] - own, own


def _claim(rows: list[dict[str, Any]], counts: Counts) -> str:
    if not rows:
        reason = "no item has rows to compare" if counts.meta["item"] else "no item column is named"
        return f"Drift of items cannot be told: {reason}."
    large = [row for row in rows if row["ets"] == "C" and row["discovered"]]
    moderate = [row for row in rows if row["ets"] == "B" and row["discovered"]]
    if not large and not moderate:
        return f"None of the {len(rows):,} items of both windows surely drifted between them."
    first = max([*large, *moderate], key=lambda row: abs(row["delta"]))
    became = "harder" if first["delta"] < 0 else "easier"
    share = percent((len(large) + len(moderate)) / len(rows))
    return (
        f"At equal scores {len(large) + len(moderate):,} of {len(rows):,} items ({share}) surely "
        f"drifted between the windows, {len(large):,} of them largely (ETS class C); most of all "
        f"{first['item']}, which became {became}."
    )
