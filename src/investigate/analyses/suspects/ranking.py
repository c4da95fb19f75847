"""All suspects of a drop, ranked by the AUC points that each accounts for."""

from collections.abc import Sequence

from investigate.analyses import whole as windows
from investigate.analyses.drop import fell
from investigate.analyses.suspects.flooded import flooded
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.kinds import LAST, kind, kinds
from investigate.question.question import Question

MATERIAL = 1 / 3
"""A suspect is named when it accounts for at least this share of the drop."""
MARKED, HALF = 0.1, 0.5
"""The same of marked rows, and of a fault with a place, when all else has neither."""
CLOSE = 0.8
"""Among suspects that account for nearly as much, a specific break goes first."""
OF_SCORES = ("labels", "scores", "dispersion")
"""How a loss is undone of which the counts say no more than where it lies."""


def ranked(counts: Counts, question: Question, further: bool = False) -> list[Suspect]:
    """Every suspect, the best explanation first; `unexplained` holds what none recovers.

    Empty when AUC did not surely fall. With `further` it is enough that it is lower: what one
    group surely lost may be within the interval of the whole.
    """
    whole = windows.whole(counts)
    confidence, clustered = question.thresholds.confidence, counts.jackknifed
    change = windows.difference(whole.counts, clustered, confidence)
    lost = -(change.value or 0.0)
    if (further and lost > 0) or fell(change, question.thresholds.smallest_drop):
        suspects = _found(counts, question)
    else:
        # What a single cluster did is never sure by a jackknife over clusters.
        suspects = [s for s in flooded(counts, question) if lost > question.thresholds.tolerance]
        if best_of(suspects, lost) is None:
            return []
    first = best_of(suspects, lost)
    rest = sorted(
        (s for s in suspects if s is not first),
        key=lambda s: (not s.supported, -(s.points.value or 0.0), s.kind),
    )
    left = Suspect(
        kind="unexplained",
        points=Estimate(max(lost - (first.points.value or 0.0), 0.0) if first else lost),
        evidence="What the best explanation does not recover."
        if first
        else "No explanation that the log allows surely recovers a third of the drop.",
        supported=first is None,
    )
    return [first, *rest, left] if first else [left, *rest]


def best_of(suspects: Sequence[Suspect], lost: float) -> Suspect | None:
    """The best explanation of ``lost`` AUC points; `None` where none is material."""
    # Of windows that do not compare like with like, most that could be accused is no news.
    for suspect in suspects:
        if suspect.supported and kind(suspect.kind).undo == "windows":
            return suspect
    # Where other rows surely account for all, with nothing lost within their groups, what a place
    # seems to have lost is these rows.
    if any(_all_of_it(s, lost) for s in suspects):
        suspects = [s for s in suspects if kind(s.kind).undo not in OF_SCORES]
    # An undo can raise AUC beyond where it was; what counts is the part of the drop.
    part = {id(s): min(s.points.value or 0.0, lost) / lost for s in suspects}
    named = [s for s in suspects if s.supported and part[id(s)] >= MATERIAL]
    # What undoes everything recovers a second cause as well, so it always recovers more: it gives
    # way to a cause with rows or a place of its own, beside which the rest is asked again.
    own = [s for s in suspects if s.supported and _has_its_own(s, part[id(s)])]
    if own:
        named = [s for s in named if not _nameless(s)] or own
        # Rows that are marked are sure, and what they do to the rest is judged only without them:
        # a default narrows the scores of every group that it struck.
        marked = [s for s in own if kind(s.kind).undo == "rows" or s.emptied]
        if marked:
            # Nor is what other places lost known, while outcomes of one kind are gone from some.
            gone = any(s.emptied for s in marked)
            hidden = OF_SCORES if gone else ("scores", "dispersion")
            named = [s for s in named if kind(s.kind).undo not in hidden]
            named += [s for s in marked if s not in named]
    most = max((part[id(s)] for s in named), default=0.0)
    close = [s for s in named if part[id(s)] >= CLOSE * most]
    # Of what has no place, other rows that are there to be seen go first where they explain more:
    # what undoes everything undoes a part of that too. What they leave open is named with them.
    seen = max((part[id(s)] for s in close if kind(s.kind).undo == "mix"), default=0.0)
    close = [s for s in close if part[id(s)] >= seen or not _nameless(s)]
    return min(close, key=_preference) if close else None


def _found(counts: Counts, question: Question) -> list[Suspect]:
    """What every kind finds; evidence that speaks of several kinds is looked at once."""
    finders = dict.fromkeys(known.finder for known in kinds())
    return [suspect for find in finders if find for suspect in find(counts, question)]


def _has_its_own(suspect: Suspect, part: float) -> bool:
    """Whether it is shown by rows that are marked one by one, or holds half of a drop in a place.

    Beside a second cause, rows that are left out recover less than they took.
    """
    known = kind(suspect.kind)
    if known.undo == "rows" or suspect.emptied:
        return part >= MARKED
    # Its place is in time: days towards the end, with outcomes that only a delay explains.
    if suspect.kind == "late_outcomes":
        return part >= HALF
    return known.broken and bool(suspect.scope) and part >= HALF


def _all_of_it(suspect: Suspect, lost: float) -> bool:
    """Whether it is other rows that clear the drop, and surely account for nearly all of it."""
    cleared = suspect.supported and kind(suspect.kind).undo == "mix" and not suspect.either
    return cleared and (suspect.points.low or 0.0) >= CLOSE * lost


def _nameless(suspect: Suspect) -> bool:
    """Whether it undoes all that scores lost everywhere, whatever the cause."""
    return kind(suspect.kind).undo in OF_SCORES and not suspect.scope


def _preference(suspect: Suspect) -> tuple[int, bool, bool, bool, float]:
    """By kind; then what says more: a place, a scale that moved, scores told from labels."""
    rank = kind(suspect.kind).rank
    known = LAST if rank is None else rank
    # A place of narrower scores says where to look, though nothing tells why.
    placed = bool(suspect.scope) and (kind(suspect.kind).broken or suspect.kind == "cannot_tell")
    less = not placed, not suspect.shifted, suspect.either
    return known, *less, -(suspect.points.value or 0.0)
