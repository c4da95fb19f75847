"""Free evidence: did outcomes change, or scores, by the mean of each in one scope.

Scores are taken here as their outcome rates in the baseline. Labels that are zeroed or redefined
move the outcome rate and leave the mean score; a score that lost an input or its scale moves
the mean score and leaves the outcome rate. Other rows move both alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.signal import meaning
from investigate.analyses.suspects.hosts import hosted
from investigate.analyses.suspects.narrowing import QUIET, Scope
from investigate.analyses.wording import moved
from investigate.counts.grouping import Grouping
from investigate.counts.jackknife import difference
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate

Array = NDArray[np.float64]
TIMES = 3
"""One of the two moved when it surely moved so many times as far as the other."""
FAR_WITHIN, FAR = 0.2, 0.4
"""Least move that can be a fault's, in parts of the outcome's variance in the baseline: in one
group while the rest is quiet, and in the whole log, where seasons move rates too."""
AS_FAR = 0.5
"""Labels changed beside a group too where these moved so large a part as far."""
NAMED = 3
"""So many groups that moved alike are named."""
FEWEST, SURE = 30, 4.0
"""Rows that a rate needs, and how many of their standard errors are news among groups."""
WHOLE = "in the whole log"
NEWS = {"labels": "the labels and the calibration", "scores": "the calibration"}
"""What to look at. Outcomes that rise while scores stay are other labels, or scores that no longer
follow."""


@dataclass(frozen=True)
class Rates:
    """Outcome rate and mean score by window, and their changes in one scope."""

    outcomes: tuple[float, float]
    scores: tuple[float, float]
    outcome: Estimate
    score: Estimate
    far: float
    apart: Estimate
    """The outcome rate's change minus the mean score's."""

    @property
    def tells(self) -> str | None:
        """``labels`` or ``scores``, where one surely moved and the other hardly did."""
        for mover, still, what in (
            (self.outcome, self.score, "labels"), (self.score, self.outcome, "scores")
        ):  # fmt: skip
            if mover.low is None or mover.high is None or still.value is None:
                continue
            sure = max(mover.low, -mover.high)
            if sure > self.far and sure > TIMES * abs(still.value):
                return what
        return None

    def ends(self, what: str) -> tuple[float, float]:
        """The outcome rate (``labels``) or the mean score (``scores``) by window."""
        return self.outcomes if what == "labels" else self.scores

    def moved_by(self, what: str) -> float:
        """How far that moved."""
        before, now = self.ends(what)
        return now - before

    @property
    def outcome_moved(self) -> bool:
        """Whether the outcome rate surely moved so far that it can be a fault's."""
        low, high = self.outcome.low, self.outcome.high
        return low is not None and high is not None and max(low, -high) > self.far

    @property
    def moved_alike(self) -> bool:
        """Whether both surely moved, outcomes as far as can be a fault's, and hardly apart."""
        if not self.outcome_moved or not self.score.excludes_zero or self.apart.value is None:
            return False
        sure = min(abs(self.outcome.low or 0.0), abs(self.outcome.high or 0.0))
        return not self.apart.excludes_zero and TIMES * abs(self.apart.value) < sure

    @property
    def moved_together(self) -> bool:
        """Whether both surely moved one way, and scores tell at least half of the outcomes' move.

        Less than all, as a score does that knows a part of what its rows are like. Where scores
        surely moved further than outcomes, these rows explain not all of it.
        """
        if not self.outcome_moved or not self.score.excludes_zero:
            return False
        told = (self.score.value or 0.0) / (self.outcome.value or 1.0)
        return told >= AS_FAR and (told <= 1 or not self.apart.excludes_zero)

    @property
    def beyond(self) -> float:
        """How far the outcome rate moved beyond the mean score."""
        return (self.outcome.value or 0.0) - (self.score.value or 0.0)

    def sentence(self) -> str:
        """Both moves, in words."""
        return (
            f"the outcome rate {moved(*self.outcomes)}, and the rate that scores predict "
            f"{moved(*self.scores)}"
        )


def rates(counts: Counts, scope: Scope, confidence: float) -> Rates:
    """The rates of one scope; its baseline is its host's where it had no rows."""
    own = hosted(counts, scope.by)
    chosen = np.ones(len(own.group), dtype=bool)
    if scope.by != "all":
        chosen = own.group == own.keys.index((scope.system, scope.cohort))
    outcomes, scores, used = zip(*(_means(counts, own, chosen, w) for w in (0, 1)), strict=True)
    apart = [one - other for one, other in zip(outcomes, scores, strict=True)]
    far = FAR if scope.by == "all" else FAR_WITHIN
    before = float(outcomes[0][0])
    return Rates(
        outcomes=(before, float(outcomes[1][0])),
        scores=(float(scores[0][0]), float(scores[1][0])),
        outcome=difference(outcomes, confidence, used),
        score=difference(scores, confidence, used),
        far=far * before * (1 - before),
        apart=difference(apart, confidence, used),
    )


def labels_everywhere(
    counts: Counts, confidence: float, inner: Sequence[Scope], whole: Scope
) -> bool:
    """Whether labels changed in the whole log, and beside some groups about as far as in them.

    How far is the part of the outcomes that are due which is gone, or of those that are not which
    came: where the same part is lost everywhere, the rate falls further where it was higher.
    """
    everyone = rates(counts, whole, confidence)
    if everyone.tells != "labels":
        return False
    falls = everyone.beyond < 0

    def moved_of(one: Scope) -> Array:
        shift = rates(counts, one, confidence)
        due = shift.scores[1] if falls else 1 - shift.scores[1]
        return np.array([shift.beyond, due]) * one.rows

    own = sum((moved_of(one) for one in inner), np.zeros(2))
    rest = moved_of(whole) - own
    if not own.all() or rest[1] <= 0:
        return False
    return bool((rest[0] / rest[1]) / (own[0] / own[1]) >= AS_FAR)


def labels_here_alone(counts: Counts, confidence: float, inner: Scope, whole: Scope) -> bool:
    """Whether labels changed in one group, further than chance moves them, and not beside it.

    What the other groups lost by their order is then another matter: labels that changed there too
    would have moved their outcome rate.
    """
    own, everyone = (rates(counts, one, confidence) for one in (inner, whole))
    size = inner.rows, rows_before(counts).get((inner.by, inner.system, inner.cohort), 0)
    if own.tells != "labels" or not beyond_chance(*own.outcomes, *size) or not own.beyond:
        return False
    rest = everyone.beyond * whole.rows - own.beyond * inner.rows
    beside = rest / max(whole.rows - inner.rows, 1)
    return abs(beside) < QUIET * abs(own.beyond)


def moved_too(
    counts: Counts, confidence: float, scope: Scope, groups: Sequence[Scope]
) -> list[tuple[Scope, Rates]]:
    """The largest other ``groups`` of its column that surely moved so, half as far or further."""
    own = rates(counts, scope, confidence)
    if scope.by == "all" or (what := own.tells) is None:
        return []
    found, earlier = [], rows_before(counts)
    for other in groups:
        if other == scope or other.rows < FEWEST:
            continue
        its = rates(counts, other, confidence)
        as_far = its.moved_by(what) / own.moved_by(what) >= AS_FAR
        size = other.rows, earlier.get((other.by, other.system, other.cohort), 0)
        if its.tells == what and as_far and beyond_chance(*its.ends(what), *size):
            found.append((other, its))
    return sorted(found, key=lambda one: (-one[0].rows, one[0].cohort, one[0].system))[:NAMED]


def _means(
    counts: Counts, own: Grouping, chosen: NDArray[np.bool_], window: int
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Outcome rate and mean score of one window, whole and without each fold (1 + folds,).

    And the folds (folds,) with rows.
    """
    here = np.flatnonzero(chosen & (own.window == window))
    rows, positives = (own.positives + own.negatives)[here], own.positives[here]
    known = meaning(counts)[own.bin[here]]
    sums: list[NDArray[Any]]
    if own.shares is None:
        fold = own.fold[here]
        sums = [np.bincount(fold, w, FOLDS) for w in (rows, positives, rows * known)]
    else:
        zeros, ones = (
            side[here][:, None] * own.shares.of_entries(outcome, here)
            for outcome, side in enumerate(own.sides())
        )
        sums = [(zeros + ones).sum(axis=0), ones.sum(axis=0), known @ (zeros + ones)]
    n, y, s = (np.concatenate([[one.sum()], one.sum() - one]) for one in sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        return y / n, s / n, np.asarray(sums[0] > 0)


def rate_news(counts: Counts, confidence: float) -> str:
    """Groups whose outcome rate moved far while their mean score stayed, or the other way round.

    One sentence of each, or nothing: AUC may show no drop, and labels or the scale of the scores
    may have changed all the same.
    """
    facts = counts.facts[counts.facts["window"] == 1]
    facts = facts[~facts["by"].str.contains("*", regex=False) & (facts["rows"] >= FEWEST)]
    found: dict[str, list[tuple[float, int, str, Rates]]] = {"labels": [], "scores": []}
    scopes = facts[["by", "system", "cohort", "rows"]]
    earlier = rows_before(counts)
    for by, system, cohort, rows in scopes.itertuples(index=False):
        shift = rates(counts, Scope(by, system, cohort, int(rows)), confidence)
        if (what := shift.tells) is None:
            continue
        mover = (shift.outcomes, shift.outcome) if what == "labels" else (shift.scores, shift.score)
        if beyond_chance(*mover[0], int(rows), earlier.get((by, system, cohort), 0)):
            where = (
                WHOLE if by == "all" else f"where {by} is {cohort}" if cohort else f"in {system}"
            )
            found[what].append((round(abs(mover[1].value or 0.0), 6), int(rows), where, shift))
    furthest = [(what, _furthest(ones)) for what, ones in found.items() if ones]
    return "".join(
        f" Look at {NEWS[what]} all the same: {where}, {shift.sentence()}. That is further than "
        "chance moves them."
        for what, (where, shift) in furthest
    )


def _furthest(found: Sequence[tuple[float, int, str, Rates]]) -> tuple[str, Rates]:
    """The place that moved furthest; the whole log where rows beside that place moved as well."""
    most = max(found, key=lambda one: one[:3])
    for moved_by, rows, where, everyone in found:
        if where == WHOLE:
            beside = (moved_by * rows - most[0] * most[1]) / max(rows - most[1], 1)
            if most[2] == WHOLE or beside >= AS_FAR * most[0]:
                return where, everyone
    return most[2:]


def rows_before(counts: Counts) -> dict[tuple[str, str, str], int]:
    """Rows of the baseline by grouping, system and cohort."""
    own = counts.facts[counts.facts["window"] == 0]
    columns = own[["by", "system", "cohort", "rows"]].itertuples(index=False)
    return {(str(by), str(s), str(c)): int(n) for by, s, c, n in columns}


def beyond_chance(before: float, now: float, rows: int, earlier: int) -> bool:
    """Whether so many rows move so far by chance less than once in a thousand groups or so.

    Of a short baseline the rate of before is known no better than its rows, ``earlier``, allow;
    a group without any has the baseline of its host, which is large.
    """
    size = 1 / max(rows, 1) + (1 / earlier if earlier else 0.0)
    error = float(np.sqrt(max(before * (1 - before), 1e-9) * size))
    return abs(now - before) > SURE * error
