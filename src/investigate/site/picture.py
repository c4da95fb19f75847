"""AUC over time as a small inline SVG that says its numbers to a screen reader."""

from markupsafe import Markup, escape

from investigate.rendering import points
from investigate.site.facts import Facts

LOW, HIGH = 0.4, 1.0
"""One scale for all pictures, so that they compare down a column."""

WINDOWS = ("baseline", "incident")


def small(facts: Facts) -> Markup:
    """A picture for a row of a table; empty where there is nothing to draw."""
    return _picture(facts, 220, 56, axis=False)


def large(facts: Facts) -> Markup:
    """The same with its scale, for a page."""
    return _picture(facts, 720, 220, axis=True)


def label(facts: Facts) -> str:
    """What the picture shows, in words."""
    before, after = points(facts.baseline.value), points(facts.incident.value)
    sentence = f"AUC {before} in the baseline, {after} in the incident"
    if facts.change.value is not None:
        sentence += f", change {points(facts.change.value, signed=True)}"
    return sentence + (f"; the change began on {facts.onset}" if facts.onset else "")


def _picture(facts: Facts, width: int, height: int, *, axis: bool) -> Markup:
    curve = facts.curve
    levels = [facts.baseline.value, facts.incident.value]
    if not curve.points and not (len(curve.windows) == 2 and any(levels)):
        return Markup("")
    left, right, top, bottom = (40, 12, 24, 26) if axis else (2, 2, 7, 4)

    def x(share: float) -> float:
        return left + min(max(share, 0.0), 1.0) * (width - left - right)

    def y(auc: float) -> float:
        share = (min(max(auc, LOW), HIGH) - LOW) / (HIGH - LOW)
        return height - bottom - share * (height - top - bottom)

    parts = []
    for name, (start, end) in zip(WINDOWS, curve.windows, strict=False):
        wide = max(x(end) - x(start), 0.5)
        parts.append(
            f'<rect class="{name}" x="{x(start):.1f}" y="{top}" width="{wide:.1f}" '
            f'height="{height - top - bottom}"/>'
        )
        if axis:
            parts.append(_text(x((start + end) / 2), top - 8, name, "middle"))
    for auc in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0) if axis else (0.5,):
        kind = "chance" if auc == 0.5 else "grid"
        parts.append(_line(kind, left, y(auc), width - right, y(auc)))
        if axis:
            parts.append(_text(left - 6, y(auc) + 4, f"{auc:.1f}", "end"))
    if axis:
        parts.append(_text(left, height - 8, curve.first, "start"))
        parts.append(_text(width - right, height - 8, curve.last, "end"))
    if curve.points:
        path = " ".join(f"{x(share):.1f},{y(auc):.1f}" for share, auc in curve.points)
        parts.append(f'<polyline class="line" points="{path}"/>')
        if len(curve.points) == 1:
            share, auc = curve.points[0]
            parts.append(f'<circle class="dot" cx="{x(share):.1f}" cy="{y(auc):.1f}" r="2.5"/>')
    else:
        for (start, end), value in zip(curve.windows, levels, strict=False):
            if value is not None:
                parts.append(_line("line", x(start), y(value), x(end), y(value)))
    if curve.onset is not None:
        at = x(curve.onset)
        parts.append(_line("onset", at, top, at, height - bottom))
        parts.append(f'<path class="mark" d="M{at - 4:.1f} {top - 6}h8l-4 6z"/>')
    return Markup(
        '<svg class="auc" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(width, height, width, height, label(facts), Markup("".join(parts)))


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
