"""Fixed limits of a watch: buckets that are surely beyond one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.monitor.charts.measures import AUC, MISSING_OUTCOMES, MISSING_SCORES, ROWS
from investigate.monitor.charts.panel import Panel
from investigate.monitor.charts.stream import EVERYTHING
from investigate.monitor.seen import FIXED, SURE, Seen
from investigate.monitor.watch import Limits

UNUSABLE = "unusable outcomes"

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Beyond:
    """A value by bucket (T,) with its interval; where it is ``surely`` beyond, where ``fine``."""

    value: Floats
    low: Floats
    high: Floats
    surely: Flags
    fine: Flags


def breaches(streams: Panel, learn: int, limits: Limits) -> Iterator[Seen]:
    """What is beyond `limits` after the first `learn` buckets, of all rows.

    It begins at a bucket whose whole interval is beyond the limit and ends at the next whose
    value is not. Rows are counted, and have no interval.
    """
    told = {
        AUC: limits.auc,
        ROWS: limits.rows,
        MISSING_SCORES: limits.missing_scores,
        MISSING_OUTCOMES: limits.missing_outcomes,
    }
    for number, stream in enumerate(streams.streams):
        limit = told.get(stream.measure)
        if stream.by != EVERYTHING or limit is None:
            continue
        values, sd = streams.values[:, number], np.sqrt(streams.variances[:, number])
        if stream.measure == ROWS:
            sd = np.zeros_like(sd)
        read = stream.measure.unscaled
        value, low, high = (
            streams.plain[:, number],
            read(values - SURE * sd),
            read(values + SURE * sd),
        )
        if stream.measure == ROWS:
            low = high = value
        below = stream.measure in (AUC, ROWS)
        surely = high < limit if below else low > limit
        fine = value >= limit if below else value <= limit
        one = Beyond(value, low, high, surely, fine)
        yield from _stretches(one, streams.starts, learn, stream.measure.name, float(limit))


def unreadable(
    daily: pd.DataFrame, starts: pd.DatetimeIndex, learn: int, most: float
) -> Iterator[Seen]:
    """Buckets of which more than the share `most` of all rows has an outcome that is no 0 or 1.

    They say nothing of AUC, so that no chart can tell.
    """
    if "unusable" not in daily:
        return
    own = daily[daily["by"] == EVERYTHING].set_index("start").reindex(starts)
    rows = own["rows"].fillna(0).to_numpy(float)
    share = own["unusable"].fillna(0).to_numpy(float) / np.maximum(rows, 1)
    beyond = Beyond(share, share, share, share > most, (share <= most) & (rows > 0))
    yield from _stretches(beyond, starts, learn, UNUSABLE, most)


def _stretches(
    beyond: Beyond, starts: pd.DatetimeIndex, learn: int, measure: str, limit: float
) -> Iterator[Seen]:
    t = learn
    while (begun := _next(beyond.surely, t)) is not None:
        ended = _next(beyond.fine, begun)
        over = None if ended is None else starts[ended].to_pydatetime()
        yield Seen(
            measure=measure,
            by=EVERYTHING,
            label=EVERYTHING,
            why=FIXED,
            raised=starts[begun].to_pydatetime(),
            since=starts[begun].to_pydatetime(),
            ended=over,
            back=over,
            value=float(beyond.value[begun]),
            low=float(beyond.low[begun]),
            high=float(beyond.high[begun]),
            expected=limit,
            after=None if ended is None else float(beyond.value[ended]),
        )
        if ended is None:
            return
        t = ended


def _next(flags: Flags, t: int) -> int | None:
    found = np.flatnonzero(flags[t:])
    return t + int(found[0]) if len(found) else None
