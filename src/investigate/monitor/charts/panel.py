"""Daily counts as a panel of streams, and the limits of their charts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.measures import AUC, Measure, charted
from investigate.monitor.charts.pace import Pace

EVERYTHING = "all"


@dataclass(frozen=True)
class Stream:
    """``by`` is the grouping (all, system or a cohort's column), ``label`` the group's value."""

    measure: Measure
    by: str
    label: str

    @property
    def of(self) -> str:
        """The rows that it is of: ``all``, or ``column: value``."""
        return EVERYTHING if self.by == EVERYTHING else f"{self.by}: {self.label}"

    @property
    def overall(self) -> bool:
        """Whether it is AUC of all rows, which people care for most."""
        return self.measure == AUC and self.by == EVERYTHING


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


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Every stream at every step: ``starts`` (T,) in UTC, values and variances (T, S).

    Values and sampling variances are on the scale of each stream's measure, ``plain`` (T, S)
    are the values as they were counted; NaN: no value.
    """

    starts: pd.DatetimeIndex
    streams: list[Stream]
    values: Floats
    variances: Floats
    plain: Floats


def panel(daily: pd.DataFrame, starts: pd.DatetimeIndex, learn: int, pace: Pace) -> Panel:
    """The panel of `daily` counts over `starts`, of which the first `learn` are the baseline.

    daily: ``start`` (UTC), ``by``, ``label``, ``rows``, ``positives``, ``negatives``,
    ``unscored``, ``pending``, ``auc``, ``ratio`` (of the jackknife's variance to that for
    independent rows; NaN where unknown). A step without any row is a count of nothing.
    """
    streams, columns = [], []
    for stream, counts in _streams(daily, starts):
        values, variances = stream.measure.scaled(counts, learn, pace)
        if np.isfinite(values).any():
            streams.append(stream)
            columns.append((values, variances, stream.measure.plain(counts)))
    every = np.array(columns).reshape(len(columns), 3, len(starts))
    return Panel(starts, streams, *(every[:, part].T.copy() for part in range(3)))


def _streams(
    daily: pd.DataFrame, starts: pd.DatetimeIndex
) -> Iterator[tuple[Stream, pd.DataFrame]]:
    for (by, label), own in daily.groupby(["by", "label"], sort=False):
        counts = own.set_index("start").reindex(starts)
        numbers = ["rows", "positives", "negatives", "unscored", "pending"]
        counts[numbers] = counts[numbers].fillna(0)
        for measure in charted(by == EVERYTHING):
            yield Stream(measure, str(by), str(label)), counts
