"""How numbers and moments are written."""

from datetime import UTC, date, datetime

import pytest

from investigate.analyses.wording import day, level, moved, percent, points, signed
from investigate.finding import Estimate


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-0.1474, "−0.147"),
        (0.1474, "+0.147"),
        (0.0, "0.000"),
        (-0.0004, "0.000"),
        (0.0004, "0.000"),
        (-0.0006, "−0.001"),
        (1.0, "+1.000"),
    ],
)
def test_points(value: float, expected: str) -> None:
    assert points(value) == expected


def test_levels_and_changes_carry_their_interval() -> None:
    assert level(Estimate(0.677, 0.661, 0.693)) == "0.677 [0.661, 0.693]"
    assert level(Estimate(0.01, -0.0004, 0.02)) == "0.010 [0.000, 0.020]"
    assert level(Estimate(-0.01, -0.02, 0.0)) == "−0.010 [−0.020, 0.000]"
    assert level(Estimate(0.677)) == "0.677"
    assert signed(Estimate(-0.147, -0.163, 0.131)) == "−0.147 [−0.163, +0.131]"
    assert signed(Estimate(-0.147)) == "−0.147"
    assert level(Estimate(None)) == signed(Estimate(float("nan"))) == "undefined"


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0%"),
        (1e-9, "less than 0.1%"),
        (0.00049, "less than 0.1%"),
        (0.004, "0.4%"),
        (0.0496, "5.0%"),
        (0.05, "5%"),
        (0.914, "91%"),
        (0.9949, "99%"),
        (0.997, "99.7%"),
        (0.99951, "more than 99.9%"),
        (1.0, "100%"),
    ],
)
def test_percent(share: float, expected: str) -> None:
    assert percent(share) == expected


def test_moments_show_no_more_than_they_hold() -> None:
    assert day(date(2024, 3, 1)) == "2024-03-01"
    assert day(datetime(2024, 3, 1, tzinfo=UTC)) == "2024-03-01"
    assert day(datetime(2024, 3, 1, 14, 30, tzinfo=UTC)) == "2024-03-01 14:30"
    assert day(datetime(2024, 3, 1, 0, 0, 5, tzinfo=UTC)) == "2024-03-01 00:00:05"


def test_a_share_that_is_written_alike_twice_stayed() -> None:
    assert moved(0.521, 0.519) == "stayed at 52%"
    assert moved(0.521, 0.611) == "went from 52% to 61%"
