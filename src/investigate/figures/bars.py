"""Horizontal bars of AUC points with their intervals: what every ranking is drawn with."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite, log10, nan
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from investigate.analyses.wording import points
from investigate.figures.style import FAINT, GAIN, INK, LOSS, SMALL
from investigate.figures.text import safe

ROW = 0.34
"""Inches a bar takes."""
COLUMN = 88
"""Points a column of text takes."""
ROOM = 0.22
"""Room for a number beside a bar in a figure of full width."""


Kind = Literal["sure", "unsure", "merged", "total"]


@dataclass(frozen=True)
class Bar:
    """One bar; without a value there is a dash in its place.

    ``kind``: "sure" is filled, "unsure" an outline, "merged" (many in one) pale, "total" (the
    sum of the others) hatched. ``typical``: where a tall tick compares it with the rest.
    ``beside``: the texts in the columns to the right.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    kind: Kind = "sure"
    typical: float | None = None
    beside: tuple[str, ...] = ()


def number(value: float | None) -> float | None:
    """`value` where it is one; a finding that never went through JSON may hold NaN."""
    return value if value is not None and isfinite(value) else None


def draw_bars(
    ax: Axes, bars: Sequence[Bar], columns: Sequence[str] = (), room: float = ROOM
) -> None:
    """Draw `bars` from the top down, with the `columns` to their right.

    ``room`` is kept free beyond them for their numbers, as a share of what they span.
    """
    digits = _digits(bars)
    ax.set_xlim(*reach(bars, room))
    ax.set_ylim(len(bars) - 0.4, -0.6)
    # Before there are ticks, which have it from their axis at once.
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.set_yticks(range(len(bars)), [_label(bar) for bar in bars])
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=INK, linewidth=1)
    _draw(ax, bars)
    for y, bar in enumerate(bars):
        _write(ax, y, bar, digits)
        if bar.kind == "total" and y:
            ax.axhline(y - 0.5, color=FAINT, linewidth=0.8)
    _write_columns(ax, bars, columns)


def reach(bars: Sequence[Bar], share: float = ROOM) -> tuple[float, float]:
    """Limits that hold every bar, its whisker and the number beyond it."""
    ends = [e for bar in bars for e in (bar.value, bar.low, bar.high, bar.typical) if e is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = share * ((high - low) or 1.0)
    falls = any(bar.value is not None and bar.value < 0 for bar in bars)
    rises = any(bar.value is not None and bar.value >= 0 for bar in bars)
    return low - (room if falls else room / 8), high + (room if rises else room / 8)


def _digits(bars: Sequence[Bar]) -> int:
    """Digits behind the point: three, or as many as show two of the largest number."""
    largest = max((abs(bar.value) for bar in bars if bar.value is not None), default=0.0)
    return max(3, min(6, 1 - ceil(log10(largest)) + 1)) if largest else 3


def _label(bar: Bar) -> str:
    return "\n".join(safe(line) for line in bar.label.split("\n"))


def _draw(ax: Axes, bars: Sequence[Bar]) -> None:
    """All bars, whiskers and ticks that compare: each by one call, which takes as long as one."""
    there = [(y, bar, bar.value) for y, bar in enumerate(bars) if bar.value is not None]
    colours = [LOSS if value < 0 else GAIN for _, _, value in there]
    faces = [
        {"sure": colour, "unsure": "white"}.get(bar.kind, "#d9d9d9")
        for (_, bar, _), colour in zip(there, colours, strict=True)
    ]
    total = [bar.kind == "total" for _, bar, _ in there]
    drawn = ax.barh(
        [y for y, _, _ in there],
        [value for _, _, value in there],
        height=0.62,
        facecolor=faces,
        edgecolor=[INK if one else colour for one, colour in zip(total, colours, strict=True)],
        zorder=2,
    )
    for patch, one in zip(drawn, total, strict=True):
        patch.set_hatch("////" if one else None)
    typical = [(y, bar.typical) for y, bar, _ in there if bar.typical is not None]
    if typical:
        # A gap after each.
        at = [x for _, value in typical for x in (value, value, nan)]
        height = [end for y, _ in typical for end in (y - 0.43, y + 0.43, nan)]
        ax.plot(at, height, color=INK, linewidth=2, zorder=4)
    whiskers = [
        (y, value, max(value - bar.low, 0), max(bar.high - value, 0))
        for y, bar, value in there
        if bar.low is not None and bar.high is not None
    ]
    if whiskers:
        places, values, low, high = zip(*whiskers, strict=True)
        ax.errorbar(
            values,
            places,
            xerr=[low, high],
            color=INK,
            capsize=3,
            linewidth=1.2,
            zorder=3,
            fmt="none",
        )


def _write(ax: Axes, y: int, bar: Bar, digits: int) -> None:
    """The number of a bar, beyond its end and its whisker's."""
    if bar.value is None:
        ax.annotate("–", (0, y), (6, 0), textcoords="offset points", va="center")
        return
    ends = [bar.value, bar.typical or 0.0, 0.0]
    if bar.low is not None and bar.high is not None:
        ends += [bar.low, bar.high]
    left = bar.value < 0
    number_text = ax.annotate(
        points(bar.value, digits),
        (min(ends) if left else max(ends), y),
        (-5 if left else 5, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center_baseline",
        fontsize=SMALL,
        fontweight="bold" if bar.kind == "total" else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )
    # There is room for it, see `reach`; to measure it would find none that is needed.
    number_text.set_in_layout(False)


def _write_columns(ax: Axes, bars: Sequence[Bar], columns: Sequence[str]) -> None:
    """Text to the right of the axes, a column a head, aligned with the bars."""
    for at, head in enumerate(columns):
        heads = [(head, -0.75, FAINT)]
        texts = [(bar.beside[at], y, INK) for y, bar in enumerate(bars) if at < len(bar.beside)]
        for text, y, colour in heads + texts:
            written = ax.annotate(
                text,
                (1, y),
                (8 + at * COLUMN, 0),
                xycoords=ax.get_yaxis_transform(),
                textcoords="offset points",
                va="center_baseline",
                fontsize=SMALL,
                color=colour,
            )
            # What is left of another column takes no room of its own.
            written.set_in_layout(at == len(columns) - 1 or y < 0)
