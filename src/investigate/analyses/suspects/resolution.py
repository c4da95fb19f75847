"""A group whose scores tell its rows apart less: its score lost something, or other rows came."""

from investigate.analyses.score_tiers import follows_score
from investigate.analyses.signal import audits, explained
from investigate.analyses.suspects.crossing import crossed, mostly_in
from investigate.analyses.suspects.handover import released, served_told
from investigate.analyses.suspects.innocent import excused
from investigate.analyses.suspects.item_signal import item_signal
from investigate.analyses.suspects.items import ItemEvidence
from investigate.analyses.suspects.losses import Losses
from investigate.analyses.suspects.misalignment import beyond_scale, misalignment
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.other_rows import (
    holds_other_rows,
    may_be_left_out,
    other_rows,
)
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.relabelled import other_people
from investigate.analyses.suspects.scopes import inside, points_of
from investigate.analyses.suspects.struck import (
    fell_more,
    in_reverse,
    lead,
    other_names,
    place,
    struck,
)
from investigate.analyses.suspects.struck import named as name_of
from investigate.analyses.suspects.suspect import Suspect, recovers


def resolution(case: Losses, scope: Scope) -> Suspect | None:
    """A scope whose scores tell its rows apart less, while the rest's do as before."""
    seen = case.seen(scope)
    if seen is not None and seen.accuses:
        return None
    audit = explained(case.counts, case.confidence)
    if audit is not None and audit.by_rows:
        return None
    if excused(case.counts, case.question, scope.by):
        return None
    gained = case.undo.points(scope, with_spread=True)
    points = points_of(case.counts, scope, gained, case.confidence)
    # Where scores alone show the place, the rest may have lost order by another cause.
    shown = case.shown_by_scores(scope)
    if not shown and not (case.rest_is_quiet(scope, points) and fell_more(case.counts, scope)):
        return None
    if scope.by == "system" and _scale_alone(case, scope):
        return None
    system, cohort = scope.of
    if cohort:
        cohort = crossed(case.counts, cohort, with_spread=True)
    where, also = name_of(scope), other_names(case.counts, scope)
    either = False
    if turned := in_reverse(case.counts, scope):
        kind, either = "lost_validity", rates(case.counts, scope, case.confidence).tells != "scores"
        evidence = f"{struck(place(case.undo, scope, ()))}.{turned}{also}"
    elif holds_other_rows(case.counts, scope):
        kind = "cannot_tell"
        evidence = (
            f"In {where} scores lie closer together, and elsewhere as before; the baseline has "
            f"no rows of {where}, and nothing tells what they were called then: they may be "
            f"other rows, and a score that lost something for them looks alike.{also}"
        )
    elif may_be_left_out(case.counts, scope):
        kind = "cannot_tell"
        evidence = (
            f"In {where} scores lie closer together, its rows are fewer, and those that are "
            f"there may be what a filter left; the rest is as before.{also}"
        )
    elif (rows := _may_be_alike(case, scope, seen)) is not None:
        kind = "cannot_tell"
        evidence = f"In {where} scores lie closer together, and elsewhere as before; {rows}.{also}"
    else:
        kind = "lost_resolution"
        evidence = (
            f"In {where} scores tell rows apart less, and elsewhere as before; so sharp a "
            f"border speaks against other rows.{lead(case.counts, scope)}"
            f"{mostly_in(case.counts, scope) if len(cohort or {}) == 1 else ''}"
            f"{'' if system else served_told(case.counts, released(case.counts))}"
        )
    if kind == "cannot_tell" and cohort and follows_score(case.counts, scope.by.split("*")[-1]):
        # Such a column is cut from the score itself, and its groups say nothing of rows.
        return None
    return Suspect(
        kind=kind,
        points=points,
        evidence=evidence,
        supported=recovers(points),
        system=system,
        cohort=cohort,
        either=either,
    )


def _scale_alone(case: Losses, scope: Scope) -> bool:
    """Whether nothing is surely lost beyond what a system's own scale recovers.

    Scores on another scale may lie closer together, too. One that keeps their order gives back no
    more than the scale took.
    """
    named = (
        suspect.system for suspect in misalignment(case.counts, case.question) if suspect.supported
    )
    if scope.system not in named:
        return False
    lost = case.undo.points(scope, with_spread=True)
    return not recovers(beyond_scale(case.counts, lost, case.confidence))


def _may_be_alike(case: Losses, scope: Scope, seen: ItemEvidence | None) -> str | None:
    """Why the rows of a scope may have become more alike, a clause; `None` where scores lost it.

    Whose rows they are shows it, or their items, or what scores there say of outcomes.
    """
    if other_people(case.counts, scope):
        return (
            "far fewer of its rows than elsewhere are of clusters of the baseline, of whom a sound "
            "score may know less as yet"
        )
    of_clusters = [one.says for one in audits(case.counts, case.confidence) if one.by == "cluster"]
    # With another cause undone, the audit of all rows speaks of neither alone.
    shown = of_clusters == ["lost"] and not case.counts.meta.get("undone")
    if seen is None:
        return None if shown else other_rows(case.counts, scope, case.confidence) or None
    says = item_signal(inside(case.counts.items, scope), case.confidence)
    if says == "alike":
        return "its items differ less in their outcomes too, so its rows may have become more alike"
    if says == "lost" or not seen.alike:
        return None
    if shown:
        return None
    return (
        "scores of one item differ less between its rows, as they do where rows became more alike "
        "and where the score lost what it knew of them"
    )
