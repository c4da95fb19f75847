"""The timeline of a case: every moment that its ledger and records tell of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from investigate.audit.ledger.entry import Entry
from investigate.audit.ledger.kinds import RERUN, SIGN_OFF, UPDATE
from investigate.audit.site.values import instant, words
from investigate.tell.evidence import ALERT, RUNNING, SUCCEEDED, Evidence, Run
from investigate.tell.happened import headline
from investigate.tell.kinds import BROKEN, INNOCENT, NO_DROP, UNEXPLAINED, phrase, where
from investigate.tell.parts import name
from investigate.tell.trail import Body, updates


@dataclass(frozen=True)
class Moment:
    """What happened, and when (UTC).

    ``kind`` is onset, alert, run, finding, update, sign-off, rerun or recovery; ``text`` is
    Markdown of one line; ``of`` the record it is about.
    """

    when: datetime
    kind: str
    text: str
    of: str = ""


@dataclass(frozen=True)
class Times:
    """How long things took; none where it is not known.

    ``detect``: from the onset to the first alert or run; the others count from there.
    """

    detect: timedelta | None
    update: timedelta | None
    cause: timedelta | None


def timeline(case: Evidence) -> list[Moment]:
    """Every moment of `case`, the earliest first."""
    found = [*_onset(case), *_entries(case), *(m for run in case.runs for m in _run(run))]
    order = {kind: place for place, kind in enumerate(("onset", ALERT, "run", "finding"))}
    return sorted(found, key=lambda m: (m.when, order.get(m.kind, 9)))


def times(case: Evidence) -> Times:
    """How long it took to detect the drop, to tell of it, and to name what explains it."""
    moments = timeline(case)
    first = next((m.when for m in moments if m.kind in (ALERT, "run")), None)
    began = next((m.when for m in moments if m.kind == "onset"), None)
    told = next((m.when for m in moments if m.kind in (UPDATE, "recovery")), None)
    named = next((run.finished for run in case.runs if _names_a_cause(run)), None)
    return Times(_between(began, first), _between(first, told), _between(first, named))


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return end - start if start and end and end >= start else None


def _names_a_cause(run: Run) -> bool:
    if run.facts is None:
        return False
    verdict = run.facts.verdict
    return verdict.stands and verdict.kind in {**BROKEN, **INNOCENT}


def _onset(case: Evidence) -> Iterator[Moment]:
    """The date of the first finding that dates a drop surely."""
    for run in case.runs:
        onset = run.facts.onset if run.facts else None
        if onset is None or run.facts is None or run.facts.verdict.kind == NO_DROP:
            continue
        moment = _local(onset.date, run.zone)
        if onset.p.value is not None and onset.p.value <= run.alpha and moment:
            span = "" if onset.low == onset.high else f", between {onset.low} and {onset.high}"
            yield Moment(moment, "onset", f"AUC began to fall, as found later{span}", run.name)
            return


def _local(text: str, zone: str) -> datetime | None:
    found = instant(text)
    if found is None:
        return None
    try:
        return found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OSError, KeyError):
        return None


def _run(run: Run) -> Iterator[Moment]:
    if run.started is not None:
        state = {SUCCEEDED: "", RUNNING: ", which has not finished"}.get(
            run.status, ", which failed"
        )
        yield Moment(
            run.started, "run", f"Investigation {name(run.name).text} began{state}", run.name
        )
    if run.finished is not None and run.facts is not None:
        verdict = run.facts.verdict
        scope = where(verdict.system, verdict.cohort)
        what = phrase(verdict.kind) + (f" ({scope.text})" if scope else "")
        if verdict.kind == NO_DROP:
            text = headline(run.facts).text
        elif verdict.kind == UNEXPLAINED or not verdict.stands:
            text = f"{headline(run.facts)}; the cause is unknown"
        else:
            text = f"{headline(run.facts)}; the evidence points to: {what}"
        yield Moment(run.finished, "finding", text, run.name)


def _entries(case: Evidence) -> Iterator[Moment]:
    told = {entry.n: body for entry, body in updates(case.entries)}
    for entry in case.entries:
        when, text = instant(entry.time), _text(entry, told.get(entry.n))
        if when is not None and text:
            body = told.get(entry.n)
            kind = "recovery" if body and body.resolved else entry.kind
            yield Moment(when, kind, text, entry.of or "")


def _text(entry: Entry, update: Body | None) -> str:
    if entry.kind == ALERT:
        return "An alert was raised"
    if update is not None:
        text = f"Update {update.update} went to {name(update.audience).text}"
        return f"{text}: AUC is back where it was" if update.resolved else text
    if entry.kind == SIGN_OFF:
        verdict = words(entry.body.get("verdict"), 40)
        return f"Signed off, {name(verdict).text}, as entry {entry.n}; `verify` says by whom"
    if entry.kind == RERUN:
        agrees = "the same" if entry.body.get("agrees") is True else "something else"
        return f"Rerun as {name(words(entry.body.get('record'), 100)).text}: it found {agrees}"
    return ""
