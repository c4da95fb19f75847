"""Where the incident lost what scores knew: in the whole log, or in groups that stand out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from investigate.analyses import whole as windows
from investigate.analyses.suspects.closer_scores import all_of_it, closer
from investigate.analyses.suspects.hosts import WITHIN, newcomers
from investigate.analyses.suspects.items import ItemEvidence
from investigate.analyses.suspects.narrowing import (
    NEARLY_ALL,
    QUIET,
    Apart,
    Scope,
    narrowed,
    places_disjoint,
)
from investigate.analyses.suspects.rates import labels_everywhere, labels_here_alone, rates
from investigate.analyses.suspects.scopes import Undo, evidence_of, points_of
from investigate.analyses.suspects.struck import keeps_its_order
from investigate.analyses.suspects.suspect import recovers
from investigate.analyses.suspects.unfollowed import unfollowed
from investigate.counts.grouping import grouping
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

HALF = 1 / 2
"""The rest of the log is not quiet where it fell by so large a part of what a scope did."""


@dataclass(frozen=True)
class Losses:
    """The scopes of a log, what each lost, and whether that is its own."""

    counts: Counts
    question: Question
    undo: Undo

    @property
    def confidence(self) -> float:
        """The question's."""
        return self.question.thresholds.confidence

    @property
    def systems(self) -> list[str]:
        """The systems with rows in either window."""
        return [system for system, _ in grouping(self.counts, "system").keys]

    @property
    def whole(self) -> Scope:
        """The whole log as a scope."""
        rows = sum(scope.rows for scope in self.undo.scopes("system"))
        return Scope("all", "", "", rows)

    @property
    def columns(self) -> list[list[Scope]]:
        """The groups of the system and of each cohort column."""
        names = [by for by in self.counts.groupings() if by != "all" and "*" not in by]
        return [self.undo.scopes(by) for by in names]

    def gain(self, scope: Scope, with_spread: bool = False) -> float:
        """AUC points that a scope recovers when undone, with the width of scores or without."""
        return float(self.undo.points(scope, with_spread, folds=False)[0])

    def narrowed(self, with_spread: bool) -> Scope:
        """The narrowest scope that holds a loss while the rest is quiet; else the whole log."""
        pairs = [by for by in self.counts.groupings() if "*" in by]
        levels = [
            [scope for groups in self.columns for scope in groups],
            [scope for by in pairs for scope in self.undo.scopes(by)],
        ]
        found = narrowed(
            self.whole,
            levels,
            lambda s: self.gain(s, with_spread),
            self.apart(with_spread),
            self.calm,
        )
        found = self._by_its_cohort(found)
        shown = unfollowed(self.counts)
        # What nearly all rows lost says nothing of a place within, which may have its own cause.
        most = 1.0 if found.by == "all" else NEARLY_ALL
        if shown is not None and shown.rows < most * self.whole.rows:
            return shown if self._surely_lost(shown, with_spread) else found
        return self._where_closer(found) if with_spread else found

    def shown_by_scores(self, scope: Scope) -> bool:
        """Whether scores alone show that those of a scope tell its rows apart less.

        They came closer together there and nowhere else, and do not rank its rows as they did: on
        another scale scores take fewer ranks, too.
        """
        if scope != closer(self.counts):
            return False
        lost = self.gain(scope, with_spread=True)
        return not keeps_its_order(self.counts, scope, lost)

    def _where_closer(self, found: Scope) -> Scope:
        """The place whose scores alone came closer together if it surely lost, else ``found``.

        Of rare outcomes points name another place by chance; scores are known of every row.
        """
        place = closer(self.counts)
        new = found.by != "all" and (found.system, found.cohort) in newcomers(self.counts, found.by)
        if place is None or place == found or new or not self.shown_by_scores(place):
            return found
        if found.within(place) and found.by != "all" and not all_of_it(self.counts, place, found):
            return found
        return place if self._surely_lost(place, with_spread=True) else found

    def _surely_lost(self, place: Scope, with_spread: bool) -> bool:
        lost = self.undo.points(place, with_spread)
        return recovers(points_of(self.counts, place, lost, self.confidence))

    def _by_its_cohort(self, scope: Scope) -> Scope:
        """A cohort by itself, where one system serves it alone.

        Its loss is then as much the cohort's as the system's in it, unless items accuse the system.
        """
        column = scope.by.removeprefix("system*")
        if column == scope.by:
            return scope
        cohort = next(s for s in self.undo.scopes(column) if s.cohort == scope.cohort)
        seen = self.seen(scope)
        if scope.rows < WITHIN * cohort.rows or (seen is not None and seen.accuses == "system"):
            return scope
        return cohort

    def calm(self, inner: Scope, outer: Scope) -> bool:
        """Whether the rest of the log did not surely fall by itself, and a group surely did more.

        A share of the group's loss says little of a rest that drifts: of two groups as large, one
        that moves by a quarter of the other may do so in any log. Their intervals are disjoint.
        Or labels changed in the group alone, which tells its loss from whatever the rest lost.
        """
        if outer.by != "all" or "*" in inner.by:
            return False
        if labels_here_alone(self.counts, self.confidence, inner, outer):
            return True
        whole, own = windows.whole(self.counts).counts, grouping(self.counts, inner.by)
        key = inner.system, inner.cohort
        if key not in own.keys:
            return False
        group = own.replicates(own.keys.index(key))
        sides = []
        for all_of_them, its in (
            (whole.positives, group.positives),
            (whole.negatives, group.negatives),
        ):
            # Of a large log, what a group keeps without a fold is a share of its rows; of very many
            # groups, where these lie among bins is known by bands alone.
            left = np.array(all_of_them, dtype=float)
            left[..., group.bins] -= its
            sides.append(np.maximum(left, 0))
        rest = Replicates(sides[0], sides[1], whole.bins, whole.used)
        clustered = self.counts.jackknifed
        beside, fell = (
            windows.difference(table, clustered, self.confidence) for table in (rest, group)
        )
        if beside.low is None or beside.high is None or fell.high is None:
            return False
        return beside.high >= 0 and fell.high < min(beside.low, 0.0)

    def apart(self, with_spread: bool) -> Apart:
        """Whether groups surely hold more of a loss than their share, and the rest is quiet."""

        def surely(inner: Sequence[Scope], outer: Scope, among: int) -> bool:
            own = sum((self.undo.points(one, with_spread) for one in inner), np.zeros(1))
            share = sum(one.rows for one in inner) / outer.rows
            held = self.undo.points(outer, with_spread)
            beyond, sure = own - share * held, 1 - (1 - self.confidence) / among
            alone = inner[0] if len(inner) == 1 else outer
            more = points_of(self.counts, alone, beyond, sure)
            # Rates that moved are news that no chance among ranks explains.
            rates_moved = all(rates(self.counts, one, self.confidence).tells for one in inner)
            everywhere = outer.by == "all" and labels_everywhere(
                self.counts, self.confidence, inner, outer
            )
            if not (recovers(more) or rates_moved) or everywhere:
                return False
            return self._ranks(inner, outer, with_spread, float(held[0]))

        return surely

    def _ranks(self, inner: Sequence[Scope], outer: Scope, with_spread: bool, held: float) -> bool:
        """Whether the rest of an outer scope, by itself, still ranks nearly as it did.

        Points of a group depend on how many ones it has, and on how the others rank against it:
        a group in which all is lost can seem to lose little.
        """
        by = inner[0].by
        rest = [s for s in self.undo.scopes(by) if s.within(outer) and s not in inner]
        if not rest:
            return True
        own, others = (
            self.undo.alone(by, [(s.system, s.cohort) for s in scopes], with_spread)
            for scopes in (inner, rest)
        )
        # A group of one class has no AUC of its own.
        return not others >= HALF * np.nanmax([own, held])

    def rest_is_quiet(self, scope: Scope, points: Estimate) -> bool:
        """Whether the other groups, undone alone, would hardly recover anything a row.

        Wide scores of one group rank it apart from narrow ones of all others, so that the first
        group undone recovers most, whichever it is: what the whole recovers beyond it says too
        little.
        """
        rest = self.whole.rows - scope.rows
        own = (points.value or 0.0) / max(scope.rows, 1)
        if rest <= 0 or self.undo.beside(scope, with_spread=True) / rest < QUIET * own:
            return True
        return self.calm(scope, self.whole)

    def seen(self, scope: Scope) -> ItemEvidence | None:
        """What the items of a scope show; nothing where causes in its rows are undone.

        Items are counted once: they show what was undone as if it were still to be explained.
        """
        place = scope.by, None if scope.by == "all" else (scope.system, scope.cohort)
        undone = self.counts.meta.get("undone_in", ())
        if not all(places_disjoint(place, other) for other in undone):
            return None
        return evidence_of(self.counts, scope, self.confidence)
