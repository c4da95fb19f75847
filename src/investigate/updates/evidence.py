"""The evidence of a case: its current record, and what else its folder holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from investigate.errors import InputError, RunError
from investigate.ledger.chain import read
from investigate.ledger.entry import ALERT, Entry
from investigate.ledger.place import record_at
from investigate.ledger.verify import entered, first_told, verify
from investigate.paths import RecordPaths
from investigate.records.documents import UnreadableError, document
from investigate.records.run_record import SUCCEEDED, RunRecord
from investigate.rendering import one_line
from investigate.updates.facts import Facts, facts

UPDATES = "updates"
"""The folder of a case that holds the texts of its updates."""


@dataclass(frozen=True)
class RecordedRun:
    """A record: its status, why it failed, when it ran, the start of its incident, its facts.

    ``alpha`` is how rarely a step in AUC may look like that by chance, ``zone`` the time zone
    of its dates.
    """

    name: str
    status: str
    error: str
    started: datetime | None
    finished: datetime | None
    incident: datetime | None
    alpha: float
    zone: str
    facts: Facts | None


@dataclass(frozen=True)
class CaseEvidence:
    """A case as it is now. ``run`` is its current one: the newest with findings, else the newest.

    ``runs`` are all, oldest first; ``entries`` those of the ledger.
    """

    case: Path
    run: RecordedRun | None
    runs: tuple[RecordedRun, ...]
    entries: tuple[Entry, ...]

    @property
    def later(self) -> RecordedRun | None:
        """The newest run, where it is not the current one."""
        return self.runs[-1] if self.runs and self.runs[-1] != self.run else None

    @property
    def alerts(self) -> tuple[Entry, ...]:
        """The alerts that were raised."""
        return tuple(entry for entry in self.entries if entry.kind == ALERT)


def evidence(path: Path, *, new: bool = False, check: bool = True) -> CaseEvidence:
    """The evidence at `path`, a case or one record of it; with `new`, there need be none yet.

    ``check``: that the current record is what its ledger says, which reads all its files.

    Raises `InputError` where there is nothing, or where what it tells was altered, and
    `RunError` where it cannot be read.
    """
    place = record_at(path)
    if place is None or place[1] == UPDATES:
        return _of_case(path, new, check)
    case, name = place
    if check:
        unaltered(case, name)
    entries = _entries(case)
    runs = _runs(case, entries)
    names = [run.name for run in runs]
    if name not in names:
        raise InputError(f"{path}: there is no record here; name the folder of one, or a case")
    upto = names.index(name) + 1
    return CaseEvidence(case, runs[upto - 1], runs[:upto], entries)


def unaltered(case: Path, record: str) -> None:
    """Raise `InputError` where a record is no longer what its ledger says."""
    try:
        if record not in entered(read(case)):
            return
        wrong = [t for t in verify(case, record).troubles if t.where.split("/")[0] == record]
    except OSError as error:
        raise RunError(f"{case}: it cannot be read: {one_line(error)}") from error
    if wrong:
        raise InputError(
            f"{case / wrong[0].where}: {wrong[0].what}; updates do not use altered evidence"
        )


def is_case(path: Path) -> bool:
    """Whether a folder holds records, or a ledger."""
    return (path / "ledger.jsonl").exists() or bool(_records(path))


def _of_case(path: Path, new: bool, check: bool) -> CaseEvidence:
    if not path.is_dir() or not is_case(path):
        if not new or (path.exists() and not path.is_dir()):
            raise InputError(
                f"{path}: there is no record and no case here; name one (an update before "
                "there is any takes --since)"
            )
        return CaseEvidence(path, None, (), ())
    entries = _entries(path)
    runs = _runs(path, entries)
    measured = [run for run in runs if run.facts is not None]
    own = measured[-1] if measured else runs[-1] if runs else None
    if own is not None and check:
        unaltered(path, own.name)
    return CaseEvidence(path, own, runs, entries)


def _entries(case: Path) -> tuple[Entry, ...]:
    try:
        return read(case).entries
    except OSError as error:
        raise RunError(f"{case}: its ledger cannot be read: {one_line(error)}") from error


def _records(case: Path) -> list[Path]:
    try:
        return sorted(p for p in case.iterdir() if not p.is_symlink() and _is_record(p))
    except OSError as error:
        raise InputError(f"{case}: it cannot be read: {one_line(error)}") from error


def _is_record(path: Path) -> bool:
    return path.is_dir() and RecordPaths(path).record.is_file()


def _runs(case: Path, entries: Sequence[Entry]) -> tuple[RecordedRun, ...]:
    """Oldest first: by the second that names begin with, and in it by what the ledger told first.

    Runs of a batch may begin within one second; the rest of a name is chance.
    """
    told = first_told(entries)
    order = {path: (path.name.split("-")[0], *told(path.name)) for path in _records(case)}
    return tuple(_run(path) for path in sorted(order, key=order.__getitem__))


def _run(folder: Path) -> RecordedRun:
    paths = RecordPaths(folder)
    try:
        outline = RunRecord.of(document(paths.record))
    except UnreadableError as error:
        nothing = None, None, None
        return RecordedRun(
            folder.name, "unreadable", f"record.json: {error}", *nothing, 0.05, "UTC", None
        )
    why, found = outline.error, None
    if outline.status == SUCCEEDED:
        try:
            found = facts(document(paths.findings))
        except (UnreadableError, ValueError) as error:
            why = f"findings.json: {error}"
    return RecordedRun(
        name=folder.name,
        status=outline.status,
        error=why,
        started=outline.started,
        finished=outline.finished,
        incident=outline.incident,
        alpha=outline.alpha,
        zone=outline.zone,
        facts=found,
    )
