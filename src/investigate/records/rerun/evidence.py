"""A record that may be rerun: in its ledger, unaltered, of a run that succeeded."""

from dataclasses import dataclass
from pathlib import Path

from investigate.errors import InputError, RunError
from investigate.ledger.chain import read
from investigate.ledger.place import record_at
from investigate.ledger.verify import entered, refuse, verify
from investigate.paths import RecordPaths
from investigate.records.compare.recorded import Recorded, recorded
from investigate.rendering import one_line


@dataclass(frozen=True)
class Evidence:
    """The record called `name` in the folder `case`, which is what its ledger says."""

    case: Path
    name: str
    record: Recorded

    @property
    def paths(self) -> RecordPaths:
        """Its files."""
        return RecordPaths(self.case / self.name)


def evidence(folder: Path) -> Evidence:
    """The record in `folder`, verified; writes nothing.

    Raises `InputError` where there is none, it is in no ledger, altered, or without
    findings, and `RunError` where that cannot be found out.
    """
    place = record_at(folder)
    if place is None:
        raise InputError(f"{folder}: there is no record here; name the folder of one")
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
    return Evidence(case, name, found)
