"""Systems accused by replay: one alone, or several that only together explain the loss.

Freezing the writes of all systems recovers a whole; of one system alone, a part. One faulty
system's part is nearly the whole and the others' nearly nothing. Where no system alone
recovers most of it, or several do, the systems act together.

Undoing a system's *writes* leaves what others built on them, so one system's fault can look
like both systems' where the other learnt from its values. Undoing its *moves* doesn't: a
system whose moves explain the whole acted alone, unless another began to answer its writes.

What freezing does to a healthy stretch (the placebo) is taken off. Where outcomes are wrong, it
does less, and the difference looks like a recovery: what carries an accusation must be there
also when the placebo is as much smaller as AUC above chance is. And where outcomes of a group are
gone, whatever moves its rows down raises AUC: most of an accusation must be there without them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.replay.arms import Arms, arms
from investigate.analyses.replay.game import shapley
from investigate.analyses.replay.refusal import refusal
from investigate.analyses.suspects.crossing import crossed
from investigate.analyses.suspects.emptied import emptied
from investigate.analyses.suspects.replayed_scope import ReplayedScope
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.wording import listed, points
from investigate.counts.jackknife import estimate
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

ALONE = 2 / 3
"""One system explains the loss alone when freezing it recovers this part of the whole …"""
OTHERS = 0.25
"""… and freezing any other recovers less than this part."""
MOST = 1 / 2
"""Of what an undo recovers, so much must be there without rows whose outcomes are gone."""
ANSWERS, OFTENER = 1, 2
"""A system answers another when it wrote over its values at least once an item, and twice as
often as before."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Game:
    """What undoing recovers beyond the placebo, by one method; each (1 + folds,) or (k, ...).

    ``least`` (k + 1, 1 + folds): of each system alone, and of all, beyond a smaller placebo.
    """

    method: str
    whole: Array
    alone: Array
    shares: Array
    least: Array

    @property
    def parts(self) -> Array:
        """The parts of the whole that freezing one system alone recovers, the largest first."""
        return np.sort(self.alone[:, 0] / self.whole[0])[::-1]

    @property
    def together(self) -> bool:
        """Whether no system explains the loss alone.

        One does of whose writes nearly all of the loss is, by their Shapley share: freezing
        another takes a part of its damage away too, where that writes over the same items.
        """
        first, second = self.parts[:2]
        most = float((self.shares[:, 0] / self.whole[0]).max())
        return bool(first < ALONE or (second >= OTHERS and most < 1 - OTHERS))


def replayed(counts: Counts, question: Question) -> list[Suspect]:
    """`system_interaction` where systems act together, and `system_fault` of each system."""
    found = arms(counts, "writes")
    if found is None or refusal(counts, found):
        return []
    systems, confidence = counts.meta["replay"]["systems"], question.thresholds.confidence
    by_writes = _game("writes", found)
    moves = arms(counts, "moves")
    by_moves = _game("moves", moves) if moves else None
    whole = estimate(by_writes.whole, confidence)
    narrow, gone = ReplayedScope(counts), emptied(counts, question)
    game, suspects = by_writes, []

    def shows(gained: Estimate, least: Array, method: str, kept: int) -> bool:
        """Whether it surely recovers something, and not by rows whose outcomes are gone."""
        if not (recovers(gained) and recovers(estimate(least, confidence))):
            return False
        return gone is None or narrow.outside(gone, method, kept) >= MOST

    if len(systems) > 1 and shows(whole, by_writes.least[-1], "writes", 0):
        if _together(counts, by_writes, by_moves):
            cohort = narrow.cohort("writes", 0)
            cohort = crossed(counts, cohort, with_spread=True) if cohort else None
            suspects.append(_interaction(by_writes, whole, systems, cohort))
        elif by_moves and by_writes.together:
            game = by_moves
    everything = (1 << len(systems)) - 1
    for j, name in enumerate(systems):
        gained = estimate(game.alone[j], confidence)
        supported = shows(gained, game.least[j], game.method, everything ^ (1 << j))
        cohort = narrow.cohort(game.method, everything ^ (1 << j)) if supported else None
        suspects.append(
            Suspect(
                kind="system_fault",
                points=gained,
                evidence=(
                    f"Undoing the {game.method} of {name} since the freeze changes AUC by "
                    f"{points(gained.value or 0.0)} beyond the placebo; "
                    f"its share among {len(systems)} systems is {points(float(game.shares[j][0]))}."
                ),
                supported=supported,
                system=name,
                cohort=crossed(counts, cohort, with_spread=True) if cohort else None,
            )
        )
    return suspects


def _game(method: str, found: Arms) -> _Game:
    net, least = found.net, found.least
    everything = len(net) - 1
    frozen = [everything ^ (1 << j) for j in range(everything.bit_length())]
    return _Game(method, net[0], net[frozen], -shapley(net), least[[*frozen, 0]])


def _together(counts: Counts, writes: _Game, moves: _Game | None) -> bool:
    if not writes.together:
        return False
    # Freezing either restores all: no system can have inherited that from another.
    if writes.parts[1] >= ALONE or moves is None or moves.whole[0] <= 0 or moves.together:
        return True
    # One system's steps did it. It did so alone unless another took to writing over them.
    heals = min(writes.parts[-1], moves.parts[-1]) <= -OTHERS
    return not heals and _answered(counts, int(np.argmax(moves.alone[:, 0])))


def _answered(counts: Counts, mover: int) -> bool:
    """Whether since the freeze another system writes over the mover's values far more often."""
    meta = counts.meta["replay"]
    freeze, end = pd.Timestamp(meta["freeze"]), pd.Timestamp(meta["end"])
    name = meta["systems"][mover]
    over = counts.writes[(counts.writes["over"] == name) & (counts.writes["system"] != name)]
    before, after = (
        int(over.loc[over["start"].between(start, start + (end - freeze), "left"), "writes"].sum())
        for start in (freeze - (end - freeze), freeze)
    )
    items = counts.values.loc[counts.values["system"] == "", "item"].nunique()
    return after >= ANSWERS * items and after >= OFTENER * before


def _interaction(
    game: _Game, whole: Estimate, systems: list[str], cohort: dict[str, str] | None
) -> Suspect:
    parts = listed(
        [
            f"{name} alone {points(float(alone[0]))}"
            for name, alone in zip(systems, game.alone, strict=True)
        ]
    )
    return Suspect(
        kind="system_interaction",
        points=whole,
        evidence=(
            f"Freezing {listed(systems)} together recovers {points(whole.value or 0.0)}; freezing "
            f"{parts}."
        ),
        supported=recovers(whole),
        cohort=cohort,
    )
