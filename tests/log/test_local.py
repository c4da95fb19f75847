"""Where local days begin, against Python's own zones, over a century in one expression."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from ibis import _

from investigate.log.local import day_start

pytestmark = pytest.mark.quick_cases(1)

ZONES = [
    "UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Pacific/Apia",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo",
]  # fmt: skip


def began(moment: datetime, zone: str) -> datetime:
    """The first moment that clocks show the day's midnight; what they leave out is as before."""
    local = moment.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time.min, ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_at_its_local_midnight(load: Any, zone: str) -> None:
    """Every seven hours of some years, and days about one of a hundred years ago."""
    times = pd.date_range("2009-12-20", "2012-01-10", freq="7h", tz="UTC")
    times = times.append(pd.date_range("1930-01-01", periods=20, freq="11h", tz="UTC"))
    rows = load(pd.DataFrame({"time": times.astype("datetime64[us, UTC]")}))
    started = rows.select("time", start=day_start(_.time, zone, (1930, 2012))).to_pandas()
    wanted = [began(moment.to_pydatetime(), zone) for moment in started["time"]]
    assert [moment.to_pydatetime() for moment in started["start"]] == wanted


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "America/Havana", "Africa/Cairo"])
def test_clocks_that_change_about_midnight(load: Any, zone: str) -> None:
    """Minute by minute about every change of some years: no hour is of another day."""
    zoned = ZoneInfo(zone)
    hours = [datetime(2008, 1, 1, tzinfo=UTC) + timedelta(hours=h) for h in range(24 * 1_500)]
    offsets = [moment.astimezone(zoned).utcoffset() for moment in hours]
    changed = [
        b for b, one, other in zip(hours[1:], offsets, offsets[1:], strict=False) if one != other
    ]
    assert changed
    times = pd.DatetimeIndex(
        [at + timedelta(minutes=m) for at in changed for m in range(-180, 1_600, 20)]
    )
    rows = load(pd.DataFrame({"time": times.astype("datetime64[us, UTC]")}))
    started = rows.select("time", start=day_start(_.time, zone, (2008, 2012))).to_pandas()
    wanted = [began(moment.to_pydatetime(), zone) for moment in started["time"]]
    assert [moment.to_pydatetime() for moment in started["start"]] == wanted
