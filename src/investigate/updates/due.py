"""Which updates are overdue or due soon: what was promised last, audience by audience."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from investigate.records.documents import instant
from investigate.updates.draft import severity_of
from investigate.updates.evidence import Evidence, evidence
from investigate.updates.kinds import NO_DROP
from investigate.updates.rhythm import Rhythm, Severity
from investigate.updates.trail import updates

ANYONE = "anyone"
"""Whom the first update of a case goes to."""


@dataclass(frozen=True)
class Due:
    """An update of a case that has to be there by ``by``; ``last`` is when there was one."""

    case: Path
    audience: str
    severity: Severity
    last: datetime | None
    by: datetime

    def overdue(self, at: datetime) -> bool:
        """Whether its time has come at `at`."""
        return self.by <= at


def due(cases: list[Path], at: datetime, rhythm: Rhythm) -> list[Due]:
    """What is overdue or due soon at `at`, the longest overdue first.

    Raises `RunError` where a ledger cannot be read.
    """
    latest = at + timedelta(hours=rhythm.soon_hours)
    found = (one for case in cases for one in _of_case(evidence(case, check=False), rhythm))
    return sorted(
        (one for one in found if one.by <= latest),
        key=lambda one: (one.by, one.case.name, one.audience),
    )


def _of_case(case: Evidence, rhythm: Rhythm) -> Iterator[Due]:
    told = updates(case.entries)
    if told and told[-1][1].resolved and not _again(case, told[-1][0].n):
        return
    last = {body.audience: body for _, body in told}
    for audience, body in last.items():
        yield Due(case.case, audience, body.severity, body.at, body.next)
    if last:
        return
    facts = case.run.facts if case.run else None
    begun = _begun(case)
    if begun is not None and not (facts is not None and facts.verdict.kind == NO_DROP):
        by = begun + timedelta(hours=rhythm.first_hours)
        yield Due(case.case, ANYONE, severity_of(case, rhythm), None, by)


def _again(case: Evidence, n: int) -> bool:
    """Whether an alert was raised after entry `n`."""
    return any(alert.n > n for alert in case.alerts)


def _begun(case: Evidence) -> datetime | None:
    """The first moment that the case tells of."""
    told = [instant(entry.time) for entry in case.entries[:1]]
    moments = [moment for moment in (*told, *(run.started for run in case.runs)) if moment]
    return min(moments, default=None)
