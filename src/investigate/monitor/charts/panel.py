"""Daily counts as a panel of streams that a chart can follow."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.monitor.charts.measures import AUC, OF_EVERYTHING
from investigate.monitor.charts.pace import Pace
from investigate.monitor.charts.stream import EVERYTHING, Stream

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
        for measure in OF_EVERYTHING if by == EVERYTHING else (AUC,):
            yield Stream(measure, str(by), str(label)), counts
