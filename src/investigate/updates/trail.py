"""Updates in the ledger of a case: what was sent, and by when the next one is due."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from investigate.errors import InputError, RunError
from investigate.ledger import append as ledger
from investigate.ledger.entry import UPDATE, Entry
from investigate.ledger.files import digest, write
from investigate.records.documents import instant
from investigate.records.processes import ignore_signals
from investigate.records.secrets import Secrets
from investigate.rendering import one_line
from investigate.updates.draft import Draft, severity_of
from investigate.updates.evidence import UPDATES, CaseEvidence, evidence
from investigate.updates.facts import NO_DROP
from investigate.updates.recovery import ENTRY
from investigate.updates.rhythm import Rhythm, Severity


@dataclass(frozen=True)
class Update:
    """A draft with the text that goes out, which a person may have edited."""

    draft: Draft
    text: str


class UpdateBody(BaseModel):
    """What an entry says of an update.

    ``next`` is the moment by which the next one was promised; ``to`` names where it went.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    update: int
    audience: str
    severity: Severity
    edited: bool
    resolved: bool
    recovered: str | None
    at: datetime
    next: datetime
    to: tuple[str, ...]
    kind: Literal["update"] = "update"

    @property
    def by_monitor(self) -> bool:
        """Whether the ends of alerts are to show recovery, and no record's AUC."""
        return self.recovered is not None and self.recovered.startswith(ENTRY)


def enter(case: Path, update: Update, to: tuple[str, ...] = ()) -> Entry:
    """Keep both texts of `update` in the folder `case` and enter it in the ledger.

    ``to`` are names of where it goes, no addresses. Raises `LeakError` for a text that holds
    a secret, `InputError` where nothing can be written, and `RunError` where the entry cannot.
    """
    secrets = Secrets.known()
    draft = secrets.clean(update.draft.text, "the draft")
    sent = secrets.clean(update.text, "the update")
    with ignore_signals():
        paths = _claim(case, update.draft.audience)
        try:
            for path, text in zip(paths, (draft, sent), strict=True):
                write(path, text, durable=True)
            files = {f"{UPDATES}/{path.name}": str(digest(path)["sha256"]) for path in paths}
            body = _body(update, int(paths[0].name.split("-")[0]), draft != sent, to)
            entry_draft = ledger.EntryDraft(UPDATE, update.draft.record, files, body)
            return ledger.append(case, entry_draft)
        except OSError as error:
            for path in paths:
                path.unlink(missing_ok=True)
            raise RunError(f"{case}: the update could not be entered: {one_line(error)}") from error


def updates(entries: Iterable[Entry]) -> list[tuple[Entry, UpdateBody]]:
    """The updates among `entries`, in their order; those that say too little are left out."""
    found = []
    for entry in entries:
        if entry.kind == UPDATE:
            try:
                body = UpdateBody.model_validate(entry.body)
            except ValidationError:
                continue
            if body.at.tzinfo is not None and body.next.tzinfo is not None:
                found.append((entry, body))
    return found


def _claim(case: Path, audience: str) -> tuple[Path, Path]:
    """The files of a new update, of which the first is there, so that nobody else has it."""
    folder = case / UPDATES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.is_symlink():
            raise InputError(f"{folder}: it is a link; updates are kept in a folder of the case")
        n = 1 + max((_number(path) for path in folder.iterdir()), default=0)
        while True:
            paths = (
                folder / f"{n}-{audience}.draft.md",
                folder / f"{n}-{audience}.sent.md",
            )
            try:
                paths[0].open("x").close()
            except FileExistsError:
                n += 1
                continue
            return paths
    except OSError as error:
        raise InputError(f"{case}: cannot keep an update there: {one_line(error)}") from error


def _number(path: Path) -> int:
    digits = path.name.split("-", 1)[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


def _body(update: Update, n: int, edited: bool, to: tuple[str, ...]) -> dict[str, object]:
    draft = update.draft
    body = UpdateBody(
        update=n,
        audience=draft.audience,
        severity=draft.severity,
        edited=edited,
        resolved=draft.resolved,
        recovered=draft.recovered,
        at=draft.at,
        next=draft.next,
        to=to,
    )
    return body.model_dump(mode="json", exclude={"kind"})


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
    found = (item for case in cases for item in _of_case(evidence(case, check=False), rhythm))
    return sorted(
        (item for item in found if item.by <= latest),
        key=lambda item: (item.by, item.case.name, item.audience),
    )


def _of_case(case: CaseEvidence, rhythm: Rhythm) -> Iterator[Due]:
    earlier_updates = updates(case.entries)
    if (
        earlier_updates
        and earlier_updates[-1][1].resolved
        and not _again(case, earlier_updates[-1][0].n)
    ):
        return
    last = {body.audience: body for _, body in earlier_updates}
    for audience, body in last.items():
        yield Due(case.case, audience, body.severity, body.at, body.next)
    if last:
        return
    facts = case.run.facts if case.run else None
    begun = _begun(case)
    if begun is not None and not (facts is not None and facts.verdict.kind == NO_DROP):
        by = begun + timedelta(hours=rhythm.first_hours)
        yield Due(case.case, ANYONE, severity_of(case, rhythm), None, by)


def _again(case: CaseEvidence, n: int) -> bool:
    """Whether an alert was raised after entry `n`."""
    return any(alert.n > n for alert in case.alerts)


def _begun(case: CaseEvidence) -> datetime | None:
    """The first moment in the case's evidence."""
    entry_times = [instant(entry.time) for entry in case.entries[:1]]
    moments = [moment for moment in (*entry_times, *(run.started for run in case.runs)) if moment]
    return min(moments, default=None)
