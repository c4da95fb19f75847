"""Limits of the chart's statistic for a stated rate of false alarms over everything watched."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from investigate.watch.charts.measures import AUC
from investigate.watch.charts.pace import Pace
from investigate.watch.charts.stream import Stream

CHANCES = np.array([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001])
"""Chances that the largest statistic of a year without a fault lies above a limit."""

# Simulated by benchmarks/chart_limits.py: by steps a day, then by whether both sides matter.
_LIMITS = {
    (1, False): [2.59, 2.83, 3.02, 3.24, 3.39, 3.61, 3.82, 4.11, 4.30, 4.52, 4.74, 4.97],
    (1, True): [2.83, 3.06, 3.24, 3.45, 3.59, 3.81, 4.03, 4.30, 4.51, 4.70, 4.98, 5.13],
    (24, False): [
        3.792,
        3.958,
        4.101,
        4.28,
        4.374,
        4.543,
        4.694,
        4.873,
        4.959,
        5.013,
        5.052,
        5.066,
    ],
    (24, True): [3.989, 4.131, 4.28, 4.433, 4.543, 4.723, 4.873, 5.044, 5.079, 5.13, 5.306, 5.365],
}

SHARES = {"overall": 0.4, "groups": 0.4, "rest": 0.2}
"""How false alarms are shared out: to AUC of all rows, to AUC of all groups, to all else."""


def limits(streams: Sequence[Stream], a_year: float, pace: Pace) -> NDArray[np.float64]:
    """The limit of each stream's statistic (S,), for so many false alarms a year over all.

    Streams depend on each other, so that together they raise rather fewer.
    """
    kinds = [_kind(stream) for stream in streams]
    shared = sum(SHARES[kind] for kind in set(kinds))
    own = [a_year * SHARES[kind] / shared / kinds.count(kind) for kind in kinds]
    found = [
        limit(rate, stream.measure.side == 0, pace)
        for rate, stream in zip(own, streams, strict=True)
    ]
    return np.array(found)


def limit(a_year: float, both: bool, pace: Pace) -> float:
    """The limit that a series without a fault passes so many times a year."""
    chance = max(1 - math.exp(-a_year), 1e-12)
    known, logs = np.array(_LIMITS[pace.a_day, both]), -np.log(CHANCES)
    if chance >= CHANCES[-1]:
        return float(np.interp(-math.log(chance), logs, known))
    # Squares grow about linearly in the log of the chance, as in the tails of the normal.
    slope = (known[-1] ** 2 - known[-5] ** 2) / (logs[-1] - logs[-5])
    return math.sqrt(known[-1] ** 2 + slope * (-math.log(chance) - logs[-1]))


def _kind(stream: Stream) -> str:
    if stream.overall:
        return "overall"
    return "groups" if stream.measure == AUC else "rest"
