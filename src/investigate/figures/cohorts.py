"""Which columns separate the drop best: the groups of several columns on one scale."""

from collections.abc import Sequence

from investigate.analyses.wording import points
from investigate.figures.bars import ROW, Bar, draw_bars, number, reach
from investigate.figures.contributions import group_bars, label_of, legend, short, total_bar
from investigate.figures.style import SMALL, Chart, drawing, sentence
from investigate.figures.text import LONGEST_NAME, name
from investigate.finding import Finding
from investigate.rendering import columns_of

MOST_COLUMNS = 6
MOST_BARS = 5


def cohorts(findings: Sequence[Finding]) -> Chart:
    """Contributions by several columns, one panel each; every panel adds up to the change.

    ``findings``: those of `contributions`. First come columns of which a group stands out, then
    those whose groups differ most from what groups of their size would carry; the columns beyond
    the first six are counted.
    """
    columns = [
        (finding, group_bars(finding.table, MOST_BARS)) for finding in findings if finding.table
    ]
    if not columns:
        return sentence("The question names no cohort column: there is nothing to compare.")
    columns.sort(
        key=lambda one: (
            not _standing_out(*one),
            -sum(abs(_excess(bar)) for bar in one[1]),
            one[0].name,
        )
    )
    shown = [(finding, [*bars, total_bar(finding)]) for finding, bars in columns[:MOST_COLUMNS]]
    heights = [len(bars) + 1.0 for _, bars in shown]
    with drawing(_claim(*columns[0]), 1.5 + ROW * sum(heights), space=0) as figure:
        axes = figure.subplots(len(shown), sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for ax, (finding, bars) in zip(axes, shown, strict=True):
            draw_bars(ax, bars, ("share of rows", "AUC in the group"))
            title = " and ".join(columns_of(finding.detail["by"]))
            ax.set_title(name(title, 2 * LONGEST_NAME), loc="left", fontsize=SMALL, weight="bold")
        left = len(columns) - len(shown)
        more = f"\n{left} more columns are in the tables" if left else ""
        every = [bar for _, bars in shown for bar in bars]
        axes[-1].set_xlim(*reach(every))
        axes[-1].set_xlabel(f"{legend(every)}{more}", fontsize=SMALL)
    return figure


def _excess(bar: Bar) -> float:
    """How much more a group carries than a group of its size that is like the rest."""
    return (bar.value or 0.0) - (bar.typical or 0.0)


def _standing_out(finding: Finding, bars: Sequence[Bar]) -> list[Bar]:
    """The groups that carry more of the change than others of their size."""
    change = number(finding.detail["change"]) or 0.0
    # Records of before say only which groups surely changed.
    labels = {label_of(r) for r in finding.table if r.get("stands_out", r.get("discovered"))}
    return [
        bar
        for bar in bars
        if bar.kind == "sure" and bar.label in labels and _excess(bar) * change > 0
    ]


def _claim(finding: Finding, bars: Sequence[Bar]) -> str:
    """What the leading column says; the finding's own claim where no group stands out.

    Where all groups fell alike the largest carries most, and stands out by its size alone.
    """
    groups = _standing_out(finding, bars)
    if not groups:
        return short(finding.claim, finding.table)
    change = number(finding.detail["change"]) or 0.0
    most = max(groups, key=lambda bar: abs(_excess(bar)))
    return (
        f"By {finding.detail['by']}, {most.label} carries {points(most.value or 0.0)} of "
        f"{points(change)}; a group of its size that is like the rest would carry "
        f"{points(most.typical or 0.0)}."
    )
