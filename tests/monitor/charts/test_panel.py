"""Limits of the charts against the rate of false alarms that they are for."""

import numpy as np
import pytest

from investigate.measures import AUC, charted, measure
from investigate.monitor.charts.pace import DAYS, HOURS, Pace
from investigate.monitor.charts.panel import CHANCES, Stream, limit, limits

ALL = [Stream(measure, "all", "all") for measure in charted(True)]
GROUPS = [Stream(AUC, "country", label) for label in "abcdefgh"]


def rate(value: float, both: bool, pace: Pace) -> float:
    """The rate of false alarms at a limit, found by trying."""
    low, high = 1e-9, 2.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if limit(middle, both, pace) > value else (low, middle)
    return low


@pytest.mark.parametrize("pace", [DAYS, HOURS])
@pytest.mark.parametrize("streams", [ALL, ALL + GROUPS, ALL[:1]])
@pytest.mark.parametrize("a_year", [0.2, 1.0])
def test_rates_add_up_to_what_is_stated(pace: Pace, streams: list[Stream], a_year: float) -> None:
    found = limits(streams, a_year, pace)
    rates = [rate(v, s.measure.side == 0, pace) for v, s in zip(found, streams, strict=True)]
    assert sum(rates) == pytest.approx(a_year, rel=0.02)


def test_most_of_it_goes_to_all_rows() -> None:
    found = limits(ALL + GROUPS, 1.0, DAYS)
    assert found[0] == min(found)
    assert found[0] == pytest.approx(limit(0.5, False, DAYS))


@pytest.mark.parametrize("pace", [DAYS, HOURS])
@pytest.mark.parametrize("both", [False, True])
def test_rarer_alarms_need_a_higher_limit(pace: Pace, both: bool) -> None:
    rates = np.geomspace(1e-8, 3, 200)
    found = np.array([limit(a_year, both, pace) for a_year in rates])
    assert (np.diff(found) <= 0).all()
    assert (np.diff(found[rates < -np.log(1 - CHANCES[0])]) < 0).all()


def test_nothing_to_watch_has_no_limits() -> None:
    assert len(limits([], 1.0, DAYS)) == 0
    assert limits([Stream(measure("missing scores"), "all", "all")], 1.0, DAYS)[0] == limit(
        1.0, False, DAYS
    )
