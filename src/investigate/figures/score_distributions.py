"""How far apart the scores of the two outcomes lie, in each window."""

import numpy as np
import pandas as pd
import seaborn as sns
from numpy.typing import NDArray

from investigate.analyses.wording import percent
from investigate.figures.style import GREEN, INK, SMALL, WINDOWS, Chart, drawing
from investigate.finding import Finding, draws

OUTCOMES = {
    "negatives": {"color": INK, "linestyle": (0, (4, 1.5)), "fill": False, "linewidth": 1.6},
    "positives": {"color": GREEN, "alpha": 0.45, "linewidth": 1.6},
}


@draws("drop")
def score_distributions(finding: Finding) -> Chart:
    """Distribution of scores by outcome, a panel a window; ``finding``: that of `drop`."""
    scores = finding.detail["scores"]
    edges = np.array(scores["edges"], dtype=float)
    middle = (edges[:-1] + edges[1:]) / 2
    overlaps = [_overlap(scores["positives"][w], scores["negatives"][w]) for w in (0, 1)]
    with drawing(_claim(overlaps), 5.0) as figure:
        axes = figure.subplots(2, sharex=True, sharey=True)
        for w, (ax, window) in enumerate(zip(axes, WINDOWS, strict=True)):
            for outcome, look in OUTCOMES.items():
                sns.histplot(
                    data=pd.DataFrame({"score": middle, "share": _percent(scores[outcome][w])}),
                    x="score",
                    weights="share",
                    bins=list(edges),
                    element="step",
                    ax=ax,
                    label=outcome,
                    **look,
                )
            row = finding.table[w]
            ax.set_title(
                f"{window}: {row['rows']:,} rows, {percent(row['outcome rate'])} positive",
                loc="left",
                fontsize=SMALL,
                color=WINDOWS[window],
                fontweight="bold",
            )
            ax.set_ylabel("% of rows")
        axes[0].legend(
            loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, borderaxespad=0.1
        )
        axes[1].set_xlabel("score")
    return figure


def _percent(shares: list[float]) -> NDArray[np.float64]:
    return 100 * np.nan_to_num(np.array(shares, dtype=float))


def _overlap(positives: list[float], negatives: list[float]) -> float | None:
    """Share of the one outcome's distribution that lies under the other's."""
    p, n = (np.array(shares, dtype=float) for shares in (positives, negatives))
    if not p.sum() > 0 or not n.sum() > 0:
        return None
    return float(np.minimum(p / p.sum(), n / n.sum()).sum())


def _claim(overlaps: list[float | None]) -> str:
    then, now = overlaps
    if then is None or now is None:
        return "In one window there is one outcome only: there is nothing to tell apart."
    return (
        f"The scores of the two outcomes overlap by {percent(then)} in the baseline, "
        f"by {percent(now)} in the incident."
    )
