"""A control chart: a measure day by day, the bounds it should keep, and when it did not."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

from investigate.figures.style import (
    BLUE,
    FAINT,
    INK,
    SMALL,
    VERMILLION,
    Chart,
    drawing,
    sentence,
)
from investigate.figures.text import name

Stretch = tuple[datetime, datetime, str]
"""From when, until when, and in words."""
ROW = 0.24
"""Inches a stretch takes."""
MOST = 12
"""Stretches that are written out, the newest."""


def control_chart(
    claim: str,
    shown: pd.DataFrame,
    stretches: Sequence[Stretch],
    *,
    learnt_until: datetime,
    limit: float | None = None,
) -> Chart:
    """Draw `shown`, with alerts as `stretches` above it; times are drawn in UTC.

    shown: one row a bucket, ``start``, ``value``, ``low``, ``high`` (its interval),
    ``expected``, ``lowest`` and ``highest`` (its bounds). Bounds begin at ``learnt_until``;
    ``limit`` is a fixed one.
    """
    table = shown.assign(start=pd.to_datetime(shown["start"], utc=True).dt.tz_localize(None))
    if not table["value"].notna().any():
        return sentence(claim)
    last_stretches = list(stretches)[-MOST:]
    heights = [max(1, len(last_stretches)) * ROW, 3.3]
    with drawing(claim, 1.3 + sum(heights), space=0) as figure:
        above, ax = figure.subplots(2, sharex=True, height_ratios=heights)
        step = table["start"].diff().median() if len(table) > 1 else pd.Timedelta(days=1)
        ax.set_xlim(table["start"].min() - step, table["start"].max() + 2 * step)
        _draw(ax, table, _naive(learnt_until), limit)
        _stretches(above, ax, last_stretches)
        ax.set_ylabel("AUC")
        fixed = "; dotted: the fixed limit" if limit is not None else ""
        words = f"time (UTC)\npoints: AUC with its interval; band: its bounds{fixed}"
        ax.set_xlabel(words, loc="left", fontsize=SMALL)
        locator = AutoDateLocator()  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    return figure


def _draw(ax: Axes, table: pd.DataFrame, learnt: pd.Timestamp, limit: float | None) -> None:
    known = table.dropna(subset="value")
    judged = known[known["start"] >= learnt]
    low, high = _scale(known, judged, limit)
    ax.set_ylim(low, high)
    ax.vlines(known["start"], known["low"], known["high"], color=FAINT, linewidth=0.8, alpha=0.35)
    sns.scatterplot(
        x=known["start"], y=known["value"].clip(low, high), color=INK, s=9, linewidth=0, ax=ax
    )
    ax.fill_between(
        judged["start"], judged["lowest"], judged["highest"], color=BLUE, alpha=0.18, linewidth=0
    )
    sns.lineplot(x=judged["start"], y=judged["expected"], color=BLUE, linewidth=1.3, ax=ax)
    ax.axvline(date2num(learnt), color=FAINT, linewidth=1.0, linestyle="dashdot")  # type: ignore[no-untyped-call]
    if limit is not None:
        ax.axhline(limit, color=INK, linewidth=1.2, linestyle="dotted")


def _scale(known: pd.DataFrame, judged: pd.DataFrame, limit: float | None) -> tuple[float, float]:
    """What most values need; the few far ones of few rows lie on the edge."""
    ends = [*np.nanquantile(known["value"], [0.01, 0.99])]
    if len(judged):
        ends += [np.nanquantile(judged["lowest"], 0.02), np.nanquantile(judged["highest"], 0.98)]
    elif known["low"].notna().any():
        # Without bounds nothing but the intervals says how far a value may be off.
        ends += [np.nanquantile(known["low"], 0.02), np.nanquantile(known["high"], 0.98)]
    ends += [] if limit is None else [limit]
    room = 0.06 * (max(ends) - min(ends)) or 0.01
    return max(0.0, min(ends) - room), min(1.0, max(ends) + room)


def _stretches(above: Axes, ax: Axes, stretches: Sequence[Stretch]) -> None:
    above.set_ylim(max(1, len(stretches)) - 0.5, -0.5)
    above.set_yticks([])
    above.tick_params(axis="both", length=0, labelbottom=False)
    above.grid(visible=False)
    for side in ("left", "bottom"):
        above.spines[side].set_visible(False)
    middle = sum(ax.get_xlim()) / 2
    for y, (start, end, text) in zip(count(), stretches, strict=False):
        begin, stop = (float(date2num(_naive(m))) for m in (start, end))  # type: ignore[no-untyped-call]
        ax.axvspan(begin, stop, color=VERMILLION, alpha=0.13, linewidth=0)
        above.barh(y, stop - begin, left=begin, height=0.55, color=VERMILLION, alpha=0.85)
        right = (begin + stop) / 2 > middle
        above.annotate(
            name(text, 76),
            (begin if right else stop, y),
            (-6 if right else 6, 0),
            textcoords="offset points",
            ha="right" if right else "left",
            va="center_baseline",
            fontsize=SMALL,
        )


def _naive(moment: datetime) -> pd.Timestamp:
    stamp = pd.Timestamp(moment)
    return stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)
