"""DuckDB as Ibis' backend writes it, with what costs much and says nothing more left out.

It answers as Ibis' own does: what is written in another way here is only quicker.
"""

import itertools
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

from investigate.log.queries import written
from investigate.log.unreadable import quoted

_MICROSECONDS = (None, 6)


class QuickDuckDB(DuckDBCompiler):  # type: ignore[misc]
    """The dialect of a session whose time zone is UTC."""

    __slots__ = ()

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Moments keep their microseconds; the engine's cast looks into its calendar by row."""
        kind = op.arg.dtype
        if kind.is_timestamp() and to.is_timestamp() and kind.timezone != to.timezone:
            zones = {kind.timezone, to.timezone}
            if zones == {None, "UTC"} and {kind.scale, to.scale} <= set(_MICROSECONDS):
                made = self.f.make_timestamptz if to.timezone else self.f.make_timestamp
                whole = made(self.f.anon.epoch_us(arg))
                plain = super().visit_Cast(op, arg=arg, to=to)
                return self.if_(self.f.anon.isfinite(arg), whole, plain)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_ExtractEpochSeconds(self, op: Any, *, arg: Any) -> Any:
        """Of a moment as it is, since a cast to a local one looks into the calendar by row."""
        if op.arg.dtype.is_timestamp():
            return self.f.epoch(arg)
        return super().visit_ExtractEpochSeconds(op, arg=arg)

    def visit_Hash(self, op: Any, *, arg: Any) -> Any:
        """All bits but one, since a signed number has no more; not by way of their text."""
        half = sge.BitwiseRightShift(this=self.f.anon.hash(arg), expression=sge.convert(1))
        return self.cast(half, dt.int64)

    def visit_Clip(self, op: Any, *, arg: Any, lower: Any, upper: Any) -> Any:
        """Null stays null; the argument is written twice, not eight times."""
        inside = arg
        if upper is not None:
            inside = self.f.least(upper, inside)
        if lower is not None:
            inside = self.f.greatest(lower, inside)
        return self.if_(arg.is_(sge.Null()), sge.Null(), inside)


class Embedded(Backend):  # type: ignore[misc]
    """A DuckDB of this process."""

    compiler = QuickDuckDB()
    _catalog = "temp"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.numbers = itertools.count()
        """Of the tables that are kept here: of each connection alike, as its queries then are."""

    def on_disk(self, path: Path) -> None:
        """Keep rows in a new database at `path` from now on.

        Of a temporary table the engine holds some bytes of every few thousand rows in memory,
        which are gigabytes of a billion.
        """
        self.raw_sql(f"ATTACH {quoted(str(path))} AS kept")
        self._catalog = "kept"

    def raw_sql(self, query: Any, **others: Any) -> Any:
        """As Ibis' own; a signal that interrupts it is raised here."""
        try:
            return super().raw_sql(query, **others)
        except duckdb.InterruptException:
            # Python handles signals where something is called: else as the engine is being closed.
            raise KeyboardInterrupt() from None

    def compile(self, expr: Any, /, **others: Any) -> str:
        """The query of `expr`, its selects one within the other, which the engine merges itself.

        To merge them costs Ibis a quarter of the time in which it writes a query.
        """
        if any(value is not None for value in others.values()):
            return self._compiled(expr, **others)
        return written(expr, lambda: self._compiled(expr))

    def _compiled(self, expr: Any, **others: Any) -> str:
        options = ibis.options.sql
        usual, options.fuse_selects = options.fuse_selects, False
        try:
            return str(super().compile(expr, **others))
        finally:
            options.fuse_selects = usual

    def _run_pre_execute_hooks(self, expr: ibis.Expr) -> None:
        """Nothing: no query of the kit holds what Ibis would look for in all its parts.

        That are tables of this process, readers, functions in Python, and places on a map.
        """

    def read_parquet(self, paths: Any, /, **others: Any) -> ibis.Table:
        """As Ibis' own, by a name that every connection gives alike, as its queries then are."""
        return super().read_parquet(paths, table_name=f"read_{next(self.numbers)}", **others)

    def read_csv(self, paths: Any, /, **others: Any) -> ibis.Table:
        """As `read_parquet`."""
        return super().read_csv(paths, table_name=f"read_{next(self.numbers)}", **others)

    def create_table(
        self, name: str, /, obj: Any = None, *, temp: bool = False, **others: Any
    ) -> ibis.Table:
        """A temporary table of the types that `obj` has, of which nothing need be asked."""
        if not temp or others or obj is None:
            return super().create_table(name, obj, temp=temp, **others)
        if isinstance(obj, pd.DataFrame):
            obj = pa.Table.from_pandas(obj, preserve_index=False)
        kinds = ibis.schema(obj.schema) if isinstance(obj, pa.Table) else obj.schema()
        # A table of this process is small.
        catalog = "temp" if isinstance(obj, pa.Table) else self._catalog
        own = self._placed(name, catalog)
        columns = ", ".join(_column(column, kind) for column, kind in kinds.items())
        temporary = "TEMPORARY" if catalog == "temp" else ""
        self.raw_sql(f"CREATE {temporary} TABLE {own} ({columns})")
        if isinstance(obj, pa.Table):
            given = f"given to {name}"
            self.con.register(given, obj)
            self.raw_sql(f'INSERT INTO {own} SELECT * FROM "{given}"')
            self.con.unregister(given)
        else:
            self.raw_sql(f"INSERT INTO {own} {self.compile(obj)}")
        place = ops.Namespace(catalog=catalog, database="main")
        return ops.DatabaseTable(name, schema=kinds, source=self, namespace=place).to_expr()

    def drop_table(self, name: str, /, *, database: Any = None, force: bool = False) -> None:
        """Drop a table; one of `create_table` by its name alone, wherever it is kept."""
        if database is None and self._catalog != "temp":
            super().drop_table(name, database=(self._catalog, "main"), force=True)
        super().drop_table(name, database=database, force=force)

    def append(self, table: ibis.Table, obj: ibis.Table) -> None:
        """Add the rows of `obj`, its columns in the same order, to a table of `create_table`."""
        own = self._placed(table.op().name, table.op().namespace.catalog)
        self.raw_sql(f"INSERT INTO {own} {self.compile(obj)}")

    def in_batches(self, obj: ibis.Table, rows: int) -> pa.RecordBatchReader:
        """The rows of `obj`, at most so many at once; read to its end before anything else is."""
        return self.con.sql(self.compile(obj)).to_arrow_reader(rows)

    def as_view(self, name: str, obj: ibis.Table) -> ibis.Table:
        """`obj` by a name, which queries say instead of all its columns."""
        own = sg.to_identifier(name, quoted=True).sql(self.dialect)
        self.raw_sql(f"CREATE TEMPORARY VIEW {own} AS {self.compile(obj)}")
        place = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(name, schema=obj.schema(), source=self, namespace=place).to_expr()

    def _placed(self, name: str, catalog: str) -> str:
        own = sg.to_identifier(name, quoted=True).sql(self.dialect)
        # A temporary table is made by its name alone.
        return own if catalog == "temp" else f"{catalog}.main.{own}"


@lru_cache(maxsize=1024)
def _column(name: str, kind: dt.DataType) -> str:
    """How a table that is made names a column and its type."""
    type_name = QuickDuckDB.type_mapper.to_string(kind(nullable=True))
    return f"{sg.to_identifier(name, quoted=True).sql(QuickDuckDB.dialect)} {type_name}"
