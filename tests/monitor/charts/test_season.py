"""What was so a year ago is expected, unless it was a fault."""

import numpy as np
import pytest

from investigate.monitor.charts.chart import Charted, chart
from investigate.monitor.charts.pace import DAYS

pytestmark = pytest.mark.slow

DIP, NEXT = slice(300, 325), slice(664, 689)


def made(depth: float, again: float) -> np.ndarray:
    values = np.random.default_rng(1).standard_normal((760, 1))
    values[DIP] -= depth
    values[NEXT] -= again
    return values


def charted(values: np.ndarray, ignored: slice | None = None) -> Charted:
    mask = np.zeros(values.shape, bool)
    if ignored is not None:
        mask[ignored] = True
    return chart(
        values, np.ones_like(values), learn=60, pace=DAYS, sides=np.array([-1]),
        limits=np.array([4.0]), ignored=mask,
    )  # fmt: skip


def years(found: Charted) -> list[int]:
    return [1 if alarm.raised < 500 else 2 for alarm in found.alarms]


def test_a_dip_is_an_alarm_the_first_time_and_expected_the_second() -> None:
    found = charted(made(4, 4))
    assert years(found) == [1]
    assert found.season[670:685].mean() == pytest.approx(-4, abs=1)
    assert (found.season[400:600] == 0).all()


def test_a_dip_that_was_a_fault_is_an_alarm_again() -> None:
    assert years(charted(made(4, 4), ignored=DIP)) == [1, 2]


def test_a_much_deeper_dip_than_a_year_ago_is_an_alarm() -> None:
    assert years(charted(made(4, 14))) == [1, 2]


def test_a_dip_at_another_time_of_year_is_an_alarm() -> None:
    values = made(4, 0)
    values[560:585] -= 4
    assert years(charted(values))[-1] == 2


def test_no_dip_where_one_is_expected_is_no_alarm() -> None:
    assert years(charted(made(4, 0))) == [1]


def platforms(again: float, fault: float) -> Charted:
    """Many series with a dip of 5 in either year, the second so many times as deep."""
    rng = np.random.default_rng(2)
    values = rng.standard_normal((760, 300))
    shape = np.minimum(1, np.minimum(np.arange(36), np.arange(36)[::-1]) / 5)[:, None]
    values[300:336] -= 5 * shape
    values[664:700] -= 5 * again * shape
    values[682:694] -= fault
    return chart(
        values, np.ones_like(values), learn=60, pace=DAYS, sides=np.full(300, -1),
        limits=np.full(300, 3.4),
    )  # fmt: skip


@pytest.mark.parametrize("again", [0.6, 1.0, 1.4])
def test_a_fault_within_an_expected_dip_is_told_from_it(again: float) -> None:
    calm, broken = platforms(again, 0), platforms(again, 6)
    assert len({a.series for a in calm.alarms if 650 <= a.raised < 710}) < 30
    found = {a.series: a.raised for a in broken.alarms if 682 <= a.raised < 694}
    # The dip itself goes on until 700.
    assert len(found) > 220
    assert np.median(list(found.values())) <= 691


def test_how_deep_a_dip_is_this_year_is_learnt_as_it_goes() -> None:
    for again in (0.6, 1.4):
        found = platforms(again, 0)
        # More than half of the way from what it was a year ago.
        assert np.median(found.season[687] / -5) == pytest.approx(1 + 0.6 * (again - 1), abs=0.1)
        # What it may be off by gets less.
        assert np.median(found.error[690]) < 0.8 * np.median(found.error[676])


def test_what_is_said_of_a_dip_depends_on_no_later_day() -> None:
    values = made(4, 14)
    whole, part = charted(values), charted(values[:680])
    np.testing.assert_array_equal(whole.expected[:680], part.expected)
    np.testing.assert_array_equal(whole.statistic[:680], part.statistic)
