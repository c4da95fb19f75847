"""Where a fault struck, in words that are no surer than what the rest of the log shows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.suspects.hosts import WITHIN, hosted, new_groups, newcomers
from investigate.analyses.suspects.linking import Link, linked, linked_by_outcomes
from investigate.analyses.suspects.narrowing import NEARLY_ALL, QUIET, Scope
from investigate.analyses.suspects.rates import Rates
from investigate.analyses.suspects.scopes import Undo
from investigate.analyses.suspects.share_news import same_rows
from investigate.counts.auc import auc, delong_variance
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.table import Counts

SURE, BEYOND = 3.0, 2.0
"""Standard errors by which an AUC must lie below a half, and by which it is lower than before."""
HALF = 1 / 2
"""Scores that kept their order lost less than this part of the points by it."""
BARE = frozenset({"yes", "no", "true", "false", "y", "n", "t", "f"})
"""Values of a flag: without its column nobody knows what they are of."""


def named(scope: Scope) -> str:
    """A group as sentences write it, with its column where its value alone says nothing.

    Empty for the whole log.
    """
    value = scope.cohort
    if value and (value.lower() in BARE or not any(c.isalpha() for c in value)):
        value = f"{scope.by.split('*')[-1]} {value}"
    return " and ".join(part for part in (scope.system, value) if part)


def struck(where: str, shifted: bool = False) -> str:
    """What a loss is, as a clause after its `place`.

    Scores that were ``shifted`` still rank the rows of their group as they did.
    """
    what = "outcomes follow the scores less than before"
    if shifted:
        what = "scores rank these rows as before, and each stands for other outcomes"
    return f"{where} {what}"


def place(undo: Undo, scope: Scope, others: Sequence[Scope]) -> str:
    """The place of a group's loss, the first words of a sentence; ``others`` lost too.

    "Hardly elsewhere" is written only where the rest, ranked by itself, lost little beside it: a
    group of which few rows are left moves the whole by little whatever became of them.
    """
    where, lost_there = named(scope), [scope, *others]
    rest = [one for one in undo.scopes(scope.by) if one not in lost_there]
    also = f", as in {' and '.join(named(one) for one in others)}" if others else ""
    if not rest:
        return f"In {where}{also},"
    own, left = (
        undo.alone(scope.by, [(one.system, one.cohort) for one in scopes], with_spread=True)
        for scopes in (lost_there, rest)
    )
    # Groups of one class have no AUC of their own, and scores that were shifted keep theirs.
    lost = sum(float(undo.points(one, with_spread=True, folds=False)[0]) for one in lost_there)
    quiet = not left >= QUIET * np.nanmax([own, lost])
    return f"In {where}{also}, and {'hardly' if quiet else 'less'} elsewhere,"


def repair(counts: Counts, scope: Scope, shift: Rates, confidence: float) -> str:
    """How far scores of a group were shifted and stretched, where that is all; else nothing.

    No shift and no stretch changes how a group's own rows rank: where these rank worse, too, it
    is not what a repair takes back.
    """
    link = moved_scale(counts, scope, shift)
    return f" {link.sentence(named(scope), confidence)}" if link else ""


def moved_scale(counts: Counts, scope: Scope, shift: Rates) -> Link | None:
    """How the scale of a group moved, where that is all and is worth its name."""
    if scope.by == "all" or shift.tells != "scores" or _ranks_worse_inside(counts, scope):
        return None
    if scope.by == "system":
        link = linked(counts, scope.system)
    else:
        link = linked_by_outcomes(counts, scope.by, (scope.system, scope.cohort))
    return link if link and link.worth_naming else None


def in_reverse(counts: Counts, scope: Scope) -> str:
    """That scores of a group, or all, surely rank its rows in reverse now; a sentence, or nothing.

    A turned sign turns AUC round a half: what lies nearer to a half than to that is noise that
    leans to one side.
    """
    (before, _), (now, error) = inside(counts, scope)
    if not (before > 0.5 and now + SURE * error < 0.5 and 0.5 - now > (before - 0.5) / 2):
        return ""
    if scope.by == "all":
        whose = f"AUC is {now:.3f}, below a half:"
    else:
        whose = f"Ranked by itself, {named(scope)} has an AUC of {now:.3f}, below a half: its"
    return f" {whose} scores rank in reverse, so check their sign and that of the labels."


def _ranks_worse_inside(counts: Counts, scope: Scope) -> bool:
    """Whether AUC of a group's own rows fell, beyond what chance moves."""
    (before, earlier), (now, later) = inside(counts, scope)
    return before - now > BEYOND * float(np.hypot(earlier, later))


def fell_more(counts: Counts, scope: Scope) -> bool:
    """Whether a group, ranked by itself, surely fell further than all others of its column.

    Undone alone, a group that holds most of one class recovers most of what all lost alike.
    Where one side has no AUC, nothing speaks against it.
    """
    own = hosted(counts, scope.by)
    inside = own.group == own.keys.index((scope.system, scope.cohort))
    (before, now), (earlier, later) = (areas_of(own, rows) for rows in (inside, ~inside))
    more = (before[0] - now[0]) - (earlier[0] - later[0])
    error = float(np.sqrt(sum(area[1] ** 2 for area in (before, now, earlier, later))))
    return not more <= BEYOND * error


def keeps_its_order(counts: Counts, scope: Scope, lost: float) -> bool:
    """Whether a group, ranked by itself, surely fell by less than half of what it lost.

    What it lost against the others is then its scale and not its order.
    """
    (before, earlier), (now, later) = inside(counts, scope)
    return before - now + BEYOND * float(np.hypot(earlier, later)) < HALF * lost


def inside(counts: Counts, scope: Scope) -> list[tuple[float, float]]:
    """AUC of a group's own rows in each window, with its standard error."""
    own = grouping(counts, scope.by)
    return areas_of(own, own.group == own.keys.index((scope.system, scope.cohort)))


def areas_of(own: Grouping, here: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """AUC of the rows of the entries ``here`` (n,) in each window, with its standard error."""
    areas = []
    for window in (0, 1):
        rows = here & (own.window == window)
        sides = [
            np.bincount(own.bin[rows], n[rows], own.bins) for n in (own.positives, own.negatives)
        ]
        areas.append((float(auc(*sides)), float(np.sqrt(delong_variance(*sides)))))
    return areas


def lead(counts: Counts, scope: Scope) -> str:
    """Of a value that the incident alone has, whose rows it is compared with; its other names."""
    key = (scope.system, scope.cohort)
    if scope.by == "all" or key not in new_groups(counts, scope.by):
        return other_names(counts, scope)
    host = newcomers(counts, scope.by)[key]
    column = scope.by.split("*")[-1]
    group = f"{column} {scope.cohort}" if scope.cohort else scope.system
    if scope.cohort and scope.system:
        group += f" of {scope.system}"
    than = "the whole log"
    # The one system of a log is all of it.
    if host.cohort or (host.known and len(grouping(counts, "system").keys) > 1):
        than = host.system or f"{host.by} {host.cohort}"
    return (
        f" No row of the baseline has {group}: a value that begins with the drop is a lead. It is "
        f"compared with {than} before.{other_names(counts, scope)}"
    )


def other_names(counts: Counts, scope: Scope) -> str:
    """What else the rows of a cohort have in common, as sentences: a system, another value."""
    also = same_rows(counts, scope.by, scope.cohort) if scope.cohort else ""
    return _served(counts, scope) + (f" The same rows have {also}." if also else "")


def _served(counts: Counts, scope: Scope) -> str:
    """The one system that serves a cohort, as a sentence, unless it serves nearly all."""
    facts = counts.facts[(counts.facts["window"] == 1) & (counts.facts["rows"] > 0)]
    pairs = facts[(facts["by"] == f"system*{scope.by}") & (facts["cohort"] == scope.cohort)]
    if not scope.cohort or pairs.empty:
        return ""
    rows = pairs.set_index("system")["rows"]
    name = str(rows.idxmax())
    systems = facts[facts["by"] == "system"].set_index("system")["rows"]
    own, mine = int(systems[name]), int(rows[name])
    if mine < WITHIN * int(rows.sum()) or own >= NEARLY_ALL * int(systems.sum()) > mine:
        return ""
    if mine >= WITHIN * own:
        return f" Its rows are those of {name}."
    return f" All its rows are those of {name}, which has others too."


def serves_a_cohort(counts: Counts, system: str) -> bool:
    """Whether a system's rows are those of one cohort, whose labels may then have changed."""
    now = counts.facts[counts.facts["window"] == 1]
    rows = {
        (str(by), str(its), str(cohort)): int(n)
        for by, its, cohort, n in now[["by", "system", "cohort", "rows"]].itertuples(index=False)
    }
    own = rows.get(("system", system, ""), 0)
    return any(
        n >= WITHIN * max(own, rows.get((by.removeprefix("system*"), "", cohort), own))
        for (by, its, cohort), n in rows.items()
        if its == system and cohort
    )
