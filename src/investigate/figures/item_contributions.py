"""Which items the drop came from: their parts of the change, beside their drift."""

from collections.abc import Mapping
from typing import Any

from investigate.analyses.item_drift import LARGE, MODERATE
from investigate.figures.bars import ROW, Bar, draw_bars, number
from investigate.figures.style import FAINT, SMALL, Chart, drawing, sentence
from investigate.finding import Finding, draws

MOST = 15


@draws("items")
def item_contributions(finding: Finding) -> Chart:
    """The items with the largest parts, the largest loss first: AUC points, and drift (delta).

    Filled on the left: the part differs from zero at the false discovery rate; on the right: the
    drift does. Dotted lines mark where ETS class B may begin, and class C.
    """
    rows = [row for row in finding.table if row["low"] is not None]
    largest = sorted(rows, key=lambda row: (-abs(row["contribution"]), row["item"]))[:MOST]
    shown = sorted(largest, key=lambda row: (row["contribution"], row["item"]))
    if not shown:
        return sentence(finding.claim)
    parts = [
        Bar(
            str(row["item"]),
            number(row["contribution"]),
            number(row["low"]),
            number(row["high"]),
            kind="sure" if row["discovered"] else "unsure",
            typical=number(row["common"]),
            beside=(f"{row['rows_incident']:,}",),
        )
        for row in shown
    ]
    with drawing(finding.claim, 2.0 + ROW * len(parts)) as figure:
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        draw_bars(left, parts, ("rows",))
        draw_bars(right, [_drift(row) for row in shown], ("class",), room=0.4)
        for limit in (MODERATE, LARGE):
            for side in (-limit, limit):
                right.axvline(side, color=FAINT, linestyle=":", linewidth=1, zorder=1)
        left.set_ylabel("item")
        left.set_xlabel("AUC points of the change\ntick: an item like everyone", fontsize=SMALL)
        right.set_xlabel("drift at equal scores (delta)\nnegative became harder", fontsize=SMALL)
    return figure


def _drift(row: Mapping[str, Any]) -> Bar:
    return Bar(
        "",
        number(row["delta"]),
        number(row["delta_low"]),
        number(row["delta_high"]),
        kind="sure" if row["drifted"] else "unsure",
        beside=(row["ets"] or "",),
    )
