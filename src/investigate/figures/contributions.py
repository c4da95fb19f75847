"""Which groups the drop came from: bars that add up to the change in AUC."""

from collections.abc import Mapping, Sequence
from typing import Any

from investigate.figures.bars import ROW, Bar, draw_bars, number
from investigate.figures.style import SMALL, Chart, drawing, sentence
from investigate.figures.text import LONGEST_NAME, shortened
from investigate.finding import Finding, draws

MOST_BARS = 12

Row = Mapping[str, Any]


@draws("by")
def contributions(finding: Finding) -> Chart:
    """Contribution of each group, the largest loss first, and their sum.

    Groups beyond the largest are drawn as one bar, so that the bars still add up.
    """
    if not finding.table:
        return sentence(finding.claim)
    bars = [*group_bars(finding.table, MOST_BARS), total_bar(finding)]
    with drawing(short(finding.claim, finding.table), 1.6 + ROW * len(bars)) as figure:
        ax = figure.subplots()
        draw_bars(ax, bars, ("share of rows", "AUC in the group"))
        ax.set_xlabel(legend(bars), fontsize=SMALL)
    return figure


def group_bars(table: Sequence[Row], most: int) -> list[Bar]:
    """A bar a group, in the order of the table; the smallest beyond `most` - 1 in one bar."""
    totals = [sum(row[f"rows_{w}"] for row in table) for w in ("baseline", "incident")]
    largest = sorted(table, key=lambda row: -abs(_contribution(row)))
    kept = largest if len(largest) <= most else largest[: most - 1]
    names = {id(row) for row in kept}
    change = sum(map(_contribution, table))
    bars = [_bar(row, totals, change) for row in table if id(row) in names]
    rest = [row for row in table if id(row) not in names]
    if not rest:
        return bars
    rows = [sum(row[f"rows_{w}"] for row in rest) for w in ("baseline", "incident")]
    total = sum(map(_contribution, rest))
    return [
        *bars,
        Bar(
            f"{len(rest)} more groups",
            total,
            kind="merged",
            typical=typical_of(rows, totals, change),
            beside=(_shares(rows, totals),),
        ),
    ]


def typical_of(rows: Sequence[int], totals: Sequence[int], change: float) -> float:
    """What a group of this size carries if its scores and outcomes are like everyone's.

    The weights of each window's rows sum to half the change.
    """
    return change * sum(part / (2 * total) for part, total in zip(rows, totals, strict=True))


def total_bar(finding: Finding) -> Bar:
    """The sum of the groups, with the interval of the change that it equals."""
    change = finding.numbers["change"]
    return Bar(
        "all: change in AUC", number(finding.detail["sum"]), change.low, change.high, "total"
    )


def short(claim: str, table: Sequence[Row]) -> str:
    """`claim` with the group it may name written as the bars write it."""
    return claim.replace(table[0]["group"], label_of(table[0]))


def label_of(row: Row) -> str:
    """A group's name, short; of a system's cohort both parts stay legible."""
    if len(row["group"]) > LONGEST_NAME and row["system"] and row["cohort"]:
        half, (cohort,) = LONGEST_NAME // 2, row["cohort"].values()
        return f"{shortened(row['system'], half)} × {shortened(cohort, half)}"
    return shortened(row["group"])


def legend(bars: Sequence[Bar]) -> str:
    """How to read the bars."""
    unsure = any(bar.kind == "unsure" for bar in bars)
    return (
        "contribution to the change in AUC; whiskers: interval\n"
        "tall tick: what a group of its size carries if it is like the rest\n"
        "columns: baseline → incident" + ("; outlined: may be chance" if unsure else "")
    )


def _bar(row: Row, totals: Sequence[int], change: float) -> Bar:
    rows = [row["rows_baseline"], row["rows_incident"]]
    return Bar(
        label_of(row),
        number(row["contribution"]),
        row["low"],
        row["high"],
        kind="sure" if row["discovered"] else "unsure",
        typical=typical_of(rows, totals, change),
        beside=(_shares(rows, totals), f"{_auc(row, 'baseline')} → {_auc(row, 'incident')}"),
    )


def _contribution(row: Row) -> float:
    return number(row["contribution"]) or 0.0


def _shares(rows: Sequence[int], totals: Sequence[int]) -> str:
    return " → ".join(_share(part / total) for part, total in zip(rows, totals, strict=True))


def _share(share: float) -> str:
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"


def _auc(row: Row, window: str) -> str:
    value = number(row[f"auc_{window}"])
    return "none" if value is None else f"{value:.2f}"
