"""What could be known of outcomes against what the score knows of it, before and now."""

from typing import Any

from matplotlib.axes import Axes

from investigate.figures.style import FAINT, SMALL, WINDOWS, Chart, drawing, sentence
from investigate.finding import Finding, draws

GROUPS = {"item": "by item", "cluster": "by cluster", "cell": "by cell of cohorts"}
MARKERS = {"baseline": "o", "incident": "s"}
APART = {"baseline": -0.14, "incident": 0.14}
ROW = 0.42


@draws("signal")
def signal_audit(finding: Finding) -> Chart:
    """C_yy and C_ys of each kind of group in both windows; ``finding``: that of `signal`."""
    rows = [row for row in finding.table if row["baseline"] is not None]
    if not rows:
        return sentence(finding.claim)
    with drawing(finding.claim, 2.3 + ROW * len(rows)) as figure:
        ax = figure.subplots()
        for y, row in enumerate(rows):
            for window in WINDOWS:
                _point(ax, y, row, window)
        ax.set_yticks(range(len(rows)), [f"{GROUPS[row['by']]}: {row['what']}" for row in rows])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.axvline(0, color=FAINT, linewidth=1)
        ax.set_xlabel(
            "covariance of the outcomes of two rows of one group; whiskers: interval\n"
            "circle: baseline; square: incident",
            fontsize=SMALL,
        )
    return figure


def _point(ax: Axes, y: int, row: Any, window: str) -> None:
    value, low, high = (row[f"{window}{end}"] for end in ("", " low", " high"))
    if value is None:
        return
    reach = None if low is None or high is None else [[value - low], [high - value]]
    ax.errorbar(
        value,
        y + APART[window],
        xerr=reach,
        fmt=MARKERS[window],
        color=WINDOWS[window],
        markersize=7,
        capsize=3,
        linewidth=1.3,
    )
