"""What ``investigate monitor`` does: a round of the monitor, its alerts, an exit status."""

import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from investigate.cli.app import moment, say
from investigate.cli.send import report
from investigate.cli.tables import print_table
from investigate.errors import InputError, RunError
from investigate.monitor.alerts import Alert
from investigate.monitor.cases import question_file
from investigate.monitor.charts.panel import EVERYTHING
from investigate.monitor.drawing import check_writable, draw
from investigate.monitor.round import FAILED, Round, go_round, investigate_cases
from investigate.monitor.watch import Watch, load
from investigate.monitor.words import change, number, over, rows_of, together, when
from investigate.updates.delivery import empty

RECENT = timedelta(days=7)
"""What was over, or changed, longer ago is shown in one line."""
FINE, ALERT = 0, 3
MOST_LINES = 12
"""Late buckets, or alerts that were over before anyone looked, that are listed."""


def monitor(
    path: Path,
    console: Console,
    *,
    audit: Path,
    outbox: Path,
    at: str | None = None,
    chart: Path | None = None,
) -> int:
    """Run the watch in the file at `path` once; the exit status: 3 while any alert is open.

    With `chart`, a picture of AUC of all rows is written there. `at` is the moment as which it
    is run, in the watch's time zone. Raises `InputError` and `RunError` as `go_round` does.
    """
    watch = load(path)
    if chart is not None:
        check_writable(chart)
    found = go_round(watch, moment(at, watch.timezone), audit, outbox)
    show(console, found, audit)
    failures = []
    if chart is not None and len(found.judged.shown):
        try:
            draw(chart, watch, found.judged, found.alerts)
        except InputError as error:
            # People are told of an alert, whatever becomes of a picture.
            failures.append(str(error))
    if watch.send:
        try:
            report(empty(outbox), console)
        except RunError as error:
            failures.append(str(error))
    # People know by now, and another monitor can have its turn: notebooks take their time.
    for line in investigate_cases(watch, found.alerts, audit, console):
        if line.startswith(FAILED):
            failures.append(line.removeprefix(FAILED))
        else:
            say(console, line)
    if not found.raised:
        if failures:
            raise RunError("; ".join(failures))
        return FINE
    for failure in failures:
        say(console, f"{FAILED}{failure}")
    return ALERT


def show(console: Console, found: Round, audit: Path) -> None:
    """Print all that one round of a monitor found."""
    watch, judged, alerts = found.watch, found.judged, found.alerts
    say(
        console,
        f"{watch.watch}: {found.ingested.rows:,} rows read, "
        f"from {len(found.ingested.parts):,} new or changed parts of the log",
    )
    if found.ingested.again:
        say(console, f"{found.ingested.again:,} known rows read again: new outcomes are in")
    if (waits := found.ingested.waits).learnt:
        say(console, _waited(waits.wait, watch))
    for line in found.ingested.refused:
        say(console, f"unusable: {line}")
    if untimed := found.ingested.untimed:
        say(
            console, f"{untimed:,} of these rows have no usable time and count for no {watch.every}"
        )
    newest = judged.shown["start"].max() if len(judged.shown) else None
    for text in _late(found.late, watch, newest, {one.start for one in found.ingested.changed}):
        say(console, text)
    if newest is None or newest < pd.Timestamp(watch.baseline.bounds(watch.timezone)[1]):
        say(console, "nothing is judged yet: the baseline is not over")
        return
    _newest(console, judged.shown, watch, alerts)
    for alert in alerts:
        own = [a for a in alerts if a.open and a.case == alert.case]
        if alert.opens and own:
            say(console, f"alert, case {audit / alert.case}:")
            for line in together(own, watch):
                say(console, line, indent=2)
            if not alert.investigated:
                name = shlex.quote(str(question_file(alert, audit)))
                text = f"find out why: investigate run {name}"
                say(console, text, indent=2)
    past = [alert for alert in alerts if alert.ended is not None]
    recent = [a for a in past if a.ended is not None and a.ended >= newest - RECENT][-MOST_LINES:]
    for alert in recent:
        say(console, f"over: {change(alert, watch)}; {over(alert, watch)}")
    if len(past) > len(recent):
        more = " more before these" if recent else " before"
        say(console, f"over: {len(past) - len(recent)}{more}")
    if not any(alert.open for alert in alerts):
        say(console, "no alert is open")


def _waited(wait: timedelta, watch: Watch) -> str:
    steps = wait // watch.step
    unit = watch.every if steps == 1 else f"{watch.every}s"
    one = "an hour" if watch.every == "hour" else "a day"
    return (
        f"{one} is judged {steps:,} {unit} after its end: by then "
        f"{watch.enough_outcomes:.0%} of outcomes are in, as the baseline shows"
    )


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
    def shown(value: float) -> str:
        return number(row["measure"], value)

    what = row["measure"]
    if row["by"] != EVERYTHING:
        what += f", {rows_of(row['by'], row['label'])}"
    if pd.isna(row["value"]):
        return what, "–", "–", "–", "alert" if wrong else "no value"
    sign = "−" if row["season"] < 0 else "+"
    season = f" (time of year: {sign}{shown(abs(row['season']))})" if row["season"] else ""
    return (
        what,
        shown(row["value"]),
        f"{shown(row['low'])} to {shown(row['high'])}",
        f"{shown(row['lowest'])} to {shown(row['highest'])}{season}",
        "alert" if wrong else "",
    )


def _late(
    late: pd.DataFrame, watch: Watch, newest: pd.Timestamp | None, changed: set[datetime]
) -> list[str]:
    """Buckets with other rows than when they were judged: recent ones, and those changed now."""
    recent = late["start"].isin(list(changed))
    if newest is not None:
        recent |= late["start"] >= newest - RECENT
    lines = [
        f"{row['late']:+,} rows for {when(row['start'].to_pydatetime(), watch)} since it was judged"
        for row in late[recent].tail(MOST_LINES).to_dict("records")
    ]
    more = len(late) - len(lines)
    before = " before these" if lines else " that were judged"
    return (
        [f"late rows for {more:,} bucket{'' if more == 1 else 's'}{before}"] if more > 0 else []
    ) + lines
