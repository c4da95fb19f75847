"""The engine, and a question's files as its tables; everything else is engine-neutral."""

import difflib
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import duckdb
import ibis
import pyarrow as pa

from investigate.errors import InputError
from investigate.log import csv_files
from investigate.log.csv_files import described, folder_values
from investigate.log.embedded import Embedded
from investigate.log.files import Files
from investigate.log.heeding import heeded
from investigate.log.mixed_zones import as_written
from investigate.log.servers import opening
from investigate.log.twins import require_first, require_first_in_files
from investigate.log.unreadable import literal, quoted
from investigate.log.unreadable import readable as readable

MOST_MEMORY = 3
"""GiB that the engine holds, whatever the log's size; what is more lies in its temporary folder."""

LONGEST = 21
"""Bits of the longest array of groups in which the engine counts."""


LARGE = 4 * 2**30
"""Bytes of a log's files from which on its rows are kept in a file, not in temporary tables."""


class EmptyError(InputError):
    """No file has a row, and none tells the names of columns."""


class Engine:
    """An embedded DuckDB that reads files and never writes to them.

    What it spills goes to a temporary folder; it downloads nothing. `tables` are those in
    memory that a question may name, by the hash of their content. ``breaches`` are what is
    odd about the files that were opened.
    """

    def __init__(self, tables: Mapping[str, pa.Table] | None = None) -> None:
        self._tables = tables or {}
        self._closing = ExitStack()
        self._attached: dict[Path, str] = {}
        self._home: Files | None = None
        self._servers: dict[str, opening.Backend] = {}
        self._brought_names: list[str] = []
        self.breaches: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        spill = self._closing.enter_context(
            tempfile.TemporaryDirectory(prefix="investigate-", ignore_cleanup_errors=True)
        )
        self._spill = Path(spill)
        self._connection = Embedded().connect(
            temp_directory=spill, autoinstall_known_extensions=False
        )
        self._closing.callback(self._connection.disconnect)
        self._closing.enter_context(heeded(self._connection.con))
        # Local times are read by the kit's own database of zones, not by the engine's.
        self._connection.raw_sql("SET TimeZone = 'UTC'")
        # No result relies on it, and tables are made side by side without it.
        self._connection.raw_sql("SET preserve_insertion_order = false")
        self._bound_memory()
        # What is grouped by one small number is counted in an array; its default is 4,096 long.
        self._connection.raw_sql(f"SET perfect_ht_threshold = {LONGEST}")
        # Small tables always stand on the right; by its guesses it would hash the rows instead.
        self._connection.raw_sql("SET disabled_optimizers = 'build_side_probe_side'")
        # A bar on the terminal's output would be read as a part of the answer.
        # Within Jupyter the engine refuses the setting where no widgets are installed.
        with suppress(duckdb.InvalidInputException):
            self._connection.raw_sql("SET enable_progress_bar = false")
        return self

    def expect(self, rows: int) -> None:
        """Count in arrays of no more groups than half of ``rows``, which are to be counted.

        To make a longer one, mostly empty, costs more than to look rows up in a table of groups.
        """
        bits = min(max(rows.bit_length() - 2, 12), LONGEST)
        self._connection.raw_sql(f"SET perfect_ht_threshold = {bits}")

    def _bound_memory(self) -> None:
        row = self._connection.raw_sql("SELECT current_setting('memory_limit')").fetchone()
        number, unit = str(row[0]).split()
        # Of a small machine the engine's own bound, a share of what there is, stays.
        if unit == "TiB" or (unit == "GiB" and float(number) > MOST_MEMORY):
            self._connection.raw_sql(f"SET memory_limit = '{MOST_MEMORY}GiB'")

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._closing.close()
        # While it works the engine looks for signals itself, and has its own words for one.
        if isinstance(error, duckdb.InterruptException) or (
            isinstance(error, RuntimeError) and str(error) == "Query interrupted"
        ):
            raise KeyboardInterrupt from None
        if error is None or self._home is None or not self._home.address:
            return
        if failure := opening.failed(error, self._home):
            raise failure from None

    def open(
        self,
        files: Files,
        origin: str | None = None,
        wanted: Collection[str] = (),
        encoding: str | None = None,
    ) -> ibis.Table:
        """The files as one table; a CSV's columns are all text.

        The column `origin`, where one is asked for, holds the path of each row's file; a
        database has none. Columns are matched by name; those `wanted` are looked for, and what
        is odd about the files is noted in ``breaches``. All that is opened after a server's table
        lies beside it; what does not is brought there.
        """
        first = self._home is None
        self._home = self._home or files
        if first and sum(path.stat().st_size for path in files.paths) > LARGE:
            self._connection.on_disk(self._spill / "kept.duckdb")
        if files.address:
            return self._open_table(files)
        table = self._open(files, origin, wanted, encoding)
        if first or not self._home.address:
            return table
        kept = [name for name in table.columns if name in wanted or not wanted]
        return self._brought(table.select(kept))

    def _open(
        self, files: Files, origin: str | None, wanted: Collection[str], encoding: str | None
    ) -> ibis.Table:
        if files.kind == "DuckDB":
            with readable(files):
                return self._open_database(files)
        if files.kind == "memory":
            with readable(files):
                return self._open_memory(files, wanted)
        files = self._without_empty(files)
        with readable(files):
            if files.kind == "Parquet":
                return self._open_parquet(files, origin, wanted)
            return self._open_csv(files, origin, wanted, encoding)

    def _open_table(self, files: Files) -> ibis.Table:
        """A server's table, where it lies if the first one does, else brought here."""
        assert self._home is not None
        backend = self._server(files)
        try:
            table = opening.opened(backend, files)
            return table if files.address == self._home.address else self._brought(table)
        except Exception as error:
            if failure := opening.failed(error, files):
                raise failure from None
            raise

    def _server(self, files: Files) -> opening.Backend:
        if files.address not in self._servers:
            backend = opening.connected(files)
            self._closing.callback(backend.disconnect)
            self._servers[files.address] = backend
        return self._servers[files.address]

    def _brought(self, table: ibis.Table) -> ibis.Table:
        """`table` of another engine, in the one that holds the first table."""
        assert self._home is not None
        name, rows = f"brought_{len(self._brought_names)}", table.to_pyarrow()
        self._brought_names.append(name)
        if self._home.address:
            return self._servers[self._home.address].create_table(name, rows, temp=True)
        self._connection.con.register(name, rows)
        return self._connection.table(name)

    def write(self, path: Path, name: str, tables: Mapping[str, ibis.Table]) -> None:
        """Write tables of this engine to a new database; within, it is attached as `name`."""
        self._connection.raw_sql(f"ATTACH {quoted(str(path))} AS {name}")
        try:
            for table, rows in tables.items():
                query = self._connection.compile(rows)
                self._connection.raw_sql(f"CREATE TABLE {name}.{quoted(table)} AS {query}")
        finally:
            self._connection.raw_sql(f"DETACH {name}")

    def written(self, path: Path, name: str) -> dict[str, ibis.Table]:
        """The tables of a database that `write` wrote, which stays attached as `name`."""
        self._connection.raw_sql(f"ATTACH {quoted(str(path))} AS {name} (READ_ONLY)")
        return {
            table: self._connection.table(table, database=(name, schema))
            for schema, table in self._listed(name).values()
        }

    def nothing(self, names: Collection[str]) -> ibis.Table:
        """A table of no rows with columns of text."""
        self._connection.con.register(
            "nothing", pa.table({name: pa.array([], pa.string()) for name in names})
        )
        return self._connection.table("nothing")

    def _open_memory(self, files: Files, wanted: Collection[str]) -> ibis.Table:
        assert files.table is not None
        table = self._tables.get(files.table)
        if table is None:
            raise InputError(
                f"{files.part}: it was a table in memory (SHA-256 {files.table[:12]}…); "
                "give that table again, such as investigate.open(question, log=table), or save it "
                "as Parquet and name the file"
            )
        require_first(table.column_names, wanted, "the table in memory")
        self._connection.con.register(f"memory_{files.table}", table)
        return self._connection.table(f"memory_{files.table}")

    def _without_empty(self, files: Files) -> Files:
        empty = [path for path in files.paths if not path.stat().st_size]
        kept = tuple(path for path in files.paths if path not in empty)
        if not kept:
            raise EmptyError(f"{files.part}: {empty[0].name!r} is empty; name a file with rows")
        self._note(files, "empty file", empty)
        return replace(files, paths=kept)

    def _note(self, files: Files, what: str, paths: Sequence[Path]) -> None:
        if not paths:
            return
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        reason = f"{files.part}: {what}: {paths[0].name}{more}"
        self.breaches.append({"reason": reason, "rows": 0, "excluded": False, "examples": []})

    def _open_parquet(
        self, files: Files, origin: str | None, wanted: Collection[str]
    ) -> ibis.Table:
        read = self._connection.read_parquet
        here = "the file of this row" if origin is None else origin
        plain: dict[str, Any] = {
            "union_by_name": True,
            "hive_partitioning": False,
            "filename": here,
        }
        table = read(literal(files.paths), **plain)
        known = require_first_in_files(self._connection, files.paths, wanted)
        keys, hidden = self._folder_keys(files, table.columns, wanted)
        if keys and not hidden:
            plain |= {"hive_partitioning": True, "hive_types_autocast": False}
            table = read(literal(files.paths), **plain)
        for key in keys if hidden else ():
            values = {str(path): folder_values(path)[key] for path in files.paths}
            branches = [(table[here] == path, value) for path, value in values.items()]
            table = table.mutate(**{key: ibis.cases(*branches, else_=None)})
        if len(files.paths) > 1:
            self._note_lacking(files, wanted, known)
            table = as_written(table, self._connection, files.paths, here, wanted)
        return table if origin else table.drop(here)

    def _note_lacking(
        self, files: Files, wanted: Collection[str], known: Mapping[str, Collection[str]]
    ) -> None:
        """Notes the columns that some of the files lack: their rows have nothing there."""
        for name in wanted:
            there = known.get(name.lower())
            if there is not None:
                lacking = [path for path in files.paths if str(path) not in there]
                self._note(files, f"no column {name!r} in", lacking)

    def _open_csv(
        self,
        files: Files,
        origin: str | None,
        wanted: Collection[str],
        encoding: str | None,
    ) -> ibis.Table:
        found, empty = [], []
        for path in files.paths:
            if one := described(path, files.part, encoding, self._scratch):
                found.append(one)
            else:
                empty.append(path)
        if not found:
            raise EmptyError(
                f"{files.part}: {empty[0].name!r} is empty; a CSV begins with the names of its "
                "columns"
            )
        self._note(files, "empty file", empty)
        files = replace(files, paths=tuple(one.path for one in found))
        names = [name for one in found for name in one.header.names]
        for name in wanted:
            lacking = csv_files.lacking(found, name)
            if len(lacking) < len(found):
                self._note(files, f"no column {name!r} in", lacking)
        keys, _ = self._folder_keys(files, names, wanted)
        return csv_files.table(
            self._connection, found, lambda path: literal([path])[0], wanted, origin, keys
        )

    def _folder_keys(
        self, files: Files, names: Collection[str], wanted: Collection[str]
    ) -> tuple[list[str], list[str]]:
        """The columns that folders such as ``day=1`` name: those that no file has, and others."""
        by_folder = [folder_values(path) for path in files.paths]
        keys = [key for key in by_folder[0] if all(key in values for values in by_folder)]
        low = {name.lower() for name in names}
        hidden = [key for key in keys if key.lower() in low]
        for key in hidden:
            if key in wanted:
                what = (
                    f"{key}={by_folder[0][key]} names a folder too; the files' own column is read"
                )
                self._note(files, what, files.paths)
        return [key for key in keys if key not in hidden], hidden

    def _scratch(self) -> Path:
        folder = self._spill / "written anew"
        folder.mkdir(exist_ok=True)
        return folder

    def tables(self, files: Files) -> list[str]:
        """The tables of a database or a server, by the names that a question gives them."""
        if files.address:
            self._home = self._home or files
            return list(self._server(files).listed())
        return list(self._listed(self._attach(files)))

    def _open_database(self, files: Files) -> ibis.Table:
        catalog = self._attach(files)
        schema, table = self._table_named(files, catalog)
        return self._connection.table(table, database=(catalog, schema))

    def _attach(self, files: Files) -> str:
        (path,) = files.paths
        if not path.stat().st_size:
            raise InputError(f"{files.part}: {path.name!r} is empty; name a file with rows")
        if path not in self._attached:
            name = f"database_{len(self._attached)}"
            self._connection.raw_sql(f"ATTACH {quoted(str(path))} AS {name} (READ_ONLY)")
            self._attached[path] = name
        return self._attached[path]

    def _listed(self, catalog: str) -> dict[str, tuple[str, str]]:
        listing = self._connection.raw_sql(
            "SELECT table_schema, table_name FROM information_schema.tables "
            f"WHERE table_catalog = '{catalog}' ORDER BY 1, 2"
        ).fetchall()
        return {
            table if schema == "main" else f"{schema}.{table}": (schema, table)
            for schema, table in listing
        }

    def _table_named(self, files: Files, catalog: str) -> tuple[str, str]:
        tables = self._listed(catalog)
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
