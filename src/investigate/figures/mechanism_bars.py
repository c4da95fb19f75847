"""Is the score broken, or is the task harder: mix, spread and validity as bars."""

from investigate.figures.bars import ROW, Bar, draw_bars, number
from investigate.figures.style import Chart, drawing
from investigate.finding import Finding, draws

MEANING = {
    "mix": "mix shift: other rows are scored",
    "spread": "score dispersion: scores lie closer or further apart",
    "validity": "calibration: a score means something else",
}


@draws("mechanism")
def mechanism_bars(finding: Finding) -> Chart:
    """The three parts of the change in AUC with their intervals, and their sum."""
    bars = [
        Bar(meaning, (n := finding.numbers[part]).value, n.low, n.high)
        for part, meaning in MEANING.items()
    ]
    bars.append(Bar("all: change in AUC", number(finding.detail["sum"]), kind="total"))
    with drawing(finding.claim, 1.6 + ROW * len(bars)) as figure:
        ax = figure.subplots()
        draw_bars(ax, bars)
        ax.set_xlabel("part of the change in AUC; whiskers: interval")
    return figure
