"""When an alarm is over."""

import pytest

from investigate.monitor.charts.alarm import Alarm


def alarm(value: float = -3.0) -> Alarm:
    return Alarm(
        series=0, raised=10, since=8, value=value, expected=0.0, error=0.2, before=8, weight=3.0
    )


def follow(one: Alarm, values: list[float]) -> int | None:
    for t, value in enumerate(values, start=11):
        if not one.goes_on(t, value, 1.0):
            return t
    return None


def test_it_goes_on_while_values_are_where_they_fell_to() -> None:
    assert follow(alarm(), [-3.0, -2.5, -3.5] * 30) is None


def test_it_is_over_soon_after_values_are_back() -> None:
    one = alarm()
    assert follow(one, [-3.0] * 5 + [0.0] * 10) == 17
    assert (one.back, one.ended) == (16, 17)
    assert one.after == pytest.approx(0.0)


def test_one_fine_day_is_not_enough_for_a_small_shift() -> None:
    assert follow(alarm(-1.0), [-1.0, 0.0, -1.0, 0.2, -1.2] * 10) is None


def test_half_of_the_way_back_is_not_back() -> None:
    assert follow(alarm(-6.0), [-2.5] * 60) is None


def test_better_than_before_is_over_too() -> None:
    assert follow(alarm(), [1.0] * 5) is not None


def test_what_was_extreme_by_luck_does_not_count_as_where_it_is() -> None:
    # One day far off raised it; the days since are off by less than half of that.
    assert follow(alarm(-5.0), [-2.0] * 50) is None


def test_a_rise_is_the_mirror_of_a_fall() -> None:
    assert follow(alarm(3.0), [3.0] * 5 + [0.0] * 10) == 17
