"""What the columns of a table hold, as the kit would read them: of a sample of rows.

Each column is tried as times, as numbers and as truths by the same functions that read a log,
so that what is found here can be asked of it. Nothing is kept beyond the sample.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from ibis import _

from investigate.errors import InputError
from investigate.log import casts
from investigate.log.addresses import SERVERS, server
from investigate.log.csv_files import likely_encoding
from investigate.log.files import Files, find
from investigate.log.source import Engine, readable
from investigate.log.temporary import keep
from investigate.log.texts import MISSING
from investigate.question.fields import Formats, Table

SAMPLE = 20_000
"""Rows that are looked at, evenly spread over the table."""
FIRST_YEAR, EPOCHS_FROM, LAST_YEAR = 1900, 1990, 2100
"""Years between which the median of a column of times lies; outside, they are other numbers."""
MOST_YEARS = 12
"""Years written in two digits that a log may span."""
_WITH_MONTH = re.compile(
    r"(?:\d{1,2}(?P<before>[-./ ]{1,2})(?P<month>[A-Za-z]{3,9})"
    r"|(?P<first>[A-Za-z]{3,9})(?P<after>[-. ]{1,2})\d{1,2})"
    r"(?P<mark>[-./, ]{1,2})(?P<year>\d{4}|\d{2})"
    r"(?:(?P<gap>[ ,]{1,2})\d{1,2}:\d{2}(?P<seconds>:\d{2})?)?"
)
"""05-Jan-2024, 5. January 2024 or Jan 5, 2024, with or without a clock."""
READ = 0.95
"""Share of a column's values that is read, for it to be times or numbers."""


@dataclass(frozen=True, eq=False)
class SampledColumn:
    """A column in the sample of n rows.

    ``labels`` (n,): its texts, None where there is none. ``times`` (n,): moments in UTC, NaT
    where there is none, or `None` where it holds no times; ``formats`` are the time formats that
    fit, the first one used, and ``local`` says that times name no zone. ``numbers`` (n,): floats,
    NaN where there is none, or `None`; ``decimal`` is their mark where it must be stated.
    ``truths`` (n,): 0.0, 1.0 or NaN, or `None`.
    """

    name: str
    stored: str
    labels: "pd.Series[Any]"
    times: "pd.Series[Any] | None" = None
    formats: tuple[str, ...] = ()
    local: bool = False
    zone: str | None = None
    numbers: "np.ndarray[Any, np.dtype[np.float64]] | None" = None
    decimal: str | None = None
    percent: bool = False
    truths: "np.ndarray[Any, np.dtype[np.float64]] | None" = None

    @property
    def values(self) -> list[str]:
        """The distinct texts, the most frequent first."""
        sizes = self.labels.dropna().value_counts()
        return [
            str(v) for v in sizes.sort_index().sort_values(ascending=False, kind="stable").index
        ]

    @property
    def distinct(self) -> int:
        """How many distinct texts."""
        return int(self.labels.nunique())

    @property
    def whole(self) -> bool:
        """Whether all are whole numbers."""
        known = self.numbers[np.isfinite(self.numbers)] if self.numbers is not None else np.zeros(0)
        return bool(len(known)) and bool((known == np.round(known)).all())


@dataclass(frozen=True, eq=False)
class Look:
    """A table: how it is named in a question, how many rows it has, and its columns.

    ``encoding``: how its text is written, where it is a CSV that is not UTF-8.
    """

    source: str | Table
    kind: str
    rows: int
    columns: tuple[SampledColumn, ...]
    encoding: str | None = None

    def column(self, name: str) -> SampledColumn:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in their order."""
        return [column.name for column in self.columns]


def tables(path: str) -> list[str]:
    """The tables of the database or server at `path`; ``[]`` for a file of another kind."""
    if (kind := server(path, "log")) is not None:
        with Engine() as engine:
            return list(engine.tables(Files("log", path, kind, (), address=path)))
    files = find(path, "log")
    if files.kind != "DuckDB":
        return []
    with Engine() as engine, readable(files):
        return list(engine.tables(files))


def look(source: str | Table, part: str = "log") -> Look:
    """Look at the table that `source` names. Raises `InputError` where it cannot be read.

    A CSV that is not UTF-8 is read as Windows writes it.
    """
    files = find(source, part)
    try:
        return _look(files, source, part, None)
    except InputError:
        texts = files.paths if files.kind == "CSV" else ()
        encoding = next((e for e in map(likely_encoding, texts) if e is not None), None)
        if encoding is None:
            raise
        return _look(files, source, part, encoding)


def _look(files: Files, source: str | Table, part: str, encoding: str | None) -> Look:
    with Engine() as engine:
        table = engine.open(files, encoding=encoding)
        with readable(files):
            found = looked(table, source, files.kind, part, zones(files))
    return replace(found, encoding=encoding)


def looked(
    table: ibis.Table, source: str | Table, kind: str, part: str, zone: Mapping[str, str]
) -> Look:
    """What the columns of `table` hold; `zone` has the zones that its file says, by column."""
    rows = int(table.count().to_pyarrow().as_py())
    if not rows:
        raise InputError(f"{part}: it has no rows")
    step = -(-rows // SAMPLE)
    if step > 1:
        number = "the number of this row"
        table = table.mutate(**{number: ibis.row_number()})
        table = table.filter(_[number] % step == 0).drop(number)
    if kind in SERVERS:
        with Engine({"sample": table.to_pyarrow()}) as here:
            local = here.open(Files(part, "a sample", "memory", (), "sample"))
            return Look(source, kind, rows, tuple(_seen(local, n, None) for n in local.columns))
    table = keep(table)
    return Look(source, kind, rows, tuple(_seen(table, n, zone.get(n)) for n in table.columns))


def _seen(table: ibis.Table, name: str, zone: str | None) -> SampledColumn:
    column = table[name]
    kind = column.type()
    label = casts.label(column) if not kind.is_nested() else column.cast("string")
    labels = table.select(x=label).to_pandas()["x"].astype("object")
    labels = labels.where(labels.notna(), None)
    supported = labels.map(lambda v: v is not None and str(v).strip().lower() not in MISSING)
    labels = labels.where(supported, None)
    fields: dict[str, Any] = {"stored": str(kind), "labels": labels}
    if not supported.any() or kind.is_nested() or kind.is_binary():
        return SampledColumn(name, **fields)
    text = casts.is_text(kind)
    digits = not text or bool(labels.dropna().head(200).str.contains(r"\d").mean() > 0.5)
    present = supported.to_numpy()
    if digits and not kind.is_boolean():
        fields |= _numbers(table, name, present)
        fields |= _times(table, name, present, "numbers" in fields)
        if fields.get("times") is not None:
            stated = kind.is_timestamp() and kind.timezone is not None
            fields["zone"] = zone
            fields["local"] = not stated and not _named_zone(labels, fields)
    if labels.nunique() <= 4:
        fields |= _truths(table, name, present)
    return SampledColumn(name, **fields)


def _times(table: ibis.Table, name: str, present: Any, numbers: bool) -> dict[str, Any]:
    found = []
    formats: Sequence[str | None] = [None]
    try:
        times = _as_times(table, name, None)
    except InputError as error:
        formats = [*re.findall(r"time_format: '([^']+)'", str(error)), *_worded(table, name)]
        times = None
    for written in formats if times is None else ():
        try:
            tried = _as_times(table, name, written)
        except InputError:
            continue
        if tried is None or ("%y" in str(written) and tried.dt.year.nunique() >= MOST_YEARS):
            # Of 24/03/01 the last part may be the day; then every year seems to be there.
            continue
        if tried.notna().sum() >= READ * present.sum():
            found.append((written, tried))
    if times is None and found:
        # Of two ways to read them, rows of a log are mostly in the order of their times, and a
        # day's rows together.
        found.sort(key=lambda one: (-_in_order(one[1]), one[1].max() - one[1].min()))
        times = found[0][1]
    if times is None or times.notna().sum() < READ * present.sum():
        return {}
    middle = pd.Timestamp(times.dropna().sort_values().iloc[int(times.notna().sum()) // 2]).year
    # Any number is an epoch of some year; those of logs are of the years since there are logs.
    if not (EPOCHS_FROM if numbers else FIRST_YEAR) < middle < LAST_YEAR:
        return {}
    return {"times": times, "formats": tuple(str(written) for written, _times in found)}


def _worded(table: ibis.Table, name: str) -> list[str]:
    """The format of days whose month is a word, as the first of them is written."""
    text = table[name].cast("string").strip().name("text").as_table()
    first = text.filter(_.text.re_search("[A-Za-z]{3}")).limit(1).to_pyarrow()["text"].to_pylist()
    match = _WITH_MONTH.fullmatch(first[0]) if first else None
    if match is None:
        return []
    named = match["month"] or match["first"]
    month, year = "%b" if len(named) == 3 else "%B", "%Y" if len(match["year"]) == 4 else "%y"
    clock = f"{match['gap']}%H:%M{':%S' if match['seconds'] else ''}" if match["gap"] else ""
    if match["first"]:
        return [f"{month}{match['after']}%d{match['mark']}{year}{clock}"]
    return [f"%d{match['before']}{month}{match['mark']}{year}{clock}"]


def _in_order(times: "pd.Series[Any]") -> float:
    return round(float((times.diff().dropna() >= pd.Timedelta(0)).mean()), 2)


def _as_times(table: ibis.Table, name: str, written: str | None) -> "pd.Series[Any] | None":
    moments = casts.moment(table[name], f"columns {name!r}", "UTC", Formats(time_format=written))
    frame = table.select(x=moments.value.cast("timestamp('UTC')")).to_pandas()
    return pd.to_datetime(frame["x"], utc=True, errors="coerce")


def _numbers(table: ibis.Table, name: str, present: Any) -> dict[str, Any]:
    kind = table[name].type()
    if not (kind.is_numeric() or casts.is_text(kind)):
        return {}
    for decimal in (None, ",", "."):
        try:
            value = casts.number(table[name], f"column {name!r}", Formats(decimal=decimal))[0]
        except InputError:
            continue
        numbers = table.select(x=value).to_pandas()["x"].to_numpy(dtype=float, na_value=np.nan)
        if np.isfinite(numbers).sum() >= READ * present.sum():
            percent = casts.is_text(kind) and _all_percent(table, name)
            return {"numbers": numbers, "decimal": decimal, "percent": percent}
    return {}


def _all_percent(table: ibis.Table, name: str) -> bool:
    share = table.agg(x=table[name].cast("string").strip().endswith("%").mean()).to_pyarrow()
    return bool((share["x"][0].as_py() or 0) > 0.5)


def _truths(table: ibis.Table, name: str, present: Any) -> dict[str, Any]:
    try:
        value = casts.truth(table[name], f"column {name!r}")[0]
    except InputError:
        return {}
    truths = table.select(x=value).to_pandas()["x"].to_numpy(dtype=float, na_value=np.nan)
    return {"truths": truths} if np.isfinite(truths).sum() >= READ * present.sum() else {}


def _named_zone(labels: "pd.Series[Any]", fields: dict[str, Any]) -> bool:
    """Whether times as text say their zone, or are epochs, which need none."""
    if fields.get("numbers") is not None:
        longest = labels.dropna().str.replace(r"\.0$", "", regex=True).str.len().max()
        return longest not in (8, 12, 14)
    zoned = labels.dropna().str.contains(r"(?:Z|z|UTC|GMT|[-+]\d{2}:?\d{2}|\d[-+]\d{2})$")
    return bool(zoned.mean() > 0.5) and not any("%z" not in f for f in fields["formats"])


def zones(files: Files) -> dict[str, str]:
    """The zones that a Parquet file says its times were in, by column, as people have them."""
    if files.kind != "Parquet":
        return {}
    schema = pq.read_schema(Path(files.paths[0]))
    return {f.name: str(z) for f in schema if (z := getattr(f.type, "tz", None))}
