"""From baseline to incident AUC, a step for every cause: where the drop went."""

import math
from collections.abc import Mapping
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from investigate.analyses.wording import points
from investigate.figures.style import BLUE, FAINT, GREEN, INK, SMALL, VERMILLION, Chart, drawing
from investigate.figures.style import sentence as sentence_chart
from investigate.figures.text import safe, shortened
from investigate.finding import Finding, draws
from investigate.kinds import kind

ROW = 0.68
"""Inches a step takes."""
COIN = 0.5
"""The AUC of a coin toss, where bars begin unless steps would then be too short to read."""
SHORT = 4
"""Bars begin nearer where the way from a coin toss is so many times what the steps take up."""
LABEL = 36
"""Characters of a line of a label."""
LINES = 3
"""Lines that the words of a cause may take."""
FILLS = {"broken": VERMILLION, "innocent": GREEN, "open": "#bdbdbd"}
HATCHES = {"broken": None, "innocent": "////", "open": None}


@draws("account")
def account(finding: Finding) -> Chart:
    """A waterfall: AUC of the baseline, what each cause took, AUC of the incident.

    ``finding``: that of `investigate.analyses.account.account`.
    """
    ends = [finding.numbers[name].value for name in ("baseline", "incident")]
    before, after = ends
    if before is None or after is None or not finding.table:
        return sentence_chart(finding.claim)
    rows = finding.table
    with drawing(finding.claim, 2.1 + ROW * (len(rows) + 2)) as figure:
        ax = figure.subplots()
        levels = [before]
        for row in rows:
            levels.append(levels[-1] - (row["points"] or 0.0))
        base = _frame(ax, levels, rows)
        ends_at = len(rows) + 1
        for y, (name, level) in {0: ("before", before), ends_at: ("now", after)}.items():
            ax.barh(y, level - base, left=base, height=0.6, color=BLUE, zorder=2)
            _write(ax, y, level, f"{level:.3f} {name}", level >= base, bold=True)
        for at, row in enumerate(rows, 1):
            _step(ax, at, levels[at - 1], levels[at], row)
        begins = "" if base == COIN else f"; bars begin at {base:.2f}"
        ax.set_xlabel(
            f"AUC: 0.5 is a coin toss, 1 perfect order{begins}; black lines: intervals of steps\n"
            "orange: something is broken; green, hatched: the rows changed\n"
            "grey: neither is shown",
            fontsize=SMALL,
        )
    return figure


def _frame(ax: Axes, levels: list[float], rows: tuple[Mapping[str, Any], ...]) -> float:
    """Limits, labels and ticks of the axes; returns where the bars of both windows begin."""
    ends = [
        start - row[name]
        for start, row in zip(levels, rows, strict=False)
        for name in ("low", "high")
        if row[name] is not None
    ]
    low, high = min(*levels, *ends), max(*levels, *ends)
    far = low - COIN > SHORT * (high - low)
    base = math.floor((low - (high - low)) * 100) / 100 if far else COIN
    low, high = min(base, low), max(base, high)
    room = 0.16 * max(high - low, 0.05 if base == COIN else 0.0)
    ax.set_xlim(low - (room if low < base else room / 4), high + 1.6 * room)
    ax.set_ylim(len(rows) + 1.6, -0.6)
    labels = ["AUC of the baseline", *(_label(row) for row in rows), "AUC of the incident"]
    ax.set_yticks(
        range(len(labels)), ["\n".join(safe(line) for line in text.split("\n")) for text in labels]
    )
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.axvline(base, color=FAINT, linewidth=1, zorder=1)
    return base


def _label(row: Mapping[str, Any]) -> str:
    known = kind(row["part"])
    if known.name == "unexplained":
        return "not explained"
    texts = known.words_for(bool(row["either"]))
    words = fill(texts.plainly, LABEL)
    # A clause that is cut loses what it says; the badge is whole.
    words = texts.badge if words.count("\n") >= LINES else words
    where = row["where"]
    return words if where == "everywhere" else f"{words}\n({shortened(where, LABEL - 6)})"


def _step(ax: Axes, y: int, start: float, end: float, row: Mapping[str, Any]) -> None:
    state = kind(row["part"]).state
    ax.barh(
        y,
        end - start,
        left=start,
        height=0.6,
        facecolor=FILLS[state] if state != "innocent" else "white",
        edgecolor=FILLS[state],
        hatch=HATCHES[state],
        zorder=2,
    )
    ax.plot([start, start], [y - 1, y + 0.3], color=FAINT, linewidth=0.9, zorder=1)
    ax.plot([end, end], [y - 0.3, y + 1], color=FAINT, linewidth=0.9, zorder=1)
    reach = [start, end]
    if row["low"] is not None and row["high"] is not None:
        reach += [start - row["high"], start - row["low"]]
        ax.plot(reach[2:], [y, y], color=INK, linewidth=1.3, marker="|", markersize=7, zorder=3)
    _write(ax, y, max(reach), points(-(row["points"] or 0.0)), right=True)


def _write(ax: Axes, y: int, x: float, text: str, right: bool, bold: bool = False) -> None:
    ax.annotate(
        text,
        (x, y),
        (6 if right else -6, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center_baseline",
        fontsize=SMALL,
        fontweight="bold" if bold else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        zorder=4,
    )
