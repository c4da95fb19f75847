"""Whether the groups of a column were there before, so that other shares of them can clear a drop.

A group that the incident alone has would be its own alibi: what its scores lost would be the loss
of other rows. Of many such groups, of which none is news by itself, counts what they hold together.
"""

from investigate.analyses.mechanism import mechanism
from investigate.analyses.suspects.hosts import NOTEWORTHY, nearly_new, new_groups, newcomers
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.relabelled import other_people
from investigate.analyses.suspects.scopes import undo_of
from investigate.counts.table import Counts
from investigate.question.question import Question

CARRIED = 1 / 4
"""A mix is made of groups that were there where what is new holds no larger part of it."""


def were_there(counts: Counts, question: Question, by: str, alike: bool) -> bool:
    """Whether no group of a column is news, or nearly; or news are other people, ranked alike.

    ``alike``: the signal audit shows that rows became more alike.
    """
    news = {*new_groups(counts, by), *nearly_new(counts, by)}
    small = _small(counts, by)
    if not news and not small:
        return True
    mix = -(mechanism(counts, question, by).numbers["mix"].value or 0.0)
    if _held(counts, small, with_spread=True) > CARRIED * abs(mix):
        news |= {(one.system, one.cohort) for one in small}
    if not news:
        return True
    scopes = [s for s in undo_of(counts).scopes(by) if (s.system, s.cohort) in news]
    # At its scores, a group's outcomes must come out as they did for the rows that were there.
    if _held(counts, scopes, with_spread=False) > CARRIED * mix:
        return False
    return alike or all(other_people(counts, scope) for scope in scopes)


def _small(counts: Counts, by: str) -> list[Scope]:
    """New groups of which none has a noteworthy share of the rows, where all together have."""
    scopes, large = undo_of(counts).scopes(by), set(new_groups(counts, by))
    new = set(newcomers(counts, by)) - large
    found = [scope for scope in scopes if (scope.system, scope.cohort) in new]
    total = sum(scope.rows for scope in scopes)
    return found if sum(scope.rows for scope in found) >= NOTEWORTHY * total else []


def _held(counts: Counts, scopes: list[Scope], with_spread: bool) -> float:
    """AUC points that the scopes recover, each by itself."""
    undo = undo_of(counts)
    return sum(float(undo.points(one, with_spread, folds=False)[0]) for one in scopes)
