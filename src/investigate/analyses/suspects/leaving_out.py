"""What rows that should not count are worth: left out, or with scores as of the baseline."""

from typing import Any

import numpy as np
import pandas as pd

from investigate.analyses.whole import whole
from investigate.counts.auc import Array, auc
from investigate.counts.grouping import grouping
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts


def left_out(counts: Counts, kept: Replicates) -> Array:
    """AUC points (1 + folds,) when only the rows ``kept`` count, beyond what that does before."""
    areas = auc(kept.positives, kept.negatives)
    return np.asarray(areas[1] - areas[0] - whole(counts).change)


def given_back(counts: Counts, kept: Replicates, scope: "pd.Series[Any] | None") -> Array:
    """AUC points (1 + folds,) when the other rows score as the scope's of the baseline did."""
    everyone, bins = whole(counts), len(counts.bins)
    before = kept
    if scope is not None:
        groups = grouping(counts, str(scope["by"]))
        place = groups.keys.index((str(scope["system"]), str(scope["cohort"])))
        own = groups.replicates(place)
        # A scope that only the incident has scores as the whole log did.
        if min(own.positives[0].sum(axis=-1).min(), own.negatives[0].sum(axis=-1).min()) > 0:
            before = own
    sides = []
    for stay, shape, every in (
        (kept.positives, before.positives, everyone.counts.positives),
        (kept.negatives, before.negatives, everyone.counts.negatives),
    ):
        away = (every[1] - stay[1]).sum(axis=-1, keepdims=True)
        given = np.zeros((len(away), bins))
        given[:, before.bins] = shape[0] / np.maximum(shape[0].sum(axis=-1, keepdims=True), 1)
        sides.append(stay[1] + away * given)
    return np.asarray(auc(*sides) - everyone.auc[1])
