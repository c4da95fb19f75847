"""Daily counts judged, by charts and by fixed limits: what left its bounds, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.measures import UNUSABLE_OUTCOMES
from investigate.monitor.alerts import CHART, FIXED, SURE, OutOfBounds
from investigate.monitor.charts.chart import Alarm, Charted, chart
from investigate.monitor.charts.pace import DAYS, HOURS, Pace
from investigate.monitor.charts.panel import EVERYTHING, Panel, Stream, limits, panel
from investigate.monitor.watch import Limits, Watch
from investigate.question.question import Window

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


def breaches(streams: Panel, learn: int, limits: Limits) -> Iterator[OutOfBounds]:
    """What is beyond `limits` after the first `learn` buckets, of all rows.

    It begins at a bucket whose whole interval is beyond the limit and ends at the next whose
    value is not. Rows are counted, and have no interval.
    """
    for number, stream in enumerate(streams.streams):
        measure = stream.measure
        limit = getattr(limits, measure.limit, None) if measure.limit else None
        if stream.by != EVERYTHING or limit is None:
            continue
        values, sd = streams.values[:, number], np.sqrt(streams.variances[:, number])
        value = low = high = streams.plain[:, number]
        if measure.unit != "count":
            low, high = (measure.unscaled(values + side * SURE * sd) for side in (-1, 1))
        # Of what matters in both directions a limit is the least that is fine.
        below = measure.side <= 0
        surely = high < limit if below else low > limit
        fine = value >= limit if below else value <= limit
        one = Beyond(value, low, high, surely, fine)
        yield from _stretches(one, streams.starts, learn, measure.name, float(limit))


def unreadable(
    daily: pd.DataFrame, starts: pd.DatetimeIndex, learn: int, most: float
) -> Iterator[OutOfBounds]:
    """Buckets of which more than the share `most` of all rows has an outcome that is no 0 or 1.

    They say nothing of AUC, so that no chart can tell.
    """
    if "unusable" not in daily:
        return
    own = daily[daily["by"] == EVERYTHING].set_index("start").reindex(starts)
    rows = own["rows"].fillna(0).to_numpy(float)
    share = own["unusable"].fillna(0).to_numpy(float) / np.maximum(rows, 1)
    beyond = Beyond(share, share, share, share > most, (share <= most) & (rows > 0))
    yield from _stretches(beyond, starts, learn, UNUSABLE_OUTCOMES.name, most)


def _stretches(
    beyond: Beyond, starts: pd.DatetimeIndex, learn: int, measure: str, limit: float
) -> Iterator[OutOfBounds]:
    t = learn
    while (begun := _next(beyond.surely, t)) is not None:
        ended = _next(beyond.fine, begun)
        over = None if ended is None else starts[ended].to_pydatetime()
        yield OutOfBounds(
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


@dataclass(frozen=True)
class Judged:
    """What `judge` says.

    shown: one row a stream and bucket: ``start``, ``measure``, ``by``, ``label``, ``value``,
    ``low``, ``high`` (its interval), ``expected``, ``lowest``, ``highest`` (its bounds: what
    is expected, give or take what one value may be off by), ``season`` (what of ``expected``
    is of the time of year). seen: in the order raised.
    """

    shown: pd.DataFrame
    seen: tuple[OutOfBounds, ...]


def judge(
    daily: pd.DataFrame, watch: Watch, until: datetime, faults: Sequence[Window] = ()
) -> Judged:
    """Judge the buckets of `daily` that ended by `until`, after the baseline.

    ``faults`` are stretches that tell nothing of the same time a year later, besides those
    that the watch names. The same counts give the same answer; how a bucket is judged
    depends on no later one, except while a new group is still being learnt.
    """
    pace = DAYS if watch.every == "day" else HOURS
    starts = buckets(watch, until)
    learn = int((starts < pd.Timestamp(watch.baseline.bounds(watch.timezone)[1])).sum())
    streams = panel(daily[daily["start"].isin(starts)], starts, learn, pace)
    charted = _charted(streams, watch, learn, pace, _within(starts, watch, faults))
    seen = [*_seen(charted, streams), *breaches(streams, learn, watch.limits)]
    seen += unreadable(daily, starts, learn, watch.thresholds.unreadable)
    return Judged(_shown(streams, charted), tuple(sorted(seen, key=lambda s: (s.raised, s.what))))


def buckets(watch: Watch, until: datetime) -> pd.DatetimeIndex:
    """The starts, in UTC, of all buckets from the baseline's start that ended by `until`."""
    begin, end = pd.Timestamp(watch.baseline.bounds(watch.timezone)[0]), pd.Timestamp(until)
    if watch.every == "hour":
        begin, end = begin.tz_convert("UTC").floor("h"), end.tz_convert("UTC")
        return pd.date_range(begin, end, freq="h")[:-1]
    days = (moment.tz_convert(watch.timezone).tz_localize(None) for moment in (begin, end))
    first, last = (day.normalize() for day in days)
    edges = pd.date_range(first, last, freq="D")
    # As the log's days begin: a midnight that comes twice is the first, one that clocks leave
    # out is the moment after.
    twice = np.ones(len(edges), dtype=bool)
    edges = edges.tz_localize(watch.timezone, ambiguous=twice, nonexistent="shift_forward")
    edges = edges.tz_convert("UTC")
    return edges[edges <= end][:-1]


def _within(starts: pd.DatetimeIndex, watch: Watch, faults: Sequence[Window]) -> NDArray[np.bool_]:
    inside = np.zeros(len(starts), bool)
    for window in (*watch.faults, *faults):
        begin, end = map(pd.Timestamp, window.bounds(watch.timezone))
        inside |= np.asarray((starts >= begin) & (starts < end))
    return inside


def _charted(
    streams: Panel, watch: Watch, learn: int, pace: Pace, ignored: NDArray[np.bool_]
) -> Charted:
    return chart(
        streams.values,
        streams.variances,
        learn=learn,
        pace=pace,
        sides=np.array([stream.measure.side for stream in streams.streams]),
        limits=limits(streams.streams, watch.false_alarms_per_year, pace),
        ignored=np.broadcast_to(ignored[:, None], streams.values.shape),
    )


def _seen(charted: Charted, streams: Panel) -> Iterator[OutOfBounds]:
    for alarm in charted.alarms:
        stream = streams.streams[alarm.series]
        yield OutOfBounds(
            stream.measure.name,
            stream.by,
            stream.label,
            CHART,
            **_moments(alarm, streams.starts),
            **_values(alarm, stream),
        )


def _moments(alarm: Alarm, starts: pd.DatetimeIndex) -> dict[str, Any]:
    over = alarm.ended is not None
    steps = {
        "raised": alarm.raised,
        "since": alarm.since,
        "ended": alarm.ended,
        "back": alarm.back if over else None,
    }
    return {
        name: None if step is None else starts[step].to_pydatetime() for name, step in steps.items()
    }


def _values(alarm: Alarm, stream: Stream) -> dict[str, Any]:
    read = stream.measure.unscaled
    numbers = {
        "value": alarm.value,
        "low": alarm.value - SURE * alarm.error,
        "high": alarm.value + SURE * alarm.error,
        "expected": alarm.expected,
        "after": alarm.after,
    }
    return {n: None if v is None else float(read(np.array(v))) for n, v in numbers.items()}


def _shown(streams: Panel, charted: Charted) -> pd.DataFrame:
    frames = []
    for number, stream in enumerate(streams.streams):
        read = stream.measure.unscaled
        value, expected = streams.values[:, number], charted.expected[:, number]
        own = SURE * np.sqrt(streams.variances[:, number])
        whole = SURE * charted.error[:, number]
        frame = pd.DataFrame(
            {
                "start": streams.starts,
                "measure": stream.measure.name,
                "by": stream.by,
                "label": stream.label,
                "value": streams.plain[:, number],
                "low": read(value - own),
                "high": read(value + own),
                "expected": read(expected),
                "lowest": read(expected - whole),
                "highest": read(expected + whole),
                "season": read(expected) - read(expected - charted.season[:, number]),
            }
        )
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
