"""What was so a year ago is expected, unless it was a fault."""

import numpy as np
import pytest

from investigate.watch.charts.chart import Charted, chart
from investigate.watch.charts.pace import DAYS

DIP, NEXT = slice(300, 325), slice(664, 689)


def made(depth: float, again: float) -> np.ndarray:
    values = np.random.default_rng(1).standard_normal((760, 1))
    values[DIP] -= depth
    values[NEXT] -= again
    return values


def charted(values: np.ndarray, ignored: slice | None = None) -> Charted:
    told = np.zeros(values.shape, bool)
    if ignored is not None:
        told[ignored] = True
    return chart(
        values, np.ones_like(values), learn=60, pace=DAYS, sides=np.array([-1]),
        limits=np.array([4.0]), ignored=told,
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
