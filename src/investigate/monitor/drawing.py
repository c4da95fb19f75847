"""The control chart of AUC of all rows, as a picture."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from investigate.errors import InputError
from investigate.measures import AUC
from investigate.monitor.alerts import FIXED, Alert
from investigate.monitor.charts.panel import EVERYTHING
from investigate.monitor.judging import Judged
from investigate.monitor.watch import Watch
from investigate.monitor.words import when
from investigate.rendering import one_line

KINDS = (".png", ".svg", ".pdf")


def draw(path: Path, watch: Watch, judged: Judged, alerts: Sequence[Alert]) -> None:
    """Write the chart to `path`, a PNG or SVG. Raises `InputError` where that cannot be."""
    # Imported late: a monitor that draws nothing is ready sooner.
    from investigate.figures.control_chart import control_chart

    own = judged.shown
    own = own[(own["by"] == EVERYTHING) & (own["measure"] == AUC.name)]
    mine = [a for a in alerts if a.measure == AUC.name and a.by == EVERYTHING]
    newest = judged.shown["start"].max().to_pydatetime()
    figure = control_chart(
        _claim(watch, mine, newest, own[own["start"] == newest]),
        own,
        [_stretch(alert, watch, newest) for alert in mine],
        learnt_until=watch.baseline.bounds(watch.timezone)[1],
        limit=watch.limits.auc,
    )
    try:
        figure.savefig(path, dpi=figure.dpi)
    except (OSError, ValueError) as error:
        raise InputError(f"--chart: cannot write {str(path)!r}: {one_line(error)}") from error


def check_writable(path: Path) -> None:
    """Raises `InputError` where `draw` could not write to `path`; before anything is counted."""
    if path.suffix.lower() not in KINDS:
        raise InputError(f"--chart: {str(path)!r} is no picture; end its name in .png or .svg")
    if not path.parent.is_dir():
        raise InputError(f"--chart: there is no folder {str(path.parent)!r}; make it first")


def _claim(watch: Watch, alerts: Sequence[Alert], newest: datetime, now: pd.DataFrame) -> str:
    """What the chart shows of the `newest` bucket, which is `now`: the row of it, if it has any."""
    if open_ones := [alert for alert in alerts if alert.open]:
        since = min(alert.since for alert in open_ones)
        return f"{watch.watch}: AUC of all rows is out of its bounds since {when(since, watch)}"
    if newest < watch.baseline.bounds(watch.timezone)[1]:
        return f"{watch.watch}: AUC of all rows is not judged yet, the baseline is not over"
    on = f"on {when(newest, watch)}"
    if not now["value"].notna().any():
        return f"{watch.watch}: AUC of all rows has no value {on}; no alert on it is open"
    # One value beyond its bounds is no alert, and not inside them either.
    if not now["value"].between(now["lowest"], now["highest"]).all():
        return f"{watch.watch}: AUC of all rows is outside its bounds {on}; no alert on it is open"
    return f"{watch.watch}: AUC of all rows is inside its bounds {on}"


def _stretch(alert: Alert, watch: Watch, newest: datetime) -> tuple[datetime, datetime, str]:
    end = alert.ended or newest + watch.step
    over = "" if alert.ended is None else f", over {when(alert.back or alert.ended, watch)}"
    why = "below its limit" if alert.why == FIXED else "raised"
    text = f"{why} {when(alert.raised, watch)}{over}"
    return alert.since, max(end, alert.since + timedelta(hours=1)), text
