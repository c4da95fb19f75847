"""A rerun as an entry of the ledger."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from investigate.errors import RunError
from investigate.ledger.append import Draft, append
from investigate.ledger.entry import RERUN, Entry
from investigate.ledger.files import digest
from investigate.paths import RecordPaths
from investigate.records.compare.changed import Changed
from investigate.records.compare.comparison import Comparison
from investigate.records.compare.words import shown
from investigate.records.rerun.agreement import ABSOLUTE, RELATIVE, TOLERANCE, Agreement
from investigate.records.rerun.evidence import Evidence
from investigate.records.signals import ignore_signals
from investigate.rendering import one_line, plain

MOST_NAMED = 20


def enter(before: Evidence, record: Path, comparison: Comparison, found: Agreement) -> Entry:
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
            return append(case, Draft(RERUN, before.name, files, body(record, comparison, found)))
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
        "conditions": _told(comparison.question + comparison.conditions),
        "numbers": {
            "equal": found.equal,
            "within_tolerance": len(found.within),
            "different": len(found.different),
            **({"added": found.added} if found.added else {}),
            "named": _names(number.path for number in found.different + found.within),
        },
        "tolerance": {"absolute": ABSOLUTE, "relative": RELATIVE, "reason": TOLERANCE},
        "texts": _told(found.texts),
        "notebooks": {
            "equal_bytes": _names(comparison.same_notebooks),
            "different": _names(change.name for change in comparison.notebooks),
        },
    }


def _told(changes: Sequence[Changed]) -> dict[str, Any]:
    named = [[plain(c.name), shown(c.a), shown(c.b)] for c in changes[:MOST_NAMED]]
    return {"different": len(changes), "named": named}


def _names(names: Iterable[str]) -> list[str]:
    return [plain(name) for name in names][:MOST_NAMED]
