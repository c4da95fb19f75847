"""Which groups disagree: the change in AUC by whose positives meet whose negatives."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from investigate.figures.bars import ROW, Bar, draw_bars, number
from investigate.figures.style import SMALL, Chart, drawing, sentence
from investigate.figures.text import name
from investigate.finding import Finding, draws

MOST_GROUPS = 7
CELL = 0.55
"""Inches a cell is high."""
SIDES = {
    "within": "within one group",
    "across": "across groups",
    "mix": "mix of pairs",
    "entered_or_left": "entered or left",
}


@draws("pairs")
def pair_matrix(finding: Finding) -> Chart:
    """Heat map of pairs, a row the positives of a group, and what all pairs add up to.

    Of many groups the matrix shows those that moved most; the bars hold every pair.
    """
    if not finding.table:
        return sentence(finding.claim)
    shown = _most_moved(finding.table, finding.detail["groups"])
    size = len(shown)
    bars = _sides(finding)
    heights = [CELL * size + 0.6, ROW * len(bars)]
    with drawing(finding.claim, 1.6 + sum(heights)) as figure:
        matrix, sides = figure.subplots(2, height_ratios=heights)
        _matrix(matrix, finding.table, shown)
        if size < len(finding.detail["groups"]):
            matrix.set_title(
                f"the {size} of {len(finding.detail['groups'])} groups that moved most",
                fontsize=SMALL,
                loc="left",
            )
        draw_bars(sides, bars)
        sides.set_xlabel("part of the change in AUC; whiskers: interval")
    return figure


def _most_moved(table: Sequence[Mapping[str, Any]], groups: Sequence[str]) -> list[str]:
    moved = dict.fromkeys(groups, 0.0)
    for row in table:
        for side in ("positives_of", "negatives_of"):
            moved[row[side]] += abs(number(row["contribution"]) or 0.0)
    most = sorted(groups, key=lambda group: (-moved[group], group))[:MOST_GROUPS]
    return [group for group in groups if group in most]


def _matrix(ax: Axes, table: Sequence[Mapping[str, Any]], shown: list[str]) -> None:
    rows = {(row["positives_of"], row["negatives_of"]): row for row in table}
    cells = [[rows[i, j] for j in shown] for i in shown]
    values = np.array([[number(cell["contribution"]) or 0.0 for cell in line] for line in cells])
    widest = float(np.abs(values).max()) or 1.0
    digits = 3 if widest >= 0.01 else 4
    sns.heatmap(
        values,
        ax=ax,
        cmap="RdBu",
        vmin=-1.6 * widest,  # the palette's ends are too dark to write on
        vmax=1.6 * widest,
        annot=np.array([[_cell(cell, digits) for cell in line] for line in cells]),
        fmt="",
        annot_kws={"fontsize": SMALL, "color": "black"},
        cbar=False,
        linewidths=1.5,
        linecolor="white",
        xticklabels=[name(group, 16 if len(shown) > 3 else 24) for group in shown],
        yticklabels=[name(group, 24) for group in shown],
    )
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.tick_params(axis="y", rotation=0)
    ax.set_ylabel("positives of")
    ax.set_xlabel(
        "negatives of; in a cell: its part of the change, and its AUC baseline → incident"
    )


def _cell(row: Mapping[str, Any], digits: int) -> str:
    """Contribution and AUC of a pair; in one window only it has no change of its own."""
    areas = [number(row["auc_baseline"]), number(row["auc_incident"])]
    then, now = ("none" if area is None else f"{area:.2f}" for area in areas)
    moved = f"{number(row['contribution']) or 0.0:+.{digits}f}".replace("-", "−")
    return f"{then} → {now}" if None in areas else f"{moved}\n{then} → {now}"


def _sides(finding: Finding) -> list[Bar]:
    parts = {label: finding.numbers[side] for side, label in SIDES.items()}
    bars = [Bar(label, part.value, part.low, part.high) for label, part in parts.items()]
    return [*bars, Bar("all: change in AUC", number(finding.detail["sum"]), kind="total")]
