"""Which records a path on the command line means: a record, a case, or all cases."""

from pathlib import Path

from investigate.errors import InputError
from investigate.ledger.chain import read
from investigate.ledger.files import OWN, LedgerPaths
from investigate.ledger.unfinished import begun
from investigate.ledger.verify import stated, top
from investigate.paths import RecordPaths


def record_at(path: Path) -> tuple[Path, str] | None:
    """Folder of the case and name of the record at `path`, also where only a ledger tells of it."""
    full = path.resolve() if path.name in ("", "..") else path
    case, name = full.parent, full.name
    if RecordPaths(full).record.is_file():
        return case, name
    try:
        entries = read(case).entries
        known = {top(file) for file in stated(entries) if not OWN.fullmatch(file)}
        known |= begun(entries).keys()
    except OSError:
        return None
    return (case, name) if name in known else None


def no_record(path: Path) -> InputError:
    """That there is none at `path`; of a case with its newest one."""
    try:
        names = [own.name for own in path.iterdir() if RecordPaths(own).record.is_file()]
    except OSError:
        names = []
    such = f", such as {path / max(names)}" if names else ""
    return InputError(f"{path}: there is no record here; name the folder of one{such}")


def cases_at(path: Path) -> list[tuple[Path, str | None]]:
    """The cases at `path`, and which record of it `path` is, if it is one.

    Raises `InputError` where there is none.
    """
    if record := record_at(path):
        return [record]
    try:
        if _is_case(path):
            return [(path, None)]
        cases: list[tuple[Path, str | None]] = [
            (folder, None)
            for folder in sorted(path.iterdir())
            if folder.is_dir() and _is_case(folder)
        ]
    except OSError as error:
        raise InputError(f"{path}: cannot read it: {error.strerror}") from error
    if not cases:
        raise InputError(f"{path}: there is no record, no case and no ledger here; name one")
    return cases


def _is_case(folder: Path) -> bool:
    paths = LedgerPaths(folder)
    if paths.entries.exists() or paths.head.exists():
        return True
    return any(RecordPaths(path).record.is_file() for path in folder.iterdir() if path.is_dir())
