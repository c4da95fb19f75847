"""Which items drifted between the windows, as bars on the scale that testing uses."""

from investigate.analyses.item_drift import LARGE, MODERATE
from investigate.figures.bars import ROW, Bar, draw_bars, number
from investigate.figures.style import FAINT, SMALL, Chart, drawing, sentence
from investigate.finding import Finding, draws

MOST = 20


@draws("item_drift")
def item_drift(finding: Finding) -> Chart:
    """Drift of the first items between the windows, with intervals, ETS class and rows.

    Dotted lines mark where class B may begin, and class C.
    """
    rows = [row for row in finding.table if row["compared"] == "windows"][:MOST]
    if not rows:
        return sentence(finding.claim)
    bars = [
        Bar(
            str(row["item"]),
            number(row["delta"]),
            number(row["low"]),
            number(row["high"]),
            kind="sure" if row["discovered"] else "unsure",
            beside=(row["ets"], f"{row['rows']:,}"),
        )
        for row in sorted(rows, key=lambda row: (row["delta"], row["item"]))
    ]
    with drawing(finding.claim, 1.8 + ROW * len(bars)) as figure:
        ax = figure.subplots()
        draw_bars(ax, bars, ("ETS class", "rows"))
        ax.set_ylabel("item")
        for limit in (MODERATE, LARGE):
            for side in (-limit, limit):
                ax.axvline(side, color=FAINT, linestyle=":", linewidth=1, zorder=1)
        ax.set_xlabel(
            "drift (delta): negative became harder, positive easier; dotted: limits of B and C\n"
            "filled: significant at the false discovery rate",
            fontsize=SMALL,
        )
    return figure
