"""CSV files as people have them: how each is written, and all of them as one table of text.

The engine's reader takes them apart, with nothing left for it to guess. A file that it cannot
take as it is (another encoding than UTF-8, several kinds of line ends) is written anew first.
"""

import codecs
import csv
import gzip
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import ibis

from investigate.errors import InputError

LONGEST = 32_000_000
"""Bytes of a line; the engine holds a buffer of that size for each thread."""

_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_HINT = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """How a CSV begins: ``skip`` lines are above the names of its columns.

    A nameless column has the name ``""``.
    """

    delimiter: str
    skip: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class CsvFile:
    """A CSV at ``path``, which is read from ``place``, and its header."""

    path: Path
    place: Path
    header: Header


def described(
    path: Path, part: str, encoding: str | None, folder: Callable[[], Path]
) -> CsvFile | None:
    """How the file at `path` is written; `None` where it is empty.

    What the engine cannot take as it is, is written anew into `folder`. Raises `InputError`
    where the text cannot be read or has no header.
    """
    try:
        used = encoding or _marked(path)
        plain = used in (None, "utf-8", "utf-8-sig") and not _mixed(path)
        place = path if plain else _anew(path, used or "utf-8-sig", folder())
        header = _header(place)
    except (OSError, EOFError, UnicodeError, csv.Error) as error:
        reason = _reason_of(error, encoding)
        raise InputError(f"{part}: {path.name!r} cannot be read as CSV: {reason}") from error
    return None if header is None else CsvFile(path, place, header)


def table(
    connection: Any,
    found: Sequence[CsvFile],
    literal: Callable[[Path], str],
    wanted: Collection[str],
    origin: str | None,
    folders: Collection[str],
) -> ibis.Table:
    """The files as one table of text: columns are matched by name, in any order.

    Of columns whose names differ in case alone the one that is `wanted` counts. ``origin`` is
    a column for each row's file; `folders` are columns that folders such as ``day=1`` name.
    Raises `InputError` where two columns that are asked for cannot be told apart.
    """
    groups: dict[tuple[Header, Path | None], list[CsvFile]] = {}
    for one in found:
        alone = None if one.place == one.path else one.place
        groups.setdefault((one.header, alone), []).append(one)
    names = _names(found, wanted)
    parts = []
    for (header, alone), files in groups.items():
        physical = [f"field {i} of the line" for i in range(len(header.names))]
        more = {"filename": origin} if origin and alone is None else {}
        read = connection.read_csv(
            [literal(one.place) for one in files],
            columns=dict.fromkeys(physical, "VARCHAR"),
            auto_detect=False,
            header=True,
            skip=header.skip,
            delim=header.delimiter,
            quote='"',
            escape='"',
            max_line_size=LONGEST,
            buffer_size=LONGEST,
            hive_partitioning=bool(folders) and alone is None,
            hive_types_autocast=False,
            **more,
        )
        own = _own(header, names)
        texts: dict[str, Any] = {
            name: read[physical[own[name]]]
            if name in own
            else ibis.literal(None, type="string").name(name)
            for name in names
        }
        values = folder_values(files[0].path)
        for name in folders:
            texts[name] = read[name] if alone is None else ibis.literal(values[name])
        if origin:
            texts[origin] = read[origin] if alone is None else ibis.literal(str(files[0].path))
        parts.append(read.select(**texts))
    columns = list(dict.fromkeys(name for part in parts for name in part.columns))
    empty = ibis.literal(None, type="string")
    whole = [
        part.select(**{n: part[n] if n in part.columns else empty for n in columns})
        for part in parts
    ]
    return ibis.union(*whole) if len(whole) > 1 else whole[0]


def folder_values(path: Path) -> dict[str, str]:
    """What folders such as ``day=2024-03-01`` above `path` say, by their key."""
    pairs = (part.partition("=") for part in path.parent.parts)
    return {key: unquote(value) for key, equals, value in pairs if key and equals}


def lacking(found: Sequence[CsvFile], name: str) -> list[Path]:
    """The files that have no column called `name`."""
    low = name.lower()
    return [one.path for one in found if low not in (n.lower() for n in one.header.names)]


def _names(found: Sequence[CsvFile], wanted: Collection[str]) -> list[str]:
    """The columns of all files, each in one spelling."""
    spelt: dict[str, str] = {}
    for one in found:
        names = one.header.names
        for name in names:
            if not name:
                continue
            if names.count(name) > 1 and (name in wanted or not wanted):
                raise InputError(f"{one.path.name!r} has two columns called {name!r}; rename one")
            spelt.setdefault(name.lower(), name)
    for name in wanted:
        alike = [other for other in wanted if other.lower() == name.lower()]
        if name.lower() in spelt:
            if len(alike) > 1:
                first, second = sorted(alike)[:2]
                raise InputError(
                    f"{found[0].path.name!r} has columns {first!r} and {second!r}, which the "
                    "engine cannot tell apart; rename one"
                )
            if any(name in one.header.names for one in found):
                spelt[name.lower()] = name
    return list(spelt.values())


def _own(header: Header, names: list[str]) -> dict[str, int]:
    """Where each of `names` is in a file: by its name, or by one of another case."""
    places: dict[str, int] = {}
    low = [name.lower() for name in header.names]
    for name in names:
        if name in header.names:
            places[name] = header.names.index(name)
        elif name.lower() in low:
            places[name] = low.index(name.lower())
    return places


def _opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def _marked(path: Path) -> str | None:
    with _opened(path) as file:
        head = file.read(4)
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def likely_encoding(path: Path) -> str | None:
    """How a text that is not UTF-8 was probably written: as Windows does; `None` for UTF-8."""
    for encoding in ("utf-8", "cp1252"):
        try:
            with _opened(path) as file, codecs.getreader(encoding)(file) as text:
                while text.read(_CHUNK):
                    pass
        except UnicodeError:
            continue
        return None if encoding == "utf-8" else encoding
    # Every byte is a letter of it.
    return "latin-1"


def _mixed(path: Path) -> bool:
    """Whether lines end in several ways, of which the engine reads one."""
    ends, pairs, returns, last = 0, 0, 0, b""
    with _opened(path) as file:
        while chunk := file.read(_CHUNK):
            ends += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            last = chunk[-1:]
    return (pairs > 0) + (ends > pairs) + (returns > pairs) > 1


def _anew(path: Path, encoding: str, folder: Path) -> Path:
    place = folder / f"{len(list(folder.iterdir()))}.csv"
    with (
        _opened(path) as file,
        codecs.getreader(encoding)(file) as text,
        place.open("w", encoding="utf-8", newline="") as out,
    ):
        out.writelines(_pieces(text))
    return place


def _pieces(text: Any) -> Iterator[str]:
    """Text with one kind of line end outside quotes; what is in quotes is kept."""
    quoted, held = False, ""
    while chunk := text.read(_CHUNK):
        chunk = held + chunk
        held = "\r" if chunk.endswith("\r") else ""
        chunk = chunk[: len(chunk) - len(held)]
        made = []
        for place, part in enumerate(chunk.split('"')):
            if place:
                quoted = not quoted
                made.append('"')
            made.append(part if quoted else part.replace("\r\n", "\n").replace("\r", "\n"))
        yield "".join(made)
    if held and not quoted:
        yield "\n"


def _header(place: Path) -> Header | None:
    opener = gzip.open if place.name.lower().endswith(".gz") else open
    with opener(place, "rt", encoding="utf-8-sig", newline="") as lines:
        skip, hinted = 0, None
        while line := lines.readline():
            if hint := _HINT.match(line):
                hinted = hint[1]
            elif line.strip():
                break
            skip += 1
        if not line:
            return None
        outside = re.sub(r'"[^"]*"', "", line)
        delimiter = hinted or max(",;\t|", key=outside.count)
        lines.seek(0)
        for _ in range(skip):
            lines.readline()
        limit = csv.field_size_limit(LONGEST)
        try:
            records = csv.reader(lines, delimiter=delimiter)
            names = next(records, [])
            first = next((record for record in records if record), names)
        finally:
            csv.field_size_limit(limit)
    # A comma at the end of the header alone names nothing.
    while names and not names[-1] and len(names) > len(first):
        names = names[:-1]
    return Header(delimiter, skip, tuple(names))


def _reason_of(error: Exception, encoding: str | None) -> str:
    if isinstance(error, UnicodeError):
        if encoding:
            return f"it is not {encoding} text; say which it is, such as encoding: latin-1"
        return "it is not UTF-8 text; say which it is, such as encoding: latin-1"
    if isinstance(error, gzip.BadGzipFile):
        return "it is not compressed by gzip"
    if isinstance(error, EOFError):
        return "it is cut short"
    if isinstance(error, csv.Error):
        return "its first lines are no text in columns"
    return getattr(error, "strerror", None) or str(error)
