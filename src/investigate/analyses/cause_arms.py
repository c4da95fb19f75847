"""How a cause is undone in the counts; by its own points where the counts do not show it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from investigate.analyses.suspects.narrowing import NEARLY_ALL, places_disjoint
from investigate.analyses.suspects.suspect import Suspect
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.whole import whole
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate
from investigate.kinds import kind

HALF = 0.5
"""Where the counts show less than this of what a cause's own evidence measures, that is taken."""

Array = NDArray[np.float64]


def disjoint(one: UndoingArm, other: UndoingArm) -> bool:
    """Whether the groups of two arms share no row."""
    return places_disjoint((one.by, one.key), (other.by, other.key))


def arm_of(
    counts: Counts,
    cause: Suspect,
    undoing: Undoing,
    before: Sequence[UndoingArm] = (),
    confidence: float = 0.95,
) -> UndoingArm:
    """How the cause is undone, on top of the arms ``before``, where its points were measured.

    By its own points, whose interval has ``confidence``, where the counts do not show it.
    """
    undo = kind(cause.kind).undo or "points"
    by, key = _place(counts, cause)
    points = cause.points.value or 0.0
    gains = _replicates(cause.points, whole(counts).counts.used, confidence)
    if undo == "rows":
        arm = UndoingArm("all", None, "rows", kept=cause.kind)
        if undoing.left_out(arm)[0] > 0:
            arm = (
                _nearest(cause, undoing, before, arm, UndoingArm(by, key, "scores")) if key else arm
            )
            # Without the rows at a bound, those that are left rank no better than they did.
            if _gain(undoing, arm, before) >= HALF * points:
                return arm
        undo = "scores" if key or not undoing.left_out(arm)[0] else "points"
    if undo in ("mix", "dispersion"):
        column = next(iter(cause.cohort), "system") if cause.cohort and undo == "mix" else "system"
        names, own_rows = counts.groupings(), UndoingArm(by, key, "scores")
        by, key = (column if column in names else "all"), None
        if kind(cause.kind).state == "open" and cause.scope:
            # Of a group that grew, neither its own rows nor its share is surely what changed.
            arms = [UndoingArm(by, None, undo)]
            if cause.cohort:
                arms.append(UndoingArm(next(iter(cause.cohort)), None, "mix"))
            if own_rows.key is not None:
                arms.append(own_rows)
            nearest = _nearest(cause, undoing, before, *arms)
            # Of a group that only the incident has, none of these gives anything back.
            shown = any(_gain(undoing, nearest, those) >= HALF * points for those in (before, ()))
            return nearest if shown else replace(own_rows, undo="points", gains=gains)
    own = UndoingArm(by, key, "points", gains=gains)
    if cause.later and key is not None:
        # Among rows of two scales a rank leads nowhere.
        return UndoingArm(by, key, "scores")
    if cause.shifted and key is not None:
        return UndoingArm(by, key, "scale")
    if cause.kind == "late_outcomes" and key is not None:
        # The positives that are still to come are labels of that group.
        undo = "labels"
    if undo in ("points", "windows"):
        return own
    arm = UndoingArm(by, key, undo)
    if undo == "outcomes" and key is None:
        arm = _nearest(
            cause, undoing, before, *(UndoingArm(n, None, undo) for n in counts.groupings())
        )
    if undo == "labels" and key is None:
        arm = _with_width(counts, undoing, arm, before)
    # What has no AUC gains nothing to compare. Points may be those of the log as it was.
    shown = any(_gain(undoing, arm, those) >= HALF * points for those in (before, ()))
    return arm if shown else own


def _with_width(
    counts: Counts, undoing: Undoing, arm: UndoingArm, before: Sequence[UndoingArm]
) -> UndoingArm:
    """Validity lost everywhere, undone with the width of scores where noise made them wider.

    Noise takes validity and gives dispersion: by itself the first recovers more than was lost.
    """
    lost = float(whole(counts).auc[0][0] - undoing.values(before)[-1])
    wide = replace(arm, undo="scores")
    more, both = _gain(undoing, arm, before) - lost, _gain(undoing, wide, before) - lost
    return wide if more > 0 and abs(both) < more else arm


def narrower_place(counts: Counts, cause: Suspect, suspects: Sequence[Suspect]) -> Suspect | None:
    """The cohort whose scores became narrower, beside a broken system that has rows of it.

    The system's undo would give its rows there their width back. A good part of the cohort's rows
    must be of other systems: else the width may be this system's own.
    """
    if cause.kind != "system_fault" or not cause.system or cause.cohort:
        return None
    shares = {(by, key): share for by, key, share in groups_of(counts)}
    found = []
    for one in suspects:
        if one.kind != "lost_resolution" or not one.supported or one.system:
            continue
        if len(one.cohort or {}) != 1:
            continue
        ((column, value),) = (one.cohort or {}).items()
        own = shares.get((f"system*{column}", (cause.system, value)), 0.0)
        if 0 < own < NEARLY_ALL * shares.get((column, ("", value)), 0.0):
            found.append(one)
    return max(found, key=lambda one: one.points.value or 0.0, default=None)


def _gain(undoing: Undoing, arm: UndoingArm, before: Sequence[UndoingArm]) -> float:
    return float(np.diff(undoing.values([*before, arm])[-2:])[0])


def _nearest(
    cause: Suspect, undoing: Undoing, before: Sequence[UndoingArm], *arms: UndoingArm
) -> UndoingArm:
    """Of ways to undo a cause, that which shows what its own evidence measures."""
    wanted = cause.points.value or 0.0
    return min(arms, key=lambda arm: abs(_gain(undoing, arm, before) - wanted))


def _place(counts: Counts, cause: Suspect) -> tuple[str, tuple[str, str] | None]:
    """The grouping and the group of a scope; of two columns combined, the one with fewer rows."""
    names, system = counts.groupings(), cause.system or ""
    choices = [(column, value) for column, value in (cause.cohort or {}).items()]
    places: list[tuple[str, tuple[str, str]]] = []
    for column, value in choices:
        if system and f"system*{column}" in names:
            places.append((f"system*{column}", (system, value)))
        elif column in names:
            places.append((column, ("", value)))
    if not choices and system and "system" in names:
        places.append(("system", (system, "")))
    known = {(by, key): share for by, key, share in groups_of(counts)}
    places = [place for place in places if place in known]
    return min(places, key=lambda place: known[place]) if places else ("all", None)


def groups_of(counts: Counts) -> list[tuple[str, tuple[str, str], float]]:
    """Every group of every grouping with its share of the incident's rows."""
    facts = counts.facts[counts.facts["window"] == 1]
    total = float(facts.loc[facts["by"] == "all", "rows"].sum())
    own = facts[(facts["by"] != "all") & (facts["rows"] > 0)]
    columns = (own[name] for name in ("by", "system", "cohort", "rows"))
    return [
        (str(by), (str(system), str(cohort)), rows / total)
        for by, system, cohort, rows in zip(*columns, strict=True)
    ]


def _replicates(points: Estimate, used: NDArray[np.bool_], confidence: float) -> Array:
    """Points as replicates whose jackknife interval is their own, independent of all else.

    ``used`` (FOLDS,): the folds that hold rows; ``confidence``: that of the interval.
    """
    value, folds = points.value or 0.0, int(used.sum())
    found = np.full(1 + FOLDS, value)
    if points.low is not None and points.high is not None and folds > 1:
        # Up and down in turn, around the mean of an odd number of folds, too.
        turns = np.where(np.arange(folds) % 2 == 0, 1.0, -1.0)
        squares = float(((turns - turns.mean()) ** 2).sum()) * (folds - 1) / folds
        reach = (points.high - points.low) / 2
        error = reach / special.stdtrit(folds - 1, (1 + confidence) / 2)
        found[1:][used] += turns * error / np.sqrt(squares)
    return found
