"""``investigate monitor``: take in what is new, judge it, and tell what is wrong."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.text import Text

from investigate.errors import InputError, RunError
from investigate.monitor.alerts import Alert, reconciled
from investigate.monitor.cases import assign, close, enter, question_file, secrets
from investigate.monitor.drawing import draw
from investigate.monitor.intake import take
from investigate.monitor.judging import Judged, buckets, judge
from investigate.monitor.messages import all_clear, announce
from investigate.monitor.show import show
from investigate.monitor.state import State, kept
from investigate.monitor.state import opened as state_of
from investigate.monitor.state.file import BusyError, locked
from investigate.monitor.watch import Watch, load
from investigate.question.question import Window
from investigate.records.record import check_writable
from investigate.records.run import run
from investigate.rendering import one_line, plain
from investigate.updates.channels import check
from investigate.updates.delivery import empty
from investigate.updates.evidence import evidence
from investigate.updates.moments import moment
from investigate.updates.send_command import tell

FINE, ALERT = 0, 3


def monitor(
    path: Path,
    console: Console,
    *,
    audit: Path,
    outbox: Path,
    at: str | None = None,
    chart: Path | None = None,
) -> int:
    """Run the watch in the file at `path` once; the exit status.

    With `chart`, a picture of AUC of all rows is written there.

    It is 3 while any alert is open, be it new or not; only what is new is told to people.
    `at` is the moment as which it is run, in the watch's time zone. Raises `InputError` before
    anything is changed, and `RunError` where something could not be written or sent; what was
    counted and judged by then is kept, and the rest is done the next time.
    """
    watch = load(path)
    now = moment(at, watch.timezone)
    check(watch.send)
    check_writable(audit)
    until = now - timedelta(days=watch.wait_days)
    with secrets(watch).redacting(), state_of(watch.state_file, watch) as state:
        taken = take(watch, state)
        until = max(until, _judged_until(watch, kept.judged(state)))
        judged, alerts = _judge(watch, state, audit, until)
        kept.commit(state)
        _deliver(watch, state, alerts, audit, outbox, until)
        show(console, watch, taken, judged, alerts, kept.late(state), audit)
        if chart is not None and len(judged.shown):
            draw(chart, watch, judged, alerts)
    failures = []
    if watch.send:
        try:
            tell(empty(outbox), console)
        except RunError as error:
            failures.append(str(error))
    # People know by now, and another monitor can have its turn: notebooks take their time.
    failures += _investigate(watch, alerts, audit, console)
    if not any(alert.open for alert in alerts):
        if failures:
            raise RunError("; ".join(failures))
        return FINE
    for failure in failures:
        console.print(Text(plain(f"error: {failure}")), soft_wrap=True)
    return ALERT


def _judge(watch: Watch, state: State, audit: Path, until: datetime) -> tuple[Judged, list[Alert]]:
    before = kept.judged(state)
    known = kept.alerts(state)
    daily = _as_judged(state.daily(), before)
    judged = judge(daily, watch, until, _faults(known, watch, audit))
    starts = buckets(watch, until)
    learnt = pd.Timestamp(watch.baseline.bounds(watch.timezone)[1])
    newest = (starts[-1] if len(starts) else learnt).to_pydatetime()
    alerts = reconciled(known, judged.seen, newest)
    assign(alerts, watch, audit, kept.last(before))
    whole = daily[(daily["by"] == "all") & daily["start"].isin(starts[starts >= learnt])]
    empty_rows = pd.DataFrame({"start": starts[starts >= learnt]})
    all_of = empty_rows.merge(whole[["start", "rows", "pending"]], on="start", how="left").fillna(0)
    kept.keep_judged(state, all_of[~all_of["start"].isin(before["start"])])
    kept.keep_alerts(state, alerts)
    return judged, alerts


def _judged_until(watch: Watch, before: pd.DataFrame) -> datetime:
    """The end of the newest bucket that was judged; an earlier `--at` takes back no alert."""
    newest = kept.last(before)
    if newest is None:
        return datetime.min.replace(tzinfo=UTC)
    # No day has more than 25 hours, and no two of them fewer than 47.
    length = watch.step if watch.every == "hour" else timedelta(hours=25)
    return newest + length


def _as_judged(daily: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """`daily` with the rows and pending outcomes that each bucket had when it was judged.

    A new bucket is compared with others as they were at the same age.
    """
    merged = daily.merge(before, on="start", how="left", suffixes=("", "_then"))
    everything = (merged["by"] == "all") & merged["rows_then"].notna()
    for name in ("rows", "pending"):
        merged[name] = merged[f"{name}_then"].where(everything, merged[name])
    return merged.drop(columns=["rows_then", "pending_then"])


def _faults(alerts: Sequence[Alert], watch: Watch, audit: Path) -> list[Window]:
    """The stretches of alerts whose case was found to be something broken."""
    broken, found = {}, []
    for alert in alerts:
        if not alert.case:
            continue
        if alert.case not in broken:
            broken[alert.case] = _broken(audit / alert.case)
        if broken[alert.case] and alert.ended is not None:
            found.append(Window(start=alert.since, end=alert.ended + watch.step))
    return found


def _broken(case: Path) -> bool:
    try:
        run = evidence(case, check=False).run
    except (InputError, RunError):
        return False
    facts = run.facts if run else None
    return facts is not None and facts.verdict.stands and facts.verdict.is_broken


def _deliver(
    watch: Watch,
    state: State,
    alerts: list[Alert],
    audit: Path,
    outbox: Path,
    until: datetime,
) -> None:
    """Do what is still to be done for each alert, and remember each thing as soon as it is."""

    def done(alert: Alert, what: str) -> None:
        setattr(alert, what, True)
        kept.keep_alerts(state, alerts)
        kept.commit(state)

    for alert in alerts:
        if alert.case and not alert.entered:
            enter(alert, alerts, watch, audit, until)
            done(alert, "entered")
    for alert in alerts:
        if alert.opens and not alert.sent and (watch.send or not alert.open):
            # What is over before anyone asks to be told is told to nobody.
            if watch.send:
                announce(alert, alerts, watch, audit, outbox)
            done(alert, "sent")
        if alert.case and not alert.open and not alert.closed:
            close(alert, watch, audit)
            done(alert, "closed")
    for alert in alerts:
        own = [a for a in alerts if a.case == alert.case]
        over = alert.opens and not any(a.open for a in own)
        if over and not alert.sent_over:
            if watch.send:
                all_clear(alert, alerts, watch, audit, outbox)
            done(alert, "sent_over")


def _investigate(watch: Watch, alerts: Sequence[Alert], audit: Path, console: Console) -> list[str]:
    """Run the questions of new cases, if the watch asks for it; what went wrong.

    The state must not be open. Whoever is investigating already is left to it.
    """
    if watch.on_alert != "investigate" or not any(map(_unanswered, alerts)):
        return []
    failures, state_file = list[str](), watch.state_file
    with ExitStack() as held:
        try:
            held.enter_context(
                locked(state_file.with_name(f"{state_file.name}.investigating"), wait=0)
            )
        except BusyError:
            console.print("another monitor investigates", soft_wrap=True, markup=False)
            return []
        try:
            # Another one may have investigated since.
            with state_of(state_file, watch) as state:
                due = [alert for alert in kept.alerts(state) if _unanswered(alert)]
            for alert in due:
                failures += _answer(alert, audit, console)
                # Tried once: a question that cannot be answered would fail every day.
                with state_of(state_file, watch) as state:
                    kept.keep_investigated(state, alert.number)
        except (InputError, RunError) as error:
            failures.append(str(error))
    return failures


def _unanswered(alert: Alert) -> bool:
    return alert.opens and not alert.investigated


def _answer(alert: Alert, audit: Path, console: Console) -> list[str]:
    """Run the question of `alert`; what went wrong."""
    try:
        answer = run(question_file(alert, audit), audit=audit, console=console)
    except (InputError, RunError) as error:
        return [f"{alert.case} could not be investigated: {one_line(error)}"]
    console.print(f"investigated: {answer.record}", soft_wrap=True, markup=False)
    return []
