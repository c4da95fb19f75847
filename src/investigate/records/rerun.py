"""A record's question answered again, from unaltered evidence, and entered in the ledger."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from rich.console import Console

from investigate import log
from investigate.errors import InputError, RunError
from investigate.ledger.append import EntryDraft, append
from investigate.ledger.chain import read
from investigate.ledger.entry import RERUN, Entry
from investigate.ledger.files import digest
from investigate.ledger.place import no_record, record_at
from investigate.ledger.verify import entered, refuse, verify
from investigate.paths import RecordPaths, notebooks_folder
from investigate.question import params
from investigate.records.agreement import (
    ABSOLUTE,
    RELATIVE,
    TOLERANCE,
    Agreement,
    agreement,
    code_known,
)
from investigate.records.compare import ChangedValue, Comparison, compare
from investigate.records.documents import mapping
from investigate.records.processes import ignore_signals
from investigate.records.run import run
from investigate.records.run_record import Recorded, RunRecord, recorded
from investigate.records.sources import answering, numbered
from investigate.records.workers import Settings
from investigate.rendering import one_line, plain, shown


@dataclass(frozen=True)
class RerunEvidence:
    """The record called `name` in the folder `case`, which is what its ledger says."""

    case: Path
    name: str
    record: Recorded

    @property
    def paths(self) -> RecordPaths:
        """Its files."""
        return RecordPaths(self.case / self.name)


def evidence(folder: Path) -> RerunEvidence:
    """The record in `folder`, verified; writes nothing.

    Raises `InputError` where there is none, it is in no ledger, altered, or without
    findings, and `RunError` where that cannot be found out.
    """
    place = record_at(folder)
    if place is None:
        raise no_record(folder)
    case, name = place
    try:
        report = verify(case, name)
        known = name in entered(read(case))
    except OSError as error:
        raise RunError(f"{folder}: it cannot be verified: {one_line(error)}") from error
    if not known:
        raise InputError(f"{folder}: it is not in the ledger, so nobody can say it is unaltered")
    refuse(report, "rerun")
    found = recorded(case / name)
    if found.status != "succeeded" or found.findings is None:
        raise InputError(
            f"{folder}: its run has no findings to compare with; "
            f"ask its question anew: investigate run {RecordPaths(folder).question}"
        )
    return RerunEvidence(case, name, found)


def check_inputs(paths: RecordPaths) -> None:
    """Raise `InputError` where the recorded question no longer loads, or its data are gone."""
    question = params.load(paths.question)
    for part, table in question.in_memory().items():
        raise InputError(
            f"{part}: it was a table in memory (SHA-256 {table.in_memory[:12]}…), in no file; "
            f"run it again from Python, investigate.run({paths.question.as_posix()!r}, …), "
            f"with that table as {part}"
        )
    try:
        log.inputs(question)
    except InputError as error:
        raise InputError(
            f"{error}; a rerun looks from the current folder as the first run did: "
            "change to the folder where that was started"
        ) from error


def notebooks_again(document: dict[str, Any]) -> Path:
    """The folder of the notebooks to execute for the record that `document` describes.

    That is where the recorded ones still lie as recorded, or the kit's own where they are
    the same. Else those of the same names as they are now, and the comparison says which of
    them differ. Raises `InputError` where none are.
    """
    recorded = RunRecord.of(document).recorded_notebooks()
    folders = {PurePath(path).parent.as_posix() for path in recorded}
    places = [Path(folder) for folder in sorted(folders)[:1]] + [notebooks_folder()]
    hashes = {PurePath(path).name: sha256 for path, sha256 in recorded.items()}
    alone = answer_alone(document)
    there = {place: found for place in places if (found := _hashes(place, alone)) is not None}
    for place, found in there.items():
        if found == hashes:
            return place
    for place, found in there.items():
        if place.as_posix() in folders or found.keys() == hashes.keys():
            return place
    raise InputError(
        f"{sorted(folders)[0] if folders else 'notebooks'}: the recorded notebooks are not there; "
        "change to the folder where the first run was started"
    )


def answer_alone(document: dict[str, Any]) -> bool:
    """Whether the answer's notebook alone was executed, as a sweep does."""
    return mapping(document.get("settings")).get("answer_alone") is True


def _hashes(folder: Path, alone: bool) -> dict[str, str] | None:
    try:
        sources = answering(numbered(folder)) if alone else numbered(folder)
    except InputError:
        return None
    return {source.path.name: str(source.digest()["sha256"]) for source in sources}


MOST_NAMED = 20


def enter(before: RerunEvidence, record: Path, comparison: Comparison, found: Agreement) -> Entry:
    """Enter what came of rerunning `before` as `record`, in the ledger of the latter's case.

    It tells the hashes of both findings.json, as the entries of both runs do, so that a
    sign-off after it covers them; of a record in another case it cannot. Raises `RunError`
    where the entry cannot be written.
    """
    case = record.parent
    folders = [record]
    if case.resolve() == before.case.resolve():
        folders.append(before.paths.folder)
    try:
        files = {
            f"{folder.name}/{RecordPaths(folder).findings.name}": str(
                digest(RecordPaths(folder).findings)["sha256"]
            )
            for folder in folders
        }
        with ignore_signals():
            return append(
                case, EntryDraft(RERUN, before.name, files, body(record, comparison, found))
            )
    except OSError as error:
        raise RunError(
            f"{record}: the rerun is over, but could not be entered in the ledger: "
            f"{one_line(error)}"
        ) from error


def body(record: Path, comparison: Comparison, found: Agreement) -> dict[str, Any]:
    """What the entry says; of each kind of difference the number, and names of the first."""
    return {
        "record": record.name,
        "agrees": found.agrees,
        "same_conditions": found.exact,
        "conditions": _named_changes(comparison.question + comparison.conditions),
        "numbers": {
            "equal": found.equal,
            "within_tolerance": len(found.within),
            "different": len(found.different),
            **({"added": found.added} if found.added else {}),
            "named": _names(number.path for number in found.different + found.within),
        },
        "tolerance": {"absolute": ABSOLUTE, "relative": RELATIVE, "reason": TOLERANCE},
        "texts": _named_changes(found.texts),
        "notebooks": {
            "equal_bytes": _names(comparison.same_notebooks),
            "different": _names(change.name for change in comparison.notebooks),
        },
    }


def _named_changes(changes: Sequence[ChangedValue]) -> dict[str, Any]:
    named = [[plain(c.name), shown(c.a), shown(c.b)] for c in changes[:MOST_NAMED]]
    return {"different": len(changes), "named": named}


def _names(names: Iterable[str]) -> list[str]:
    return [plain(name) for name in names][:MOST_NAMED]


@dataclass(frozen=True)
class Rerun:
    """A rerun that is over: what was rerun, the new record, and how the two compare.

    ``entry`` is the number of its entry in the ledger of the new record's case.
    """

    original: Path
    record: Path
    comparison: Comparison
    agreement: Agreement
    entry: int


def rerun(
    record: Path,
    *,
    audit: Path | None = None,
    settings: Settings | None = None,
    progress: Console | None = None,
) -> Rerun:
    """Answer the question of `record` again, from the current folder.

    The new record goes into the same case, or under `audit` where that is named. Raises
    `InputError`, and writes nothing, where `record` is not what its ledger says or its data
    are gone, and `RunError` where the run fails; whether it found the same is in what
    is returned.
    """
    before = evidence(record)
    check_inputs(before.paths)
    answer = run(
        before.paths.question,
        audit=before.case.parent if audit is None else audit,
        notebooks=notebooks_again(before.record.document),
        settings=replace(settings or Settings(), answer_alone=answer_alone(before.record.document)),
        console=progress,
    )
    comparison = compare(before.paths.folder, answer.record)
    document = json.loads(RecordPaths(answer.record).record.read_text("utf-8"))
    found = agreement(comparison, code_known(before.record.document, document))
    entry = enter(before, answer.record, comparison, found)
    return Rerun(before.paths.folder, answer.record, comparison, found, entry.n)
