"""Sweeps name the values that pandas names, and refuse in one line what names none."""

from datetime import date, datetime

import pandas as pd
import pytest

from investigate.batch.sweeps import Axis, axis, grid, later, moved
from investigate.errors import InputError
from investigate.question.question import Window


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("2014-01-01..2014-12-01/1mo", "MS"),
        ("2014-01-03..2014-03-20/1w", "7D"),
        ("2014-01-03..2014-01-20/2d", "2D"),
        ("2012-01-01..2016-01-01/1y", "YS"),
    ],
)
def test_ranges_of_days_are_those_of_pandas(text: str, frequency: str) -> None:
    ends = text.partition("/")[0].split("..")
    wanted = pd.date_range(*ends, freq=frequency)
    assert axis(f"incident.start={text}").values == tuple(str(day.date()) for day in wanted)


def test_hours_are_moments_and_the_last_belongs_to_them() -> None:
    found = axis("incident.start=2024-01-01..2024-01-02/6h").values
    wanted = pd.date_range("2024-01-01", "2024-01-02", freq="6h")
    assert found == tuple(moment.isoformat() for moment in wanted)


def test_months_do_not_drift_from_the_last_day() -> None:
    found = axis("x=2024-01-31..2024-05-31/1mo").values
    assert found == ("2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31")
    assert later(date(2024, 12, 31), 2) == date(2025, 2, 28)


def test_numbers_are_exact_and_lists_as_they_are_written() -> None:
    assert axis("thresholds.confidence=0.1..0.5/0.1").values == ("0.1", "0.2", "0.3", "0.4", "0.5")
    assert axis(" where.country = DE, FR").values == ("DE", "FR")


def test_two_axes_make_a_grid_of_which_the_last_changes_first() -> None:
    found = grid([Axis("a", ("1", "2")), Axis("b", ("x", "y"))])
    assert found == [("1", "x"), ("1", "y"), ("2", "x"), ("2", "y")]
    assert grid([]) == [()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("incident.start", "no NAME=VALUES"),
        ("=a", "no NAME=VALUES"),
        ("a=", "no NAME=VALUES"),
        ("a=1,,2", "missing between commas"),
        ("a=1,1", "named twice"),
        ("a=2024-01-01..2024-02-01", "no step"),
        ("a=2024-01-01..2024-02-30/1d", "'2024-02-30' is no date"),
        ("a=2024-02-01..2024-01-01/1d", "range is empty"),
        ("a=2024-01-01..2024-02-01/0d", "is no step"),
        ("a=2024-01-01..2024-02-01/1 fortnight", "is no step"),
        ("a=0..1/0.0001", "more than 1,000"),
        ("a=0.9..0.99/0", "the step 0 leads nowhere"),
        ("a=0.9..0.5/-0.1", "the step -0.1 leads nowhere"),
        ("a=2024-01-01T00:00+00:00..2024-02-01T00:00/1d", "written alike"),
        ("a=9990-01-01..9999-12-31/5y,", "missing between commas"),
    ],
)
def test_what_names_no_values_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        axis(text)
    assert "\n" not in str(error.value)


def test_too_many_combinations_and_one_parameter_twice_are_refused() -> None:
    many = Axis("a", tuple(map(str, range(100))))
    with pytest.raises(InputError, match="10,000 combinations"):
        grid([many, Axis("b", many.values)])
    with pytest.raises(InputError, match="swept twice"):
        grid([many, many])


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ((date(2013, 10, 1), date(2013, 11, 1)), "2014-02-01", "2014-03-01"),
        ((date(2013, 10, 1), date(2014, 1, 1)), "2014-12-01", "2015-03-01"),
        ((date(2024, 2, 8), date(2024, 2, 20)), "2024-03-01", "2024-03-13"),
        (
            (
                datetime.fromisoformat("2024-02-08T06:00"),
                datetime.fromisoformat("2024-02-08T18:00"),
            ),
            "2024-03-01",
            "2024-03-01T12:00:00",
        ),
        ((date(2024, 2, 8), date(2024, 2, 20)), "not a date", None),
    ],
)
def test_a_window_moves_as_a_whole(window: tuple[date, date], start: str, end: str | None) -> None:
    assert moved(Window(start=window[0], end=window[1]), start) == end


def test_a_list_may_hold_paths_from_the_folder_above() -> None:
    assert axis("log=../a.csv, ../b.csv").values == ("../a.csv", "../b.csv")
