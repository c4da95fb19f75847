"""Which files a question reads: paths, globs and databases, looked up from here upwards."""

import difflib
import glob
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from investigate.errors import InputError
from investigate.log.addresses import server
from investigate.question.fields import InMemory, Table
from investigate.question.question import Question
from investigate.question.variables import filled

Kind = Literal["Parquet", "CSV", "DuckDB", "memory", "PostgreSQL", "Spark"]

_KINDS: dict[str, Kind] = {
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".csv.gz": "CSV",
    ".tsv.gz": "CSV",
    ".duckdb": "DuckDB",
    ".db": "DuckDB",
}


@dataclass(frozen=True)
class Files:
    """Files of one kind that are read as one table.

    ``part`` is the key of the question that names them, ``written`` how it does so, with
    the names of environment variables where it has any;
    ``table`` is a database's table, `None` for the only one, or the hash of a table in memory,
    which has no files; ``folder`` the part of a glob that holds no pattern, `None` where no
    glob is. ``address`` is a server's, as written, whose table has no files either; empty
    without one. ``path`` is one that the server reads, in place of a table.
    """

    part: str
    written: str
    kind: Kind
    paths: tuple[Path, ...]
    table: str | None = None
    folder: Path | None = field(default=None, compare=False)
    address: str = ""
    path: str = ""


def inputs(question: Question) -> list[Path]:
    """The files that `question` reads, resolved: log, events, history, candidates."""
    sources = [find(question.log, "log")]
    if question.outcomes is not None:
        sources.append(find(question.outcomes.log, "outcomes"))
    if isinstance(question.events, str):
        sources.append(find(question.events, "events"))
    if question.history is not None:
        sources.append(find(question.history.log, "history"))
        sources += [
            find(arm.history, f"replay.arms[{number}].history")
            for number, arm in enumerate(question.replay.arms)
        ]
    paths = [path for source in sources for path in source.paths]
    # What was written last lies beside a database until it is closed in good order.
    paths += [
        beside
        for source in sources
        for path in source.paths
        if source.kind == "DuckDB" and (beside := path.with_name(path.name + ".wal")).is_file()
    ]
    return list(dict.fromkeys(paths))


def find(source: str | Table | InMemory, part: str) -> Files:
    """The files that `source` names.

    A relative path or glob is looked up from the current folder, then from each folder
    above it, so that a notebook in a subfolder finds what its project's root holds.
    Raises `InputError` where nothing is found or kinds are mixed.
    """
    if isinstance(source, InMemory):
        return Files(part, "the table in memory", "memory", (), source.in_memory)
    url = source.url if isinstance(source, Table) else source
    if (kind := server(url, part)) is not None:
        if not isinstance(source, Table):
            raise InputError(
                f"{part}: {kind} holds many tables; name one: {part}: {{url: {url}, table: …}}"
            )
        return Files(part, url, kind, (), source.table, address=url, path=source.path or "")
    if isinstance(source, Table):
        _database(source, part)
        return Files(part, source.url, "DuckDB", (_one(_path_of(source.url), part),), source.table)
    written = _path_of(source)
    magic = glob.has_magic(filled(written, part))
    paths, folder = _matches(written, part) if magic else ((), None)
    paths = paths or (_one(written, part),)
    kinds = {path: _kind(path, part) for path in paths}
    if len(set(kinds.values())) > 1:
        listed = " and ".join(sorted(set(kinds.values())))
        raise InputError(f"{part}: {written!r} matches {listed} files; name files of one kind")
    own = kinds[paths[0]]
    if own == "DuckDB" and len(paths) > 1:
        raise InputError(f"{part}: {written!r} matches {len(paths)} databases; name one of them")
    return Files(part, written, own, paths, folder=folder)


def _database(source: Table, part: str) -> None:
    kind = next((k for suffix, k in _KINDS.items() if source.url.lower().endswith(suffix)), None)
    if kind not in (None, "DuckDB"):
        raise InputError(
            f"{part}: {source.url!r} is a {kind} file and holds one table; write "
            f"{part}: {source.url}"
        )


def _path_of(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return rest if separator and scheme.lower() == "duckdb" else url


def _matches(pattern: str, part: str) -> tuple[tuple[Path, ...], Path | None]:
    if any(place.is_file() for place in _places(pattern, part)):
        return (), None
    for place in _places(pattern, part):
        # Path.glob takes no absolute pattern.
        found = sorted(map(Path, glob.glob(str(place), recursive=True)))  # noqa: PTH207
        files = tuple(path.resolve() for path in found if path.is_file())
        if files:
            return files, _fixed(place)
    return (), None


def _fixed(pattern: Path) -> Path:
    within = [folder for folder in pattern.parents if not glob.has_magic(str(folder))]
    return within[0].resolve()


def _one(written: str, part: str) -> Path:
    for place in _places(written, part):
        if place.is_file():
            return place.resolve()
    for place in _places(written, part):
        if place.is_dir():
            remedy = f"{written.rstrip('/')}/*.parquet"
            raise InputError(f"{part}: {written!r} is a folder; name its files, such as {remedy!r}")
    absolute = Path(filled(written, part)).expanduser().is_absolute()
    where = "" if absolute else " here or in a folder above"
    what = "no file matches" if glob.has_magic(written) else "there is no file"
    raise InputError(f"{part}: {what} {written!r}{where}; {_nearest(written, part)}")


def _nearest(written: str, part: str) -> str:
    name = Path(written).name
    for place in _places(written, part):
        if place.parent.is_dir():
            siblings = sorted(path.name for path in place.parent.iterdir() if path.is_file())
            if close := difflib.get_close_matches(name, siblings, n=1):
                return f"did you mean {str(Path(written).with_name(close[0]))!r}?"
    return "check the path"


def _places(written: str, part: str) -> Iterator[Path]:
    path = Path(filled(written, part)).expanduser()
    if path.is_absolute():
        yield path
        return
    here = Path.cwd()
    for folder in (here, *here.parents):
        yield folder / path


def _kind(path: Path, part: str) -> Kind:
    name = path.name.lower()
    for suffix, kind in _KINDS.items():
        if name.endswith(suffix):
            return kind
    raise InputError(
        f"{part}: {path.name!r} is of no kind that can be read; known are {', '.join(_KINDS)}"
    )
