"""Two causes that no single group holds, and that look like one without a place.

Every large group is undone on trial: where that leaves a loss which one other group holds, while
the rest of the log is quiet, both are causes, and each is asked for its kind with the other undone.
"""

from collections.abc import Sequence

import numpy as np

from investigate.analyses import whole as windows
from investigate.analyses.cause_arms import arm_of, disjoint, groups_of
from investigate.analyses.suspects.beside import beside
from investigate.analyses.suspects.losses import HALF, Losses
from investigate.analyses.suspects.narrowing import NEARLY_ALL, QUIET
from investigate.analyses.suspects.ranking import ranked
from investigate.analyses.suspects.rates import labels_everywhere
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.suspect import Suspect
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.counts.grouping import grouping
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts
from investigate.kinds import kind
from investigate.question.question import Question

TRIED = 4
"""Groups, the largest losses first, that are undone on trial."""
LEAST = 0.1
"""Part of the drop that a group holds at least which is tried."""


def parted(
    counts: Counts, question: Question, undoing: Undoing, first: Suspect, lost: float
) -> Sequence[Suspect]:
    """Two causes where the best explanation has no place, or there is none; else nothing."""
    known = kind(first.kind)
    nameless = not first.scope and (not known.cause or known.undo in ("labels", "scores"))
    if not nameless:
        return ()
    observed = undoing.values([])[0]
    total = float(undoing.values([UndoingArm("all", None, "labels")])[1] - observed)
    tried: list[tuple[float, UndoingArm]] = []
    rows = groups_of(counts)
    gains = {by: undoing.alone(by, "labels") for by in dict.fromkeys(by for by, _, _ in rows)}
    for by, key, share in rows:
        if share < NEARLY_ALL:
            arm = UndoingArm(by, key, "labels")
            gain = gains[by][key]
            if np.isfinite(gain) and gain >= LEAST * max(total, lost):
                tried.append((gain, arm))
    tried.sort(key=lambda one: (-one[0], one[1].by, one[1].key or ("", "")))
    best: tuple[float, UndoingArm, Suspect] | None = None
    for _, arm in tried[:TRIED]:
        second = next(iter(ranked(undoing.counts([arm]), question)), None)
        if second is None or not second.scope or not kind(second.kind).broken:
            continue
        other = arm_of(counts, second, undoing)
        if other.undo == "points" or (other.by, other.key) == (arm.by, arm.key):
            continue
        joint = float(undoing.values([arm, other])[2] - observed)
        both = _share_of(counts, arm, other)
        if joint <= 0 or _everywhere(counts, question, arm, other):
            continue
        noise = max(total - joint, 0.0) / (1 - both) / (joint / both)
        if noise < QUIET and (best is None or joint > best[0]):
            best = joint, arm, second
    if best is None:
        return ()
    _, arm, second = best
    held = arm_of(counts, second, undoing)
    # Where labels changed beside both about as far, what the two hold is their share of one loss.
    if beside_labels(counts, question, (arm, held)):
        return ()
    alone = ranked(undoing.counts([held]), question)
    if not alone or not alone[0].scope or not kind(alone[0].kind).broken:
        return ()
    if second.system and second.system == alone[0].system:  # one place
        return ()
    if _everywhere(counts, question, arm_of(counts, alone[0], undoing), held):
        return ()
    pair = [
        beside(counts, question.thresholds.confidence, one, _all_of(other))
        for one, other in ((alone[0], second), (second, alone[0]))
    ]
    return sorted(pair, key=lambda s: (-(s.points.value or 0.0), s.kind, s.scope))


def _everywhere(counts: Counts, question: Question, one: UndoingArm, other: UndoingArm) -> bool:
    """Whether two groups hold nearly all rows, and the few others do not surely speak for a place.

    They do where, ranked by themselves, they surely fell by less than half of what the log did.
    """
    if _share_of(counts, one, other) < NEARLY_ALL:
        return False
    columns = sorted({one.by, other.by} - {"system"})
    by = "*".join(["system", *columns] if "system" in (one.by, other.by) else columns)
    keys = one.key, other.key
    if by not in counts.groupings() or None in keys:
        return True
    whole, own = windows.whole(counts), grouping(counts, by)
    # Of a large log, what a group keeps without a fold is a share of its rows.
    sides = [np.zeros(side.shape) for side in (whole.counts.positives, whole.counts.negatives)]
    for group, names in enumerate(own.keys):
        if any(
            key and all(its in ("", name) for its, name in zip(key, names, strict=True))
            for key in keys
        ):
            continue
        rest = own.replicates(group)
        for side, its in zip(sides, (rest.positives, rest.negatives), strict=True):
            side[..., rest.bins] += its
    left = Replicates(sides[0], sides[1], whole.counts.bins, whole.counts.used)
    change = windows.difference(left, counts.jackknifed, question.thresholds.confidence)
    return change.low is None or change.low <= HALF * float(whole.change[0])


def _share_of(counts: Counts, one: UndoingArm, other: UndoingArm) -> float:
    """The part of the incident's rows that two groups hold together, about."""
    rows = {(by, key): share for by, key, share in groups_of(counts)}
    first, second = (rows.get((arm.by, arm.key or ("", "")), 1.0) for arm in (one, other))
    return first + second - (0 if disjoint(one, other) else first * second)


def beside_labels(counts: Counts, question: Question, arms: Sequence[UndoingArm]) -> bool:
    """Whether labels changed in the whole log, and beside the groups of ``arms`` as well."""
    case = Losses(counts, question, undo_of(counts))
    inner = [s for arm in arms for s in case.undo.scopes(arm.by) if (s.system, s.cohort) == arm.key]
    return labels_everywhere(counts, case.confidence, inner, case.whole)


def _all_of(cause: Suspect) -> set[str]:
    """The system that is a cause in all of its rows."""
    return {cause.system} if cause.system and not cause.cohort else set()
