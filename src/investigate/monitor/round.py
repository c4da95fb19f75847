"""One round of a monitor: ingest what is new, judge it, enter alerts, and investigate them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
from rich.console import Console

from investigate.errors import InputError, RunError
from investigate.monitor.alerts import Alert, reconciled
from investigate.monitor.cases import assign, close, enter, question_file, secrets
from investigate.monitor.ingest import Ingested, as_read, ingest
from investigate.monitor.judging import Judged, buckets, judge
from investigate.monitor.messages import all_clear, announce
from investigate.monitor.state import MonitorState, kept, opened
from investigate.monitor.state.file import BusyError, locked
from investigate.monitor.watch import Watch
from investigate.question.question import Window
from investigate.records.record import check_writable
from investigate.records.run import run
from investigate.rendering import one_line
from investigate.updates.delivery import check
from investigate.updates.evidence import evidence

FAILED = "error: "


@dataclass(frozen=True)
class Round:
    """What one round of a monitor found.

    ``late``: buckets with other rows than when they were judged, as `kept.late` gives them.
    """

    watch: Watch
    ingested: Ingested
    judged: Judged
    alerts: list[Alert]
    late: pd.DataFrame

    @property
    def raised(self) -> bool:
        """Whether any alert is open, be it new or not."""
        return any(alert.open for alert in self.alerts)


def go_round(watch: Watch, now: datetime, audit: Path, outbox: Path) -> Round:
    """Ingest what is new in the log, judge it, enter alerts and put messages into the outbox.

    Raises `InputError` before anything is changed, and `RunError` where something could not be
    written; what was counted and judged by then is kept, and the rest is done the next time.
    """
    check(watch.send)
    check_writable(audit)
    with secrets(watch).redacting(), opened(watch.state_file, watch) as state:
        ingested = ingest(watch, state, now)
        until = max(now - ingested.waits.wait, _judged_until(watch, kept.judged(state)))
        judged, alerts = _judge(watch, state, audit, until)
        kept.commit(state)
        asked = as_read(watch, state)
        _deliver(asked, state, alerts, audit, outbox, until, until + ingested.waits.wait)
        return Round(watch, ingested, judged, alerts, kept.late(state))


def _judge(
    watch: Watch, state: MonitorState, audit: Path, until: datetime
) -> tuple[Judged, list[Alert]]:
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
    return facts is not None and facts.verdict.supported and facts.verdict.is_broken


def _deliver(
    watch: Watch,
    state: MonitorState,
    alerts: list[Alert],
    audit: Path,
    outbox: Path,
    until: datetime,
    as_of: datetime,
) -> None:
    """Do what is still to be done for each alert, and remember each thing as soon as it is."""

    def done(alert: Alert, what: str) -> None:
        setattr(alert, what, True)
        kept.keep_alerts(state, alerts)
        kept.commit(state)

    for alert in alerts:
        if alert.case and not alert.entered:
            enter(alert, alerts, watch, audit, until, as_of)
            done(alert, "entered")
    for alert in alerts:
        if alert.opens and not alert.sent and (watch.send or not alert.open):
            # What is over before anyone asks for messages is sent to nobody.
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


def investigate_cases(
    watch: Watch, alerts: Sequence[Alert], audit: Path, console: Console
) -> Iterator[str]:
    """Run the questions of new cases, if the watch asks for it; a line about each.

    What went wrong begins with `FAILED`. ``console`` shows how far each run is. The state must
    not be open. A monitor that is investigating already is left to it.
    """
    if watch.on_alert != "investigate" or not any(map(_unanswered, alerts)):
        return
    state_file = watch.state_file
    with ExitStack() as held:
        try:
            held.enter_context(
                locked(state_file.with_name(f"{state_file.name}.investigating"), wait=0)
            )
        except BusyError:
            yield "another monitor investigates"
            return
        try:
            # Another one may have investigated since.
            with opened(state_file, watch) as state:
                due = [alert for alert in kept.alerts(state) if _unanswered(alert)]
            for alert in due:
                yield _answer(alert, audit, console)
                # Tried once: a question that cannot be answered would fail every day.
                with opened(state_file, watch) as state:
                    kept.keep_investigated(state, alert.number)
        except (InputError, RunError) as error:
            yield f"{FAILED}{error}"


def _unanswered(alert: Alert) -> bool:
    return alert.opens and not alert.investigated


def _answer(alert: Alert, audit: Path, console: Console) -> str:
    try:
        answer = run(question_file(alert, audit), audit=audit, console=console)
    except (InputError, RunError) as error:
        return f"{FAILED}{alert.case} could not be investigated: {one_line(error)}"
    return f"investigated: {answer.record}"
