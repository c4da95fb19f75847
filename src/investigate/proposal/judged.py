"""What the counts of a proposed question say: AUC of both windows, and what is too little."""

from investigate.counts.auc import auc
from investigate.counts.table import Counts

FEW = 100
"""Rows of the rarer outcome in a window below which only large drops show."""


def areas(counts: Counts) -> tuple[float, float]:
    """AUC of baseline and incident."""
    own = counts.slices[counts.slices["by"] == "all"]
    found = []
    for window in (0, 1):
        sides = own[own["window"] == window].groupby("bin")[["positives", "negatives"]].sum()
        found.append(float(auc(sides["positives"].to_numpy(), sides["negatives"].to_numpy())))
    return found[0], found[1]


def few(counts: Counts) -> list[str]:
    """A line for each window with few rows of an outcome, and for each breach of the log."""
    told = []
    own = counts.slices[counts.slices["by"] == "all"]
    for w, name in enumerate(("baseline", "incident")):
        sides = own[own["window"] == w][["positives", "negatives"]].sum()
        least = int(sides.min())
        if least < FEW:
            rare = "1" if sides["positives"] == least else "0"
            told.append(
                f"{name}: only {least:,} rows have outcome {rare}; only a large drop would show"
            )
    breaches = [breach for breach in counts.meta["breaches"] if breach["rows"]]
    return told + [f"{breach['reason']}: {breach['rows']:,} rows" for breach in breaches]
