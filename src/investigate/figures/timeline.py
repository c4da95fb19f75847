"""What happened when in a case: a lane for each kind of moment, and how long things took."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import FixedLocator

from investigate.figures.lanes import ROW, Mark, Placed, place
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
from investigate.figures.text import name

LOOKS = {
    "onset": (VERMILLION, "D"),
    "alert": (VERMILLION, "^"),
    "run": (INK, "o"),
    "finding": (INK, "s"),
    "update": (BLUE, "o"),
    "sign-off": (GREEN, "P"),
    "rerun": (FAINT, "o"),
    "recovery": (GREEN, "D"),
}
"""Lanes from the top down, each with a colour and a marker; other kinds follow by name."""
OTHER = (FAINT, "o")
MOST = 8
"""Moments of a lane that are written out; of more, the first and last ones."""
FIRST, LAST = datetime(1970, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001
"""Moments beyond are no times of a case, and would leave no room for those that are."""
BAND = "#f4f4f4"

Moment = tuple[datetime, str, str]
"""When, of which kind, and in words."""
Stretch = tuple[str, str, datetime, datetime]
"""What took its time, how long in words, from when, until when."""
NEAREST = 42
"""Pixels between ticks: the end of one month and the beginning of the next may come closer."""


def timeline(claim: str, moments: Sequence[Moment], stretches: Sequence[Stretch] = ()) -> Chart:
    """The figure of `moments`, with `stretches` above them; times are drawn in UTC.

    A time without a zone is read as UTC. Without any moment, the claim alone.
    """
    shown = sorted((when, kind, text) for at, kind, text in moments if _likely(when := _utc(at)))
    if not shown:
        return sentence(claim)
    spans = [(what, long, _utc(a), _utc(b)) for what, long, a, b in stretches]
    spans = [span for span in spans if _likely(span[2], span[3])]
    every = [when for when, _, _ in shown] + [end for _, _, *ends in spans for end in ends]
    low, high = _limits(min(every), max(every))
    lanes = [(what, [_span(long, a, b)]) for what, long, a, b in spans] + _lanes(shown, every)
    with drawing(claim, 2) as figure:
        ax = figure.subplots()
        ax.set_xlim(low, high)
        left_out = len(moments) - len(shown)
        more = f"; {left_out:,} outside {FIRST:%Y} to {LAST:%Y} left out" if left_out else ""
        ax.set_xlabel(f"time (UTC){more}", loc="left", fontsize=SMALL)
        # Names of the lanes say how wide the axes will be, and that how many rows they take.
        ax.set_yticks(range(len(lanes)), [name(label) for label, _ in lanes])
        figure.draw_without_rendering()
        _dates(ax)
        placed = [(label, place(ax, marks)) for label, marks in lanes]
        rows = sum(height for _, (_, height) in placed)
        heading = figure.get_window_extent().height - ax.get_window_extent().height
        figure.set_size_inches(figure.get_figwidth(), rows * ROW + heading / figure.dpi)
        _draw(ax, placed, rows)
    return figure


def _lanes(shown: list[Moment], every: list[datetime]) -> list[tuple[str, list[Mark]]]:
    by_kind: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for when, kind, text in shown:
        by_kind[kind].append((when, text))
    order = [*(k for k in LOOKS if k in by_kind), *sorted(by_kind.keys() - LOOKS.keys())]
    return [(kind, _marks(kind, by_kind[kind], _form(every))) for kind in order]


def _marks(kind: str, found: list[tuple[datetime, str]], form: str) -> list[Mark]:
    colour, marker = LOOKS.get(kind, OTHER)
    few = len(found) <= MOST + 1
    ends = found if few else found[: MOST // 2] + found[-MOST // 2 :]
    marks = [Mark((_days(when),), f"{when:{form}}  {text}", colour, marker) for when, text in ends]
    if between := [] if few else found[MOST // 2 : -MOST // 2]:
        points = tuple(_days(when) for when, _ in between)
        marks.insert(MOST // 2, Mark(points, f"{len(between)} more", colour, "|"))
    return marks


def _span(length: str, start: datetime, end: datetime) -> Mark:
    return Mark((_days(start), _days(end)), length, INK, "|", joined=True)


def _draw(ax: Axes, placed: list[tuple[str, tuple[list[Placed], int]]], rows: int) -> None:
    top, middles = 0, []
    for number, (_, (marks, height)) in enumerate(placed):
        if number % 2 == 0:
            ax.axhspan(top, top + height, color=BAND, linewidth=0, zorder=0)
        for mark in marks:
            mark.draw(ax, top)
        middles.append(top + height / 2)
        top += height
    ax.set_ylim(rows, 0)
    ax.set_yticks(middles, [name(label) for label, _ in placed])
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)


def _dates(ax: Axes) -> None:
    """Ticks at round times; of two that are too near, the later, which names a month or day."""
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    locator.set_axis(ax.xaxis)
    kept: list[float] = []
    for tick in sorted(map(float, locator()), reverse=True):
        (here, _), (there, _) = ax.transData.transform([(tick, 0), (kept[-1] if kept else 1e9, 0)])
        if there - here >= NEAREST:
            kept.append(tick)
    ax.xaxis.set_major_locator(FixedLocator(kept[::-1]))
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def _limits(first: datetime, last: datetime) -> tuple[float, float]:
    """Ends of the axis, with room for the marks; about an hour around a single moment."""
    room = max((last - first) / 40, timedelta(minutes=2)) if last > first else timedelta(hours=1)
    return _days(first - room), _days(last + room)


def _form(every: list[datetime]) -> str:
    """How times are written: no more of the date than tells them apart."""
    first, last = min(every), max(every)
    if first.date() == last.date():
        return "%H:%M"
    return "%m-%d %H:%M" if first.year == last.year else "%Y-%m-%d %H:%M"


def _utc(when: datetime) -> datetime:
    return when if when.tzinfo is None else when.astimezone(UTC).replace(tzinfo=None)


def _likely(*moments: datetime) -> bool:
    return all(FIRST <= moment < LAST for moment in moments)


def _days(moment: datetime) -> float:
    return float(date2num(moment))  # type: ignore[no-untyped-call]
