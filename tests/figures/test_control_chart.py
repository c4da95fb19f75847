"""A control chart: its band, its alerts, and no text that is cut off or covered."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pictured
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from investigate.figures.control_chart import MOST, Stretch, control_chart

pytestmark = pytest.mark.quick_cases(1)

START = datetime(2024, 1, 1, tzinfo=UTC)


def shown(days: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    value = 0.75 + 0.02 * rng.standard_normal(days)
    return pd.DataFrame(
        {
            "start": pd.date_range(START, periods=days, freq="D"),
            "value": value,
            "low": value - 0.03,
            "high": value + 0.03,
            "expected": 0.75,
            "lowest": 0.7,
            "highest": 0.8,
        }
    )


def drawn(table: pd.DataFrame, stretches: list[Stretch], **asked: object) -> Figure:
    return control_chart(
        "watch: all is well", table, stretches, learnt_until=START + timedelta(days=10), **asked
    )


def sound(figure: Figure) -> list[str]:
    """The lines of `figure`, none of which is cut off or covers another."""
    lines = pictured.written(figure)
    width, height = figure.bbox.size
    outside = [w for w in lines if w.left < 0 or w.top < 0 or w.right > width or w.bottom > height]
    assert outside == []
    assert [(a.text, b.text) for a, b in itertools.combinations(lines, 2) if a.meets(b)] == []
    return [line.text for line in lines]


def band(figure: Figure) -> np.ndarray:
    """The corners of the bounds' band."""
    polygons = figure.axes[1].findobj(PolyCollection)
    return np.vstack([path.vertices for shape in polygons for path in shape.get_paths()])


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("days", [12, 60, 900])
@pytest.mark.parametrize("alerts", [0, 1, 6])
def test_every_text_is_whole_and_apart(days: int, alerts: int) -> None:
    step = timedelta(days=days) / 7
    stretches = [
        (START + n * step, START + n * step + timedelta(days=2), f"raised 2024-01-{n + 10}")
        for n in range(alerts)
    ]
    texts = sound(drawn(shown(days), stretches, limit=0.6))
    assert all(text in texts for _, _, text in stretches)
    assert any("dotted: the fixed limit" in text for text in texts)


def test_the_band_begins_after_the_baseline_and_skips_days_without_a_value() -> None:
    table = shown(40)
    table.loc[20:24, ["value", "low", "high"]] = np.nan
    table.loc[20:24, ["lowest", "highest"]] = [0.0, 1.0]
    corners = band(drawn(table, []))
    assert corners[:, 1].min() == pytest.approx(0.7)
    assert corners[:, 1].max() == pytest.approx(0.8)
    days = pd.to_datetime(corners[:, 0], unit="D")
    assert days.min() == pd.Timestamp("2024-01-11")


def test_of_many_alerts_the_newest_are_written_out() -> None:
    many = [
        (START + timedelta(days=n), START + timedelta(days=n + 1), f"alert {n}") for n in range(30)
    ]
    texts = sound(drawn(shown(60), many))
    labels = [text for text in texts if text.startswith("alert ")]
    assert labels == [f"alert {n}" for n in range(30 - MOST, 30)]


@pytest.mark.slow
def test_hostile_text_is_drawn_as_it_stands() -> None:
    for text in pictured.HOSTILE:
        sound(drawn(shown(30), [(START, START + timedelta(days=3), text)]))


def test_without_any_value_there_is_the_claim_alone() -> None:
    assert sound(drawn(shown(20).assign(value=np.nan), [])) == ["watch: all is well"]


@pytest.mark.parametrize("known", [1, 9])
def test_where_no_day_after_the_baseline_has_a_value_there_is_no_band(known: int) -> None:
    table = shown(20)
    table.loc[known:, ["value", "low", "high"]] = np.nan
    for days in (known, len(table)):
        low, high = drawn(table[:days], []).axes[1].get_ylim()
        assert low < table["value"].mean() < high


def test_before_anything_is_judged_no_interval_is_cut() -> None:
    table = shown(9)
    low, high = drawn(table, []).axes[1].get_ylim()
    assert low < table["low"].quantile(0.02)
    assert high > table["high"].quantile(0.98)
