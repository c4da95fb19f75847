"""Every suspect in one unit: the AUC points that undoing it recovers."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes

from investigate.figures.bars import ROW, Bar, Kind, draw_bars
from investigate.figures.style import FAINT, SMALL, Chart, drawing, sentence
from investigate.figures.text import shortened
from investigate.finding import Estimate, Finding, draws
from investigate.kinds import kind


@draws("suspects", "answer")
def suspects(finding: Finding) -> Chart:
    """Suspects in the order of the finding, with intervals, against what was lost.

    ``finding``: that of `verdict` or `answer`.
    """
    if not finding.table:
        return sentence(finding.claim)
    bars = [
        Bar(
            _label(row),
            row["points"],
            row["low"],
            row["high"],
            kind=_kind(row),
        )
        for row in finding.table
    ]
    with drawing(finding.claim, 2.0 + 1.45 * ROW * len(bars)) as figure:
        ax = figure.subplots()
        draw_bars(ax, bars)
        _mark_loss(ax, _lost(finding))
        ax.set_xlabel(
            "AUC points that undoing it recovers; whiskers: interval\n"
            "filled: with evidence of its own; outlined: without; grey: what is left\n"
            "points of different suspects do not add up",
            fontsize=SMALL,
        )
    return figure


def _lost(finding: Finding) -> float:
    change = finding.numbers.get("change") or Estimate(**finding.detail["change"])
    return -(change.value or 0.0)


def _mark_loss(ax: Axes, lost: float) -> None:
    low, high = ax.get_xlim()
    ax.set_xlim(low, max(high, 1.1 * lost))
    ax.axvline(lost, color=FAINT, linestyle="dashed", linewidth=1.3, zorder=1)
    ax.annotate(
        "AUC lost",
        (lost, 1),
        (0, 3),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        fontsize=SMALL,
        color=FAINT,
    )


def _label(row: Mapping[str, Any]) -> str:
    named = kind(row["suspect"])
    badge = named.words_for(bool(row.get("either"))).badge
    return f"{badge}\n{shortened(row['where'], 34)}" if named.cause else badge


def _kind(row: Mapping[str, Any]) -> Kind:
    if not kind(row["suspect"]).cause:
        return "merged"
    return "sure" if row["stands"] else "unsure"
