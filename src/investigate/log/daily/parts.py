"""What of a log can be read apart from the rest, and whether it is as it was."""

from dataclasses import dataclass
from pathlib import Path

from investigate.errors import InputError
from investigate.log.files import Files, find
from investigate.question.fields import InMemory, Table


@dataclass(frozen=True)
class LogPart:
    """One file of a glob, or the whole of a log that is a single file or a table.

    ``name`` is the same wherever the log lies, ``version`` another one after every change,
    ``modified`` when it was written (nanoseconds from 1970), ``size`` in bytes. ``whole`` says
    that the log has no other part. A server's table has no path, its rows as size and a checksum
    of them as version.
    """

    name: str
    version: str
    path: Path
    modified: int
    size: int
    whole: bool


def parts(source: str | Table | InMemory, part: str = "log") -> list[LogPart]:
    """The parts of a log, or of what else the key `part` names, by name; no file is read.

    Raises `InputError` where there are none.
    """
    if isinstance(source, InMemory):
        raise InputError(f"{part}: a table in memory cannot be watched; name its files")
    files = find(source, part)
    if files.address:
        return [_table(files)]
    found = [_part(path, files) for path in files.paths]
    return sorted(found, key=lambda part: part.name)


def _table(files: Files) -> LogPart:
    """A server's table: nothing but its rows says whether it is as it was."""
    from investigate.log.served import checksum, name

    rows, total = checksum(files)
    return LogPart(name(files), f"{rows} {total}", Path(), 0, rows, whole=True)


def _part(path: Path, files: Files) -> LogPart:
    at = path.stat()
    version = f"{at.st_size} {at.st_mtime_ns}"
    beside = path.with_name(path.name + ".wal")
    if files.kind == "DuckDB" and beside.is_file():
        # What was written last lies beside a database until it is closed in good order.
        version += f" {beside.stat().st_size} {beside.stat().st_mtime_ns}"
    whole = files.folder is None
    return LogPart(_name(path, files), version, path, at.st_mtime_ns, at.st_size, whole)


def _name(path: Path, files: Files) -> str:
    if files.folder is None:
        return files.written
    if path.is_relative_to(files.folder):
        return path.relative_to(files.folder).as_posix()
    # A link that leads elsewhere.
    return path.as_posix()
