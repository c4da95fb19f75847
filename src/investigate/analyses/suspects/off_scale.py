"""Scores beyond all that the baseline had, as where one group's are in percent and others' not.

Outcomes of the baseline say nothing of such scores, so that what a group lost does not show in
what its scores stand for. That it still ranks its own rows does: its scale moved, not its order.
"""

import math

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.suspects.hosts import NOTEWORTHY, WITHIN
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.scopes import points_of, undo_of
from investigate.analyses.suspects.shifted import map_points, mostly_scale
from investigate.analyses.suspects.struck import keeps_its_order, named, repair, struck
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.suspects.unscored import HOLDS
from investigate.analyses.wording import listed, percent
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts

CHANCE = 0.001
"""Rows beyond the baseline's ends are news where as many are there by chance less often."""


def off_scale(counts: Counts, scope: Scope, confidence: float) -> Suspect | None:
    """A group that ranks its rows as before with scores that surely moved, outcomes that stayed.

    Of systems `misalignment` says it.
    """
    shift = rates(counts, scope, confidence)
    lost = float(undo_of(counts).points(scope, with_spread=True, folds=False)[0])
    if scope.by in ("all", "system") or shift.tells != "scores":
        return None
    points = points_of(counts, scope, map_points(counts, scope), confidence)
    if not recovers(points):
        return None
    if not (keeps_its_order(counts, scope, lost) or mostly_scale(counts, scope, points)):
        return None
    system, cohort = scope.of
    where = struck(f"In {named(scope)}", shifted=True)
    return Suspect(
        kind="lost_validity",
        points=points,
        evidence=f"{where}; {shift.sentence()}.{repair(counts, scope, shift, confidence)}",
        supported=True,
        system=system,
        cohort=cohort,
        shifted=True,
    )


def beyond_news(counts: Counts) -> str:
    """That scores lie far beyond the baseline's, more than chance brings, and where.

    Far is further than the baseline's are apart, or of the other sign than all of these: so far
    only another unit takes scores, or an overflow, and not a system that is surer of itself. A
    sentence to add, or nothing.
    """
    own = grouping(counts, "all")
    rows = np.zeros((2, own.bins))
    np.add.at(rows, (own.window, own.bin), own.positives + own.negatives)
    before, now = rows.sum(axis=1)
    had = np.flatnonzero(rows[0])
    if not len(had) or not now:
        return ""
    edges, index = counts.bins.sort_values("bin"), np.arange(own.bins)
    low, high = edges["low"].to_numpy(), edges["high"].to_numpy()
    bottom, top = float(low[had[0]]), float(high[had[-1]])
    texts: list[str] = []
    over, under = top + (top - bottom), bottom - (top - bottom)
    # The outermost bin may reach across zero for the sake of the incident's rows alone.
    over = min(over, 0.0) if low[had[-1]] <= 0 else over
    under = max(under, 0.0) if high[had[0]] >= 0 else under
    beyond = np.zeros(own.bins, dtype=bool)
    for side, far, edge, word in (
        (index > had[-1], low > over, top, "above"),
        (index < had[0], high < under, bottom, "below"),
    ):
        many, such = (float(rows[1, part].sum()) for part in (side, far))
        if such >= NOTEWORTHY * now and such * math.log(now / (before + now)) < math.log(CHANCE):
            beyond |= side
            have = "one" if texts else "of the incident's rows have a score"
            number = f"{edge:.6g}".replace("-", "−")
            texts.append(f"{percent(many / now)} {have} {word} {number}")
    if not texts:
        return ""
    holder = _holder(counts, beyond, float(rows[1, beyond].sum() / now))
    return (
        f" {listed(texts)}, where the baseline has none{holder}: look at the unit and the range of "
        "the scores."
    )


def _holder(counts: Counts, beyond: NDArray[np.bool_], share: float) -> str:
    """The smallest group that holds nearly all such rows, a ``share`` of all, as a clause."""
    found = []
    for by in counts.groupings():
        if by == "all" or "*" in by:
            continue
        own = grouping(counts, by)
        here = own.window == 1
        rows = (own.positives + own.negatives)[here].astype(float)
        size = np.bincount(own.group[here], rows, len(own.keys)) / rows.sum()
        such = np.bincount(own.group[here], rows * beyond[own.bin[here]], len(own.keys))
        part = such / (rows.sum() * share)
        for at in np.flatnonzero((part >= WITHIN) & (size < HOLDS * part)):
            system, cohort = own.keys[at]
            found.append((float(size[at]), f"{by} {cohort or system}", float(part[at])))
    if not found:
        return ""
    _, group, part_there = min(found)
    return f", {percent(part_there)} of them with {group}"
