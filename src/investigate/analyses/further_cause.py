"""The next cause of a drop: what explains best what remains when those before it are undone.

Every kind of cause is asked again about counts in which the others are undone. There all groups
are looked at for what little is left, so that one of them holds some of it by chance: a group is
named where it surely holds more than its rows' share, for so many groups.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from investigate.analyses import whole as windows
from investigate.analyses.cause_arms import arm_of, disjoint, groups_of, narrower_place
from investigate.analyses.suspects.beside import beside
from investigate.analyses.suspects.closer_scores import closer
from investigate.analyses.suspects.narrowing import AS_MUCH, NEARLY_ALL, QUIET, Scope
from investigate.analyses.suspects.order_lost import order_lost
from investigate.analyses.suspects.other_rows import came
from investigate.analyses.suspects.ranking import OF_SCORES, ranked
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.scopes import points_of, undo_of
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.suspects.unfollowed import told, unfollowed
from investigate.counts.table import Counts
from investigate.kinds import kind
from investigate.question.question import Question

EVERYWHERE = "What remains was lost alike in all groups; nothing tells scores from labels there."


def further_cause(
    counts: Counts,
    undone: Counts,
    question: Question,
    undoing: Undoing,
    suspects: Sequence[Suspect],
    found: Sequence[Suspect],
    arms: Sequence[UndoingArm],
) -> Suspect | None:
    """The best explanation of what remains, if there is one that was not undone.

    ``suspects`` are those of the whole drop; ``found`` are the causes that ``arms`` undo, and
    ``undone`` the counts in which they are undone.
    """
    confidence = question.thresholds.confidence
    if (rows := _marked(suspects, found)) is not None:
        return rows
    if (changed := _changed_scores(counts, undone, confidence, found)) is not None:
        return changed
    place = _narrower_beside(counts, suspects, found, arms)
    after = ranked(undone, question, further=True)
    if not after:
        return None
    best: Suspect | None = after[0]
    if not kind(after[0].kind).cause:
        best = _ranked_worse(counts, undone, confidence, undoing, arms)
        if best is None or not best.supported:
            best = place
        if best is None:
            return None
    if best is not None and same_cause(best) in {same_cause(one) for one in found}:
        best = _of_other_rows(counts, undoing, suspects, after, arms)
    if best is None:
        return None
    nameless = kind(best.kind).undo == "dispersion" and not best.scope
    if place is not None and (nameless or best.cohort == place.cohort):
        best = place
    # Where rows are more alike, what a score does not know weighs more, as if validity were lost.
    narrower = any(kind(one.kind).undo == "dispersion" for one in found)
    if narrower and best.kind == "lost_validity" and best.either and not best.scope:
        return None
    # What was lost everywhere is undone: what one group lost besides is more of the same.
    everywhere = any(one.kind == best.kind and not one.scope for one in found)
    same = everywhere and kind(best.kind).undo in OF_SCORES
    if same and not _named_by_rates(counts, undone, confidence, best):
        return None
    systems = {arm.key[0] for arm in arms if arm.by == "system" and arm.key is not None}
    best = beside(counts, confidence, best, systems)
    # Where scores alone show a place, outcomes need not.
    shown = by_scores_alone(counts, best)
    if kind(best.kind).undo in ("labels", "scores") and not shown:
        arm = arm_of(counts, best, undoing, arms)
        # Of a system that serves nearly all rows, everywhere is its place.
        placed = arm.key is None or _share(counts, arm) < NEARLY_ALL
        if placed and not _confined(counts, undoing, arm, arms):
            best = _ranked_worse(counts, undone, confidence, undoing, arms) or replace(
                best,
                kind="lost_validity",
                system=None,
                cohort=None,
                either=True,
                evidence=EVERYWHERE,
            )
        elif placed and not _holds_more(counts, undone, confidence, undoing, best, arm, arms):
            return None
    # What points alone undid is still in the counts: only another thing can be seen beside it.
    hidden = any(arm.undo == "points" for arm in arms)
    # Evidence is of the log as it was, where that shows the same.
    known = next((one for one in suspects if same_cause(one) == same_cause(best)), best)
    best = _may_be_other_rows(counts, undone, confidence, replace(best, evidence=known.evidence))
    return None if hidden and kind(best.kind).undo not in ("rows", "mix") else best


def _may_be_other_rows(
    counts: Counts, undone: Counts, confidence: float, cause: Suspect
) -> Suspect:
    """The cause, or that it cannot be told where outcomes of the log as it was moved there too."""
    if cause.kind != "lost_resolution" or cause.system or len(cause.cohort or {}) != 1:
        return cause
    ((column, value),) = (cause.cohort or {}).items()
    clause = came(counts, Scope(column, "", value, 0), confidence, undone)
    if not clause:
        return cause
    evidence = f"In {column} {value} scores lie closer together; {clause}."
    return replace(cause, kind="cannot_tell", evidence=evidence)


def _changed_scores(
    counts: Counts, undone: Counts, confidence: float, found: Sequence[Suspect]
) -> Suspect | None:
    """The place whose scores no longer follow from the history, if what remains was lost there."""
    place = unfollowed(counts)
    # Rows with a default are marked, and follow no history either.
    known = any(is_marked(one) for one in found)
    if place is None or known or any(one.of == place.of for one in found):
        return None
    system, cohort = place.of
    points = points_of(undone, place, undo_of(undone).points(place, with_spread=False), confidence)
    if not (points.value or 0.0) > 0:
        return None
    return Suspect(
        kind="system_fault" if system else "lost_validity",
        points=points,
        evidence=f"Scores were changed after they had been computed: {told(counts, place)}",
        supported=recovers(points),
        system=system,
        cohort=cohort,
    )


def _narrower_beside(
    counts: Counts,
    suspects: Sequence[Suspect],
    found: Sequence[Suspect],
    arms: Sequence[UndoingArm],
) -> Suspect | None:
    """The narrower cohort beside a system that was undone without the width of scores.

    To undo the validity of a system that shares its rows may hide the cohort's border or move it
    to the other systems, and leaves the width: it is the cohort of the log as it was.
    """
    for cause, arm in zip(found, arms, strict=True):
        if arm.by == "system" and arm.undo == "labels":
            place = narrower_place(counts, cause, suspects)
            if place is not None and place not in found:
                return place
    return None


def by_scores_alone(counts: Counts, cause: Suspect) -> bool:
    """Whether in the place of a cause scores came closer together, or ceased to follow."""
    places = closer(counts), unfollowed(counts)
    return any(place is not None and place.of == cause.of for place in places)


def surer(
    counts: Counts, confidence: float, cause: Suspect, arm: UndoingArm, undone: Counts
) -> float:
    """The confidence for a cause's points: of a group chosen among many for its loss, a higher.

    Of labels and scores `_holds_more` has answered for the choice: a group that for so many
    surely lost more than its share is named where by itself it surely lost anything.
    """
    answered = kind(cause.kind).undo in ("labels", "scores")
    if arm.key is None or answered or _named_by_rates(counts, undone, confidence, cause):
        return confidence
    return _of_many(counts, confidence, arm.by)


def _of_many(counts: Counts, confidence: float, by: str, cells: int = 0) -> float:
    """The confidence of one comparison, so that all together have ``confidence`` (Bonferroni).

    A group of a column is chosen among those of columns alone, and one of a system and a cohort
    among all; what holds nearly all rows is no choice. What two columns' values share is one of so
    many ``cells`` besides.
    """
    among = sum(
        share < NEARLY_ALL and other.count("*") <= by.count("*")
        for other, _, share in groups_of(counts)
    )
    return 1 - (1 - confidence) / max(among + cells, 1)


def _cells(counts: Counts) -> int:
    """How many places two cohort columns' values make in the incident."""
    if counts.crossed.empty:
        return 0
    now = counts.crossed[counts.crossed["window"] == 1]
    return len(now[["first", "second", "cohort", "other"]].drop_duplicates())


def same_cause(suspect: Suspect) -> tuple[Any, ...]:
    """The kind and the place: two suspects that share these are one cause."""
    return suspect.kind, suspect.system, tuple(sorted((suspect.cohort or {}).items()))


def is_marked(cause: Suspect) -> bool:
    """Whether its rows are marked one by one, and leaving them out surely raised AUC."""
    return cause.supported and kind(cause.kind).undo == "rows"


def _marked(suspects: Sequence[Suspect], found: Sequence[Suspect]) -> Suspect | None:
    """Rows that are marked in the log as it was, and are of no cause so far.

    That they are there is sure whatever else is undone, and the rest is judged without them.
    """
    kinds = {one.kind for one in found}
    rows = [one for one in suspects if is_marked(one) and one.kind not in kinds]
    return max(rows, key=lambda one: one.points.value or 0.0, default=None)


def _of_other_rows(
    counts: Counts,
    undoing: Undoing,
    suspects: Sequence[Suspect],
    after: Sequence[Suspect],
    arms: Sequence[UndoingArm],
) -> Suspect | None:
    """What was surely found in the whole drop, and is again, in rows that no arm has undone.

    What marks the rows of a cause stays when it is undone, so that they can go first once more.
    """
    before = {same_cause(one) for one in suspects if one.supported}
    again = [
        one
        for one in after
        if one.supported and one.scope and kind(one.kind).broken and same_cause(one) in before
    ]
    others = [
        one for one in again if all(disjoint(arm_of(counts, one, undoing), arm) for arm in arms)
    ]
    return max(others, key=lambda one: one.points.value or 0.0, default=None)


def _confined(
    counts: Counts, undoing: Undoing, arm: UndoingArm, arms: Sequence[UndoingArm]
) -> bool:
    """Whether what remains was lost in the rows of an arm, and hardly elsewhere."""
    if arm.key is None or (share := _share(counts, arm)) >= 1:
        return False
    own, total = (
        float(np.diff(undoing.values([*arms, one])[-2:])[0])
        for one in (arm, UndoingArm("all", None, "labels"))
    )
    return own > 0 and max(total - own, 0.0) / (1 - share) < QUIET * own / share


def _other_rows(arms: Sequence[UndoingArm]) -> bool:
    """Whether rows are others than before: these may follow a sound score less at equal scores."""
    return any(arm.undo in ("mix", "dispersion") for arm in arms)


def _ranked_worse(
    counts: Counts,
    undone: Counts,
    confidence: float,
    undoing: Undoing,
    arms: Sequence[UndoingArm],
) -> Suspect | None:
    """The group of one column of which outcomes alone show that its scores lost their order.

    Where outcomes are rare, points say too little of which group lost them.
    """
    if _other_rows(arms):
        return None
    taken = {(arm.by, arm.key) for arm in arms}
    found = []
    for by, key, share in groups_of(counts):
        most = 1.0 if by == "system" else NEARLY_ALL
        if "*" in by or share >= most or (by, key) in taken:
            continue
        arm = UndoingArm(by, key, "labels")
        if order_lost(undone, by, key, _of_many(counts, confidence, by)) and _confined(
            counts, undoing, arm, arms
        ):
            gained = np.diff(undoing.areas([*arms, arm])[-2:], axis=0)[0]
            points = windows.estimated(counts, gained, confidence)
            found.append((float(gained[0]), share, arm, points))
    held = max((gain for gain, *_ in found), default=0.0)
    enough = [one for one in found if one[0] >= AS_MUCH * held]
    if not enough:
        return None
    _, _, arm, points = min(enough, key=lambda one: (one[1], one[2].by, one[2].key))
    system, value = arm.key or ("", "")
    rows = sum(share for by, key, share in groups_of(counts) if (by, key) == (arm.by, arm.key))
    shift = rates(undone, Scope(arm.by, system, value, int(rows)), confidence)
    labels = not system and shift.tells == "labels"
    return Suspect(
        kind="outcome_fault" if labels else "system_fault" if system else "lost_validity",
        points=points,
        evidence=(
            f"In {value or system}, and hardly elsewhere, outcomes follow the scores less than "
            f"before, further than chance moves them; {shift.sentence()}."
        ),
        supported=recovers(points),
        system=system or None,
        cohort={arm.by: value} if value else None,
        either=not labels and not system,
    )


def _holds_more(
    counts: Counts,
    undone: Counts,
    confidence: float,
    undoing: Undoing,
    cause: Suspect,
    arm: UndoingArm,
    arms: Sequence[UndoingArm],
) -> bool:
    """Whether a group surely holds more of what remains than its rows' share.

    By points, by rates that tell labels, or by outcomes that follow its scores less than elsewhere.
    """
    if _named_by_rates(counts, undone, confidence, cause):
        return True
    own, total = (
        np.diff(undoing.areas([*arms, one])[-2:], axis=0)[0]
        for one in (arm, UndoingArm("all", None, "labels"))
    )
    more = own - _share(counts, arm) * total
    sure = confidence
    if arm.key is not None:
        cells = _cells(counts) if len(cause.cohort or {}) > 1 else 0
        sure = _of_many(counts, confidence, arm.by, cells)
    if recovers(windows.estimated(counts, more, sure)):
        return True
    # Of a system's part of a cohort, the other parts are few rows each to hold it against.
    if arm.key is None or "*" in arm.by or _other_rows(arms):
        return False
    return order_lost(undone, arm.by, arm.key, sure)


def _share(counts: Counts, arm: UndoingArm) -> float:
    """The part of the incident's rows that is in the group of an arm."""
    shares = {(by, key): share for by, key, share in groups_of(counts)}
    return shares.get((arm.by, arm.key or ("", "")), 1.0)


def _named_by_rates(counts: Counts, undone: Counts, confidence: float, cause: Suspect) -> bool:
    """Whether the outcome rate of its cohort is news that no chance among ranks explains.

    As the log was; or where the causes before it are undone, which may hide it, as rows of one
    default do, for as many groups as were looked at.
    """
    if cause.kind != "outcome_fault" or len(cause.cohort or {}) != 1:
        return False
    ((column, value),) = (cause.cohort or {}).items()
    scope = Scope(column, "", value, 0)
    if rates(counts, scope, confidence).tells == "labels":
        return True
    sure = rates(undone, scope, _of_many(counts, confidence, column))
    return rates(undone, scope, confidence).tells == "labels" and sure.outcome_moved
