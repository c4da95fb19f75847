"""Reliability diagram: outcome rates against scores, in both windows."""

import pandas as pd

from investigate.figures.style import FAINT, LINES, SMALL, WINDOWS, Chart, drawing
from investigate.finding import Finding, draws

MARKERS = {"baseline": "o", "incident": "D"}


@draws("scorecard")
def reliability_diagram(finding: Finding) -> Chart:
    """Outcome rate by group of scores with its interval, over the share of rows in each.

    ``finding``: that of `scorecard`.
    """
    probability = finding.detail["probability"]
    with drawing(finding.claim, 6.4, width=7.2) as figure:
        ax, below = figure.subplots(2, sharex=True, height_ratios=[4, 1])
        for window, curve in zip(WINDOWS, finding.detail["curves"], strict=True):
            table = pd.DataFrame(curve, columns=["score", "rate", "low", "high", "share"])
            table = table.astype(float)
            look = {"color": WINDOWS[window], "linestyle": LINES[window], "linewidth": 1.4}
            ax.plot(
                table["score"],
                table["rate"],
                marker=MARKERS[window],
                markersize=5,
                label=window,
                **look,
            )
            ax.vlines(table["score"], table["low"], table["high"], color=WINDOWS[window], alpha=0.6)
            below.plot(
                table["score"], 100 * table["share"], marker=MARKERS[window], markersize=3.5, **look
            )
        if probability:
            ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="dotted")
            ax.text(
                0.985,
                0.03,
                "dotted: outcomes as often as scores say",
                color=FAINT,
                fontsize=SMALL,
                ha="right",
            )
            ax.set_xlim(0, 1)
        ax.set_ylim(0, 1)
        ax.set_ylabel("outcome rate")
        ax.legend(loc="upper left", frameon=True, framealpha=1, edgecolor="white")
        below.set_ylim(bottom=0)
        below.set_ylabel("% of rows")
        below.set_xlabel("mean score of the group" if probability else "score (no probability)")
    return figure
