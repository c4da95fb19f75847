"""Bars as long as their values, in their order, with their whiskers."""

import pictured
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from investigate.figures.bars import Bar, draw_bars, number, reach

BARS = (
    Bar("first", -0.1, -0.13, -0.08, typical=-0.02),
    Bar("second", 0.04, -0.01, 0.09, kind="unsure"),
    Bar("none", None),
    Bar("7 more", 0.01, kind="merged"),
    Bar("all", -0.05, kind="total"),
)


@pytest.fixture
def drawn() -> Axes:
    ax = Figure().subplots()
    draw_bars(ax, BARS, ["rows"])
    return ax


def test_each_bar_reaches_from_zero_to_its_value(drawn: Axes) -> None:
    ends = {round(p.get_y() + p.get_height() / 2): p.get_x() + p.get_width() for p in drawn.patches}
    assert ends == pytest.approx({0: -0.1, 1: 0.04, 3: 0.01, 4: -0.05})
    assert [label.get_text() for label in drawn.get_yticklabels()] == [bar.label for bar in BARS]
    low, high = drawn.get_ylim()
    assert low > high  # the first bar is on top


def test_whiskers_are_the_intervals_and_the_tick_is_what_is_typical(drawn: Axes) -> None:
    (container,) = (one for one in drawn.containers if isinstance(one, ErrorbarContainer))
    whiskers = container.lines[2][0].get_segments()
    assert [sorted(segment[:, 0]) for segment in whiskers] == [
        pytest.approx([-0.13, -0.08]),
        pytest.approx([-0.01, 0.09]),
    ]
    ticks = [line.get_xydata() for line in drawn.lines if len(line.get_xdata()) == 3]
    assert [list(map(tuple, tick[:2])) for tick in ticks] == [[(-0.02, -0.43), (-0.02, 0.43)]]


def test_kinds_differ_by_more_than_hue(drawn: Axes) -> None:
    looks = [(to_hex(p.get_facecolor()), p.get_hatch()) for p in drawn.patches]
    assert looks[1][0] == "#ffffff"
    assert [hatch for _, hatch in looks] == [None, None, None, "////"]
    assert len({colour for colour, _ in looks[:3]}) == 3


def test_limits_leave_room_for_every_number() -> None:
    low, high = reach(BARS)
    assert low < -0.13 - 0.03
    assert high > 0.09 + 0.03
    assert reach([Bar("nothing", 0.0)]) == (pytest.approx(-0.0275), pytest.approx(0.22))


def test_what_is_no_number_is_none() -> None:
    assert number(float("nan")) is None
    assert number(float("inf")) is None
    assert number(None) is None
    assert number(-0.5) == -0.5


def test_a_bar_without_a_value_is_a_dash(drawn: Axes) -> None:
    figure = drawn.figure
    assert "–" in [line.text for line in pictured.written(figure)]
