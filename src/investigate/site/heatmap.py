"""The change in AUC of every run of a sweep, as inline SVG that says its numbers in words too."""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup, escape

from investigate.batch.folder import BatchRow, BatchSummary
from investigate.rendering import points

WIDTH, LEFT, TOP, HEIGHT = 920, 190, 34, 34
LABELS = 11
"""Columns that are labelled; of more, every second, third and so on."""
LOSS, GAIN, NONE = (213, 94, 0), (0, 114, 178), (225, 225, 225)
LEAST = 0.01
"""The change in AUC that gets the full colour at least, so that noise stays pale."""


def heatmap(summary: BatchSummary) -> Markup:
    """A cell a run: columns are the values of the last swept parameter; empty without a sweep."""
    if not summary.axes:
        return Markup("")
    lines = [
        (" ".join([summary.line(found[0]), *found[0].values[:-1]]), found)
        for found in (list(own) for _, own in groupby(summary.rows, _line))
    ]
    columns = summary.axes[-1].values
    wide, strongest = (WIDTH - LEFT) / len(columns), _strongest(summary.rows)
    parts = [_column_labels(columns, wide)]
    for number, (label, found) in enumerate(lines):
        top = TOP + number * HEIGHT
        shown = label if len(label) <= 28 else label[:27] + "…"
        parts.append(_text(LEFT - 8, top + HEIGHT / 2 + 4, shown, "end", "currentColor"))
        for row in found:
            left = LEFT + columns.index(row.values[-1]) * wide
            parts.append(_cell(row, _named(summary, row), left, top, wide, strongest))
    height = TOP + len(lines) * HEIGHT + 4
    return Markup(
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'aria-label="{escape(_words(summary))}">{"".join(parts)}</svg>'
    )


def _line(row: BatchRow) -> tuple[str, ...]:
    return row.params, *row.values[:-1]


def _words(summary: BatchSummary) -> str:
    cells = [
        f"{_named(summary, row)}: {_number(row) if row.status == 0 else row.outcome_text}"
        for row in summary.rows
    ]
    return "Change in AUC. " + "; ".join(cells)


def _named(summary: BatchSummary, row: BatchRow) -> str:
    """What is swept, and of several params files which one."""
    return summary.label(row) if len(summary.files) > 1 else " ".join(row.values)


def _number(row: BatchRow) -> str:
    change = None if row.result is None else row.result.change
    return points(change, signed=True)


def _strongest(rows: Sequence[BatchRow]) -> float:
    changes = [abs(row.result.change or 0.0) for row in rows if row.result is not None]
    return max([LEAST, *changes])


def _cell(row: BatchRow, named: str, left: float, top: float, wide: float, strongest: float) -> str:
    change = row.result.change if row.result is not None and row.status == 0 else None
    if change is None:
        colour, shown = NONE, "–" if row.result is None else "failed"
    else:
        share = abs(change) / strongest
        end = LOSS if change < 0 else GAIN
        red, green, blue = (round(255 + (channel - 255) * share * 0.75) for channel in end)
        colour, shown = (red, green, blue), _number(row)
    title = escape(f"{named}: {shown}, {row.outcome_text}")
    text = _text(left + wide / 2, top + HEIGHT / 2 + 4, shown) if wide >= 44 else ""
    return (
        f'<g><title>{title}</title><rect x="{left + 1:.1f}" y="{top + 1}" '
        f'width="{wide - 2:.1f}" height="{HEIGHT - 2}" fill="rgb{colour}"/>{text}</g>'
    )


def _column_labels(columns: Sequence[str], wide: float) -> str:
    step = -(-len(columns) // LABELS) if wide < 62 else 1
    return "".join(
        _text(LEFT + (n + 0.5) * wide, TOP - 12, value[:16], "middle", "currentColor")
        for n, value in enumerate(columns)
        if n % step == 0
    )


def _text(
    x: float, y: float, shown: str, anchor: str = "middle", colour: str = "rgb(20,20,20)"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(shown)}</text>"
    )
