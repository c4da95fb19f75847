"""Spark as Ibis' backend writes it, with what would be read differently put right.

What is computed once is kept in the session by checkpoints of its own, since Spark has no
temporary tables.
"""

import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkType
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.formats.pandas import PandasData
from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType, TimestampType

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # A cast that fails gives null, as the kit's patterns expect.
    "spark.sql.ansi.enabled": "false",
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
}
"""What suits a session on one machine; an address may say otherwise."""

_CHARACTERS = " \t\n\r\x0b\x0c"


class PortableSpark(PySparkCompiler):  # type: ignore[misc]
    """The dialect, with the answers of DuckDB."""

    __slots__ = ()

    def visit_IsNull(self, op: Any, *, arg: Any) -> Any:
        """NaN is something."""
        return arg.is_(sge.Null())

    def visit_NotNull(self, op: Any, *, arg: Any) -> Any:
        """See `visit_IsNull`."""
        return sge.Not(this=arg.is_(sge.Null()))

    def visit_Hash(self, op: Any, *, arg: Any) -> Any:
        """Of 64 bits, as elsewhere."""
        return self.f.anon.xxhash64(arg)

    def visit_Strip(self, op: Any, *, arg: Any) -> Any:
        """All white space, not only blanks."""
        return self.f.anon.btrim(arg, sge.Literal.string(_CHARACTERS))

    def visit_RegexReplace(self, op: Any, *, arg: Any, pattern: Any, replacement: Any) -> Any:
        """Java calls the groups of a pattern $1, where others write a backslash."""
        if isinstance(replacement, sge.Literal):
            rewritten = re.sub(r"\\(\d)", r"$\1", replacement.this)
            replacement = sge.Literal.string(rewritten)
        return self.f.regexp_replace(arg, pattern, replacement)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Floats and moments become text as other engines write them."""
        kind = op.arg.dtype
        if kind.is_floating() and to.is_string():
            text = self.f.replace(self.f.lower(self.cast(arg, dt.string)), "infinity", "inf")
            # Java writes 1.0E-5 for what others write 1e-05.
            text = self.f.regexp_replace(text, "\\.0e", "e")
            text = self.f.regexp_replace(text, "e-([0-9])$", "e-0$1")
            text = self.f.regexp_replace(text, "e([0-9]+)$", "e+$1")
            whole = self.f.concat(
                self.cast(self.cast(arg, dt.int64), dt.string), sge.Literal.string(".0")
            )
            size = self.f.abs(arg)
            # Where Java writes an exponent and others all digits.
            plain = self.cast(self.cast(text, dt.Decimal(38, 21)), dt.string)
            small = (size >= sge.convert(1e-4)).and_(size < sge.convert(1e-3))
            large = (size >= sge.convert(1e7)).and_(size < sge.convert(1e16))
            plain = self.f.regexp_replace(plain, "0+$", "")
            text = self.if_(sge.or_(small, large), plain, text)
            inside = (size < sge.convert(1e16)).and_(self.f.floor(arg).eq(arg))
            return self.if_(inside, whole, text)
        if kind.is_timestamp() and kind.timezone is not None and to.is_string():
            # The session's zone is UTC, and its texts say none.
            return self.f.concat(self.cast(arg, dt.string), sge.Literal.string("+00"))
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:
        """Null where a text cannot be read, by the session's settings."""
        return self.visit_Cast(op, arg=arg, to=to)

    def visit_Strftime(self, op: Any, *, arg: Any, format_str: Any) -> Any:
        """In letters of Java."""
        pattern = format_str.this
        for python, java in _FORMATS.items():
            pattern = pattern.replace(python, java)
        return self.f.anon.date_format(arg, sge.Literal.string(pattern))

    def visit_FloorDivide(self, op: Any, *, left: Any, right: Any) -> Any:
        """Of whole numbers without floats between."""
        if op.left.dtype.is_integer() and op.right.dtype.is_integer():
            quotient = sge.IntDiv(this=sge.paren(left), expression=sge.paren(right))
            return self.cast(sge.paren(quotient), op.dtype)
        return super().visit_FloorDivide(op, left=left, right=right)


def _let_go_of_the_lost() -> None:
    """Forget a session whose Java has ended: Python would take it for every new one."""
    context = SparkContext._active_spark_context
    if context is None:
        return
    with suppress(Exception):
        if not context._jsc.sc().isStopped():
            return
    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.stop()
    SparkContext._active_spark_context = None
    gateway = SparkContext._gateway
    if gateway is not None and gateway.proc.poll() is not None:
        SparkContext._gateway = SparkContext._jvm = None


_FORMATS = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}


class Spark(Backend):  # type: ignore[misc]
    """A session that keeps what it computes to itself."""

    compiler = PortableSpark()

    @classmethod
    def at(cls, url: str) -> "Spark":
        """A session at `url`: the one that is open, else a new one on this machine or a cluster.

        ``spark://local`` is this machine, ``spark://local/4`` four of its processors, and
        ``spark://host:7077`` a cluster; settings of Spark may follow as a query.
        """
        parts = urlsplit(url)
        more = dict(parse_qsl(parts.query))
        _let_go_of_the_lost()
        session = SparkSession.getActiveSession()
        if session is None:
            place = unquote(parts.netloc)
            cores = parts.path.strip("/") or "*"
            master = f"local[{cores}]" if place == "local" else f"spark://{place}"
            builder = SparkSession.builder.master(master).appName("investigate")
            own = LOCAL if place == "local" else {"spark.ui.showConsoleProgress": "false"}
            for name, value in {**own, **more}.items():
                builder = builder.config(name, value)
            with _quiet():
                session = builder.getOrCreate()
        return cls.of(session)

    @classmethod
    def of(cls, session: SparkSession) -> "Spark":
        """The same for a session that is open; its settings come back at the end."""
        before = {name: session.conf.get(name, None) for name in SETTINGS}
        # Ibis registers a backend's options when it is named first.
        assert ibis.pyspark
        found: Spark = cls()
        found.do_connect(session)
        for name, value in SETTINGS.items():
            session.conf.set(name, value)
        found._before = before
        found._kept = []
        return found

    def disconnect(self) -> None:
        """Let go of what was kept; the session goes on, since starting one takes seconds."""
        # One that is lost holds nothing, and why it was lost is what is to be told.
        with suppress(Py4JError, OSError):
            for name in self._kept:
                self._session.catalog.dropTempView(name)
            self._kept.clear()
            for name, value in self._before.items():
                if value is None:
                    self._session.conf.unset(name)
                else:
                    self._session.conf.set(name, value)

    def listed(self) -> dict[str, tuple[str, str]]:
        """Tables and views, as a question names them: what comes before the name, and the name."""
        found: dict[str, tuple[str, str]] = {}
        for (database,) in self._session.sql("SHOW DATABASES").collect():
            query = f"SHOW TABLES IN {_quoted(database)}"
            for row in self._session.sql(query).collect():
                if not row["isTemporary"]:
                    found[f"{database}.{row['tableName']}"] = (database, row["tableName"])
        for row in self._session.sql("SHOW TABLES").collect():
            found[row["tableName"]] = (row["namespace"], row["tableName"])
        return found

    def opened(self, schema: str, name: str) -> ibis.Table:
        """A table as the kit's queries read it."""
        parts = [part for part in (schema, name) if part]
        return self._view(self._session.table(".".join(map(_quoted, parts))))

    def opened_path(self, path: str) -> ibis.Table:
        """Files of Parquet or ORC that the session reads."""
        read = self._session.read
        frame = read.orc(path) if path.lower().endswith(".orc") else read.parquet(path)
        return self._view(frame)

    def checksum(self, table: ibis.Table, columns: list[str]) -> tuple[int, int]:
        """Rows, and the sum of the first 60 bits of each row's MD5."""
        parts = ", ".join(map(_quoted, columns))
        digest = f"conv(substr(md5(to_json(struct({parts}))), 1, 15), 16, 10)"
        (row,) = self._session.sql(
            f"SELECT count(*), sum(CAST({digest} AS DECIMAL(38, 0))) FROM ({self.compile(table)})"
        ).collect()
        return int(row[0]), int(row[1] or 0)

    def create_table(
        self, name: str, /, obj: Any = None, *, temp: bool = False, **others: Any
    ) -> ibis.Table:
        """A view of rows that are computed now and kept by the session."""
        assert temp
        assert not others
        if isinstance(obj, pd.DataFrame):
            obj = pa.Table.from_pandas(obj, preserve_index=False)
        if isinstance(obj, pa.Table):
            kinds = ibis.schema(obj.schema)
            frame = self._session.createDataFrame(_plain(obj))
        else:
            kinds = obj.schema()
            self._run_pre_execute_hooks(obj)
            frame = self._session.sql(self.compile(obj)).localCheckpoint(eager=True)
        return self._view(frame, kinds, name)

    def drop_table(self, name: str, /, *, force: bool = False, **_others: Any) -> None:
        """Drop what `create_table` keeps."""
        self._session.catalog.dropTempView(name)

    def _view(
        self, frame: DataFrame, kinds: ibis.Schema | None = None, name: str | None = None
    ) -> ibis.Table:
        name = name or f"opened_{len(self._kept)}"
        frame.createOrReplaceTempView(name)
        self._kept.append(name)
        schema = _schema(frame.schema) if kinds is None else kinds
        place = ops.Namespace()
        return ops.DatabaseTable(name, schema=schema, source=self, namespace=place).to_expr()

    def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        """By Arrow alone, so that no number goes through floats."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        frame = self._session.sql(self.compile(table, params=params, limit=limit))
        rows = frame.toArrow()
        kinds = table.schema().to_pyarrow()
        columns = [
            column.cast(kind) for column, kind in zip(rows.columns, kinds.types, strict=True)
        ]
        found = pa.Table.from_arrays(columns, schema=kinds)
        return expr.__pyarrow_result__(found)

    def execute(self, expr: Any, /, **options: Any) -> Any:
        """As pandas, by way of Arrow."""
        table = expr.as_table()
        frame = self.to_pyarrow(table, **options).to_pandas()
        return expr.__pandas_result__(PandasData.convert_table(frame, table.schema()))


@contextmanager
def _quiet() -> Iterator[None]:
    """Within, what Java starts with says nothing: its remarks would be in the answer."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _schema(struct: StructType) -> ibis.Schema:
    """The types of columns; Spark's plain timestamp is a moment, and says no zone."""
    found = {}
    for field in struct.fields:
        moment = isinstance(field.dataType, TimestampType)
        kind = dt.Timestamp(timezone="UTC") if moment else PySparkType.to_ibis(field.dataType)
        found[field.name] = kind
    return ibis.schema(found)


def _plain(table: pa.Table) -> pa.Table:
    """In types that Spark takes from Arrow."""
    kinds = [pa.string() if pa.types.is_null(kind) else kind for kind in table.schema.types]
    kinds = [_signed(kind) for kind in kinds]
    columns = [column.cast(kind) for column, kind in zip(table.columns, kinds, strict=True)]
    return pa.table(columns, names=table.column_names)


def _signed(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_unsigned_integer(kind):
        return pa.int64()
    return pa.timestamp("us", kind.tz) if pa.types.is_timestamp(kind) else kind
