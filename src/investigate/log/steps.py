"""Buckets of time as numbers, since engines group by a small number fastest."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from investigate.log.rows import DAY, Rows


@dataclass(frozen=True)
class Steps:
    """``first`` is a bucket's start, in UTC, before which no row lies; ``count`` the buckets.

    Buckets have ``seconds``, but for days in which clocks of the ``zone`` change.
    """

    seconds: int
    zone: str
    first: datetime
    count: int

    @classmethod
    def of(cls, rows: Rows, seconds: int, zone: str) -> "Steps":
        """Those of a log whose rows have usable times."""
        known = [size for size in rows.windows.values() if size["first"] is not None]
        low, high = min(s["first"] for s in known), max(s["last"] for s in known)
        if seconds == DAY:
            first = _midnight(low.astimezone(ZoneInfo(zone)), zone)
        else:
            whole = low.astimezone(UTC).replace(second=0, microsecond=0)
            first = whole.replace(minute=0) if seconds > 60 else whole
        return cls(seconds, zone, first, int((high - first).total_seconds()) // seconds + 2)

    def numbered(self, start: Any) -> Any:
        """The number of the bucket that begins at each moment of a column."""
        # Days begin an hour or so earlier or later in summer, and no bucket lasts half of one more.
        since = start.epoch_seconds().cast("int64") - (self._epoch - self.seconds // 2)
        return (since // self.seconds).cast("int32")

    def number(self, moment: datetime) -> int:
        """The number of a bucket that begins about `moment`."""
        return int((int(moment.timestamp()) - self._epoch + self.seconds // 2) // self.seconds)

    def begins(self, moment: datetime) -> bool:
        """Whether a bucket begins at `moment`."""
        return self._start(self.number(moment)) == moment

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with ``start`` in place of its column ``step``."""
        steps, place = np.unique(frame["step"].to_numpy(), return_inverse=True)
        starts = pd.DatetimeIndex([self._start(int(step)) for step in steps], tz=UTC)
        start_times = starts.astype("datetime64[us, UTC]").take(place)
        named = frame.rename(columns={"step": "start"})
        named["start"] = start_times
        return named

    @property
    def _epoch(self) -> int:
        return int(self.first.timestamp())

    def _start(self, step: int) -> datetime:
        moment = self.first + timedelta(seconds=step * self.seconds)
        if self.seconds < DAY:
            return moment
        # By midday, whatever clocks did in between.
        return _midnight((moment + timedelta(hours=12)).astimezone(ZoneInfo(self.zone)), self.zone)


def _midnight(local: datetime, zone: str) -> datetime:
    """When the day of `local` began; what clocks leave out is as before the change."""
    return datetime.combine(local.date(), time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
