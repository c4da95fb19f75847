"""PostgreSQL as Ibis' backend writes it, with what would be read differently put right."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import pandas as pd
import psycopg
import pyarrow as pa
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.formats.pandas import PandasData
from psycopg import sql
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "extra_float_digits": "1",
    # Many short queries: compiling them costs more than it saves.
    "jit": "off",
    "work_mem": "128MB",
    "temp_buffers": "64MB",
    "client_min_messages": "error",
    "application_name": "investigate",
}

_WHOLE = r"^[-+]?[0-9]{1,18}$"
_WIDE = r"^[-+]?[0-9]{1,37}$"
_FLOAT = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$"
_SPECIAL = r"^[-+]?(inf|infinity|nan|Inf|Infinity|INF|NaN)$"
_LEAP = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY = (
    rf"([0-9]{{4}}-0?([13578]|1[02])-(0?[1-9]|[12][0-9]|3[01])|[0-9]{{4}}-1[02]-"
    rf"(0?[1-9]|[12][0-9]|3[01])|[0-9]{{4}}-(0?[469]|11)-(0?[1-9]|[12][0-9]|30)|"
    rf"[0-9]{{4}}-0?2-(0?[1-9]|1[0-9]|2[0-8])|{_LEAP}-0?2-29)"
)
_TIME = r"([ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?"
_ZONE = r" ?(Z|UTC|[-+](0[0-9]|1[0-5])(:?[0-5][0-9])?)?"
MOMENT = rf"^(?!0000){_DAY}{_TIME}{_ZONE}$"
"""Texts that this engine reads as a moment: it fails at a day or hour that does not exist."""
BINARY = 'COLLATE "C"'
"""Text in the order of its bytes, as everywhere else; a database may have another of its own."""


class PortablePostgres(PostgresCompiler):  # type: ignore[misc]
    """The dialect, with the answers of DuckDB."""

    __slots__ = ()

    def visit_Max(self, op: Any, *, arg: Any, where: Any) -> Any:
        """Truths have an order there, too."""
        whole = self.agg.bool_or if op.arg.dtype.is_boolean() else self.agg.max
        return whole(arg, where=where)

    def visit_Min(self, op: Any, *, arg: Any, where: Any) -> Any:
        """See `visit_Max`."""
        whole = self.agg.bool_and if op.arg.dtype.is_boolean() else self.agg.min
        return whole(arg, where=where)

    def visit_RegexSearch(self, op: Any, *, arg: Any, pattern: Any) -> Any:
        """By the operator, which every version has."""
        return sge.paren(sge.RegexpLike(this=arg, expression=pattern))

    def visit_Round(self, op: Any, *, arg: Any, digits: Any) -> Any:
        """Halves go away from zero, and floats keep all their digits."""
        if digits is not None or not op.arg.dtype.is_floating():
            return super().visit_Round(op, arg=arg, digits=digits)
        size = self.f.abs(arg)
        near = self.f.sign(arg) * self.f.floor(size + self.cast("0.5", dt.float64))
        return self.cast(self.if_(size < 2**52, near, arg), op.dtype)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Truths become numbers, and floats text as other engines write it."""
        kind = op.arg.dtype
        if kind.is_boolean() and to.is_numeric():
            return self.cast(self.cast(arg, dt.int32), to)
        if kind.is_floating() and to.is_string():
            text = self.f.replace(self.f.lower(self.cast(arg, dt.string)), "infinity", "inf")
            whole = sge.DPipe(
                this=self.cast(self.cast(arg, dt.int64), dt.string),
                expression=sge.Literal.string(".0"),
            )
            # Beyond these, both write an exponent.
            inside = sg.and_(arg > -1e16, arg < 1e16)
            return sge.Case(
                ifs=[self.if_(inside, self.if_(self.f.floor(arg).eq(arg), whole, text))],
                default=text,
            )
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Null where a text cannot be read: a cast that would fail comes after a pattern."""
        if not op.arg.dtype.is_string():
            return self.visit_Cast(op, arg=arg, to=to)
        if to.is_timestamp() or to.is_date():
            pattern = MOMENT
        elif to.is_integer():
            pattern = _WHOLE
        elif to.is_decimal():
            pattern = _WIDE
        else:
            pattern = rf"{_FLOAT}|{_SPECIAL}"
        fits = sge.RegexpLike(this=arg, expression=sge.Literal.string(pattern))
        return self.if_(fits, self.cast(arg, to), sge.Null())

    def visit_Hash(self, op: Any, *, arg: Any) -> Any:
        """Of every type that rows are compared by."""
        kind = op.arg.dtype
        if kind.is_boolean() or kind.is_int8():
            return self.f.hashint4extended(self.cast(arg, dt.int32), 0)
        if kind.is_timestamp():
            return self.f.timestamp_hash_extended(self.cast(arg, dt.timestamp), 0)
        if kind.is_decimal():
            return self.f.hash_numeric_extended(arg, 0)
        return super().visit_Hash(op, arg=arg)


class _Date(DateLoader):  # type: ignore[misc]
    """Null for a day that Python has not: an infinite one, or one before Christ."""

    def load(self, data: Any) -> Any:
        return _or_nothing(super().load, data)


class _Timestamp(TimestampLoader):  # type: ignore[misc]
    """The same of a moment."""

    def load(self, data: Any) -> Any:
        return _or_nothing(super().load, data)


class _Timestamptz(TimestamptzLoader):  # type: ignore[misc]
    """The same of a moment in a zone."""

    def load(self, data: Any) -> Any:
        return _or_nothing(super().load, data)


def _or_nothing(load: Callable[[Any], Any], data: Any) -> Any:
    try:
        return load(data)
    except psycopg.DataError:
        return None


class Postgres(Backend):  # type: ignore[misc]
    """A connection that reads one state of the database, and keeps what it computes to itself."""

    compiler = PortablePostgres()

    @classmethod
    def at(cls, place: Mapping[str, str]) -> "Postgres":
        """Connected to `place`, within a transaction that sees the tables as they are now."""
        named = {"connect_timeout": "10", **place}
        return cls.of(psycopg.connect(**named, autocommit=True))

    @classmethod
    def of(cls, connection: "psycopg.Connection[Any]") -> "Postgres":
        """The same for a connection that is open."""
        found: Postgres = cls.from_connection(connection)
        loaders = {"date": _Date, "timestamp": _Timestamp, "timestamptz": _Timestamptz}
        for name, loader in loaders.items():
            connection.adapters.register_loader(name, loader)
        for name, value in SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        return found

    def listed(self) -> dict[str, tuple[str, str]]:
        """Tables and views that can be read, as a question names them: schema and name."""
        rows = self.con.execute(
            "SELECT n.nspname, c.relname, n.nspname = ANY(current_schemas(false)) "
            "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT LIKE 'pg\\_%' "
            "AND n.nspname <> 'information_schema' ORDER BY 1, 2"
        ).fetchall()
        found = {f"{schema}.{name}": (schema, name) for schema, name, _path in rows}
        return found | {name: (schema, name) for schema, name, in_path in rows if in_path}

    def opened(self, schema: str, name: str) -> ibis.Table:
        """A table whose texts are in the order of their bytes."""
        kinds = self.get_schema(name, database=schema)
        columns = [
            sql.SQL('CAST({0} AS text) COLLATE "C" AS {0}').format(sql.Identifier(column))
            if kind.is_string()
            else sql.Identifier(column)
            for column, kind in kinds.items()
        ]
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(columns), sql.Identifier(schema, name)
        )
        return self.sql(query.as_string(self.con), schema=kinds)

    def opened_path(self, path: str) -> ibis.Table:
        """No server reads files for others."""
        raise NotImplementedError

    def checksum(self, table: ibis.Table, columns: list[str]) -> tuple[int, int]:
        """Rows, and the sum of the first 60 bits of each row's MD5."""
        parts = sql.SQL(", ").join(map(sql.Identifier, columns)).as_string(self.con)
        digest = f"('x' || substr(md5(ROW({parts})::text), 1, 15))::bit(60)::bigint"
        rows, total = self.con.execute(
            f"SELECT count(*), sum({digest}) FROM ({self.compile(table)}) AS own"
        ).fetchone()
        return int(rows), int(total or 0)

    def create_table(
        self, name: str, /, obj: Any = None, *, temp: bool = False, **others: Any
    ) -> ibis.Table:
        """A temporary table, whose texts are in the order of their bytes."""
        assert temp
        assert not others
        if isinstance(obj, pd.DataFrame):
            obj = pa.Table.from_pandas(obj, preserve_index=False)
        kinds = ibis.schema(obj.schema) if isinstance(obj, pa.Table) else obj.schema()
        columns = ", ".join(self._column(column, kind) for column, kind in kinds.items())
        own = sql.Identifier(name).as_string(self.con)
        with self.con.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE {own} ({columns})")
            if isinstance(obj, pa.Table):
                with cursor.copy(f"COPY {own} FROM STDIN") as copy:
                    for batch in obj.to_batches(max_chunksize=10_000):
                        for row in zip(*(one.to_pylist() for one in batch.columns), strict=True):
                            copy.write_row(row)
            else:
                self._run_pre_execute_hooks(obj)
                cursor.execute(f"INSERT INTO {own} {self.compile(obj)}")
            # Nobody else looks at temporary tables, and a plan needs to know how large they are.
            cursor.execute(f"ANALYZE {own}")
        place = ops.Namespace()
        return ops.DatabaseTable(name, schema=kinds, source=self, namespace=place).to_expr()

    def _column(self, name: str, kind: dt.DataType) -> str:
        if kind.is_null():
            kind = dt.string
        type_name = self.compiler.type_mapper.to_string(kind(nullable=True))
        order = f" {BINARY}" if kind.is_string() else ""
        return f"{sql.Identifier(name).as_string(self.con)} {type_name}{order}"

    def execute(self, expr: Any, /, **options: Any) -> Any:
        """As pandas, by way of Arrow, so that no number goes through text or floats."""
        table = expr.as_table()
        frame = self.to_pyarrow(table, **options).to_pandas()
        return expr.__pandas_result__(PandasData.convert_table(frame, table.schema()))

    def to_pyarrow_batches(
        self, expr: Any, /, *, params: Any = None, limit: Any = None, chunk_size: int = 100_000,
        **_others: Any,
    ) -> pa.RecordBatchReader:  # fmt: skip
        """Rows as Arrow; sums of whole numbers come as decimals, and become what they are."""
        self._run_pre_execute_hooks(expr)
        kinds = expr.as_table().schema().to_pyarrow()
        query = self.compile(expr, limit=limit, params=params)

        def batches() -> Iterator[pa.RecordBatch]:
            with self.con.cursor() as cursor:
                cursor.execute(query)
                while rows := cursor.fetchmany(chunk_size):
                    columns = zip(*rows, strict=True)
                    yield pa.RecordBatch.from_arrays(
                        [
                            _array(values, kind)
                            for values, kind in zip(columns, kinds.types, strict=True)
                        ],
                        schema=kinds,
                    )

        return pa.RecordBatchReader.from_batches(kinds, batches())


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    to: Any = int if pa.types.is_integer(kind) else float if pa.types.is_floating(kind) else None
    if to is not None and any(isinstance(value, Decimal) for value in values):
        values = [None if value is None else to(value) for value in values]
    return pa.array(values, type=kind)
