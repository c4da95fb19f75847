"""Scores or labels that changed: where, and which of the two the evidence shows."""

from collections.abc import Sequence

import numpy as np

from investigate.analyses.signal import audits
from investigate.analyses.suspects.along_scores import along_scores, more_at_high
from investigate.analyses.suspects.crossing import crossed, inner, lost_in_new_rows, mostly_in
from investigate.analyses.suspects.emptied import emptied, holds_much
from investigate.analyses.suspects.handover import (
    answering,
    may_answer,
    released,
    served_told,
    share_of,
    take_turns,
    took_over,
)
from investigate.analyses.suspects.innocent import displaced
from investigate.analyses.suspects.items import ItemEvidence
from investigate.analyses.suspects.losses import HALF, Losses
from investigate.analyses.suspects.misalignment import misalignment
from investigate.analyses.suspects.narrowing import (
    HOLDS,
    NEARLY_ALL,
    QUIET,
    Scope,
    several,
)
from investigate.analyses.suspects.off_scale import off_scale
from investigate.analyses.suspects.own_noise import own_noise
from investigate.analyses.suspects.rates import Rates, moved_too, rates
from investigate.analyses.suspects.replayed import OTHERS
from investigate.analyses.suspects.resolution import resolution
from investigate.analyses.suspects.rows_a_day import other_traffic
from investigate.analyses.suspects.scopes import points_of, undo_of, unmixed
from investigate.analyses.suspects.share_news import many_fold
from investigate.analyses.suspects.shifted import unshifted
from investigate.analyses.suspects.shifted_later import shifted_later
from investigate.analyses.suspects.struck import (
    in_reverse,
    keeps_its_order,
    lead,
    place,
    repair,
    serves_a_cohort,
    struck,
)
from investigate.analyses.suspects.struck import named as name_of
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.unfollowed import unfollowed
from investigate.analyses.suspects.unlike_groups import no_group
from investigate.counts.auc import Array
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

NARROWER = 1 / 3
"""A scope lost resolution when at least this part of its loss goes with narrower scores."""
INTERACTION = "system_interaction"


def faults(counts: Counts, question: Question) -> list[Suspect]:
    """`system_fault`, `outcome_fault`, `lost_validity` or `lost_resolution`, where each struck.

    It is `missing_input` where a cohort's predictions became all alike, and
    `system_interaction` where systems take turns or several are accused. Scores are separated from
    labels by items, by the signal audit, and by what moved in the scope: the outcome rate or
    the mean score. Where nothing tells, it is lost validity of either.
    """
    case = Losses(counts, question, undo_of(counts))
    lost = case.narrowed(with_spread=False)
    quiet = not _surely_lost(case, lost)
    if quiet:
        lost = case.whole
    scopes = [lost]
    if lost.by == "all":
        groups = several(case.whole, case.columns, case.gain, case.apart(False))
        # Of many that lost alike, of which none could be named, the whole is told.
        held = HOLDS * case.gain(lost)
        scopes = groups if any(case.gain(one) >= held for one in groups) else scopes
    gone = emptied(counts, question)
    # Other groups of its column share no row with it: what these lost is their own.
    if gone and scopes[0].by != gone.by and holds_much(counts, gone):
        scopes = [gone]
    narrow = case.narrowed(with_spread=True)
    if scopes == [lost] and _is_part(case, narrow, lost):
        scopes = []
    found = [suspect for scope in scopes if (suspect := _suspect(case, scope, scopes))]
    if narrow.by != "all" and narrow not in scopes:
        # What one group lost may be hidden in the whole by what others gained: it is no width.
        hidden = quiet and _surely_lost(case, narrow) and not _narrower(case, narrow)
        seen = case.seen(narrow)
        # Items that lost their order say more than that scores are narrower.
        hidden |= seen is not None and seen.accuses == "system"
        one = _suspect(case, narrow, scopes) if hidden else None
        if not hidden and (quiet or _by_width(case, narrow)):
            one = resolution(case, narrow)
        one = one or off_scale(counts, narrow, case.confidence)
        found += [one] if one else []
    if gone and gone not in scopes and gone != narrow:
        # That its outcomes went is sure, whatever else there is.
        one = _suspect(case, gone, [gone])
        found += [one] if one else []
    return found


def _by_width(case: Losses, scope: Scope) -> bool:
    """Whether a loss surely goes with the width of its scores, or these turned."""
    if case.shown_by_scores(scope) or in_reverse(case.counts, scope):
        return True
    both, alone = (case.undo.points(scope, with_spread=wide) for wide in (True, False))
    return recovers(points_of(case.counts, scope, both - alone, case.confidence))


def _is_part(case: Losses, cohort: Scope, scope: Scope) -> bool:
    """Whether a cohort of which scores alone tell is all that a system lost.

    Its other cohorts, together, did not surely lose anything.
    """
    if scope.by != "system" or cohort.system or not case.shown_by_scores(cohort):
        return False
    parts = [one for one in case.undo.scopes(f"system*{cohort.by}") if one.system == scope.system]
    others = [one for one in parts if one.cohort != cohort.cohort]
    if not others or len(others) == len(parts):
        return False
    left = sum((case.undo.points(one, with_spread=False) for one in others), np.zeros(1))
    return not recovers(points_of(case.counts, scope, left, case.confidence))


def _surely_lost(case: Losses, scope: Scope) -> bool:
    """Whether scores of a scope surely no longer rank its outcomes as they did."""
    lost = case.undo.points(scope, with_spread=False)
    return recovers(points_of(case.counts, scope, lost, case.confidence))


def _suspect(case: Losses, scope: Scope, named: Sequence[Scope]) -> Suspect | None:
    """What changed in one of the scopes ``named``."""
    counts, many = case.counts, len(case.systems) > 1
    # Items of which nearly no outcome is left say nothing of scores.
    gone = scope == emptied(counts, case.question)
    seen = None if gone else case.seen(scope)
    accused = seen.accuses if seen else None
    with_spread = False
    if accused == "system":
        # A reset narrows scores, so that its scope shows only with the spread undone too.
        wider = case.narrowed(with_spread=True)
        again = case.seen(wider)
        if again is not None and again.accuses == "system":
            scope, seen, with_spread = wider, again, True
    shift = rates(counts, scope, case.confidence)
    if accused is None and lost_in_new_rows(counts, scope):
        return None
    later = None if accused or gone else shifted_later(counts, case.question, scope)
    if later:
        shift, with_spread = later.shift, True
    elif accused is None and not gone and _narrower(case, scope):
        return resolution(case, scope)
    gained = case.undo.points(scope, with_spread)
    turned = "" if accused else in_reverse(counts, scope)
    if accused is None and (scope.by == "all" or turned):
        both = case.undo.points(scope, with_spread=True)
        if turned:
            # Scores that turned and lie otherwise, too, give little back at their own width.
            gained = max(gained, both, key=lambda one: one[0])
        else:
            # Another scale of all scores draws them apart as far as old outcomes no longer fit.
            gained = _spared(case, min(gained, both, key=lambda one: one[0]))
    if accused or later:
        shifted = later is not None and scope.by != "system"
    else:
        gained, shifted = unshifted(counts, scope, shift, gained, case.confidence)
    points = points_of(counts, scope, gained, case.confidence)
    (kind, either), answers, within = _kind(case, scope, seen, shift), "", ""
    if kind == "lost_validity" and either and scope.by == "all" and _may_be_alike(case, scope):
        return None
    system, cohort = scope.of
    grew = many_fold(counts, case.question, cohort) is not None
    # Of rows that were not there before nobody knows which labels they would have had.
    everywhere = scope.by == "all" and shift.outcome_moved
    season = other_traffic(counts, case.question) if everywhere else ""
    # Events that a score does not see, such as an attack, make outcomes more frequent as well, and
    # what people do about high scores makes them rarer.
    real = not accused and shift.moved_by("labels") > 0 and not in_reverse(counts, scope)
    acted = not accused and shift.moved_by("labels") < 0 and more_at_high(counts, scope)
    either |= bool(grew or season or real or acted) and kind == "outcome_fault"
    # Labels know nothing of systems; where the history shows the rows, it was their scores.
    changed = scope == unfollowed(counts)
    scored = not accused and shift.tells != "labels" and not changed
    if scored and many and (taken := took_over(counts, cohort)):
        if cohort:
            if not _others_lost(case, scope, taken):
                kind, system, either = "system_fault", taken, False
        elif share_of(counts, taken)[1] >= NEARLY_ALL:
            system = taken
    off_line = later is not None and scope.by == "system"
    if kind == "system_fault" and many and not off_line:
        accused_systems = _accused(case, points)
        # What one system's rows alone lost, while the others' rank as they did, is its own.
        apart = bool(scope.system) and scope.rows < NEARLY_ALL * case.whole.rows
        several_broke = scope.by == "all" and len(accused_systems) > 1
        if (take_turns(counts) and not apart) or several_broke:
            kind, system = INTERACTION, None
        elif not system:
            only = accused_systems[0] if len(accused_systems) == 1 else None
            system = only or took_over(counts, cohort)
        if seen is not None and system and not cohort and may_answer(counts, seen, system):
            answers = answering(counts, system)
            kind, system, either = INTERACTION, None, True
        one = kind == "system_fault" and scope.by == "system" and not (seen and seen.accuses)
        off_line = one and keeps_its_order(counts, scope, points.value or 0.0)
    if kind == "system_fault" and many and off_line:
        # A scale that others do not share costs the pooled AUC, and not the system's own.
        kind = "system_misalignment"
        known = misalignment(counts, case.question)
        if any(s.supported and s.system == system for s in known):
            return None
    if kind == "outcome_fault":
        system = None
    if cohort and not gone:
        before, cohort = cohort, crossed(counts, cohort, with_spread, shifted and not later)
        within = inner(before, cohort)
        other = _other(case, before, cohort)
        if other is not None:
            # It is all of another column's group: what is reported of it is that group's own.
            scope = other
            gained = case.undo.points(scope, with_spread)
            if not later:
                shift = rates(counts, scope, case.confidence)
            if not (accused or later):
                gained, shifted = unshifted(counts, scope, shift, gained, case.confidence)
            points = points_of(counts, scope, gained, case.confidence)
    if kind == "system_fault" and not many:
        system = case.systems[0] if case.question.columns.system else None
        either = not system
    if seen is not None and seen.accuses:
        text = seen.sentence() + answers
        text += in_reverse(counts, scope) if scope.by == "all" else ""
    else:
        also = moved_too(counts, case.confidence, scope, case.undo.scopes(scope.by))
        others = [one for one in named if one != scope and one.by == scope.by]
        others += [one for one, _ in also if one not in others]
        if scope.by == "all":
            alike = no_group(counts, case.question)
            where = f"{alike[0].upper()}{alike[1:]}:"
        else:
            where = place(case.undo, scope, others)
        text = f"{struck(where, shifted or later is not None)}; {shift.sentence()}."
        text += "".join(f" In {name_of(one)}, {its.sentence()}." for one, its in also)
        text += later.sentence() if later else repair(counts, scope, shift, case.confidence)
        if kind == "lost_validity" and scope.by == "all" and system:
            text += served_told(counts, system)
        if kind == "outcome_fault" or (either and not changed):
            text += along_scores(counts, scope, acted)
        text += "" if grew or later else in_reverse(counts, scope)
        text += lead(counts, scope)
        text += mostly_in(counts, scope) if len(cohort or {}) == 1 else ""
    text += season if kind == "outcome_fault" else ""
    # What tells scores from labels is news of its own.
    told = kind != "lost_validity" or not either or bool(turned)
    found = Suspect(
        kind=kind,
        points=points,
        evidence=text + within,
        supported=recovers(points) and (told or _beyond_chance(case, scope, gained)),
        system=system,
        cohort=cohort,
        either=either,
        shifted=shifted,
        emptied=gone,
        later=later is not None,
    )
    return found.begun(*later.began) if later else found


def _beyond_chance(case: Losses, scope: Scope, gained: Array) -> bool:
    """Whether a group, one of many and chosen, surely lost; and maybe as much as the tolerance."""
    high = points_of(case.counts, scope, gained, case.confidence).high
    if high is not None and high < case.question.thresholds.tolerance:
        return False
    among = 1 if scope.by == "all" else sum(len(groups) for groups in case.columns)
    sure = 1 - (1 - case.confidence) / among
    return recovers(points_of(case.counts, scope, gained, sure))


def _may_be_alike(case: Losses, scope: Scope) -> bool:
    """Whether scores are surely narrower, and rows that became more alike explain the rest."""
    both, alone = (case.undo.points(scope, with_spread=wide) for wide in (True, False))
    narrower = recovers(points_of(case.counts, scope, both - alone, case.confidence))
    return narrower and not released(case.counts) and own_noise(case.counts)


def _others_lost(case: Losses, scope: Scope, system: str) -> bool:
    """Whether a cohort's rows of other systems surely lost too, beside one that took rows over.

    What these lost is not the doing of the one that took over.
    """
    parts = [one for one in case.undo.scopes(f"system*{scope.by}") if one.cohort == scope.cohort]
    others = [one for one in parts if one.system != system]
    own = next((one for one in parts if one.system == system), None)
    if own is None or not others:
        return False
    left = sum((case.undo.points(one, with_spread=False) for one in others), np.zeros(1))
    mine = case.undo.points(own, with_spread=False) / own.rows
    more = left / sum(one.rows for one in others) - QUIET * mine
    return recovers(points_of(case.counts, own, more, case.confidence))


def _other(case: Losses, named: dict[str, str], cohort: dict[str, str]) -> Scope | None:
    """The group that `cohort` is, where that is one of another column than was `named`."""
    if len(cohort) > 1 or cohort == named:
        return None
    scopes = (scope for groups in case.columns for scope in groups)
    return next((scope for scope in scopes if scope.of == (None, cohort)), None)


def _kind(case: Losses, scope: Scope, seen: ItemEvidence | None, shift: Rates) -> tuple[str, bool]:
    """The kind, and whether it stays open whether scores or labels changed."""
    if scope == emptied(case.counts, case.question):
        return "outcome_fault", False
    many, accused = len(case.systems) > 1, seen.accuses if seen else None
    alike = seen is not None and seen.alike and scope.cohort and accused is None
    # Another scale brings predictions closer too, and leaves the order within the scope.
    if alike and _ranks_worse(case, scope) and not _alike_elsewhere(case, scope):
        return "missing_input", False
    # Labels know nothing of systems: outcomes that one system alone no longer tells are its own.
    if accused == "system" or (accused == "outcome" and scope.by == "system" and many):
        return "system_fault", False
    own = many and bool(scope.system) and scope.by != "all"
    drifted = own and scope.by == "system" and not serves_a_cohort(case.counts, scope.system)
    if accused == "outcome" or (shift.tells == "labels" and not drifted):
        return "outcome_fault", False
    if own:
        return "system_fault", False
    if shift.tells == "scores" or _audited(case, scope):
        return "lost_validity", False
    # Validity went while predictions are in every respect what they were, and outcomes are not.
    if seen is not None and seen.unmoved and seen.outcomes_changed:
        return "outcome_fault", False
    return "lost_validity", True


def _alike_elsewhere(case: Losses, scope: Scope) -> bool:
    """Whether predictions became alike in the other groups too, where no input is missing."""
    others = [one for one in case.undo.scopes(scope.by) if one != scope]
    seen = [one for one in map(case.seen, others) if one is not None]
    return bool(seen) and all(one.alike for one in seen)


def _audited(case: Losses, scope: Scope) -> bool:
    """Whether the signal audit shows that the score lost it, in the scope that lost nearly all.

    The audit is of the whole incident: beside another cause it may speak of that one.
    """
    if case.counts.meta.get("undone") or case.gain(scope) < NEARLY_ALL * case.gain(case.whole):
        return False
    found = audits(case.counts, case.confidence)
    return any(one.says == "lost" and not one.risen for one in found)


def _ranks_worse(case: Losses, scope: Scope) -> bool:
    """Whether a scope, ranked by itself, fell too, and not only against the rest."""
    key = (scope.system, scope.cohort)
    own = case.undo.alone(scope.by, [key], with_spread=True)
    return not own < HALF * case.gain(scope)


def _narrower(case: Losses, scope: Scope) -> bool:
    """Whether a good part of what a scope lost, unlike the rest, goes with narrower scores."""
    if scope.by == "all" or in_reverse(case.counts, scope) or case.narrowed(True) != scope:
        return False
    both = case.undo.points(scope, with_spread=True)
    more = both - case.undo.points(scope, with_spread=False)
    extra = points_of(case.counts, scope, more, case.confidence)
    # Where scores alone show it, points need not.
    enough = case.shown_by_scores(scope) or (extra.value or 0.0) >= NARROWER * float(both[0])
    return recovers(extra) and enough


def _spared(case: Losses, gained: Array) -> Array:
    """What is left of a loss after the column that explains most of it as mix.

    Where no items tell a fault, other groups being scored is the gentler reading; those that only
    the incident has are measured by their hosts, and excuse nothing.
    """
    columns = [by for by in case.counts.groupings() if by != "all" and "*" not in by]
    if displaced(case.counts, case.question) and len(columns) > 1:
        columns.remove("system")
    least = min(columns, key=lambda by: float(unmixed(case.counts, by, folds=False)[0]))
    return min(gained, unmixed(case.counts, least), key=lambda one: one[0])


def _accused(case: Losses, points: Estimate) -> list[str]:
    """The systems that are accused on their own, each of a material part."""
    own = [(scope, case.seen(scope)) for scope in case.undo.scopes("system")]
    named = [scope for scope, seen in own if seen is not None and seen.accuses == "system"]
    least = OTHERS * (points.value or 0.0)
    return [scope.system for scope in named if case.gain(scope, with_spread=True) >= least]
