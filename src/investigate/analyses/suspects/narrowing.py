"""From the whole log to the group that holds a loss, while the rest is quiet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

HOLDS = 1 / 3
"""Share of what the whole log would recover that a narrower scope must hold: the rest may drift."""
QUIET = 0.25
"""A scope is narrowed when the rest lost less than this a row, against the rows within."""
AS_MUCH = 0.95
"""Of scopes that hold as much as the best, up to this part, the smallest is named."""
PART, MOST_PARTS = 1 / 6, 3
"""Where no group alone stands out, up to so many of one column may, each of at least this part."""
NEARLY_ALL = 0.8
"""A cohort that holds more of the rows leaves too few others to call them quiet."""

ROUNDING = 1e-9
"""AUC points that are nothing but sums in another order."""


@dataclass(frozen=True)
class Scope:
    """A group of one grouping; ``by`` is ``all`` for the whole log."""

    by: str
    system: str
    cohort: str
    rows: int  # in the incident

    @property
    def of(self) -> tuple[str | None, dict[str, str] | None]:
        """Its system and cohort, as suspects name them."""
        cohort = {self.by.split("*")[-1]: self.cohort} if self.cohort else None
        return (self.system or None) if self.by != "all" else None, cohort

    def within(self, outer: "Scope") -> bool:
        """Whether it is a part of ``outer``."""
        if outer.by == "all":
            return True
        if "*" not in self.by:
            return False
        column = self.by.split("*")[-1]
        if outer.by == "system":
            return self.system == outer.system
        return column == outer.by and self.cohort == outer.cohort


Place = tuple[str, tuple[str, str] | None]
"""A grouping, and the system and cohort of one of its groups; all of them where `None`."""


def places_disjoint(one: Place, other: Place) -> bool:
    """Whether places share no row: of one system each, or of one column, with other values."""
    (by, key), (its, same) = one, other
    if key is None or same is None:
        return False
    columns = by.split("*")[-1], its.split("*")[-1]
    return bool(key[0] and same[0] and key[0] != same[0]) or (
        columns[0] == columns[1] and key[1] != same[1]
    )


Calm = Callable[[Scope, Scope], bool]
"""Whether the rest of an outer scope, ranked by itself, did not surely fall, and a group did."""
Apart = Callable[[Sequence[Scope], Scope, int], bool]
"""Whether groups surely hold more than their rows' share of an outer scope's loss, though they
were chosen among so many."""


def narrowed(
    whole: Scope,
    levels: Sequence[Sequence[Scope]],
    gain: Callable[[Scope], float],
    apart: Apart = lambda inner, outer, among: True,
    calm: Calm = lambda inner, outer: False,
) -> Scope:
    """The narrowest scope, level by level, that holds the gain of undoing all of ``whole``.

    ``gain`` gives the AUC points that undoing one scope alone recovers. What the rest lost beside
    it is little against it, or no more than chance (``calm``). Where many groups are looked at, one
    of few rows holds most of a loss by chance: ``apart`` rules that out, and then the next group is
    asked, which lost as surely among all of its level.
    """
    scope = whole
    for level in levels:
        held = gain(scope)
        # What has one score alone, or one outcome, may have no gain at all.
        if not held > ROUNDING:
            return scope
        quiet = []
        for inner in level:
            most = 1.0 if inner.by == "system" else NEARLY_ALL
            if not inner.within(scope) or inner.rows >= most * scope.rows:
                continue
            own = gain(inner)
            if not own >= HOLDS * held:
                continue
            rest = (held - own) / (scope.rows - inner.rows)
            noise = rest / (own / inner.rows)
            if noise < QUIET or calm(inner, scope):
                quiet.append((own, noise, inner))
        inner_ones = sum(inner.within(scope) for inner in level)
        # A part of a part is one of many; a group is named where its loss is news at all.
        among = 1 if scope is whole else inner_ones
        while quiet:
            best = max(own for own, _, _ in quiet)
            found = min(
                (inner.rows, noise, inner.by, inner.system, inner.cohort, inner)
                for own, noise, inner in quiet
                if own >= AS_MUCH * best
            )[-1]
            if apart([found], scope, among):
                break
            # It may only hold the group that lost, as a currency holds a city; the next is one of
            # many that are tried.
            quiet = [one for one in quiet if one[-1] is not found]
            among = inner_ones
        if not quiet:
            return scope
        scope = found
    return scope


def several(
    whole: Scope,
    columns: Sequence[Sequence[Scope]],
    gain: Callable[[Scope], float],
    apart: Apart = lambda inner, outer, among: True,
) -> list[Scope]:
    """Groups of one column that each hold a part of the loss, while its other groups are quiet.

    Empty where there are none. ``columns`` holds the groups of each column.
    """
    held = gain(whole)
    best: tuple[float, list[Scope]] = (QUIET, [])
    for groups in columns:
        gains = {g: gain(g) for g in groups}
        order = sorted(groups, key=lambda g: (-gains[g] / g.rows, g.system, g.cohort))
        for k in range(2, min(MOST_PARTS, len(groups) - 1) + 1):
            chosen = order[:k]
            rows, least = sum(g.rows for g in chosen), gains[chosen[-1]]
            if not held > ROUNDING or not least >= PART * held or rows >= NEARLY_ALL * whole.rows:
                break
            rest = max(held - sum(gains[g] for g in chosen), 0.0) / (whole.rows - rows)
            noise = rest / (least / chosen[-1].rows)
            if noise < best[0]:
                best = noise, chosen
    among = sum(len(groups) for groups in columns)
    return best[1] if best[1] and apart(best[1], whole, among) else []
