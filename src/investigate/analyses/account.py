"""The whole drop: causes undone one on top of the other until what remains is within its interval.

The best explanation is undone in the counts, and every kind of cause is asked again about what
remains. A cause's part is what AUC gains when it is undone on top of those before it, so parts
depend on their order and are not what each would recover alone. Points are AUC lost: positive
where undoing raises AUC. The parts and the unexplained rest, the last part, sum to baseline minus
incident AUC; each has an interval by the jackknife through the whole sequence.

A replay, late outcomes and scales that disagree are measured in rows or scores that the incident's
counts do not hold together with other arms. Their points are taken as their own evidence measures
them, with its interval; on top of others, and others on top of them, for no more than what
remained.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses import whole as windows
from investigate.analyses.cause_arms import arm_of, narrower_place
from investigate.analyses.further_cause import (
    by_scores_alone,
    further_cause,
    is_marked,
    same_cause,
    surer,
)
from investigate.analyses.suspects.beside import parts_of_a_system, widened
from investigate.analyses.suspects.raising import grown, raising
from investigate.analyses.suspects.ranking import OF_SCORES, ranked
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.two_causes import parted
from investigate.analyses.wording import level, percent, signed
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.kinds import kind
from investigate.question.question import Question

MOST = 5
"""Causes that are undone."""
WORTH = 0.1
"""A further cause must surely account for something, and for the tolerance of the question: a
smaller change counts as none. Where its rows are marked one by one, this share of the drop will do,
if that is less."""
NAMED = 3
"""Causes that the verdict names."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """A cause in the account: the suspect, and what it accounts for on top of those before it."""

    suspect: Suspect
    points: Estimate
    after: float
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The form that suspects have, with AUC after the part is undone and points alone."""
        document = replace(self.suspect, points=self.points).to_json()
        if self.note:
            document["sentence"] = f"{document['sentence']} {self.note}".strip()
        return {**document, "alone": self.suspect.points.value, "auc_after": self.after}


@dataclass(frozen=True)
class Account:
    """Causes in the order in which they are undone, the rest last, and every suspect found."""

    parts: tuple[Part, ...]
    suspects: tuple[Suspect, ...]
    lost: float
    least: float = 0.0
    tolerance: float = 0.0

    @property
    def causes(self) -> tuple[Part, ...]:
        """The parts that are causes."""
        return tuple(part for part in self.parts if kind(part.suspect.kind).cause)

    @property
    def material(self) -> tuple[Part, ...]:
        """The causes that the verdict names: the first, and others with a part of their own."""
        least = self.least, self.tolerance
        rest = [part for part in self.causes[1:] if _worth(part.points, *least, part.suspect)]
        return (*self.causes[:1], *rest)[:NAMED]


@remembered
def account(counts: Counts, question: Question) -> Finding:
    """The account as a finding; ``detail["account"]`` has the form of findings.json."""
    found = accounted(counts, question)
    whole = windows.whole(counts)
    confidence, clustered = question.thresholds.confidence, counts.jackknifed
    ends = [windows.level(whole.counts, w, clustered, confidence) for w in (0, 1)]
    return Finding(
        name="account",
        claim=_claim(found),
        numbers={
            "baseline": ends[0],
            "incident": ends[1],
            "change": windows.difference(whole.counts, clustered, confidence),
        },
        table=tuple(
            {
                "part": part.suspect.kind,
                "where": part.suspect.scope or "everywhere",
                "points": part.points.value,
                "low": part.points.low,
                "high": part.points.high,
                "auc_after": part.after,
                "either": part.suspect.either,
                "evidence": part.suspect.evidence,
            }
            for part in found.parts
        ),
        caveats=(
            "Parts are AUC points lost, each undone on top of those above it; they and what is "
            "unexplained sum to the drop.",
            "In another order parts would be others; these are reweightings, not experiments.",
        ),
        detail={"account": [part.to_json() for part in found.parts]},
        columns=("part", "where", "points", "low", "high", "auc_after"),
    )


@remembered
def accounted(counts: Counts, question: Question) -> Account:
    """Causes undone in order; without a drop the one part is `no_drop`."""
    whole = windows.whole(counts)
    confidence = question.thresholds.confidence
    lost = -whole.change
    if not np.isfinite(lost[0]):
        return Account((), (), float("nan"))
    suspects = ranked(counts, question)
    undoing = Undoing(counts)
    if not suspects:
        none = Suspect("no_drop", Estimate(float(lost[0])), "No drop is to be explained.", False)
        all_of_it = -windows.difference(whole.counts, counts.jackknifed, confidence)
        return Account((Part(none, all_of_it, float(whole.auc[0][0])),), (), float(lost[0]))
    found, arms = _causes(counts, question, undoing, suspects)
    causes = widened(counts, found)
    if (parts_in := parts_of_a_system(counts, found)) is not None:
        first, other, whole_one = parts_in
        at, beyond = found.index(first), found.index(other)
        arms[at] = arm_of(counts, whole_one, undoing, arms[:at], confidence)
        causes[at] = whole_one
        for own in (found, causes, arms):
            del own[beyond]
    places = {id(old): new for old, new in zip(found, causes, strict=True)}
    suspects = [places.get(id(suspect), suspect) for suspect in suspects]
    areas = undoing.areas(arms)
    parts = []
    for at, (cause, arm) in enumerate(zip(causes, arms, strict=True)):
        points = windows.estimated(counts, areas[at + 1] - areas[at], confidence)
        parts.append(Part(cause, points, float(areas[at + 1][0]), _note(undoing, arm)))
    rest = whole.auc[0] - areas[-1]
    left = Suspect("unexplained", Estimate(float(rest[0])), _left(bool(causes)), not causes)
    parts.append(Part(left, windows.estimated(counts, rest, confidence), float(whole.auc[0][0])))
    total, tolerance = float(lost[0]), question.thresholds.tolerance
    known = _all(causes, suspects, total)
    return Account(tuple(parts), known, total, _least(total, question), tolerance)


def _causes(
    counts: Counts, question: Question, undoing: Undoing, suspects: list[Suspect]
) -> tuple[list[Suspect], list[UndoingArm]]:
    """The causes and how each is undone, in order."""
    whole = windows.whole(counts)
    confidence = question.thresholds.confidence
    lost = float(-whole.change[0])
    worth, tolerance = _least(lost, question), question.thresholds.tolerance
    first = suspects[0]
    found = list(parted(counts, question, undoing, first, lost))
    if not found:
        found = [first] if kind(first.kind).cause else []
    arms = [
        _own_width(counts, arm_of(counts, cause, undoing, (), confidence), cause, suspects)
        for cause in found
    ]
    if not found:
        return [], []
    while len(found) < MOST:
        areas = undoing.areas(arms)
        rest = whole.auc[0] - areas[-1]
        # What remains is the sum of what was lost and gained: only where it is surely little, no
        # other cause of some weight is likely.
        left = windows.estimated(counts, rest, confidence)
        if left.high is not None and left.high < worth:
            break
        undone = undoing.counts(arms)
        further = further_cause(counts, undone, question, undoing, suspects, found, arms)
        if further is None:
            break
        if (again := _one_place(found, further)) is not None:
            # What one place lost in validity and in width is one cause.
            if arms[again].undo != "labels":
                break
            arms[again] = replace(arms[again], undo="scores")
            continue
        arm = arm_of(counts, further, undoing, arms, confidence)
        part = undoing.areas([*arms, arm])[-1] - areas[-1]
        if any(one.undo == "points" for one in (*arms, arm)):
            # What no count composes may overlap: it accounts for no more than what remained.
            part = np.minimum(part, rest)
            arm = replace(arm, undo="points", gains=part)
        if not kind(further.kind).broken and (
            abs(rest[0] - part[0]) > abs(rest[0]) or not _shown(further, suspects)
        ):
            # Other rows, or what may be such, explain no more than is left to explain, and what
            # they explain shows in the log as it was: to undo a cause moves rows, too.
            break
        chosen = _chosen(further, suspects) and not by_scores_alone(counts, further)
        if chosen and _too_much(counts, question, undoing, part - rest, [*arms, arm]):
            break
        sure = surer(counts, confidence, further, arm, undone)
        if not _worth(windows.estimated(counts, part, sure), worth, tolerance, further):
            if is_marked(further) and further in suspects:
                suspects = [one for one in suspects if one is not further]
                continue
            break
        found.append(further)
        arms.append(arm)
    if (mix := _raised(counts, question, undoing, arms)) is not None:
        found.append(mix[0])
        arms.append(mix[1])
    return found, arms


def _raised(
    counts: Counts, question: Question, undoing: Undoing, arms: list[UndoingArm]
) -> tuple[Suspect, UndoingArm] | None:
    """Other rows that raised AUC meanwhile, where the causes recover surely more than was lost.

    Its points are negative: undone, AUC is lower by these.
    """
    whole = windows.whole(counts)
    confidence = question.thresholds.confidence
    rest = whole.auc[0] - undoing.areas(arms)[-1]
    left = windows.estimated(counts, rest, confidence)
    if left.high is None or left.high >= 0 or (by := raising(counts, question)) is None:
        return None
    arm = UndoingArm(by, None, "mix")
    areas = undoing.areas([*arms, arm])
    points = windows.estimated(counts, areas[-1] - areas[-2], confidence)
    least = _least(abs(float(rest[0])), question)
    if points.high is None or points.high >= 0 or -(points.value or 0.0) < least:
        return None
    system, cohort, text = grown(counts, question, by)
    evidence = f"{text}; by itself that raises AUC."
    mix = Suspect("population_mix", points, evidence, False, system=system, cohort=cohort)
    return mix, arm


def _own_width(
    counts: Counts, arm: UndoingArm, cause: Suspect, suspects: Sequence[Suspect]
) -> UndoingArm:
    """The arm of a broken system without the width of scores, where that is of another place."""
    if arm.undo != "scores" or narrower_place(counts, cause, suspects) is None:
        return arm
    return replace(arm, undo="labels")


def _one_place(found: Sequence[Suspect], further: Suspect) -> int | None:
    """Which of the causes has the place of a further one, where both are of scores or labels.

    Everywhere, a width that went besides is of the same scores: a feature that turned takes both.
    Beside a second cause it may be of that.
    """
    for at, one in enumerate(found):
        undos = kind(one.kind).undo, kind(further.kind).undo
        alike = set(undos) == {"labels", "scores"}
        alike |= undos == ("labels", "dispersion") and not one.scope and len(found) == 1
        if same_cause(one)[1:] == same_cause(further)[1:] and alike:
            return at
    return None


def _shown(further: Suspect, suspects: Sequence[Suspect]) -> bool:
    """Whether the log as it was shows a cause too, with points that are surely some."""
    return any(same_cause(one) == same_cause(further) and recovers(one.points) for one in suspects)


def _chosen(further: Suspect, suspects: Sequence[Suspect]) -> bool:
    """Whether the place of a cause was chosen by what is left, and the log as it was shows none."""
    known = any(kind(one.kind).broken and one.cohort == further.cohort for one in suspects)
    return kind(further.kind).undo in OF_SCORES and not (further.cohort and known)


def _too_much(
    counts: Counts, question: Question, undoing: Undoing, more: Array, arms: list[UndoingArm]
) -> bool:
    """Whether the last of ``arms`` surely takes ``more`` than was left, and nothing raised AUC.

    Then what was left is a rest of the causes before it.
    """
    over = windows.estimated(counts, more, question.thresholds.confidence)
    sure = over.low is not None and over.low > 0
    return sure and _raised(counts, question, undoing, arms) is None


def _least(lost: float, question: Question) -> float:
    return min(WORTH * lost, question.thresholds.tolerance)


def _worth(points: Estimate, least: float, tolerance: float, cause: Suspect) -> bool:
    """Whether a part is sure, or its rows are, and it is no trifle.

    Groups are looked at in turn until one surely holds some of what is left: below the tolerance
    that is no news. Of rows that are marked nothing was chosen.
    """
    marked = is_marked(cause)
    enough = (points.value or 0.0) >= (least if marked else tolerance)
    return enough and (marked or recovers(points))


def _all(causes: list[Suspect], suspects: list[Suspect], lost: float) -> tuple[Suspect, ...]:
    """The suspects of the whole, those of the account first; what the first leaves last."""
    if not causes or same_cause(causes[0]) == same_cause(suspects[0]):
        return tuple(suspects)
    named = {same_cause(cause) for cause in causes}
    rest = [s for s in suspects if kind(s.kind).cause and same_cause(s) not in named]
    left = max(lost - (causes[0].points.value or 0.0), 0.0)
    unexplained = Suspect("unexplained", Estimate(left), _left(True), supported=False)
    return (*causes, *rest, unexplained)


def _left(named: bool) -> str:
    if named:
        return "What the causes above do not account for."
    return "No explanation that the log allows surely recovers a third of the drop."


def _note(undoing: Undoing, arm: UndoingArm) -> str:
    if arm.undo != "rows":
        return ""
    share, stays = undoing.left_out(arm)
    text = f"Undone, {percent(share)} of the incident's rows are left out"
    if not stays:
        text += (
            ", and what stays has no AUC: they are replaced by as many of the baseline, and the "
            "part is what that share lost"
        )
    return f"{text}."


def _claim(found: Account) -> str:
    if not found.parts:
        return "There is no change in AUC to account for: a window has no AUC."
    if found.parts[0].suspect.kind == "no_drop":
        change = signed(-found.parts[0].points)
        return f"There is no sure drop to account for: AUC changed by {change}."
    if not found.causes:
        return f"Of the AUC lost, {found.lost:.3f}, no cause accounts for a part.".replace("-", "−")
    part_texts = [
        f"{level(part.points)} {kind(part.suspect.kind).words_for(part.suspect.either).badge}"
        + (f" in {part.suspect.scope}" if part.suspect.scope else "")
        for part in found.causes
    ]
    rest = found.parts[-1].points
    return f"Of the {found.lost:.3f} lost: {', then '.join(part_texts)}; {level(rest)} unexplained."
