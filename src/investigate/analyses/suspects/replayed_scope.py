"""Which cohort a replay's gain is limited to: one group replayed, the others as they were."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.suspects.narrowing import Scope, narrowed
from investigate.counts.auc import auc
from investigate.counts.table import SCOPE, Counts

Array = NDArray[np.float64]
Key = tuple[str, str, str]
EVERYONE: Key = ("all", "", "")


class ReplayedScope:
    """The replayed rows of every group; made once, asked for several arms."""

    def __init__(self, counts: Counts) -> None:
        self._kept = (1 << len(counts.meta["replay"]["systems"])) - 1
        slices = counts.replay_slices
        places, place = np.unique(slices["bin"], return_inverse=True)
        self._size = len(places)
        self._slices = slices.assign(place=place)
        self._arms: dict[tuple[str, int], dict[Key, Array]] = {}

    def cohort(self, method: str, kept: int) -> dict[str, str] | None:
        """The cohort outside of which undoing all but ``kept`` gains hardly anything."""
        real = self._arm("writes", self._kept)
        scopes = [Scope(*key, rows=int(sides.sum())) for key, sides in real.items()]
        whole = next(scope for scope in scopes if scope.by == "all")
        single = [s for s in scopes if s.by not in ("all", "system") and "*" not in s.by]
        found = narrowed(whole, [single], lambda scope: self._gain(scope, method, kept))
        return found.of[1]

    def outside(self, scope: Scope, method: str, kept: int) -> float:
        """The part of what undoing all but ``kept`` gains that is there without a group's rows.

        A group that was not counted holds nothing.
        """
        key = (scope.by, scope.system, scope.cohort)
        real, undone = self._arm("writes", self._kept), self._arm(method, kept)
        if key not in real:
            return 1.0
        everyone, replayed = real[EVERYONE], undone[EVERYONE]
        mixed = replayed - undone[key] + real[key]
        before = float(auc(*everyone))
        gained = float(auc(*replayed)) - before
        # Beyond the placebo an arm may recover something though AUC stays where it was.
        return (float(auc(*mixed)) - before) / gained if gained > 0 else 0.0

    def _gain(self, scope: Scope, method: str, kept: int) -> float:
        key = (scope.by, scope.system, scope.cohort)
        real, undone = self._arm("writes", self._kept), self._arm(method, kept)
        everyone = real[EVERYONE]
        mixed = everyone - real[key] + undone[key]
        return float(auc(*mixed) - auc(*everyone))

    def _arm(self, method: str, kept: int) -> dict[Key, Array]:
        """Positives and negatives (2, bins) of every group in one arm."""
        if (method, kept) not in self._arms:
            own = self._slices
            own = own[(own["method"] == method) & (own["kept"] == kept)]
            found: dict[Key, Array] = {}
            for key, rows in own.groupby(SCOPE, sort=True):
                found[self._key(key)] = self._sides(rows)
            self._arms[method, kept] = found
        return self._arms[method, kept]

    @staticmethod
    def _key(key: Any) -> Key:
        by, system, cohort = key
        return str(by), str(system), str(cohort)

    def _sides(self, rows: pd.DataFrame) -> Array:
        place = rows["place"].to_numpy()
        sides = [np.bincount(place, rows[s], self._size) for s in ("positives", "negatives")]
        return np.asarray(sides, dtype=float)
