"""Alerts in words: each form once, and nothing that a log says breaks a line."""

import unicodedata

import alerted
import pytest
from alerted import alert, day
from hypothesis import example, given
from hypothesis import strategies as st
from watched import PAYLOADS

from investigate.monitor.alerts import FIXED
from investigate.monitor.words import change, number, over, together, what, when

WATCH = alerted.watch()
HOSTILE = ["a\nb: c", "\r\n\r\nSubject: x", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "\x00", "\u2028"]


def test_what_fell_and_since_when() -> None:
    assert change(alert(1, 40), WATCH) == (
        "AUC of all rows fell from 0.750 to 0.600 [0.550, 0.650] since 2024-02-10"
    )
    rose = alert(1, 40, measure="missing scores", value=0.034, low=0.02, high=0.05, expected=0.001)
    assert change(rose, WATCH) == (
        "share of missing scores rose from 0.1% to 3.4% [2.0%, 5.0%] since 2024-02-10"
    )
    rows = alert(1, 40, measure="rows", value=1204.4, expected=2400)
    assert change(rows, WATCH) == ("number of rows fell from 2,400 to 1,204 since 2024-02-10")
    base = alert(1, 40, measure="base rate", value=0.4, low=0.3, high=0.5, expected=0.5)
    assert change(base, WATCH).startswith("base rate fell from 50.0% to 40.0% [30.0%, 50.0%]")


def test_a_fixed_limit() -> None:
    below = alert(1, 40, why=FIXED, expected=0.65)
    assert change(below, WATCH) == (
        "AUC of all rows is below the limit of 0.650: 0.600 [0.550, 0.650] on 2024-02-12"
    )
    above = alert(1, 40, why=FIXED, measure="missing outcomes", value=0.9, expected=0.5)
    assert "is above the limit of 50.0%: 90.0%" in change(above, WATCH)


def test_that_it_is_over() -> None:
    assert over(alert(1, 40, 50), WATCH) == (
        "AUC of all rows is back inside its bounds since 2024-02-19"
    )
    gone = alert(1, 40).model_copy(update={"ended": day(45), "withdrawn": True})
    assert over(gone, WATCH) == (
        "AUC of all rows: withdrawn, as the rows and the watch as they are now would not raise it"
    )


@pytest.mark.parametrize(
    ("zone", "every", "text"),
    [
        ("UTC", "day", "2024-02-10"),
        ("America/New_York", "day", "2024-02-09"),
        ("Europe/Berlin", "hour", "2024-02-10 01:00 CET"),
    ],
)
def test_moments_are_of_the_place(zone: str, every: str, text: str) -> None:
    assert when(day(40), alerted.watch(timezone=zone, every=every)) == text


def test_numbers() -> None:
    assert number("AUC", 0.52549) == "0.525"
    assert number("rows", 1204) == "1,204"
    assert number("missing scores", 0.0312) == "3.1%"


def test_all_rows_come_first_and_many_groups_in_one_line() -> None:
    groups = [alert(n, 40, by="land", label=f"L{n}", value=0.7 - n / 100) for n in range(1, 6)]
    overall = alert(6, 40)
    few = together([*groups[:3], overall], WATCH)
    assert few == [change(overall, WATCH), *(change(g, WATCH) for g in groups[:3])]
    assert together([*groups, overall], WATCH) == [
        change(overall, WATCH),
        "5 groups changed too, most of all land: L5 (0.750 to 0.650), land: L4 (0.750 to 0.660), "
        "land: L3 (0.750 to 0.670)",
    ]


def test_a_group_with_several_alerts_is_one_group() -> None:
    groups = [alert(n, 40, by="land", label=f"L{n}", value=0.7 - n / 100) for n in range(1, 5)]
    again = alert(9, 50, by="land", label="L4", value=0.5)
    assert together([*groups, again], WATCH) == [
        "4 groups changed, most of all land: L4 (0.750 to 0.500), land: L3 (0.750 to 0.670), "
        "land: L2 (0.750 to 0.680)"
    ]
    # Of few each is told by itself.
    assert len(together([*groups[1:], again], WATCH)) == 4


@given(by=st.text(max_size=200), label=st.text(max_size=200))
@example(by="land\n", label="x" * 10_000)
def test_a_line_is_a_line_whatever_the_log_says(by: str, label: str) -> None:
    for one in [alert(1, 40, 50, by=by, label=label), alert(1, 40, by=by, label=label, why=FIXED)]:
        for line in [what(one), change(one, WATCH), over(one, WATCH)]:
            assert len(line) < 300
            assert len(line.splitlines()) == 1
            controls = {c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl")}
            assert not controls


@pytest.mark.parametrize("label", [*PAYLOADS, *HOSTILE])
def test_known_bad_names_stay_in_their_line(label: str) -> None:
    line = change(alert(1, 40, by="land", label=label), WATCH)
    assert line.isprintable()
    assert line.endswith("fell from 0.750 to 0.600 [0.550, 0.650] since 2024-02-10")
