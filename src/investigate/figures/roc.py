"""ROC curves of both windows."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from investigate.analyses.wording import level
from investigate.figures.style import FAINT, LINES, WINDOWS, Chart, drawing
from investigate.finding import Finding, draws


@draws("drop")
def roc(finding: Finding) -> Chart:
    """The ROC curve of each window, its AUC beside its name; ``finding``: that of `drop`."""
    with drawing(finding.claim, 5.4, width=6.6) as figure:
        ax = figure.subplots()
        ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="dotted")
        for window, curve in zip(WINDOWS, finding.detail["roc"], strict=True):
            area = finding.numbers[window]
            label = (
                f"{window}: AUC {level(area)}" if area.value is not None else f"{window}: no AUC"
            )
            ax.plot(
                *_known(curve),
                label=label,
                color=WINDOWS[window],
                linestyle=LINES[window],
                linewidth=2,
            )
        ax.text(0.62, 0.6, "chance: AUC 0.5", color=FAINT, va="top")
        ax.set(xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
        ax.set_xlabel("false positive rate")
        ax.set_ylabel("true positive rate")
        ax.legend(loc="lower right", frameon=True, framealpha=1, edgecolor="white")
    return figure


def _known(curve: Mapping[str, Any]) -> tuple[pd.Series, pd.Series]:
    """The curve's points; none where a window has one class only."""
    points = pd.DataFrame(dict(curve), dtype=float).dropna()
    return points["false_positive_rate"], points["true_positive_rate"]
