"""Rows of the calendar: a mark each, and text where it covers no mark."""

import pandas as pd
import pictured
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from investigate.figures.calendar import CalendarRow, draw_calendar

DAYS = pd.date_range("2024-01-01", "2024-04-10", freq="D")


def entry(
    start: int, end: int, moment: int | None = None, text: str = "written here"
) -> CalendarRow:
    at = None if moment is None else DAYS[moment]
    return CalendarRow("row", text, DAYS[start], DAYS[end], moment=at)


@pytest.mark.parametrize(
    ("one", "place"),
    [
        (entry(0, 30), "after"),
        (entry(70, 100), "before"),
        (entry(5, 98, 20), "inside"),
        (entry(5, 98, 90), "inside"),
        (entry(50, 50, 50, "x" * 90), "after"),
        (entry(60, 60, 60, "x" * 90), "before"),
    ],
)
def test_text_stands_beside_its_mark_or_in_its_widest_gap(one: CalendarRow, place: str) -> None:
    figure = Figure(figsize=(9, 1), dpi=100)
    ax = figure.subplots()
    ax.set_xlim(date2num(DAYS[0]), date2num(DAYS[-1]))
    draw_calendar(ax, [one])
    text = next(line for line in pictured.written(figure) if line.text == one.text)
    start, point, end = (
        ax.transData.transform((x, 0))[0] for x in (one.reach[0], one.point, one.reach[1])
    )
    if place == "after":
        assert text.left > end
    elif place == "before":
        assert text.right < start
    else:
        assert start < text.left
        assert text.right < end
        assert not text.left < point < text.right


def test_rows_go_from_the_top_down_with_their_marks() -> None:
    figure = Figure()
    ax = figure.subplots()
    ax.set_xlim(date2num(DAYS[0]), date2num(DAYS[-1]))
    entries = [
        CalendarRow("baseline", "a", DAYS[0], DAYS[9]),
        CalendarRow("change", "b", *DAYS[9:11], moment=DAYS[9]),
    ]
    draw_calendar(ax, entries)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["baseline", "change"]
    low, high = ax.get_ylim()
    assert low > high
    bar = ax.patches[0]
    assert (bar.get_x(), bar.get_width()) == (date2num(DAYS[0]), 9)
    stretch, mark = ax.lines
    assert list(stretch.get_xdata()) == [date2num(DAYS[9]), date2num(DAYS[10])]
    assert list(mark.get_xdata()) == [date2num(DAYS[9])]
