"""AUC over the whole log, with both windows, the date of the change and the events near it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from investigate.figures.calendar import ROW, CalendarRow, draw_calendar
from investigate.figures.smoothing import buckets, smooth, span, unit
from investigate.figures.style import FAINT, INK, SMALL, WINDOWS, Chart, drawing, sentence
from investigate.figures.text import name
from investigate.finding import Finding, draws

SETTLED = 0.1
"""The scale follows means with at least this share of the median's rows."""
MOST_SYSTEMS = 4
LONGEST_EVENT = 56
SMALLEST_P = 0.001


@draws("onset")
def auc_over_time(finding: Finding) -> Chart:
    """AUC by bucket and its mean with a band; ``finding``: that of `onset`."""
    zone, seconds = finding.detail["timezone"], finding.detail["bucket_seconds"]
    source = finding.detail
    if wide := finding.detail.get("pooled"):
        source, seconds = wide, seconds * wide["buckets"]
    table = buckets(source["series"], zone)
    if not table["auc"].notna().any():
        return sentence(finding.claim)
    width = 1 if wide else span(int(table["auc"].notna().sum()))
    mean = smooth(table, seconds, width)
    entries = _entries(finding.detail, zone)
    heights = [ROW * len(entries), 3.3]
    with drawing(finding.detail["title"], 1.5 + sum(heights), space=0) as figure:
        above, ax = figure.subplots(2, sharex=True, height_ratios=heights)
        length = pd.Timedelta(seconds=seconds)
        ax.set_xlim(table["start"].min() - length, table["start"].max() + 2 * length)
        _shade(ax, entries)
        _series(ax, table, mean, length / 2)
        _dates(ax)
        draw_calendar(above, entries)
        ax.set_ylabel("AUC")
        ax.set_xlabel(_legend(seconds, width, zone), loc="left", fontsize=SMALL)
    return figure


def _entries(detail: Mapping[str, Any], zone: str) -> list[CalendarRow]:
    entries = []
    for label, window in zip(WINDOWS, detail["windows"], strict=True):
        start, end = (_local(moment, zone) for moment in window)
        text = f"{_written(start)} until {_written(end)}"
        entries.append(CalendarRow(label, text, start, end, WINDOWS[label]))
    if detail["onset"]:
        entries.append(_step("change", detail["onset"]))
    steps = [(one["date"], system, one) for system, one in detail["systems"].items() if one]
    for _, system, one in sorted(steps)[:MOST_SYSTEMS] if len(detail["systems"]) > 1 else []:
        entries.append(_step(f"in {name(system, 24)}", one, FAINT))
    for event in sorted(detail["events"], key=lambda event: event["time"]):
        time = _local(event["time"], zone)
        who = f" ({event['system']})" if event["system"] else ""
        text = name(f"{_written(time)} {event['label']}{who}", LONGEST_EVENT)
        entries.append(CalendarRow("event", text, time, time, FAINT, moment=time, marker="v"))
    return entries


def _step(label: str, found: Mapping[str, Any], colour: str = INK) -> CalendarRow:
    date, low, high = (pd.Timestamp(found[key]) for key in ("date", "low", "high"))
    p = f"p = {found['p_value']:.3f}" if found["p_value"] > SMALLEST_P else f"p ≤ {SMALLEST_P}"
    until = f", until {found['to']}" if found.get("to") else ""
    text = f"{found['date']}{until}, {p}"
    return CalendarRow(label, text, low, high, colour, date, "D" if colour == INK else "o")


def _shade(ax: Axes, entries: list[CalendarRow]) -> None:
    for entry in entries:
        start, end = entry.reach
        if entry.moment is None:
            ax.axvspan(start, end, color=entry.colour, alpha=0.13, linewidth=0)
        elif entry.label in ("change", "event"):
            if end > start:
                ax.axvspan(start, end, color=entry.colour, alpha=0.1, linewidth=0)
            style = (0, (1, 1.5)) if entry.marker == "v" else "dashdot"
            ax.axvline(entry.point, color=entry.colour, linewidth=1.2, linestyle=style)


def _series(ax: Axes, table: pd.DataFrame, mean: pd.DataFrame, half: pd.Timedelta) -> None:
    low, high = _limits(table, mean)
    ax.set_ylim(low, high)
    if low < 0.5:
        ax.axhline(0.5, color=INK, linewidth=1, linestyle="dotted")
        ax.annotate(
            "0.5: chance",
            (0, 0.5),
            (4, 3),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            fontsize=SMALL,
            color=FAINT,
            zorder=5,
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1},
        )
    known = table.dropna(subset="auc")
    sns.scatterplot(
        x=known["start"] + half,
        y=known["auc"].clip(low, high),
        size=known["rows"],
        sizes=(3, 60),
        color=FAINT,
        alpha=0.4,
        linewidth=0,
        legend=False,
        ax=ax,
    )
    at = mean["start"] + half
    ax.fill_between(
        at,
        (mean["auc"] - mean["half"]).clip(0, 1),
        (mean["auc"] + mean["half"]).clip(0, 1),
        color=INK,
        alpha=0.22,
        linewidth=0,
    )
    sns.lineplot(x=at, y=mean["auc"], color=INK, linewidth=1.8, ax=ax, errorbar=None)


def _limits(table: pd.DataFrame, mean: pd.DataFrame) -> tuple[float, float]:
    """A scale for what rows stand behind; the few far points of few rows lie on its edge."""
    settled = mean[mean["rows"] >= SETTLED * mean["rows"].median()].dropna(subset="auc")
    known = table.dropna(subset="auc").sort_values("auc")
    mass = known["rows"].cumsum() / known["rows"].sum()
    ends = [
        *(settled["auc"] - settled["half"]).clip(0, 1),
        *(settled["auc"] + settled["half"]).clip(0, 1),
        *np.interp([0.02, 0.98], mass, known["auc"]),
    ]
    low, high = min(ends), max(ends)
    room = 0.06 * max(high - low, 0.05)
    return max(0.0, low - room), min(1.0, high + room)


def _dates(ax: Axes) -> None:
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _legend(seconds: int, width: int, zone: str) -> str:
    one = unit(seconds)
    of = one if one[0].isdigit() else f"one {one}"
    points = f"points: AUC of {of}, larger with more rows"
    line = f"; line: mean over {unit(seconds, width)}, weighted by rows" if width > 1 else ""
    return f"time ({zone})\n{points}{line}; band: its interval"


def _local(moment: str, zone: str) -> pd.Timestamp:
    return pd.Timestamp(moment).tz_convert(zone).tz_localize(None)


def _written(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d}" if moment == moment.normalize() else f"{moment:%Y-%m-%d %H:%M}"
