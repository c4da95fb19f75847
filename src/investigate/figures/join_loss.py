"""Where rows lost their outcomes in a join: the share of lost rows by day."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import PercentFormatter

from investigate.figures.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    SMALL,
    VERMILLION,
    Chart,
    drawing,
    sentence,
)
from investigate.figures.text import name
from investigate.finding import Finding, draws

MOST = 3
"""Groups that are drawn beside all rows: those that lost most."""
LOOKS = ((VERMILLION, "solid"), (BLUE, (0, (5, 1.5))), (GREEN, (0, (1, 1))))


@draws("join")
def join_loss(finding: Finding) -> Chart:
    """The share of rows without an outcome by day: of all rows, and of groups whose join fails.

    A dotted line marks the day from which on a group lost more.
    """
    days = pd.DataFrame(finding.detail.get("days", ()))
    if days.empty:
        return sentence(finding.claim)
    days["start"] = pd.to_datetime(days["start"])
    whole = days["group"].iloc[0]
    others = [group for group in days["group"].unique() if group != whole][:MOST]
    since = {row["group"]: row["since"] for row in finding.table if row.get("since")}
    with drawing(finding.claim, 4.2) as figure:
        ax = figure.subplots()
        _line(ax, days[days["group"] == whole], INK, "solid")
        for group, (colour, line) in zip(others, cycle(LOOKS)):
            _line(ax, days[days["group"] == group], colour, line)
            if group in since:
                moment = date2num(pd.Timestamp(since[group]))  # type: ignore[no-untyped-call]
                ax.axvline(moment, color=colour, linestyle=":", linewidth=1.2)
        ax.set_ylim(0, min(1.03, 1.15 * float(days["share"].max()) + 0.01))
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        locator = AutoDateLocator()  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        ax.set_ylabel("rows without an outcome", fontsize=SMALL)
        ax.grid(axis="y", color=FAINT, alpha=0.2)
        legend = ax.legend(loc="upper left", frameon=False, fontsize=SMALL)
        # Written afterwards: a legend leaves out what begins with an underscore.
        for text, words in zip(legend.get_texts(), ["all rows", *others], strict=True):
            text.set_text(name(str(words)))
    return figure


def _line(ax: Axes, own: pd.DataFrame, colour: str, line: object) -> None:
    ax.plot(
        own["start"], own["share"], label="line", color=colour,
        linestyle=line, linewidth=1.8, marker="o", markersize=3,
    )  # fmt: skip
