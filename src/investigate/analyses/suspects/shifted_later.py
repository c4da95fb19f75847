"""A group whose scale alone moved, some days after the incident began.

Such an incident holds rows of both scales. Held against each other these rank badly, so that the
group seems to have lost its order. No loss of meaning is like that: rows since it began would rank
worse than the whole incident, which has sound rows too. Where they rank as in the baseline, and
surely better than with the days before them, only the scale moved on that day.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.cause_date import Began, began_in
from investigate.analyses.dating import asked
from investigate.analyses.series import Daily, daily, dependence
from investigate.analyses.suspects.narrowing import Scope, places_disjoint
from investigate.analyses.suspects.rates import FAR_WITHIN, Rates
from investigate.analyses.suspects.struck import inside
from investigate.counts.auc import auc, delong_variance
from investigate.counts.grouping import grouping
from investigate.counts.isotonic import rising_rates
from investigate.counts.jackknife import around
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

BEYOND = 2.0
"""Standard errors by which an AUC is lower than another."""
HALF = 1 / 2
"""AUC of ties; rows since the day fell by less than this part of what the group's incident did."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Later:
    """Since when a group's scale is another one, and what shows it.

    ``before``, ``since``, ``mixed``: AUC of the group's own rows in the baseline, from the day on,
    and in the whole incident. ``shift``: what moved since that day.
    """

    began: Began
    before: float
    since: float
    mixed: float
    shift: Rates

    def sentence(self) -> str:
        """From which day on it holds, and why the incident hides it; to add to other sentences."""
        return (
            f" That holds from {self.began.date} on: ranked by themselves, these rows have an AUC "
            f"of {self.since:.3f} since then, after {self.before:.3f} in the baseline. The "
            "incident's rows before that are on the old scale: ranked together with them, it is "
            f"{self.mixed:.3f}."
        )


@remembered
def shifted_later(counts: Counts, question: Question, scope: Scope) -> Later | None:
    """Since when the scale of a system or a cohort is another one, if that is all that changed.

    `None` where its change may be as old as the incident, and where counts hold no series of it.
    """
    place = scope.by, (scope.system, scope.cohort)
    undone = counts.meta.get("undone_in", ())
    if scope.by == "all" or "*" in scope.by:
        return None
    # The timeline is of the log as it was: nothing of it tells what is left of an undone place.
    if not all(places_disjoint(place, other) for other in undone):
        return None
    system, cohort = scope.of
    began = began_in(counts, question, system or "", cohort)
    if began is None:
        return None
    by = scope.by if scope.cohort else ""
    own = asked(daily(counts, scope.system, by, scope.cohort), counts, question)
    starts = pd.Timestamp(question.incident.bounds(question.timezone)[0])
    ends = pd.Timestamp(question.baseline.bounds(question.timezone)[1])
    low, high = (_moment(text, question) for text in (began.low, began.high))
    if not low > starts:
        return None
    sides = [
        _sums(own, np.asarray(rows))
        for rows in (own.start < ends, own.start >= high, own.start >= starts)
    ]
    shift = _rates(sides[0], sides[1], dependence(counts), question.thresholds.confidence)
    if shift is None or shift.tells != "scores":
        return None
    (before, earlier), (mixed, error) = inside(counts, scope)
    since = float(auc(*sides[1])) + _within_bins(counts, scope, sides[1], sides[2])
    later = float(np.sqrt(delong_variance(*sides[1])))
    fell, better = before - since, since - mixed
    kept = fell <= BEYOND * np.hypot(earlier, later) and fell < HALF * (before - mixed)
    # Rows that both hold make this error larger than it is.
    sure = better > BEYOND * np.hypot(error, later) * np.sqrt(dependence(counts))
    return Later(began, before, since, mixed, shift) if kept and sure else None


def _moment(text: str, question: Question) -> pd.Timestamp:
    return pd.Timestamp(text).tz_localize(
        question.timezone, ambiguous=True, nonexistent="shift_forward"
    )


def _sums(own: Daily, rows: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Positives and negatives (bins,) of some buckets."""
    return own.positives[rows].sum(axis=0), own.negatives[rows].sum(axis=0)


def _within_bins(
    counts: Counts, scope: Scope, since: tuple[Array, Array], incident: tuple[Array, Array]
) -> float:
    """What the order of rows within the bins of the timeline adds to the AUC of those ``since``.

    A scale that moved far can lie in very few of these bins. How rows rank within each is known of
    the whole ``incident``, by its finer bins; it and ``since``: positives and negatives (bins,).
    """
    own = grouping(counts, scope.by)
    here = own.group == own.keys.index((scope.system, scope.cohort))
    here &= own.window == 1
    fine = [np.bincount(own.bin[here], n[here], own.bins) for n in (own.positives, own.negatives)]
    rows = fine[0] + fine[1]
    # Both hold the same rows in the same order: a fine bin lies where so many are below it.
    upto = np.cumsum(incident[0] + incident[1])
    place = np.searchsorted(upto, np.cumsum(rows) - rows / 2, side="right").clip(0, len(upto) - 1)
    pairs = since[0] * since[1] / max(since[0].sum() * since[1].sum(), 1)
    inner = [float(auc(fine[0][place == at], fine[1][place == at])) for at in np.flatnonzero(pairs)]
    return float(np.nansum((np.array(inner) - HALF) * pairs[pairs > 0]))


def _rates(
    before: tuple[Array, Array], since: tuple[Array, Array], factor: float, confidence: float
) -> Rates | None:
    """As `rates`, by what the group's own scores stood for; ``factor`` as of `dependence`."""
    positives, rows = before[0], before[0] + before[1]
    seen = rows > 0
    if not seen.any() or not sum(side.sum() for side in since):
        return None
    known = rising_rates(np.flatnonzero(seen), positives[seen], rows[seen], len(rows))
    means, variances = zip(*(_moments(side, known) for side in (before, since)), strict=True)
    outcome, score, apart = (
        around(
            float(means[1][i] - means[0][i]),
            float(np.sqrt((variances[0][i] + variances[1][i]) * factor)),
            confidence,
        )
        for i in range(3)
    )
    share = float(means[0][0])
    return Rates(
        outcomes=(share, float(means[1][0])),
        scores=(float(means[0][1]), float(means[1][1])),
        outcome=outcome,
        score=score,
        far=FAR_WITHIN * share * (1 - share),
        apart=apart,
    )


def _moments(side: tuple[Array, Array], known: Array) -> tuple[Array, Array]:
    """Mean outcome, score and difference of the two (3,), and the variances of these means (3,)."""
    positives, negatives = side
    rows = float(positives.sum() + negatives.sum())
    of_ones, of_zeros = (np.stack([np.full(len(known), y), known, y - known]) for y in (1.0, 0.0))
    mean = (of_ones @ positives + of_zeros @ negatives) / rows
    squares = (of_ones**2 @ positives + of_zeros**2 @ negatives) / rows
    return mean, np.maximum(squares - mean**2, 0.0) / rows
