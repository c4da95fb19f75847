"""AUC over time as a few points, taken from what the notebooks showed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from investigate.finding import MIME
from investigate.records.documents import (
    UnreadableError,
    document,
    instant,
    listed,
    mapping,
    number,
    rows,
    words,
)

POINTS = 60
ONSET = "onset"
"""The name of the finding that carries the series."""


class Curve(BaseModel):
    """Times lie between 0, the first bucket's, and 1; ``windows``: baseline and incident."""

    model_config = ConfigDict(frozen=True)

    points: tuple[tuple[float, float], ...] = ()
    windows: tuple[tuple[float, float], ...] = ()
    onset: float | None = None
    first: str = ""
    last: str = ""


def curve(parameters: Any, findings: Any, notebooks: Sequence[Path]) -> Curve:
    """The curve of a run; without points where no notebook showed a series."""
    found, zone = _finding(notebooks), words(mapping(parameters).get("timezone"), 60) or "UTC"
    series = list(_series(found.get("series")))
    asked = [mapping(parameters.get(name)) for name in ("baseline", "incident")]
    windows = [
        (start, end)
        for window in asked
        if (start := instant(window.get("start"), zone))
        and (end := instant(window.get("end"), zone))
    ]
    moments = [time for time, _, _ in series] + [time for window in windows for time in window]
    if not moments or min(moments) == max(moments):
        return Curve()
    first, last = min(moments), max(moments)

    def at(moment: datetime) -> float:
        return round((moment - first) / (last - first), 4)

    onset = instant(mapping(mapping(findings).get("onset")).get("date"), zone)
    place = ZoneInfo(zone) if windows else UTC
    return Curve(
        points=tuple((at(time), round(auc, 4)) for time, auc in _fewer(series)),
        windows=tuple((at(start), at(end)) for start, end in windows),
        onset=at(onset) if onset and first <= onset <= last else None,
        first=f"{first.astimezone(place):%Y-%m-%d}",
        last=f"{last.astimezone(place):%Y-%m-%d}",
    )


def _finding(notebooks: Sequence[Path]) -> dict[str, Any]:
    for path in notebooks:
        try:
            cells = rows(document(path).get("cells"))
        except UnreadableError:
            continue
        for output in (output for cell in cells for output in rows(cell.get("outputs"))):
            found = mapping(mapping(output.get("data")).get(MIME))
            if found.get("name") == ONSET and listed(mapping(found.get("detail")).get("series")):
                return mapping(found["detail"])
    return {}


def _series(stored_rows: Any) -> Iterator[tuple[datetime, float, float]]:
    for row in rows(stored_rows, 100_000):
        time, auc = instant(row.get("start")), number(row.get("auc"))
        if time is not None and auc is not None and 0 <= auc <= 1:
            yield time, auc, max(number(row.get("rows")) or 0.0, 1.0)


def _fewer(series: list[tuple[datetime, float, float]]) -> Iterator[tuple[datetime, float]]:
    """Means weighted by rows, of as many neighbours as leaves `POINTS` points."""
    series = sorted(series)
    step = -(-len(series) // POINTS) or 1
    for begin in range(0, len(series), step):
        part = series[begin : begin + step]
        weight = sum(w for _, _, w in part)
        middle = part[0][0] + (part[-1][0] - part[0][0]) / 2
        yield middle, sum(auc * w for _, auc, w in part) / weight
