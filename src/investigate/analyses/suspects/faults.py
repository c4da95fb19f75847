"""A system whose values lost their meaning, or labels that changed: where, and which of them."""

from investigate.analyses.suspects.crossing import crossed
from investigate.analyses.suspects.handover import take_turns, took_over
from investigate.analyses.suspects.items import Evidence, evidence
from investigate.analyses.suspects.narrowing import Scope, narrowed
from investigate.analyses.suspects.replayed import OTHERS
from investigate.analyses.suspects.scopes import Undo, inside
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.counts.auc import Array
from investigate.counts.jackknife import estimate
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question import Question


def faults(counts: Counts, question: Question) -> list[Suspect]:
    """`system_fault` or `outcome_fault`, in the narrowest scope that holds the loss.

    It is `missing_input` where a cohort's predictions became all alike, and
    `system_interaction` where systems take turns or several are accused. Which is told by
    items where an item column is named; else by whether the loss is confined to one of
    several systems, or runs alike through all of them.
    """
    undo = Undo(counts)
    systems = undo.scopes("system")
    whole = Scope("all", "", "", sum(scope.rows for scope in systems))
    found = []
    for with_spread in (False, True):
        scope = _narrowed(undo, whole, counts.groupings(), with_spread)
        seen = evidence(inside(counts.items, scope), question.thresholds.confidence)
        accused = seen.accuses if seen else None
        if with_spread and accused != "system":
            continue
        gained = undo.points(scope, with_spread)
        if accused is None:
            gained = _spared(undo, gained, counts)
        points = estimate(gained, question.thresholds.confidence)
        found.append((scope, seen, accused, points))
    scope, seen, accused, points = found[-1]
    kind = _kind(accused, seen, scope, len(systems), counts.meta["item"])
    system, cohort = scope.of
    if not accused and len(systems) > 1 and (taken := took_over(counts, cohort)):
        kind, system = "system_fault", taken
    if kind is None:
        return []
    if kind == "system_fault" and len(systems) > 1:
        accused_systems = _accused(undo, counts, question, points)
        if take_turns(counts) or (scope.by == "all" and len(accused_systems) > 1):
            kind, system = "system_interaction", None
        elif not system:
            only = accused_systems[0] if len(accused_systems) == 1 else None
            system = only or took_over(counts, cohort)
    if cohort:
        cohort = crossed(counts, cohort, with_spread=len(found) > 1)
    if kind == "system_fault" and len(systems) == 1 and question.columns.system:
        system = systems[0].system
    return [
        Suspect(
            kind=kind,
            points=points,
            evidence=_evidence(seen, scope, len(systems)),
            stands=recovers(points),
            system=system,
            cohort=cohort,
            either=kind == "outcome_fault" and seen is None,
        )
    ]


def _narrowed(undo: Undo, whole: Scope, groupings: list[str], with_spread: bool) -> Scope:
    columns = [by for by in groupings if by != "all"]
    levels = [
        [scope for by in columns if ("*" in by) is paired for scope in undo.scopes(by)]
        for paired in (False, True)
    ]
    return narrowed(
        whole, levels, lambda scope: float(undo.points(scope, with_spread, folds=False)[0])
    )


def _spared(undo: Undo, gained: Array, counts: Counts) -> Array:
    """What is left of a loss after the column that explains most of it as mix.

    Where no items tell a fault, other groups being scored is the gentler reading.
    """
    columns = [by for by in counts.groupings() if by != "all" and "*" not in by]
    if took_over(counts, None) and len(columns) > 1:
        columns.remove("system")
    least = min(columns, key=lambda by: float(undo.everywhere(by, folds=False)[0]))
    spared = undo.everywhere(least)
    return spared if spared[0] < gained[0] else gained


def _kind(
    accused: str | None, seen: Evidence | None, scope: Scope, systems: int, items_named: bool
) -> str | None:
    if seen is not None and seen.alike and scope.cohort and accused is None:
        return "missing_input"
    # Labels know nothing of systems: outcomes that one system alone no longer tells are its own.
    if accused == "outcome" and scope.by == "system" and systems > 1:
        return "system_fault"
    if accused:
        return {"system": "system_fault", "outcome": "outcome_fault"}[accused]
    if systems > 1 and scope.system and scope.by != "all":
        return "system_fault"
    # Validity went while predictions are in every respect what they were.
    if seen is not None and seen.unmoved:
        return "outcome_fault"
    if scope.cohort:
        return "outcome_fault" if seen is None else None
    return "outcome_fault" if systems > 1 and not items_named else None


def _accused(undo: Undo, counts: Counts, question: Question, points: Estimate) -> list[str]:
    """The systems that are accused on their own, each of a material part."""
    accused = []
    for scope in undo.scopes("system"):
        seen = evidence(inside(counts.items, scope), question.thresholds.confidence)
        if seen is None or seen.accuses != "system":
            continue
        own = float(undo.points(scope, with_spread=True, folds=False)[0])
        if own >= OTHERS * (points.value or 0.0):
            accused.append(scope.system)
    return accused


def _evidence(seen: Evidence | None, scope: Scope, systems: int) -> str:
    if seen is not None:
        return seen.sentence()
    where = scope.system or scope.cohort
    if where:
        return f"Validity was lost in {where} and hardly elsewhere; no items tell more."
    return f"All {systems} systems lost validity alike; no items tell more."
