"""The timeline of a case: every moment that its ledger and records tell of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from investigate.ledger.entry import ALERT, ALERT_END, RERUN, SIGN_OFF, Entry
from investigate.records.documents import instant, words
from investigate.records.run_record import RUNNING, SUCCEEDED
from investigate.site.alerts import alerts, ended, raised, sentence, subject, withdrawn
from investigate.updates.evidence import CaseEvidence, RecordedRun
from investigate.updates.facts import NO_DROP, UNEXPLAINED, where
from investigate.updates.happened import headline
from investigate.updates.parts import name
from investigate.updates.trail import UpdateBody, updates

AT_ONCE = timedelta(minutes=1)
"""Within this, alerts that join a case do so together."""
FEW = 3
"""So many of them are named."""


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
class Durations:
    """How long things took; none where it is not known.

    ``detect``: from the onset to the first alert or run; the others count from there.
    """

    detect: timedelta | None
    update: timedelta | None
    cause: timedelta | None


def timeline(case: CaseEvidence) -> list[Moment]:
    """Every moment of `case`, the earliest first."""
    found = [*_onset(case), *_entries(case), *(m for run in case.runs for m in _run(run))]
    order = {kind: place for place, kind in enumerate(("onset", ALERT, "run", "finding"))}
    return sorted(found, key=lambda m: (m.when, order.get(m.kind, 9)))


def times(case: CaseEvidence) -> Durations:
    """How long it took to detect the drop, to tell of it, and to name what explains it."""
    took = {name: end - start for name, (start, end) in stretches(case).items()}
    return Durations(took.get("detect"), took.get("update"), took.get("cause"))


def stretches(case: CaseEvidence) -> dict[str, tuple[datetime, datetime]]:
    """From when to when each of the `Durations` lasted, by its name; those that are known."""
    moments = timeline(case)
    first = next((m.when for m in moments if m.kind in (ALERT, "run")), None)
    began = next((m.when for m in moments if m.kind == "onset"), None)
    sent = (instant(entry.time) for entry, _ in updates(case.entries))
    first_sent = min((when for when in sent if when), default=None)
    named = next((run.finished for run in case.runs if _names_a_cause(run)), None)
    ends = {"detect": (began, first), "update": (first, first_sent), "cause": (first, named)}
    return {
        name: (start, end) for name, (start, end) in ends.items() if start and end and end >= start
    }


def _names_a_cause(run: RecordedRun) -> bool:
    if run.facts is None:
        return False
    verdict = run.facts.verdict
    return verdict.supported and verdict.is_cause


def _onset(case: CaseEvidence) -> Iterator[Moment]:
    """The date of the first finding that dates a drop surely, or else of the first alert."""
    for run in case.runs:
        onset = run.facts.onset if run.facts else None
        if onset is None or run.facts is None or run.facts.verdict.kind == NO_DROP:
            continue
        moment = instant(onset.date, run.zone)
        if onset.p.value is not None and onset.p.value <= run.alpha and moment:
            span = "" if onset.low == onset.high else f", between {onset.low} and {onset.high}"
            yield Moment(moment, "onset", f"AUC began to fall, as found later{span}", run.name)
            return
    monitored = alerts(case.entries)
    for place, entry in enumerate(case.entries):
        if entry.kind != ALERT:
            continue
        # Of alerts that do not tell of it, the zone of their days is the question's.
        zone = words(monitored[place].get("timezone"), 60) or (case.run.zone if case.run else "UTC")
        moment, when = instant(monitored[place].get("since"), zone), instant(entry.time)
        if moment and when and moment <= when:
            what = sentence(subject(monitored[place], _named)) or "What the alert is about"
            yield Moment(moment, "onset", f"{what} began to change, as an alert says")
            return


def _run(run: RecordedRun) -> Iterator[Moment]:
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
        what = verdict.what + (f" ({scope.text})" if scope else "")
        if verdict.kind == NO_DROP:
            text = headline(run.facts).text
        elif verdict.kind == UNEXPLAINED or not verdict.supported:
            text = f"{headline(run.facts)}; the cause is unknown"
        else:
            text = f"{headline(run.facts)}; the evidence points to: {what}"
        yield Moment(run.finished, "finding", text, run.name)


def _entries(case: CaseEvidence) -> Iterator[Moment]:
    bodies = {entry.n: body for entry, body in updates(case.entries)}
    monitored = alerts(case.entries)
    joined = _joined(case.entries, monitored)
    for place, entry in enumerate(case.entries):
        if place in joined:
            yield from joined[place]
            continue
        body = bodies.get(entry.n)
        when, text = instant(entry.time), _text(entry, body, monitored.get(place, {}))
        if when is not None and text:
            back = entry.kind == ALERT_END and not withdrawn(entry.body)
            back |= bool(body and body.resolved and not body.by_monitor)
            yield Moment(when, "recovery" if back else entry.kind, text, entry.of or "")


def _joined(
    entries: Sequence[Entry], monitored: Mapping[int, Mapping[str, Any]]
) -> dict[int, list[Moment]]:
    """Moments by the place of their entries, for alerts that others were raised together with.

    What joined a case in one go is one moment, at its first entry.
    """
    found: dict[int, list[Moment]] = {}
    begun: datetime | None = None
    first, subjects = 0, list[str]()
    for place, entry in enumerate(entries):
        body, when = monitored.get(place, {}), instant(entry.time)
        if entry.kind != ALERT or body.get("joined") is not True or when is None:
            begun = None
            continue
        if begun is None or when - begun > AT_ONCE:
            begun, first, subjects = when, place, []
        subjects.append(subject(body, _named) or "what it does not say")
        if len(subjects) == 1:
            continue
        named = ", ".join(subjects[:FEW])
        more = f" and {len(subjects) - FEW} more" if len(subjects) > FEW else ""
        text = f"{len(subjects)} more alerts were raised: {named}{more}"
        found[first] = [Moment(begun, ALERT, text)]
        found[place] = []
    return found


def _text(entry: Entry, update: UpdateBody | None, monitored: Mapping[str, Any]) -> str:
    if entry.kind == ALERT:
        return raised(monitored, _named)
    if entry.kind == ALERT_END:
        return ended(monitored, _named)
    if update is not None:
        text = f"Update {update.update} went to {name(update.audience).text}"
        how = "the alerts of the case are over" if update.by_monitor else "AUC is back where it was"
        return f"{text}: {how}" if update.resolved else text
    if entry.kind == SIGN_OFF:
        verdict = words(entry.body.get("verdict"), 40)
        return f"Signed off, {name(verdict).text}, as entry {entry.n}; `verify` says by whom"
    if entry.kind == RERUN:
        agrees = "the same" if entry.body.get("agrees") is True else "something else"
        return f"Rerun as {name(words(entry.body.get('record'), 100)).text}: it found {agrees}"
    return ""


def _named(text: str) -> str:
    return name(text).text
