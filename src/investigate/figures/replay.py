"""What AUC would have been: a row for each set of frozen systems, beside what it was."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from investigate.figures.bars import ROW
from investigate.figures.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    SMALL,
    VERMILLION,
    Chart,
    drawing,
    sentence,
)
from investigate.figures.text import safe, shortened
from investigate.finding import Finding, draws

MOST_ROWS = 12


@draws("replay")
def replay(finding: Finding) -> Chart:
    """AUC of every arm of ``finding`` (that of `replay`), with intervals.

    Filled circles recovered more than the placebo explains, surely; hollow ones did not.
    """
    if not finding.table:
        return sentence(finding.claim)
    arms = _arms(finding)
    rows = _shown(finding, arms)
    with drawing(finding.claim, 2.2 + 1.5 * ROW * len(rows)) as figure:
        ax = figure.subplots()
        for y, row in enumerate(rows):
            _draw(ax, y, row)
        ax.axvline(
            finding.numbers["observed"].value or 0.5,
            color=VERMILLION,
            linestyle="dashed",
            linewidth=1.2,
            zorder=1,
        )
        ax.axvline(0.5, color=FAINT, linewidth=1, zorder=1)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_yticks(range(len(rows)), [_label(row, arms) for row in rows])
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=False, axis="y")
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        low, high = ax.get_xlim()
        ax.set_xlim(min(low, 0.485), high + 0.1 * (high - low))
        ax.set_xlabel(
            "AUC of the incident's rows since the freeze; whiskers: interval\n"
            "filled: recovers more than the placebo explains\n"
            "dashed line: the incident as it was; grey line: 0.5, pure chance",
            fontsize=SMALL,
        )
    return figure


Arms = Mapping[str, tuple[str, ...]]
"""The systems of each arm by how the table names them: a system's name may hold a comma."""


def _arms(finding: Finding) -> Arms:
    systems = finding.detail.get("systems", ())
    sets = (s for size in range(1, len(systems) + 1) for s in combinations(systems, size))
    return {", ".join(chosen): chosen for chosen in sets}


def _frozen(name: str, arms: Arms) -> tuple[str, ...]:
    # A finding that does not say which systems there are has nothing but the text.
    return arms.get(name) or tuple(name.split(", "))


def _shown(finding: Finding, arms: Arms) -> list[Mapping[str, Any]]:
    """The baseline, the incident as it was, each system alone, larger sets, candidates."""

    def rank(row: Mapping[str, Any]) -> tuple[int, int]:
        name = str(row["frozen"])
        if name == "nothing":
            return 0, 0
        return (2 if name.startswith("candidate") else 1), len(_frozen(name, arms))

    known = [row for row in finding.table if row["auc"] is not None]
    before = finding.numbers["baseline"]
    first = {"frozen": "", "auc": before.value, "low": before.low, "high": before.high}
    return [first, *sorted(known, key=rank)[:MOST_ROWS]]


def _draw(ax: Axes, y: int, row: Mapping[str, Any]) -> None:
    colour = {0: GREEN, 1: VERMILLION}.get(y, BLUE)
    sure = y < 2 or (row["recovered_low"] is not None and row["recovered_low"] > 0)
    if row["low"] is not None:
        ax.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=2, zorder=2)
    ax.plot(
        row["auc"],
        y,
        "o",
        markersize=8,
        markerfacecolor=colour if sure else "white",
        markeredgecolor=colour,
        zorder=3,
    )
    ax.annotate(
        f"{row['auc']:.3f}",
        (row["high"] if row["high"] is not None else row["auc"], y),
        (7, 0),
        textcoords="offset points",
        va="center_baseline",
        color=INK,
    )


def _label(row: Mapping[str, Any], arms: Arms) -> str:
    name = str(row["frozen"])
    if name in ("", "nothing"):
        return "baseline" if not name else "incident, as it was"
    if name.startswith("candidate: "):
        return f"with {safe(shortened(name.removeprefix('candidate: '), 30))}"
    parts = [safe(shortened(part, 28)) for part in _frozen(name, arms)]
    return "with old values of\n" + "\nand ".join(parts)
