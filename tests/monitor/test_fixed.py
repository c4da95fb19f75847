"""Fixed limits against counting by hand."""

import math
from typing import Any

import pandas as pd
import pytest
from alerted import day
from hypothesis import given
from hypothesis import strategies as st

from investigate.monitor.charts.pace import DAYS
from investigate.monitor.charts.panel import panel
from investigate.monitor.fixed import breaches
from investigate.monitor.seen import Seen
from investigate.monitor.watch import Limits

LEARN = 3


def found(days: list[dict[str, Any]], learn: int = LEARN, **limits: Any) -> list[Seen]:
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
