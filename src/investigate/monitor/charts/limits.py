"""Limits of the chart's statistic for a stated rate of false alarms over everything watched."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from investigate.monitor.charts.measures import AUC
from investigate.monitor.charts.pace import Pace
from investigate.monitor.charts.stream import Stream

CHANCES = np.array([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001])
"""Chances that the largest statistic of a year without a fault lies above a limit."""

# Simulated by benchmarks/chart_limits.py: by steps a day, then by whether both sides matter.
_LIMITS = {
    (1, False): [2.67, 2.93, 3.14, 3.37, 3.53, 3.83, 4.14, 4.55, 4.90, 5.30, 5.75, 6.10],
    (1, True): [2.93, 3.17, 3.38, 3.61, 3.81, 4.14, 4.45, 4.92, 5.25, 5.61, 6.06, 6.35],
    (24, False): [3.72, 3.89, 4.02, 4.18, 4.29, 4.54, 4.77, 5.27, 5.78, 5.86, 6.61, 7.33],
    (24, True): [3.89, 4.05, 4.18, 4.37, 4.52, 4.78, 5.04, 5.60, 5.85, 6.58, 6.90, 7.33],
}

SHARES = {"overall": 0.5, "groups": 0.3, "rest": 0.2}
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
