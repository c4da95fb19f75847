"""The whole log, both windows and the change, each where it belongs."""

import dataclasses

import numpy as np
import pandas as pd
import pictured
import pytest
from matplotlib.dates import date2num, num2date

from investigate import figures
from investigate.finding import Finding

pytestmark = pytest.mark.quick_cases(1)


def days(count: int, values: object = 0.8, rows: object = 100) -> tuple[dict[str, object], ...]:
    starts = pd.date_range("2024-01-01", periods=count, tz="UTC")
    table = pd.DataFrame({"start": starts.map(lambda t: t.isoformat()), "auc": values})
    table = table.assign(low=table["auc"] - 0.05, high=table["auc"] + 0.05, rows=rows)
    return tuple(table.to_dict("records"))


def made_finding(table: tuple[dict[str, object], ...], **detail: object) -> Finding:
    bare = {
        "title": "A claim.",
        "onset": None,
        "systems": {},
        "events": [],
        "bucket_seconds": 86_400,
        "timezone": "UTC",
        "windows": [
            ["2024-01-01T00:00:00+00:00", "2024-02-10T00:00:00+00:00"],
            ["2024-02-10T00:00:00+00:00", "2024-02-22T00:00:00+00:00"],
        ],
    }
    return Finding("onset", "A claim.", detail={**bare, "series": table, **detail})


@pytest.mark.slow
def test_points_are_the_buckets_at_their_middle_and_sized_by_rows() -> None:
    found = pictured.finding("reset", "onset")
    _, ax = pictured.figure("reset", "auc_over_time").axes
    points = ax.collections[-2]
    drawn = {round(x, 6): y for x, y in points.get_offsets().data}
    for row in found.detail["series"]:
        middle = date2num(pd.Timestamp(row["start"]) + pd.Timedelta(hours=12))
        low, high = ax.get_ylim()
        assert drawn[round(middle, 6)] == pytest.approx(np.clip(row["auc"], low, high))
    rows = [row["rows"] for row in found.detail["series"]]
    assert np.argmax(points.get_sizes()) == np.argmax(rows)
    assert np.argmin(points.get_sizes()) == np.argmin(rows)


@pytest.mark.slow
def test_windows_are_shaded_and_the_change_is_marked() -> None:
    found = pictured.finding("reset", "onset")
    above, ax = pictured.figure("reset", "auc_over_time").axes
    shaded = [(num2date(p.get_x()), num2date(p.get_x() + p.get_width())) for p in ax.patches[:2]]
    assert [[a.isoformat(), b.isoformat()] for a, b in shaded] == found.detail["windows"]
    date = date2num(pd.Timestamp(found.detail["onset"]["date"]))
    assert [date, date] in [list(line.get_xdata()) for line in ax.lines]
    labels = [label.get_text() for label in above.get_yticklabels()]
    assert labels[:3] == ["baseline", "incident", "change"]
    assert labels[5:] == ["event"] * 3
    assert set(labels[3:5]) == {f"in {system}" for system in found.detail["systems"]}
    assert above.get_xlim() == ax.get_xlim()


def test_a_bucket_of_few_rows_neither_bends_the_line_nor_stretches_the_scale() -> None:
    values, rows = np.full(200, 0.8), np.full(200, 1_000)
    values[100], rows[100] = 0.1, 2
    ax = figures.auc_over_time(made_finding(days(200, values, rows))).axes[1]
    line = max(ax.lines, key=lambda line: len(line.get_xdata()))
    assert line.get_ydata() == pytest.approx(np.full(200, 0.8), abs=0.001)
    assert ax.get_ylim()[0] > 0.7
    at_edge = min(y for _, y in ax.collections[-2].get_offsets().data)
    assert at_edge == ax.get_ylim()[0]


def test_chance_is_drawn_where_the_scale_reaches_it() -> None:
    low = figures.auc_over_time(made_finding(days(30, 0.48))).axes[1]
    high = figures.auc_over_time(made_finding(days(30, 0.9))).axes[1]
    assert [0.5, 0.5] in [list(line.get_ydata()) for line in low.lines]
    assert [0.5, 0.5] not in [list(line.get_ydata()) for line in high.lines]


def test_the_questions_zone_is_that_of_the_axis() -> None:
    found = made_finding(days(30), timezone="America/New_York")
    above, ax = figures.auc_over_time(found).axes
    assert ax.get_xlabel().startswith("time (America/New_York)")
    assert above.texts[0].get_text() == "2023-12-31 19:00 until 2024-02-09 19:00"


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("count", [1, 2, 61, 3_000])
def test_any_number_of_buckets(count: int) -> None:
    figure = figures.auc_over_time(made_finding(days(count)))
    assert pictured.written(figure)


def test_without_any_auc_there_is_a_sentence() -> None:
    table = tuple({**row, "auc": None, "low": None, "high": None} for row in days(5))
    assert figures.auc_over_time(made_finding(table)).axes == []
    assert figures.auc_over_time(made_finding(())).axes == []


@pytest.mark.slow
def test_an_unsure_date_is_told_with_its_p_value() -> None:
    step = {"date": "2024-02-01", "low": "2024-01-05", "high": "2024-02-20", "p_value": 0.315}
    found = made_finding(days(52), onset=step)
    above = figures.auc_over_time(found).axes[0]
    assert above.texts[2].get_text() == "2024-02-01, p = 0.315"
    sure = dataclasses.replace(found, detail={**found.detail, "onset": {**step, "p_value": 0.001}})
    assert figures.auc_over_time(sure).axes[0].texts[2].get_text().endswith("p ≤ 0.001")
