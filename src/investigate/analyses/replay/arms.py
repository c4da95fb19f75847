"""AUC of every replayed arm, with each fold left out in turn."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.auc import auc
from investigate.counts.memory import remembered
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import FOLDS, Counts

Array = NDArray[np.float64]
PLACEBO, INCIDENT = 0, 1


@dataclass(frozen=True)
class Arms:
    """AUC by arm of one method, (2**systems, 1 + folds); an arm is a bit mask of who is kept.

    incident, placebo: of the two stretches. NaN where a stretch has one outcome only.
    """

    incident: Array
    placebo: Array

    @property
    def net(self) -> Array:
        """The incident's arms against all kept, less what freezing does to the placebo.

        What it does there is no sign of a fault: newer values are better ones.
        """
        return (self.incident - self.incident[-1]) - (self.placebo - self.placebo[-1])

    @property
    def least(self) -> Array:
        """The same, with the placebo as much smaller as AUC above 0.5 is in the incident.

        Outcomes that are wrong at random shrink every arm's AUC towards 0.5 by one factor.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            factor = np.clip((self.incident[-1] - 0.5) / (self.placebo[-1] - 0.5), 0, 1)
        placebo = (self.placebo - self.placebo[-1]) * factor
        return np.minimum(self.net, (self.incident - self.incident[-1]) - placebo)


@remembered
def arms(counts: Counts, method: str) -> Arms | None:
    """The arms by ``writes`` or by ``moves``; `None` where they were not counted."""
    own = counts.replay[counts.replay["method"] == method]
    if own.empty:
        return None
    size = 1 << len(counts.meta["replay"]["systems"])
    stretches = []
    for stretch in (INCIDENT, PLACEBO):
        areas = np.full((size, 1 + FOLDS), np.nan)
        for kept in range(size):
            # With all kept no method undoes anything.
            name = "writes" if kept == size - 1 else method
            areas[kept] = area(counts.replay, name, kept, stretch)
        stretches.append(areas)
    return Arms(*stretches)


def area(replay: pd.DataFrame, method: str, kept: int, stretch: int) -> Array:
    """AUC (1 + folds,) of one arm in one stretch."""
    own = replay[
        (replay["method"] == method) & (replay["kept"] == kept) & (replay["stretch"] == stretch)
    ]
    if own.empty:
        return np.full(1 + FOLDS, np.nan)
    places, place = np.unique(own["bin"], return_inverse=True)
    flat = own["fold"].to_numpy() * len(places) + place
    positives, negatives = (
        whole_and_without(
            np.bincount(flat, own[side], FOLDS * len(places)).reshape(FOLDS, -1), axis=0
        )
        for side in ("positives", "negatives")
    )
    return np.asarray(auc(positives, negatives))
