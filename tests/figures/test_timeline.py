"""A case's moments on one axis, from minutes to years: every text whole and apart."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import matplotlib as mpl
import pictured
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure

from investigate.figures.timeline import LOOKS, MOST, Moment, Stretch, timeline

pytestmark = pytest.mark.quick_cases(1)

START = datetime(2024, 2, 22, 8, 15, tzinfo=UTC)
FOUND = (
    "AUC fell from 0.834 to 0.675; the evidence points to: the values of a system lost their "
    "meaning (system calibration)"
)
TEXTS = ("An alert was raised", FOUND, "Update 1 went to engineers", "$x^{ <b>日本語</b> \u202e\n")


def sound(figure: Figure) -> list[str]:
    """The lines of `figure`, none of which is cut off or covers another."""
    lines = pictured.written(figure)
    width, height = figure.bbox.size
    outside = [w for w in lines if w.left < 0 or w.top < 0 or w.right > width or w.bottom > height]
    assert outside == []
    assert [(a.text, b.text) for a, b in itertools.combinations(lines, 2) if a.meets(b)] == []
    sizes = [text.get_fontsize() for text in figure.findobj(mpl.text.Text) if text.get_text()]
    assert min(sizes) * figure.dpi / 72 >= 13
    return [line.text for line in lines]


def spread(span: timedelta, count: int) -> list[Moment]:
    """So many moments of all kinds over `span`, closer together towards its beginning."""
    kinds = itertools.cycle(LOOKS)
    steps = [(i / max(count - 1, 1)) ** 2 for i in range(count)]
    return [
        (START + span * step, kind, TEXTS[i % len(TEXTS)])
        for i, (step, kind) in enumerate(zip(steps, kinds, strict=False))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 7, 40])
@pytest.mark.parametrize("minutes", [0, 1, 1440, 44 * 1440, 366 * 1440])
def test_text_is_whole_and_apart_at_any_span(minutes: int, count: int) -> None:
    span = timedelta(minutes=minutes)
    stretches = [("time to detect", "12 d 8 h", START, START + span / 3)]
    figure = timeline("checkout-score: a claim", spread(span, count), stretches)
    texts = sound(figure)
    assert "checkout-score: a claim" in texts
    ticks = figure.axes[0].xaxis.get_ticklabels()
    assert sum(bool(tick.get_text()) for tick in ticks) >= 3


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**6).map(lambda minutes: START + timedelta(minutes=minutes)),
            st.sampled_from([*LOOKS, "other"]),
            st.text(max_size=90) | st.sampled_from(TEXTS),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_whatever_the_moments_no_text_meets_another(moments: list[Moment]) -> None:
    sound(timeline("A claim", moments))


def test_lanes_are_those_that_have_moments_in_their_order() -> None:
    moments = [(START, kind, "x") for kind in ("recovery", "update", "zebra", "onset", "run")]
    stretches = [("time to detect", "0 min", START, START)]
    ax = timeline("A claim", moments, stretches).axes[0]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["time to detect", "onset", "run", "update", "recovery", "zebra"]
    low, high = ax.get_ylim()
    assert low > high


def test_marks_stand_at_their_times_and_texts_tell_them() -> None:
    moments = spread(timedelta(days=21), 8)
    stretch: Stretch = ("time to cause", "10 d", START, START + timedelta(days=10))
    ax = timeline("A claim", moments, [stretch]).axes[0]
    drawn = sorted(float(x) for line in ax.lines[2:] for x in line.get_xdata())
    assert drawn == pytest.approx(sorted(date2num(when) for when, _, _ in moments))
    assert [num2date(x) for x in ax.lines[0].get_xdata()] == list(stretch[2:])
    texts = [" ".join(text.get_text().split()) for text in ax.texts]
    assert texts[:2] == ["10 d", "02-22 08:15 An alert was raised"]


def test_times_are_utc_whatever_the_zone() -> None:
    from zoneinfo import ZoneInfo

    there = START.astimezone(ZoneInfo("Asia/Tokyo"))
    for when in (START, there, START.replace(tzinfo=None)):
        ax = timeline("A claim", [(when, "run", "x"), (START, "run", "y")]).axes[0]
        assert [text.get_text() for text in ax.texts] == ["08:15 x", "08:15 y"]


def test_of_a_full_lane_the_first_and_last_are_written_and_all_are_marked() -> None:
    moments = [(START + timedelta(hours=i), "update", f"Update {i}") for i in range(30)]
    ax = timeline("A claim", moments).axes[0]
    texts = [re.sub(r"^[-\d]+ [:\d]+ ", "", text.get_text()) for text in ax.texts]
    assert texts == [
        *(f"Update {i}" for i in range(4)),
        "22 more",
        *(f"Update {i}" for i in range(26, 30)),
    ]
    drawn = sorted(float(x) for line in ax.lines for x in line.get_xdata())
    assert drawn == pytest.approx([date2num(when) for when, _, _ in moments])
    full = timeline("A claim", moments[: MOST + 1]).axes[0]
    assert len(full.texts) == MOST + 1


@pytest.mark.slow
def test_a_moment_of_no_likely_year_leaves_room_for_the_others_and_is_counted() -> None:
    odd = [(datetime(year, 1, 1, tzinfo=UTC), "run", "odd") for year in (1, 1969, 2200, 9999)]
    ax = timeline("A claim", [(START, "run", "x"), *odd], [("a", "b", odd[0][0], START)]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["08:15 x"]
    assert ax.get_xlabel() == "time (UTC); 4 outside 1970 to 2200 left out"
    assert timeline("A claim", odd).axes == []


@pytest.mark.slow
def test_without_a_moment_there_is_a_sentence_and_the_same_input_is_the_same_picture() -> None:
    assert timeline("Nothing is known", []).axes == []
    moments = spread(timedelta(days=9), 12)
    first, again = (timeline("A claim", order)._repr_png_() for order in (moments, moments[::-1]))
    assert first == again


@pytest.mark.slow
def test_a_long_title_takes_no_room_from_the_lanes() -> None:
    short, long = (timeline(claim, spread(timedelta(days=9), 6)) for claim in ("x", "word " * 60))
    heights = []
    for figure in (short, long):
        sound(figure)
        heights.append(figure.axes[0].get_window_extent().height)
    assert heights[0] == pytest.approx(heights[1], abs=4)
