"""A group whose outcomes became nearly all of one kind, while its scores stayed as they were.

Such a group has no order that scores could keep or lose: neither counts nor a replay can tell by
AUC that its scores broke. Any scores that lie lower would raise AUC where no outcome is one.
What is seen is that its outcomes went, of which a broken score knows nothing.
"""

from collections.abc import Sequence

from investigate.analyses.suspects.narrowing import HOLDS, NEARLY_ALL, Scope
from investigate.analyses.suspects.rates import (
    FEWEST,
    beyond_chance,
    labels_everywhere,
    rates,
    rows_before,
)
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

LEFT = 0.1
"""Outcomes of a kind are gone where at most this part is left of what scores let expect."""


@remembered
def emptied(counts: Counts, question: Question) -> Scope | None:
    """The largest group of one cohort column that this happened to; `None` without one.

    Rows beside it still have outcomes of both kinds, and undoing it raises AUC.
    """
    if counts.slices.empty:
        return None
    undo, confidence = undo_of(counts), question.thresholds.confidence
    rows = sum(scope.rows for scope in undo.scopes("system"))
    whole = Scope("all", "", "", rows)
    columns = [by for by in counts.groupings() if by not in ("all", "system") and "*" not in by]
    found = [
        scope
        for by in columns
        for scope in undo.scopes(by)
        if FEWEST <= scope.rows < NEARLY_ALL * rows and _gone(counts, scope, confidence)
    ]
    if not found:
        return None
    most = max(found, key=lambda scope: (scope.rows, scope.by, scope.cohort))
    own = float(undo.points(most, False, folds=False)[0])
    if not own > 0 or labels_everywhere(counts, confidence, [most], whole):
        return None
    return most


def holds_much(counts: Counts, group: Scope) -> bool:
    """Whether a group holds a good part of what undoing all rows would recover."""
    undo = undo_of(counts)
    whole = Scope("all", "", "", sum(scope.rows for scope in undo.scopes("system")))
    held, own = (float(undo.points(one, False, folds=False)[0]) for one in (whole, group))
    return own >= HOLDS * held


def emptied_news(suspects: Sequence[Suspect], named: Sequence[Suspect]) -> str:
    """That a group has no outcomes left, a sentence, where no cause that is ``named`` says so."""
    places = {one.scope for one in named}
    return "".join(
        f" Look at the outcomes of {one.scope} all the same: {one.evidence.partition('; ')[2]}"
        for one in suspects
        if one.emptied and one.scope not in places
    )


def _gone(counts: Counts, scope: Scope, confidence: float) -> bool:
    """Whether outcomes of one kind are nearly gone, beyond chance, and scores expect them."""
    shift = rates(counts, scope, confidence)
    (before, now), expected = shift.outcomes, shift.scores[1]
    size = scope.rows, rows_before(counts).get((scope.by, scope.system, scope.cohort), 0)
    if not shift.outcome_moved or not beyond_chance(before, now, *size):
        return False
    return now <= LEFT * min(before, expected) or 1 - now <= LEFT * (1 - max(before, expected))
