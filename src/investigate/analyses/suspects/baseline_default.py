"""A baseline in which many rows have one score that hardly any row of the incident has.

A default that was repaired, or a score that was not there yet: AUC of such a baseline is too low,
so that a rise means little and a drop may hide.
"""

import numpy as np

from investigate.analyses.suspects.score_values import written
from investigate.analyses.whole import whole
from investigate.analyses.wording import percent
from investigate.counts.table import Counts

LEAST = 0.05
"""A value of a smaller share of the baseline's rows moves its AUC little."""
TIMES = 4
"""It has so many times the share that it has in the incident, and that any other score has."""
SCORES = 20
"""Fewer different scores are the levels of a score, of which each may be common."""


def baseline_news(counts: Counts) -> str:
    """That the baseline has such a score, as a sentence to add, or nothing."""
    table = whole(counts).counts
    rows = (table.positives + table.negatives)[:, 0]
    bins = counts.bins.set_index("bin").loc[table.bins]
    one = (bins["low"] == bins["high"]).to_numpy()
    if counts.weighted or len(one) < SCORES or not one.any() or not rows.sum(axis=1).all():
        return ""
    before, now = rows / rows.sum(axis=1, keepdims=True)
    most = int(np.where(one, before, 0.0).argmax())
    # A bin of several scores holds more than each of them.
    others = np.delete(np.where(one, before, 0.0), most).max(initial=0.0)
    if before[most] < max(LEAST, TIMES * now[most], TIMES * others):
        return ""
    value = written(float(bins["low"].iloc[most]))
    return (
        f" Look at the baseline: {percent(float(before[most]))} of its rows have the score "
        f"{value}, {percent(float(now[most]))} of the incident's. As a default it would lower "
        "AUC there, so that a rise means little and a drop may hide."
    )
