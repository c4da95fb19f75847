"""A system whose values lost their meaning, or labels that changed: where, and which of them."""

from investigate.analyses.suspects.items import Evidence, evidence
from investigate.analyses.suspects.scopes import Scope, Undo, inside
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.counts.auc import Array
from investigate.counts.jackknife import estimate
from investigate.counts.table import Counts
from investigate.question import Question

HOLDS = 0.6
"""Share of what the whole log would recover that a narrower scope must hold."""
QUIET = 0.25
"""A scope is narrowed when the rest lost less than this a row, against the rows within."""


def faults(counts: Counts, question: Question) -> list[Suspect]:
    """`system_fault` or `outcome_fault`, in the narrowest scope that holds the loss.

    Which of the two is told by items where an item column is named; else by whether the
    loss is confined to one of several systems, or runs alike through all of them.
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
            gained = _spared(undo, gained, counts.groupings())
        points = estimate(gained, question.thresholds.confidence)
        found.append((scope, seen, accused, points))
    scope, seen, accused, points = found[-1]
    kind = _kind(accused, seen, scope, len(systems), counts.meta["item"])
    if kind is None:
        return []
    system, cohort = scope.of
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
        )
    ]


def _narrowed(undo: Undo, whole: Scope, groupings: list[str], with_spread: bool) -> Scope:
    """From the whole log to one group, to a group within it, while the rest is quiet."""
    scope, singles = whole, [by for by in groupings if by != "all" and "*" not in by]
    crosses = [by for by in groupings if "*" in by]
    for level in (singles, crosses):
        held = float(undo.points(scope, with_spread, folds=False)[0])
        if held <= 0:
            return scope
        best, quietest = scope, QUIET
        for by in level:
            for inner in undo.scopes(by):
                if not _within(inner, scope) or inner.rows >= scope.rows:
                    continue
                own = float(undo.points(inner, with_spread, folds=False)[0])
                if own < HOLDS * held:
                    continue
                rest = (held - own) / (scope.rows - inner.rows)
                noise = rest / (own / inner.rows)
                if noise < quietest:
                    best, quietest = inner, noise
        if best is scope:
            return scope
        scope = best
    return scope


def _spared(undo: Undo, gained: Array, groupings: list[str]) -> Array:
    """What is left of a loss after the column that explains most of it as mix.

    Where no items tell a fault, other groups being scored is the gentler reading.
    """
    columns = [by for by in groupings if by != "all" and "*" not in by]
    least = min(columns, key=lambda by: float(undo.everywhere(by, folds=False)[0]))
    spared = undo.everywhere(least)
    return spared if spared[0] < gained[0] else gained


def _within(inner: Scope, outer: Scope) -> bool:
    if outer.by == "all":
        return True
    if "*" not in inner.by:
        return False
    column = inner.by.split("*")[-1]
    if outer.by == "system":
        return inner.system == outer.system
    return column == outer.by and inner.cohort == outer.cohort


def _kind(
    accused: str | None, seen: Evidence | None, scope: Scope, systems: int, items_named: bool
) -> str | None:
    if accused:
        return {"system": "system_fault", "outcome": "outcome_fault"}[accused]
    if systems > 1 and scope.system and scope.by != "all":
        return "system_fault"
    if scope.cohort:
        return "outcome_fault" if seen is None else None
    return "outcome_fault" if systems > 1 and not items_named else None


def _evidence(seen: Evidence | None, scope: Scope, systems: int) -> str:
    if seen is not None:
        return seen.sentence()
    where = scope.system or scope.cohort
    if where:
        return f"Validity was lost in {where} and hardly elsewhere; no items tell more."
    return f"All {systems} systems lost validity alike; no items tell more."
