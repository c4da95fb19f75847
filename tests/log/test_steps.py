"""Buckets as numbers and back, over changes of clocks and of the date line."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from ibis import _

from investigate.log.local import day_start
from investigate.log.rows import DAY
from investigate.log.steps import Steps

ZONES = {
    "UTC": "1969-12-20",
    "Europe/London": "2024-03-20",
    "America/Sao_Paulo": "2018-10-30",
    "Pacific/Apia": "2011-12-20",
    "Australia/Lord_Howe": "2024-10-01",
}


def steps(times: pd.DatetimeIndex, seconds: int, zone: str) -> Steps:
    first, last = (moment.to_pydatetime() for moment in (times.min(), times.max()))
    known = {0: {"first": first, "last": last}, -1: {"first": None, "last": None}}
    rows: Any = SimpleNamespace(windows=known)
    return Steps.of(rows, seconds, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_days_lead_back_to_where_they_begin(load: Any, zone: str) -> None:
    times = pd.date_range(ZONES[zone], periods=1_500, freq="17min", tz="UTC")
    found = steps(times, DAY, zone)
    rows = load(pd.DataFrame({"time": times.astype("datetime64[us, UTC]")}))
    years = (times[0].year, times[-1].year)
    starts = rows.mutate(start=day_start(_.time, zone, years))
    numbered = starts.select("start", step=found.numbered(starts.start)).to_pandas()
    assert numbered["step"].between(0, found.count - 1).all()
    back = found.named(numbered[["step"]])["start"]
    assert back.tolist() == numbered["start"].tolist()
    assert numbered["step"].nunique() == numbered["start"].nunique() > 15


@pytest.mark.parametrize("seconds", [60, 3_600])
def test_hours_and_minutes_are_of_utc(load: Any, seconds: int) -> None:
    times = pd.date_range("2024-10-26T21:07:33.25", periods=400, freq="97s", tz="UTC")
    found = steps(times, seconds, "Asia/Kathmandu")
    starts = times.floor(f"{seconds}s").astype("datetime64[us, UTC]")
    rows = load(pd.DataFrame({"start": starts}))
    numbered = rows.select("start", step=found.numbered(rows.start)).to_pandas()
    assert numbered["step"].between(0, found.count - 1).all()
    assert found.named(numbered[["step"]])["start"].tolist() == numbered["start"].tolist()
    first = datetime(2024, 10, 26, 21, 7 if seconds == 60 else 0, tzinfo=UTC)
    assert (found.first, found.number(first)) == (first, 0)
