"""Every suspect in one unit: the AUC points that undoing it recovers."""

from collections.abc import Mapping
from typing import Any

from investigate.figures.bars import ROW, Bar, Kind, draw_bars
from investigate.figures.style import FAINT, SMALL, Chart, drawing, sentence
from investigate.figures.text import shortened
from investigate.finding import Finding


def suspects(finding: Finding) -> Chart:
    """Suspects in the order of the finding, with intervals, against what was lost.

    ``finding``: that of `verdict` or `answer`; the loss is drawn where it is among the
    finding's numbers.
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
        change = finding.numbers.get("change")
        if change is not None and change.value is not None:
            low, high = ax.get_xlim()
            ax.set_xlim(low, max(high, -change.value * 1.1))
            ax.axvline(-change.value, color=FAINT, linestyle="dashed", linewidth=1.3, zorder=1)
            ax.annotate(
                "AUC lost",
                (-change.value, 1),
                (0, 3),
                xycoords=ax.get_xaxis_transform(),
                textcoords="offset points",
                ha="center",
                fontsize=SMALL,
                color=FAINT,
            )
        ax.set_xlabel(
            "AUC points that undoing it recovers; whiskers: interval\n"
            "filled: its own evidence is there; outlined: it is not; grey: what is left. Points do not add up."
        )
    return figure


def _label(row: Mapping[str, Any]) -> str:
    kind = row["suspect"].replace("_", " ")
    return kind if kind == "unexplained" else f"{kind}\n{shortened(row['where'], 34)}"


def _kind(row: Mapping[str, Any]) -> Kind:
    if row["suspect"] == "unexplained":
        return "merged"
    return "sure" if row["stands"] else "unsure"
