"""What a monitor prints: the newest bucket, what is wrong, what is new."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from investigate.monitor.alerts import Alert
from investigate.monitor.cases import question_file
from investigate.monitor.charts.panel import EVERYTHING
from investigate.monitor.intake import Taken
from investigate.monitor.judging import Judged
from investigate.monitor.watch import Watch
from investigate.monitor.words import change, number, over, rows_of, together, when
from investigate.records.terminal import print_table
from investigate.rendering import plain

RECENT = timedelta(days=7)
"""What was over, or changed, longer ago is told in one line."""
MOST_LINES = 12
"""Late buckets, or alerts that were over before anyone looked, that are listed."""


def show(
    console: Console,
    watch: Watch,
    taken: Taken,
    judged: Judged,
    alerts: Sequence[Alert],
    late: pd.DataFrame,
    audit: Path,
) -> None:
    """Print all that one run of a monitor found."""
    _say(
        console,
        f"{watch.watch}: {taken.rows:,} rows read from {len(taken.parts):,} of the log's parts",
    )
    newest = judged.shown["start"].max() if len(judged.shown) else None
    for told in _late(late, watch, newest, {one.start for one in taken.changed}):
        _say(console, told)
    if newest is None or newest < pd.Timestamp(watch.baseline.bounds(watch.timezone)[1]):
        _say(console, "nothing is judged yet: the baseline goes on")
        return
    _newest(console, judged.shown, watch, alerts)
    for alert in alerts:
        own = [a for a in alerts if a.open and a.case == alert.case]
        if alert.opens and own:
            _say(console, f"alert, case {audit / alert.case}:")
            for line in together(own, watch):
                _say(console, line, indent=2)
            if not alert.investigated:
                told = f"find out why: investigate run {question_file(alert, audit)}"
                _say(console, told, indent=2)
    past = [alert for alert in alerts if alert.ended is not None]
    recent = [a for a in past if a.ended is not None and a.ended >= newest - RECENT][-MOST_LINES:]
    for alert in recent:
        _say(console, f"over: {change(alert, watch)}; {over(alert, watch)}")
    if len(past) > len(recent):
        more = " more before these" if recent else " before"
        _say(console, f"over: {len(past) - len(recent)}{more}")
    if not any(alert.open for alert in alerts):
        _say(console, "no alert is open")


def _newest(console: Console, shown: pd.DataFrame, watch: Watch, alerts: Sequence[Alert]) -> None:
    newest = shown[shown["start"] == shown["start"].max()]
    wrong = {alert.what[:3] for alert in alerts if alert.open}
    rows, groups, fine = [], 0, 0
    for row in newest.to_dict("records"):
        alerted = (row["measure"], row["by"], row["label"]) in wrong
        if row["by"] in (EVERYTHING, "system"):
            rows.append(_cells(row, alerted))
        else:
            groups, fine = groups + 1, fine + (not alerted)
    if groups:
        state = "" if fine == groups else f"{groups - fine} in alert"
        rows.append((f"AUC, {groups} more groups", "", "", "", state))
    day = when(newest["start"].iloc[0].to_pydatetime(), watch)
    print_table(console, (day, "value", "95% interval", "bounds", ""), rows)


def _cells(row: dict[Any, Any], wrong: bool) -> tuple[str, ...]:
    def told(value: float) -> str:
        return number(row["measure"], value)

    what = row["measure"]
    if row["by"] != EVERYTHING:
        what += f", {rows_of(row['by'], row['label'])}"
    if pd.isna(row["value"]):
        return what, "–", "–", "–", "alert" if wrong else "no value"
    season = f" (time of year: {row['season']:+.3f})" if row["season"] else ""
    return (
        what,
        told(row["value"]),
        f"{told(row['low'])} to {told(row['high'])}",
        f"{told(row['lowest'])} to {told(row['highest'])}{season}",
        "alert" if wrong else "",
    )


def _late(
    late: pd.DataFrame, watch: Watch, newest: pd.Timestamp | None, changed: set[datetime]
) -> list[str]:
    """Buckets with other rows than when they were judged: recent ones, and those changed now."""
    recent = late["start"].isin(list(changed))
    if newest is not None:
        recent |= late["start"] >= newest - RECENT
    told = [
        f"{row['late']:+,} rows for {when(row['start'].to_pydatetime(), watch)} since it was judged"
        for row in late[recent].tail(MOST_LINES).to_dict("records")
    ]
    more = len(late) - len(told)
    before = " before these" if told else " that were judged"
    return (
        [f"late rows for {more:,} bucket{'' if more == 1 else 's'}{before}"] if more > 0 else []
    ) + told


def _say(console: Console, text: str, indent: int = 0) -> None:
    console.print(Text(" " * indent + plain(text, 1000)), soft_wrap=True)
