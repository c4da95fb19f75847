"""What happened when: windows, change date and events as labelled rows above a time series."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from investigate.figures.style import INK, SMALL

ROW = 0.27
"""Inches a row takes."""
CHARACTER = 0.0104
"""Share of the axes' width that a character takes, generously."""


@dataclass(frozen=True)
class CalendarRow:
    """One row: a stretch of time, a moment within it if one is meant, and what is written there."""

    label: str
    text: str
    start: pd.Timestamp
    end: pd.Timestamp
    colour: str = INK
    moment: pd.Timestamp | None = None
    marker: str = "D"

    @property
    def reach(self) -> tuple[float, float]:
        """Start and end as matplotlib counts days."""
        return _days(self.start), _days(self.end)

    @property
    def point(self) -> float:
        """The moment as matplotlib counts days; the start where none is meant."""
        return _days(self.moment or self.start)


def _days(moment: pd.Timestamp) -> float:
    return float(date2num(moment))  # type: ignore[no-untyped-call]


def draw_calendar(ax: Axes, entries: Sequence[CalendarRow]) -> None:
    """Draw `entries` from the top down; the time axis must have its limits."""
    ax.set_ylim(len(entries) - 0.5, -0.5)
    ax.set_yticks(range(len(entries)), [entry.label for entry in entries])
    ax.tick_params(axis="both", length=0, labelbottom=False)
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    for y, entry in enumerate(entries):
        start, end = entry.reach
        if entry.moment is None:
            ax.barh(y, end - start, left=start, height=0.5, color=entry.colour, alpha=0.85)
        else:
            ax.plot([start, end], [y, y], color=entry.colour, linewidth=2.5)
            ax.plot([entry.point], [y], entry.marker, color=entry.colour, markersize=6)
        _write(ax, y, entry)


def _write(ax: Axes, y: int, entry: CalendarRow) -> None:
    """The text goes where there is room: after the stretch, before it, or inside."""
    low, high = ax.get_xlim()
    start, end = entry.reach
    needed = len(entry.text) * CHARACTER * (high - low)
    after, before = high - end, start - low
    beside = start == end or max(after, before) >= needed
    if beside and (after >= needed or after >= before):
        x, shift, side = end, 8, "left"
    elif beside:
        x, shift, side = start, -8, "right"
    else:
        x, shift, side = _middle(sorted({start, end, entry.point})), 0, "center"
    ax.annotate(
        entry.text,
        (x, y),
        (shift, 0),
        textcoords="offset points",
        ha=side,
        va="center_baseline",
        fontsize=SMALL,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5} if side == "center" else None,
    )


def _middle(edges: list[float]) -> float:
    """Middle of the widest gap, so that no mark is covered."""
    start, end = max(pairwise(edges), key=lambda gap: gap[1] - gap[0])
    return (start + end) / 2
