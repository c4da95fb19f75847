"""What the built-in engine says of a file that it cannot read, in one line of our own."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from investigate.errors import InputError
from investigate.log import csv_files
from investigate.log.files import Files

_UNREADABLE = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.NotImplementedException,
    duckdb.ParserException,
    duckdb.SerializationException,
)


@contextmanager
def readable(files: Files) -> Iterator[None]:
    """Turns what the engine says of a file that it cannot read into one line."""
    try:
        yield
    except _UNREADABLE as error:
        path, message = _culprit(files, str(error))
        name = files.written if path is None or len(files.paths) == 1 else path.name
        raise InputError(
            f"{files.part}: {name!r} cannot be read as {files.kind}: {_reason(files, message)}"
        ) from error


def _culprit(files: Files, message: str) -> tuple[Path | None, str]:
    """The file that cannot be read, and what the engine says of it alone.

    What it says of many files together may repeat all their names.
    """
    if len(files.paths) == 1:
        return files.paths[0], message
    if files.kind == "CSV":
        match = re.search(r"^ *file = (.+)$", message, re.MULTILINE)
        return (Path(match[1]) if match and Path(match[1]) in files.paths else None), message
    with duckdb.connect() as alone:
        for path in files.paths:
            if not path.stat().st_size:
                continue
            try:
                alone.execute(
                    f"SELECT count(COLUMNS(*)) FROM read_parquet({quoted(literal([path])[0])})"
                )
            except duckdb.Error as error:
                return path, str(error)
    return None, message


def literal(paths: Iterable[Path]) -> list[str]:
    """Paths as the engine's readers take them."""
    # The engine would read a bracket or star in a file's own name as a pattern.
    return [re.sub(r"([*?\[])", r"[\1]", str(path)) for path in paths]


def quoted(text: str) -> str:
    """`text` as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _reason(files: Files, message: str) -> str:
    """Why a file cannot be read, in our words: the engine's speak of queries."""
    low = message.lower()
    if "permission denied" in low:
        return "permission denied"
    if "gzip" in low:
        return "it is not compressed by gzip, or cut short"
    if files.kind == "CSV":
        return _reason_of_csv(message)
    if files.kind == "Parquet":
        if _of_types(low):
            return "its columns hold other types than those of other files; give all the same"
        return "it is cut short, or no Parquet file"
    if "sqlite" in low:
        return "it is an SQLite database"
    if "lock" in low:
        return "another program has it open to write; close it there, or name a copy"
    if "version" in low:
        return "another version of DuckDB wrote it; export it as Parquet"
    return "it is cut short, or no DuckDB database"


def _of_types(message: str) -> bool:
    """Whether the engine complains of types that do not go together."""
    return any(word in message for word in ("conversion", "cast", "type mismatch"))


def _reason_of_csv(message: str) -> str:
    line = re.search(r"CSV Error on Line: (\d+)", message)
    where = f"line {line[1]}" if line else "a line"
    if sizes := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message):
        expected, found = sizes.groups()
        return f"{where} has {found} fields, and its header {expected}; mend the line"
    if "unterminated quote" in message:
        return f"{where} has a quote that does not end; mend the line"
    if "Invalid unicode" in message:
        return f"{where} is not UTF-8 text; say which it is, such as encoding: latin-1"
    if "aximum line size" in message:
        return f"{where} is longer than {csv_files.LONGEST:,} bytes; leave out its long texts"
    return f"{where} is broken; write it as RFC 4180 says"
