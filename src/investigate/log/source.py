"""The engine, and a question's files as its tables; everything else is engine-neutral."""

import csv
import difflib
import gzip
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import duckdb
import ibis
import pyarrow as pa

from investigate.errors import InputError
from investigate.log.files import Files

_UNREADABLE = (
    duckdb.BinderException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.NotImplementedException,
    duckdb.SerializationException,
)


class Engine:
    """An embedded DuckDB that reads files and never writes to them.

    What it spills goes to a temporary folder; it downloads nothing. `tables` are those in
    memory that a question may name, by the hash of their content.
    """

    def __init__(self, tables: Mapping[str, pa.Table] | None = None) -> None:
        self._tables = tables or {}
        self._closing = ExitStack()
        self._attached: dict[Path, str] = {}

    def __enter__(self) -> Self:
        spill = self._closing.enter_context(
            tempfile.TemporaryDirectory(prefix="investigate-", ignore_cleanup_errors=True)
        )
        self._connection = ibis.duckdb.connect(
            temp_directory=spill, autoinstall_known_extensions=False
        )
        self._closing.callback(self._connection.disconnect)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    @contextmanager
    def times_in(self, timezone: str) -> Iterator[None]:
        """Inside, times without a zone are read, and days begin, in `timezone`.

        Outside all is in UTC: an hour that a clock shows twice is two hours.
        """
        try:
            self._connection.raw_sql(f"SET TimeZone = '{timezone}'")
        except duckdb.Error as error:
            raise InputError(f"timezone: the engine does not know {timezone!r}") from error
        try:
            yield
        finally:
            self._connection.raw_sql("SET TimeZone = 'UTC'")

    def open(self, files: Files, origin: str | None = None) -> ibis.Table:
        """The files as one table; a CSV's columns are all text.

        The column `origin`, where one is asked for, holds the path of each row's file; a
        database has none.
        """
        more = {} if origin is None else {"filename": origin}
        with readable(files):
            match files.kind:
                case "Parquet":
                    return self._connection.read_parquet(
                        _literal(files), union_by_name=True, **more
                    )
                case "CSV":
                    return self._open_csv(files, more)
                case "DuckDB":
                    return self._open_database(files)
                case "memory":
                    return self._open_memory(files)

    def _open_memory(self, files: Files) -> ibis.Table:
        assert files.table is not None
        table = self._tables.get(files.table)
        if table is None:
            raise InputError(
                f"{files.part}: it was a table in memory (SHA-256 {files.table[:12]}…); "
                "give that table again, such as investigate.open(question, log=table), or save it "
                "as Parquet and name the file"
            )
        self._connection.con.register(f"memory_{files.table}", table)
        return self._connection.table(f"memory_{files.table}")

    def _open_csv(self, files: Files, more: dict[str, str]) -> ibis.Table:
        first, *others = [_header(path) for path in files.paths]
        for path, (delimiter, names) in zip(files.paths[1:], others, strict=True):
            if (delimiter, names) != first:
                raise InputError(
                    f"{files.part}: {path.name!r} has another header than {files.paths[0].name!r}; "
                    "give all files the same columns"
                )
        delimiter, names = first
        return self._connection.read_csv(
            _literal(files),
            columns=dict.fromkeys(names, "VARCHAR"),
            auto_detect=False,
            header=True,
            delim=delimiter,
            quote='"',
            escape='"',
            **more,
        )

    def _open_database(self, files: Files) -> ibis.Table:
        (path,) = files.paths
        if path not in self._attached:
            name = f"database_{len(self._attached)}"
            self._connection.attach(path, name=name, read_only=True)
            self._attached[path] = name
        catalog = self._attached[path]
        schema, table = self._table_named(files, catalog)
        return self._connection.table(table, database=(catalog, schema))

    def _table_named(self, files: Files, catalog: str) -> tuple[str, str]:
        listing = self._connection.raw_sql(
            "SELECT table_schema, table_name FROM information_schema.tables "
            f"WHERE table_catalog = '{catalog}' ORDER BY 1, 2"
        ).fetchall()
        tables = {
            table if schema == "main" else f"{schema}.{table}": (schema, table)
            for schema, table in listing
        }
        if files.table is not None and files.table in tables:
            return tables[files.table]
        if not tables:
            raise InputError(f"{files.part}: {files.written!r} holds no table")
        if files.table is not None:
            raise InputError(
                f"{files.part}: {files.written!r} has no table {files.table!r}; "
                f"{hint(files.table, tables)}"
            )
        if len(tables) > 1:
            raise InputError(
                f"{files.part}: {files.written!r} holds the tables {', '.join(tables)}; "
                f"name one: {files.part}: {{url: {files.written}, table: {next(iter(tables))}}}"
            )
        return next(iter(tables.values()))


@contextmanager
def readable(files: Files) -> Iterator[None]:
    """Turns what the engine says of a file that it cannot read into one line."""
    try:
        yield
    except _UNREADABLE as error:
        message = str(error)
        path = next((path for path in files.paths if str(path) in message), None)
        name = files.written if path is None or len(files.paths) == 1 else path.name
        raise InputError(
            f"{files.part}: {name!r} cannot be read as {files.kind}: {_reason(message)}"
        ) from error


def column(table: ibis.Table, name: str, where: str, holder: str = "log") -> ibis.Value:
    """The column called `name`; `where` is the key of the question that names it."""
    if name in table.columns:
        return table[name]
    raise InputError(f"{where}: the {holder} has no column {name!r}; {hint(name, table.columns)}")


def hint(name: str, known: object) -> str:
    """The known name nearest to `name`, or all of them."""
    names = {str(other).lower(): str(other) for other in reversed(list(known))}  # type: ignore[call-overload]
    if close := difflib.get_close_matches(name.lower(), names, n=1):
        return f"did you mean {names[close[0]]!r}?"
    listed = list(reversed(names.values()))
    more = f" and {len(listed) - 20} more" if len(listed) > 20 else ""
    return f"it has {', '.join(listed[:20])}{more}"


def _literal(files: Files) -> list[str]:
    # The engine would read a bracket or star in a file's own name as a pattern.
    return [re.sub(r"([*?\[])", r"[\1]", str(path)) for path in files.paths]


def _header(path: Path) -> tuple[str, tuple[str, ...]]:
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            delimiter = max(",;\t|", key=first.count)
            lines.seek(0)
            names = next(csv.reader(lines, delimiter=delimiter), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = "it is not UTF-8 text"
        raise InputError(f"{path.name!r} cannot be read as CSV: {reason}") from error
    if not names:
        raise InputError(f"{path.name!r} is empty; a CSV begins with the names of its columns")
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{path.name!r} has two columns called {name!r}; rename one")
    return delimiter, tuple(names)


def _reason(message: str) -> str:
    if line := re.search(r"CSV Error on Line: (\d+)", message):
        said = re.search(r"^(Expected Number.*|.*unterminated.*|Invalid unicode.*)$", message, re.M)
        return f"line {line[1]} is broken" + (f": {said[1]}" if said else "")
    if "sqlite_scanner" in message:
        return "it is an SQLite database"
    first = message.splitlines()[0]
    first = re.sub(r"^(\w+ )*Error: ", "", first)
    # The path is said already, as the question writes it.
    return re.sub(r"""["'](/|[A-Za-z]:\\)[^"']*["']""", "the file", first)
