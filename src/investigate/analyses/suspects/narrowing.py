"""From the whole log to the group that holds a loss, while the rest is quiet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

HOLDS = 0.75
"""Share of what the whole log would recover that a narrower scope must hold."""
QUIET = 0.25
"""A scope is narrowed when the rest lost less than this a row, against the rows within."""

NEARLY_ALL = 0.8
"""A cohort that holds more of the rows leaves too few others to call them quiet."""


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


def narrowed(
    whole: Scope, levels: Sequence[Sequence[Scope]], gain: Callable[[Scope], float]
) -> Scope:
    """The narrowest scope, level by level, that holds the gain of undoing all of ``whole``.

    ``gain`` gives the AUC points that undoing one scope alone recovers.
    """
    scope = whole
    for level in levels:
        held = gain(scope)
        if held <= 0:
            return scope
        best, quietest = scope, QUIET
        for inner in level:
            most = 1.0 if inner.by == "system" else NEARLY_ALL
            if not inner.within(scope) or inner.rows >= most * scope.rows:
                continue
            own = gain(inner)
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
