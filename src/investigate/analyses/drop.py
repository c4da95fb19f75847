"""Did AUC drop, by how much, and how sure is that."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from investigate.analyses import whole as windows
from investigate.analyses.certificate import certificate, within
from investigate.analyses.wording import day, level, percent, signed
from investigate.counts.numbers import rows_of
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

CURVE_POINTS = 200
HISTOGRAM_BARS = 40
BOUND_SHOWN = 1e-5
"""The least bound that five decimals tell; a smaller one is within it."""
RARE = 1 / 200
"""A drop that chance makes so rarely needs no word of chance."""

Ints = NDArray[np.int64]


def drop(counts: Counts, question: Question) -> Finding:
    """AUC of both windows and its change, with intervals and the bin bound.

    ``detail`` holds the ROC curve and the score distribution of each window.
    """
    confidence, clustered = question.thresholds.confidence, counts.jackknifed
    both = windows.whole(counts).counts
    baseline, incident = (windows.level(both, w, clustered, confidence) for w in (0, 1))
    change = windows.difference(both, clustered, confidence)
    bounds = [windows.bound(counts, both, w) for w in (0, 1)]
    return Finding(
        name="drop",
        claim=_claim(baseline, incident, change, question) + _certified(counts, question, change),
        numbers={"baseline": baseline, "incident": incident, "change": change},
        table=tuple(
            _row(counts, question, w, area, bounds[w])
            for w, area in enumerate((baseline, incident))
        ),
        caveats=(
            *_weights(counts),
            windows.method(counts),
            f"Scores are counted in {len(counts.bins):,} bins: the AUC of the raw scores lies "
            f"within {max(max(bounds), BOUND_SHOWN):.5f} of the AUC shown.",
            *_left_out(counts),
            *(
                f"Noted while reading: {reason} ({rows:,} rows)."
                if rows
                else f"Noted while reading: {reason}."
                for reason, rows in counts.noted().items()
            ),
        ),
        detail={
            "bin_bound": max(bounds),
            "roc": [_roc(both.positives[w, 0], both.negatives[w, 0]) for w in (0, 1)],
            "scores": _scores(counts.bins, both.positives[:, 0], both.negatives[:, 0]),
        },
    )


def fell(change: Estimate, smallest: float) -> bool:
    """Whether AUC fell surely, and not surely by less than the smallest drop of interest."""
    if change.value is None or change.high is None or change.low is None:
        return False
    return change.high < 0 and change.low < -smallest


def by_chance(counts: Counts) -> str:
    """How often chance alone makes a drop as large, as a sentence; nothing where that is rare."""
    value, error, freedom = windows.difference_and_error(
        windows.whole(counts).counts, counts.jackknifed
    )
    probability = float(stats.t.cdf(value / error, freedom)) if error > 0 else 0.0
    if probability < RARE:
        return ""
    return (
        " Where nothing is broken, chance alone makes AUC fall this far in about 1 of "
        f"{round(1 / probability, -1):.0f} comparisons."
    )


def _claim(baseline: Estimate, incident: Estimate, change: Estimate, question: Question) -> str:
    values = f"from {level(baseline)} to {level(incident)}"
    if fell(change, question.thresholds.smallest_drop):
        return f"AUC fell {values}: a change of {signed(change)}."
    if change.low is not None and change.low > 0:
        return f"AUC rose {values}: a change of {signed(change)}."
    if change.low is None:
        return f"AUC went {values}: too few rows or clusters to tell whether that is a change."
    if change.excludes_zero:
        return f"AUC went {values}: {signed(change)}, less than the smallest drop of interest."
    return f"AUC went {values}: the change of {signed(change)} is within its interval."


def _certified(counts: Counts, question: Question, change: Estimate) -> str:
    """What is known of a change that no interval shows, or that hides a fall, as sentences more."""
    if change.low is None or fell(change, question.thresholds.smallest_drop):
        return ""
    found = certificate(counts, question)
    if change.excludes_zero:
        text = within(found.detail["fell"], len(found.table))
        return f" {text}" if text else ""
    clause = found.claim
    return f" {clause[0].upper()}{clause[1:]}"


def _row(
    counts: Counts, question: Question, w: int, area: Estimate, bound: float
) -> dict[str, Any]:
    both = windows.whole(counts).counts
    window = (question.baseline, question.incident)[w]
    sizes = {"rows": int(rows_of(counts, both)[w])}
    if counts.weighted:
        sizes["effective rows"] = int(counts.meta["weights"]["effective"][w])
    return {
        "window": ("baseline", "incident")[w],
        "from": day(window.start),
        "until": day(window.end),
        **sizes,
        "outcome rate": float(both.positives[w, 0].sum() / both.rows[w]),
        "auc": area.value,
        "low": area.low,
        "high": area.high,
        "bin_bound": bound,
    }


def _weights(counts: Counts) -> list[str]:
    """What weights do here, and what does not know of them."""
    if not counts.weighted:
        return []
    meta = counts.meta["weights"]
    sizes = " and ".join(f"{int(size):,}" for size in meta["effective"])
    return [
        f"Rows count by their weight ({meta['column']}): the windows say as much as {sizes} rows "
        "of equal weight. Items, the signal audit, repeated rows, defaults and lost outcomes are "
        "looked at by rows, whatever these weigh; the rows of a day are sums of weights. A replay "
        "and a monitor take no weights."
    ]


def _left_out(counts: Counts) -> list[str]:
    excluded = counts.meta["excluded"]
    if not excluded:
        return []
    share = sum(excluded.values()) / counts.meta["rows"]
    reasons = ", ".join(f"{reason}: {rows:,}" for reason, rows in excluded.items())
    return [f"Left out of the log's rows: {percent(share)} ({reasons})."]


def _roc(positives: Ints, negatives: Ints) -> dict[str, list[float]]:
    true = np.append(0, np.cumsum(positives[::-1]) / positives.sum())
    false = np.append(0, np.cumsum(negatives[::-1]) / negatives.sum())
    # Points evenly spread along the curve's own length keep its shape.
    along = np.linspace(0, 2, CURVE_POINTS)
    nearest = np.searchsorted(true + false, along, side="left").clip(max=len(true) - 1)
    kept = np.unique(np.concatenate([[0], nearest, [len(true) - 1]]))
    return {"false_positive_rate": false[kept].tolist(), "true_positive_rate": true[kept].tolist()}


def _scores(bins: pd.DataFrame, positives: Ints, negatives: Ints) -> dict[str, Any]:
    middle = (bins["low"] / 2 + bins["high"] / 2).to_numpy()
    everything = (positives + negatives).sum(axis=0)
    # A few far values must not squeeze all others into one bar.
    order = np.cumsum(everything) / everything.sum()
    low, high = (float(middle[np.searchsorted(order, q)]) for q in (0.001, 0.999))
    edges = np.linspace(low, high if high > low else low + 1, HISTOGRAM_BARS + 1)
    place = (np.searchsorted(edges, middle, side="right") - 1).clip(0, HISTOGRAM_BARS - 1)
    shares = [
        (np.bincount(place, c, minlength=HISTOGRAM_BARS) / (p + n).sum()).tolist()
        for p, n in zip(positives, negatives, strict=True)
        for c in (p, n)
    ]
    return {"edges": edges.tolist(), "positives": shares[::2], "negatives": shares[1::2]}
