"""Daily counts judged, against what was put into them."""

import math
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import alerted
import pandas as pd
import pytest
from alerted import day
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.monitor.alerts import OutOfBounds
from investigate.monitor.charts.pace import DAYS
from investigate.monitor.charts.panel import panel
from investigate.monitor.ingest import ingest
from investigate.monitor.judging import breaches, buckets, judge
from investigate.monitor.state import opened
from investigate.monitor.watch import Limits

pytestmark = pytest.mark.quick_cases(1)

LAST = 56


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("zone", "begin"),
    [
        ("UTC", "2024-03-25"),
        ("Europe/Berlin", "2024-03-25"),
        ("Europe/Berlin", "2024-10-22"),
        ("Australia/Lord_Howe", "2024-04-02"),
        ("Asia/Kathmandu", "2024-03-25"),
        ("Asia/Beirut", "2024-03-27"),  # has no midnight on the 31st
        ("America/Havana", "2024-10-30"),  # has two on the 3rd
    ],
)
@pytest.mark.parametrize("every", ["day", "hour"])
def test_buckets_are_those_that_the_log_is_counted_by(
    tmp_path: Path, zone: str, begin: str, every: str
) -> None:
    first = pd.Timestamp(begin, tz=zone)
    times = pd.date_range(first.tz_convert("UTC"), periods=9 * 48, freq="30min")
    rows = pd.DataFrame({"at": times, "y": [0, 1] * 216, "s": [0.1, 0.9] * 216})
    (tmp_path / "log").mkdir()
    rows.to_parquet(tmp_path / "log" / "a.parquet")
    end = (first + pd.Timedelta(days=4)).date().isoformat()
    watch = alerted.watch(
        tmp_path, timezone=zone, every=every, baseline={"start": begin, "end": end}
    )
    with opened(tmp_path / "state", watch) as state:
        ingest(watch, state)
        counted = state.daily()["start"]
    until = times[-1].to_pydatetime()
    # All but the last, which goes on.
    assert list(buckets(watch, until)) == list(counted)[:-1]
    assert list(buckets(watch, counted.iloc[-1].to_pydatetime())) == list(counted)[:-1]
    early = counted.iloc[-1].to_pydatetime() - timedelta(seconds=1)
    assert list(buckets(watch, early)) == list(counted)[:-2]


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Santiago", "Asia/Beirut"]),
    hours=st.integers(-48, 24 * 400),
)
@settings(max_examples=40)
def test_buckets_follow_each_other_and_have_ended(zone: str, hours: int) -> None:
    watch = alerted.watch(timezone=zone)
    until = day(0) + timedelta(hours=hours)
    found = buckets(watch, until)
    lengths = {later - earlier for earlier, later in pairwise(found)}
    assert lengths <= {timedelta(hours=n) for n in (23, 24, 25)}
    days = {moment.tz_convert(zone).date() for moment in found}
    assert len(days) == len(found)
    today = until.astimezone(ZoneInfo(zone)).date()
    assert all(one < today for one in days)
    assert len(days) == max((today - datetime(2024, 1, 1, tzinfo=UTC).date()).days, 0)


@cache
def counts() -> pd.DataFrame:
    """Real counts of a log with a fault of ten days."""
    with TemporaryDirectory() as name:
        alerted.save(Path(name), *range(LAST), rows=250)
        watch = alerted.watch(Path(name), cohorts=["land"])
        with opened(Path(name) / "state", watch) as state:
            ingest(watch, state)
            return state.daily()


@cache
def judged(until: int) -> tuple[OutOfBounds, ...]:
    watch = alerted.watch(cohorts=["land"], limits={"auc": 0.65})
    return judge(counts(), watch, day(until)).seen


@pytest.mark.slow
def test_a_fault_is_seen_when_it_comes_and_over_when_it_goes() -> None:
    overall = {s.why: s for s in judged(LAST) if s.measure == "AUC" and s.by == "all"}
    assert set(overall) == {"chart", "fixed limit"}
    for one in overall.values():
        assert one.since == day(36)
        assert day(36) <= one.raised <= day(37)
        assert one.back is not None
        assert one.ended is not None
        assert day(46) <= one.back <= one.ended <= day(49)
    assert overall["chart"].low < overall["chart"].value < overall["chart"].high
    assert overall["chart"].value == pytest.approx(0.5, abs=0.1)
    assert overall["chart"].expected == pytest.approx(0.8, abs=0.05)
    assert overall["fixed limit"].expected == 0.65
    assert {s.label for s in judged(LAST) if s.by == "land"} == {"DE", "FR"}
    assert judged(36) == ()


@pytest.mark.slow
@given(until=st.integers(alerted.LEARN - 1, LAST), later=st.integers(alerted.LEARN, LAST))
@settings(max_examples=30)
def test_what_is_said_of_a_day_depends_on_no_later_day(until: int, later: int) -> None:
    until, later = sorted((until, later))
    known = [one for one in judged(later) if one.raised < day(until)]
    for one, then in zip(judged(until), known, strict=True):
        first = [(s.what, s.raised, s.since, s.value, s.low, s.high) for s in (one, then)]
        assert first[0] == first[1]
        over = then.ended is not None and then.ended < day(until)
        assert (one.ended, one.after) == ((then.ended, then.after) if over else (None, None))


@pytest.mark.slow
def test_what_is_shown_is_of_the_unit_that_people_read() -> None:
    shown = judge(counts(), alerted.watch(cohorts=["land"]), day(50)).shown
    truth = counts().set_index(["by", "label", "start"])
    for row in shown[shown["measure"] == "AUC"].to_dict("records"):
        assert row["value"] == pytest.approx(
            truth.loc[row["by"], row["label"], row["start"]]["auc"]
        )
    rows = shown[shown["measure"] == "rows"]
    assert rows["value"].round(6).unique().tolist() == [250]
    after = shown[shown["start"] >= day(alerted.LEARN)]
    assert (after["low"] <= after["value"]).all()
    assert (after["lowest"] <= after["highest"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("until", [-3, 0, 1, 10])
def test_before_the_baseline_is_over_nothing_is_seen(until: int) -> None:
    assert judge(counts(), alerted.watch(cohorts=["land"]), day(until)).seen == ()
    assert judge(counts()[:0], alerted.watch(), day(until)).seen == ()


@pytest.mark.slow
def test_a_log_that_stops_is_seen() -> None:
    stopped = counts()[counts()["start"] < day(50)]
    found = [s for s in judge(stopped, alerted.watch(), day(53)).seen if s.measure == "rows"]
    assert [(s.since, s.ended, round(s.value)) for s in found] == [(day(50), None, 0)]


LEARN = 3


def found(days: list[dict[str, Any]], learn: int = LEARN, **limits: Any) -> list[OutOfBounds]:
    """What is beyond limits in a log that has these counts by day."""
    whole = {"positives": 50, "negatives": 50, "unscored": 0, "pending": 0, "auc": 0.8}
    starts = pd.DatetimeIndex([day(n) for n in range(len(days))])
    rows = [
        {"start": start, "by": by, "label": by, "rows": 100, "ratio": math.nan, **whole, **one}
        for start, one in zip(starts, days, strict=True)
        for by in ("all", "land")
    ]
    streams = panel(pd.DataFrame(rows), starts, learn, DAYS)
    return list(breaches(streams, learn, Limits(**limits)))


def test_rows_are_counted_exactly() -> None:
    days = [{"rows": n} for n in (9, 100, 100, 100, 99, 12, 100, 100, 99)]
    first, second = found(days, rows=100)
    assert (first.measure, first.by, first.why) == ("rows", "all", "fixed limit")
    assert (first.raised, first.since, first.ended, first.back) == (day(4), day(4), day(6), day(6))
    assert (first.value, first.low, first.high, first.expected, first.after) == (
        99, 99, 99, 100, 100,
    )  # fmt: skip
    assert (second.raised, second.ended, second.after) == (day(8), None, None)


def test_a_day_without_rows_is_too_few() -> None:
    empty = {"rows": 0, "positives": 0, "negatives": 0, "auc": math.nan}
    (one,) = found([{}, {}, {}, {}, empty, {}], rows=1, auc=0.5, missing_scores=0.5)
    assert (one.measure, one.value, one.ended) == ("rows", 0, day(5))


def test_the_baseline_raises_nothing_of_its_own() -> None:
    assert found([{"rows": 1}] * 3 + [{}] * 3, rows=50) == []
    (one,) = found([{"rows": 1}] * 5, rows=50)
    assert one.raised == day(3)


def test_an_auc_raises_only_where_its_whole_interval_is_below() -> None:
    # Hanley and McNeil by hand, at the AUC of the baseline, on the scale of the angle.
    typical, m = 0.8, 50
    q1, q2 = typical / (2 - typical), 2 * typical**2 / (1 + typical)
    own = typical * (1 - typical) + (m - 1) * (q1 + q2 - 2 * typical**2)
    sd = math.sqrt(own / m**2 / (4 * typical * (1 - typical)))

    def high(auc: float) -> float:
        return math.sin(math.asin(math.sqrt(auc)) + 1.96 * sd) ** 2

    before = [{}] * DAYS.fewest
    for auc in (0.64, 0.6):
        days = [*before, {"auc": auc}, {"auc": 0.8}]
        assert found(days, DAYS.fewest, auc=high(auc) - 1e-6) == []
        (one,) = found(days, DAYS.fewest, auc=high(auc) + 1e-6)
        assert one.high == pytest.approx(high(auc), abs=1e-9)
        assert one.value == pytest.approx(auc, abs=1e-9)
        assert one.low < auc < one.high
    days = [*before, {"auc": 0.5}, {"auc": 0.699}, {"auc": math.nan}, {"auc": 0.7}]
    (one,) = found(days, DAYS.fewest, auc=0.7)
    assert (one.raised, one.ended) == (day(14), day(17))


@pytest.mark.slow
@given(
    missing=st.lists(st.integers(0, 100), min_size=4, max_size=12),
    limit=st.sampled_from([0.0, 0.0001, 0.01, 0.05, 0.3, 1.0]),
    name=st.sampled_from(["missing_scores", "missing_outcomes"]),
)
def test_a_share_is_over_at_the_first_day_that_is_not_beyond(
    missing: list[int], limit: float, name: str
) -> None:
    column = {"missing_scores": "unscored", "missing_outcomes": "pending"}[name]
    seen = found([{column: n} for n in missing], **{name: limit})
    stretches = [(one.raised, one.ended) for one in seen]
    truth, at = [], LEARN
    while at < len(missing):
        angle = math.asin(math.sqrt((missing[at] + 3 / 8) / 100.75)) - 1.96 / math.sqrt(402)
        if math.sin(max(angle, 0)) ** 2 <= limit:
            at += 1
            continue
        end = next((n for n in range(at, len(missing)) if missing[n] / 100 <= limit), None)
        truth.append((day(at), None if end is None else day(end)))
        at = len(missing) if end is None else end + 1
    assert stretches == truth
    assert [one.value for one in seen] == [
        missing[(one.raised - day(0)).days] / 100 for one in seen
    ]  # fmt: skip


def test_no_limit_says_nothing() -> None:
    assert found([{"rows": 0, "auc": 0.1, "unscored": 100, "pending": 100}] * 6) == []
