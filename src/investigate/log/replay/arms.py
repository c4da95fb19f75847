"""What each row's score would have been, had some systems not written since the freeze.

An arm keeps the real writes of some systems and undoes those of the others. *Writes*: a
frozen system's last write before the freeze replaces its later ones, and the value
in force is chosen anew. *Moves*: the steps by which a frozen system moved values since are
taken back, and the other systems' steps stay.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
from ibis import _

from investigate.question.formula import Formula

CLIP = 1e-6
"""Probabilities are taken as at least this far from 0 and 1, so that their logits are finite."""


@dataclass(frozen=True)
class ReplayArm:
    """``method`` is ``writes``, ``moves`` or ``candidate``; ``kept`` a bit mask of systems."""

    method: str
    kept: int


def arms(systems: int, with_moves: bool) -> list[ReplayArm]:
    """Every subset of systems, by writes and by moves; all kept is the log as it was."""
    everything = (1 << systems) - 1
    found = [ReplayArm("writes", kept) for kept in range(everything + 1)]
    return found + [ReplayArm("moves", kept) for kept in range(everything) if with_moves]


def inside(score: Any, formula: Formula) -> Any:
    """The score on the scale on which ability and difficulty add."""
    if not formula.logistic:
        return score
    inner = score.clip(CLIP, 1 - CLIP)
    return (inner / (1 - inner)).ln()


def replayed(
    arm: ReplayArm, systems: list[str], precedence: tuple[str, ...], formula: Formula
) -> Any:
    """The inner score of a row in ``arm``; rows that are not ``covered`` keep theirs.

    The row needs ``inner``, ``covered``, ``in_force``, and ``n{j}_*`` and ``f{j}_*``: the
    real and the frozen write of each system.
    """
    everything = (1 << len(systems)) - 1
    if arm.kept == everything:
        return _.inner
    frozen = [j for j in range(len(systems)) if not arm.kept >> j & 1]
    if arm.method == "moves":
        back = [_moved(f"f{j}") - _moved(f"n{j}") for j in frozen]
        change = reduce(lambda one, other: one + other, back)
    else:
        names = [f"f{j}" if j in frozen else f"n{j}" for j in range(len(systems))]
        change = in_force(names, systems, precedence) - _.in_force
    return ibis.ifelse(_.covered, _.inner + formula.difficulty_slope * change, _.inner)


def in_force(names: list[str], systems: list[str], precedence: tuple[str, ...]) -> Any:
    """The difficulty in force among one write of each system, null where there is none."""
    values = {name: _[f"{name}_difficulty"] for name in names}
    if precedence:
        order = sorted(zip(systems, names, strict=True), key=lambda s: precedence.index(s[0]))
        return ibis.coalesce(*(values[name] for _system, name in order))
    places = [_[f"{name}_place"].fill_null(0) for name in names]
    last = ibis.greatest(*places) if len(places) > 1 else places[0]
    chosen = [(place == last, values[name]) for place, name in zip(places, names, strict=True)]
    return ibis.cases(*chosen, else_=None)


def writer(names: list[str], systems: list[str], precedence: tuple[str, ...]) -> Any:
    """The system whose write is in force; arguments as for `in_force`."""
    if precedence:
        order = sorted(zip(systems, names, strict=True), key=lambda s: precedence.index(s[0]))
        known = [(_[f"{name}_difficulty"].notnull(), system) for system, name in order]
        return ibis.cases(*known, else_=None)
    places = [_[f"{name}_place"].fill_null(0) for name in names]
    last = ibis.greatest(*places) if len(places) > 1 else places[0]
    chosen = [
        ((place == last) & (last > 0), system)
        for place, system in zip(places, systems, strict=True)
    ]
    return ibis.cases(*chosen, else_=None)


def _moved(name: str) -> Any:
    return _[f"{name}_moved"].fill_null(0.0)
