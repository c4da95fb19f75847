"""A draft of an update: the evidence of a case, arranged for an audience."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from investigate.errors import InputError
from investigate.ledger.place import record_at
from investigate.records.documents import instant
from investigate.records.secrets import Secrets
from investigate.updates.account import account
from investigate.updates.alerted import alarms, lost
from investigate.updates.evidence import CaseEvidence, RecordedRun, evidence
from investigate.updates.facts import NO_DROP
from investigate.updates.parts import Cited, at_minute
from investigate.updates.recovery import Recovery, by_monitor, recovery
from investigate.updates.rhythm import Rhythm, Severity
from investigate.updates.templating import render


@dataclass(frozen=True)
class Draft:
    """A text for `audience` and what it cites; when the next update comes.

    ``record`` is the name of the record that it tells of, ``recovered`` that of the one
    that is to show recovery, or the ledger's entry; ``resolved`` is whether it does.
    """

    case: Path
    record: str | None
    recovered: str | None
    audience: str
    text: str
    severity: Severity
    at: datetime
    next: datetime
    resolved: bool
    cites: tuple[Cited, ...]


def drafted(
    path: Path,
    audience: str,
    *,
    at: datetime,
    rhythm: Rhythm,
    since: str | None = None,
    resolved: Path | None = None,
    templates: Path | None = None,
) -> Draft:
    """The draft for the record or case at `path`, at the moment `at`; writes nothing.

    ``since`` is when AUC is said to have fallen, while nobody has measured it; ``resolved``
    a record that is to show that it is back, or the case itself: the ends of its alerts do.
    Raises `InputError` where one of these cannot
    be used, or the evidence was altered, and `LeakError` where it holds a secret that
    cannot be taken out.
    """
    reported = "" if since is None else _reported(since)
    case = evidence(path, new=bool(reported))
    recovered = None
    if resolved and resolved.resolve() == case.case.resolve():
        recovered = by_monitor(case)
    elif resolved:
        recovered = _recovered(case, resolved)
        # The record that showed the drop counts, not the one that shows that it is over.
        run = _before(case, resolved) or case.run
        case = CaseEvidence(case.case, run, (), case.entries)
    severity = severity_of(case, rhythm)
    summary = account(case, reported, at + rhythm.every(severity), recovered)
    text = render(audience, templates, a=summary)
    return Draft(
        case=case.case,
        record=case.run.name if case.run else None,
        recovered=recovered.record if recovered else None,
        audience=audience,
        text=Secrets.known().clean(text, "the update"),
        severity=severity,
        at=at,
        next=at + rhythm.every(severity),
        resolved=summary.resolved,
        cites=summary.cites,
    )


def severity_of(case: CaseEvidence, rhythm: Rhythm) -> Severity:
    """How severe a case is: by its finding, or by what its alerts tell while there is none."""
    return rhythm.severity(case.run.facts if case.run else None, lost(alarms(case)))


def _reported(since: str) -> str:
    moment = instant(since)
    if moment is None:
        raise InputError("--since: it is no date; write 2024-03-01 or 2024-03-01T12:00")
    return f"{moment:%Y-%m-%d}" if len(since) <= len("2024-03-01") else at_minute(moment)


def _recovered(case: CaseEvidence, record: Path) -> Recovery:
    place = record_at(record)
    if place is None or place[0].resolve() != case.case.resolve():
        raise InputError(
            f"{record}: this is no record of the case {case.case}; name one of it, or the case"
        )
    after = evidence(record).run
    assert after is not None
    return recovery(_before(case, record), after)


def _before(case: CaseEvidence, resolved: Path) -> RecordedRun | None:
    """The newest finding of a drop before the record `resolved`; else the newest run before."""
    own = case.run
    after = resolved.resolve().name
    if own is not None and own.name != after and _found_a_drop(own):
        return own
    earlier = list(takewhile(lambda run: run.name != after, case.runs))
    drops = [run for run in earlier if _found_a_drop(run)]
    return next(iter((drops or earlier)[::-1]), None)


def _found_a_drop(run: RecordedRun) -> bool:
    return run.facts is not None and run.facts.verdict.kind != NO_DROP
