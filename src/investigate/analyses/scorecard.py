"""Beside AUC: log loss, Brier score and its parts, calibration, average precision.

AUC sees order alone. The Brier score is the mean square of score minus outcome; Murphy 1973 splits
it by groups of scores into reliability (how far outcome rates lie from the scores: calibration)
less resolution (how far they lie apart) plus uncertainty (the variance of outcomes), and what
scores vary by within a group (Stephenson et al. 2008) makes the sum exact. A score that is right at
every value and separates rows less loses resolution and AUC and keeps its reliability.

The score of a bin is the middle of its lowest and highest. That is the score itself where the log
has few enough different scores for a bin each, and off by less than half the width of a bin else.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.wording import points, signed
from investigate.counts.auc import auc
from investigate.counts.grouping import grouping
from investigate.counts.jackknife import difference, estimate
from investigate.counts.memory import remembered
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts, label
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]

OF_GROUPS = ("average precision", "log loss", "brier score", "reliability", "resolution")
"""Those that findings.json has for each group, beside AUC."""
OF_PROBABILITIES = ("log loss", "brier score", "reliability", "within groups")
"""What only a score between 0 and 1 has."""
SHOWN = ("measure", "baseline", "incident", "change", "low", "high")
MOST_GROUPS, ROWS_A_GROUP = 20, 100
NEAR_ONE = float(np.finfo(float).eps)
"""A score of 0 or 1 that proves wrong would cost infinitely much: as scikit-learn, this is what
scores keep from both ends."""


@remembered
def scorecard(counts: Counts, question: Question, by: str = "all") -> Finding:
    """Each measure in both windows and its change, with intervals, of every group of ``by``.

    ``numbers`` hold the changes of all rows; ``detail``: ``curves`` (by window, of all rows: mean
    ``score``, outcome ``rate`` with ``low`` and ``high``, and ``share`` of rows, by group of
    scores), ``probability`` (all scores lie in 0 to 1), ``groups`` (how many of scores).
    """
    table = windows.whole(counts).counts
    score = (counts.bins["low"] / 2 + counts.bins["high"] / 2).to_numpy(dtype=float)
    probability = bool(counts.bins["low"].min() >= 0 and counts.bins["high"].max() <= 1)
    place = _places(table)

    def rows_of(own: Replicates, name: str) -> list[dict[str, Any]]:
        found = measures(own, score[own.bins], place[own.bins])
        return [
            {"group": name, **_row(measure, values, own, question)}
            for measure, values in found.items()
            if probability or measure not in OF_PROBABILITIES
        ]

    overall = rows_of(table, "all")
    every = overall
    if by != "all":
        own = grouping(counts, by)
        every = [
            row for i, key in enumerate(own.keys) for row in rows_of(own.replicates(i), label(*key))
        ]
    numbers = {row["measure"]: Estimate(row["change"], row["low"], row["high"]) for row in overall}
    groups = int(place.max()) + 1
    return Finding(
        name="scorecard" if by == "all" else f"scorecard by {by}",
        claim=_claim({row["measure"]: row for row in overall}, numbers, probability),
        numbers=numbers,
        table=tuple(every),
        columns=(*(() if by == "all" else ("group",)), *SHOWN),
        caveats=tuple(_caveats(counts, question, probability, groups)),
        detail={
            "by": by,
            "probability": probability,
            "groups": groups,
            "curves": [_curve(table, w, score, place, question) for w in (0, 1)],
        },
    )


def measures(own: Replicates, score: Array, place: NDArray[np.int64]) -> dict[str, Array]:
    """Every measure by window and replicate (2, 1 + folds), in the order in which they are shown.

    `score` and `place` (b,): the score of each bin, and which group of scores it is in.
    """
    ones, zeros = own.positives.astype(float), own.negatives.astype(float)
    rows = ones + zeros
    with np.errstate(invalid="ignore", divide="ignore"):
        total = rows.sum(axis=-1)
        rate = ones.sum(axis=-1) / total
        kept = score.clip(NEAR_ONE, 1 - NEAR_ONE)
        lost = -(ones * np.log(kept) + zeros * np.log1p(-kept)).sum(axis=-1) / total
        brier = (ones * (1 - score) ** 2 + zeros * score**2).sum(axis=-1) / total
        held = _by_group(rows, place)
        there = held > 0
        mean, own_rate = (
            np.divide(_by_group(part, place), held, out=np.zeros_like(held), where=there)
            for part in (rows * score, ones)
        )
        reliability = (held * (mean - own_rate) ** 2).sum(axis=-1) / total
        resolution = (held * (own_rate - rate[..., None]) ** 2).sum(axis=-1) / total
        uncertainty = rate * (1 - rate)
        average = (rows * score).sum(axis=-1) / total
    return {
        "auc": auc(ones, zeros),
        "average precision": average_precision(ones, zeros),
        "log loss": lost,
        "brier score": brier,
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within groups": brier - (reliability - resolution + uncertainty),
        "mean score": average,
        "outcome rate": rate,
    }


def _by_group(values: Array, place: NDArray[np.int64]) -> Array:
    """Sums (..., groups) of `values` (..., bins) over the groups of scores that are there.

    Not by a product of matrices, whose last digit depends on how many threads make it.
    """
    return np.asarray(np.add.reduceat(values, np.flatnonzero(np.diff(place, prepend=-1)), axis=-1))


def average_precision(positives: NDArray[Any], negatives: NDArray[Any]) -> Array:
    """Precision at each bin's score as threshold, weighted by the ones in it; shape (...).

    `positives`, `negatives`: (..., bins) of ascending score. Equal to scikit-learn's
    ``average_precision_score`` on the bin numbers; NaN where no outcome is one.
    """
    ones = np.asarray(positives, dtype=float)[..., ::-1]
    rows = ones + np.asarray(negatives, dtype=float)[..., ::-1]
    above, taken = ones.cumsum(axis=-1), rows.cumsum(axis=-1)
    precision = np.divide(above, taken, out=np.zeros_like(above), where=taken > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((ones * precision).sum(axis=-1) / ones.sum(axis=-1))


def _places(table: Replicates) -> NDArray[np.int64]:
    """The group of scores of each bin: of about equal rows, both windows weighing alike."""
    rows = (table.positives[:, 0] + table.negatives[:, 0]).astype(float)
    groups = int(np.clip(rows.sum(axis=1).min() / ROWS_A_GROUP, 2, MOST_GROUPS))
    share = (rows / rows.sum(axis=1, keepdims=True)).mean(axis=0)
    middle = share.cumsum() - share / 2
    place = (middle * groups).astype(np.int64).clip(0, groups - 1)
    return np.asarray(np.unique(place, return_inverse=True)[1].reshape(place.shape))


def _row(measure: str, found: Array, own: Replicates, question: Question) -> dict[str, Any]:
    used = [own.folds(window) for window in (0, 1)]
    change = difference(found, question.thresholds.confidence, used)
    baseline, incident = (Estimate(float(found[w, 0])).value for w in (0, 1))
    return {
        "measure": measure,
        "baseline": baseline,
        "incident": incident,
        "change": change.value,
        "low": change.low,
        "high": change.high,
    }


def _curve(
    table: Replicates, window: int, score: Array, place: NDArray[np.int64], question: Question
) -> list[dict[str, Any]]:
    """Mean score, outcome rate with its interval, and share of rows, by group of scores."""
    ones = _by_group(table.positives[window].astype(float), place)
    rows = ones + _by_group(table.negatives[window].astype(float), place)
    whole = table.positives[window, 0] + table.negatives[window, 0]
    average = _by_group(whole * score, place)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = ones / rows
    curve = []
    for group in np.flatnonzero(rows[0] > 0):
        own = estimate(
            rate[:, group], question.thresholds.confidence, rows[1:, group] < rows[0, group], (0, 1)
        )
        curve.append(
            {
                "score": float(average[group] / rows[0, group]),
                "rate": own.value,
                "low": own.low,
                "high": own.high,
                "share": float(rows[0, group] / rows[0].sum()),
            }
        )
    return curve


def _claim(
    rows: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, Estimate], probability: bool
) -> str:
    def moved(measure: str, up: str, down: str) -> str:
        row, change = rows[measure], numbers[measure]
        if row["baseline"] is None or row["incident"] is None:
            return f"{measure} is undefined"
        verb = "did not surely change"
        if change.excludes_zero:
            verb = up if (change.value or 0.0) > 0 else down
        return f"{verb} ({measure} {_plain(row['baseline'])} to {_plain(row['incident'])})"

    apart = moved("resolution", "scores separate rows more", "scores separate rows less")
    if apart.startswith("did"):
        apart = f"how well scores separate rows {apart}"
    if not probability:
        change = signed(numbers["average precision"])
        return f"{_begin(apart)}; average precision changed by {change}."
    right = moved("reliability", "calibration is worse", "calibration is better")
    if right.startswith("did"):
        right = f"calibration {right}"
    if apart.startswith("scores separate rows less") and right.startswith("calibration did"):
        return f"{_begin(apart)}, while {right}."
    return f"{_begin(apart)}; {right}."


def _begin(text: str) -> str:
    return text[0].upper() + text[1:]


def _plain(value: float) -> str:
    return f"{value:.4f}"


def _caveats(counts: Counts, question: Question, probability: bool, groups: int) -> list[str]:
    found = [
        f"Brier score = reliability − resolution + uncertainty + within groups, by {groups} groups "
        "of scores of about equal rows; low reliability is good calibration, high resolution good "
        "separation.",
        "Intervals of changes: delete-a-group jackknife over 32 folds of clusters, or of rows "
        "where no cluster is named.",
    ]
    width = (counts.bins["high"] - counts.bins["low"]).to_numpy(dtype=float)
    if not probability:
        found.insert(
            0,
            "Some scores lie outside 0 to 1, so they are no probabilities: log loss, Brier score "
            "and reliability do not exist until they are calibrated.",
        )
    elif width.max() > 0:
        most = points(float(width.max()) / 2).removeprefix("+")
        found.append(f"Scores are counted in bins and taken for their middle, at most {most} away.")
    if probability and _surely_wrong(counts):
        found.append(
            "Some scores of exactly 0 or 1 were wrong: log loss is then as large as the smallest "
            "number that a computer adds to 1 makes it."
        )
    return found


def _surely_wrong(counts: Counts) -> bool:
    table = windows.whole(counts).counts
    ones, zeros = (side[:, 0].sum(axis=0) for side in (table.positives, table.negatives))
    low, high = counts.bins["low"].to_numpy(), counts.bins["high"].to_numpy()
    return bool(ones[high <= 0].sum() + zeros[low >= 1].sum())
