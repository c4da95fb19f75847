"""Reads and writes the tables of a state, inside the one transaction of whoever opened it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.auc import auc, bin_bound

VERSION = 1
"""Changes with every change of the tables."""

TABLES = """
CREATE TABLE about (version INTEGER, settings VARCHAR);
CREATE TABLE parts (part UINTEGER, name VARCHAR, version VARCHAR, rows UBIGINT, untimed UBIGINT);
CREATE TABLE streams (stream USMALLINT, "by" VARCHAR, label VARCHAR);
CREATE TABLE edges (version UINTEGER, edges DOUBLE[]);
CREATE TABLE buckets (start TIMESTAMP, edges_version UINTEGER);
CREATE TABLE cells (part UINTEGER, start TIMESTAMP, stream USMALLINT, bin USMALLINT,
    positives UINTEGER, negatives UINTEGER, off UINTEGER);
CREATE TABLE facts (part UINTEGER, start TIMESTAMP, stream USMALLINT,
    rows UINTEGER, unscored UINTEGER, pending UINTEGER, unusable UINTEGER);
CREATE TABLE dependence (part UINTEGER, start TIMESTAMP, stream USMALLINT, ratio FLOAT);
CREATE TABLE daily (start TIMESTAMP, stream USMALLINT, rows UBIGINT, positives UBIGINT,
    negatives UBIGINT, unscored UBIGINT, pending UBIGINT, unusable UBIGINT,
    auc DOUBLE, bound DOUBLE, ratio DOUBLE);
CREATE TABLE judged (start TIMESTAMP, rows UBIGINT, pending UBIGINT);
CREATE TABLE alerts (number UINTEGER, alert VARCHAR);
"""
"""Times are moments in UTC without saying so. No keys: with them the engine could not replace
a row within one transaction.

cells, facts and dependence: as `investigate.log` counts them, by stream. buckets: the edges that
each bucket's bins have. daily: made of these three, for every bucket and stream, of all parts.
"""

LATER = """
CREATE TABLE IF NOT EXISTS outcomes (version VARCHAR, wait DOUBLE);
CREATE TABLE IF NOT EXISTS zeros (text VARCHAR);
"""
"""What older states lack: which table of outcomes was read, and the seconds waited for them; the
text of outcomes that was taken for 0."""

KEYS = ["start", "stream"]
_FACTS = ["rows", "unscored", "pending", "unusable"]


def derived(cells: pd.DataFrame, facts: pd.DataFrame, dependence: pd.DataFrame) -> pd.DataFrame:
    """One row for each ``start`` and ``stream`` of `facts`, sorted.

    `cells`: sums by the keys and ``bin``, sorted. `facts` and `dependence` by part; the ratio
    is the mean over the parts that have one, weighted by their rows.
    """
    found = facts.groupby(KEYS)[_FACTS].sum()
    scored = cells.groupby(KEYS)[["positives", "negatives"]].sum()
    areas = _areas(cells)
    weighed = dependence.merge(facts, on=[*KEYS, "part"])
    weighed["ratio"] *= weighed["rows"]
    means = weighed.groupby(KEYS)[["ratio", "rows"]].sum()
    found = found.join(scored).fillna({"positives": 0, "negatives": 0})
    found = found.join(areas).assign(ratio=means["ratio"] / means["rows"])
    whole = [*_FACTS, "positives", "negatives"]
    return found.astype(dict.fromkeys(whole, "int64")).reset_index()


def bounds(positives: NDArray[Any], negatives: NDArray[Any], off: NDArray[Any]) -> float:
    """Largest distance of the AUC (B,) from that of the raw scores; rows `off` no edge."""
    return float(bin_bound(positives, negatives, np.asarray(off) == 0))


def _areas(cells: pd.DataFrame) -> pd.DataFrame:
    """``auc`` and ``bound`` by the keys; of one bucket's streams at a time."""
    rows = []
    for key, own in cells.groupby(KEYS):
        positives, negatives = own["positives"].to_numpy(), own["negatives"].to_numpy()
        bound = bounds(positives, negatives, own["off"].to_numpy())
        rows.append((*key, float(auc(positives, negatives)), bound))
    frame = pd.DataFrame(rows, columns=[*KEYS, "auc", "bound"])
    return frame.set_index(KEYS)


TIME: Literal["datetime64[us]"] = "datetime64[us]"


@dataclass(frozen=True)
class Stored:
    """A part that has been counted: its number here, and what it was then."""

    number: int
    version: str
    rows: int
    untimed: int


class MonitorState:
    """What has been counted. `connection` is for what else a monitor keeps in the same file.

    Moments go in and come out as pandas times in UTC.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def parts(self) -> dict[str, Stored]:
        """The parts that have been counted, by name."""
        query = "SELECT name, part, version, rows, untimed FROM parts ORDER BY name"
        return {row[0]: Stored(*row[1:]) for row in self.connection.execute(query).fetchall()}

    def enter(self, name: str, version: str) -> int:
        """The number of the part called `name`, which is being counted as `version`."""
        known = self.parts().get(name)
        if known is not None:
            self.connection.execute("DELETE FROM parts WHERE part = ?", [known.number])
            number = known.number
        else:
            number = self._next("parts", "part")
        row = [number, name, version]
        self.connection.execute("INSERT INTO parts VALUES (?, ?, ?, 0, 0)", row)
        return number

    def measure(self, sizes: pd.DataFrame) -> None:
        """Enter how many rows parts have: `sizes` has ``part`` and ``untimed``."""
        self._with(sizes[["part", "untimed"]])
        self.connection.execute(
            "UPDATE parts SET untimed = i.untimed, rows = i.untimed + coalesce((SELECT "
            "sum(f.rows) FROM facts f WHERE f.part = i.part AND f.stream = 0), 0) "
            "FROM incoming i WHERE parts.part = i.part"
        )

    def outcomes(self) -> tuple[str, timedelta] | None:
        """The version of the outcomes as of which rows were counted, and the wait for them."""
        found = self.connection.execute("SELECT version, wait FROM outcomes").fetchone()
        return None if found is None else (found[0], timedelta(seconds=found[1]))

    def keep_outcomes(self, version: str, wait: timedelta) -> None:
        """Remember the outcomes as of which rows are counted."""
        self.connection.execute("DELETE FROM outcomes")
        row = [version, wait.total_seconds()]
        self.connection.execute("INSERT INTO outcomes VALUES (?, ?)", row)

    def zeros(self) -> tuple[str, ...]:
        """The texts of outcomes that are taken for 0; none where that was not learnt."""
        found = self.connection.execute("SELECT text FROM zeros ORDER BY text").fetchall()
        return tuple(text for (text,) in found)

    def keep_zeros(self, texts: Sequence[str]) -> None:
        """Remember `texts`, so that every part of the log is read alike."""
        self.connection.execute("DELETE FROM zeros")
        for text in texts:
            self.connection.execute("INSERT INTO zeros VALUES (?)", [text])

    def parts_since(self, since: pd.Timestamp) -> set[int]:
        """The numbers of the parts that hold rows of buckets from `since` on."""
        query = "SELECT DISTINCT part FROM facts WHERE start >= ?"
        return {row[0] for row in self.connection.execute(query, [_naive(since)]).fetchall()}

    def streams(self) -> pd.DataFrame:
        """``stream``, ``by`` and ``label`` of every stream; number 0 is all rows."""
        return self._frame('SELECT stream, "by", label FROM streams ORDER BY stream')

    def add_streams(self, added: Sequence[tuple[str, str]]) -> None:
        """Enter streams, each a grouping and a label, that are not known yet."""
        first = self._next("streams", "stream")
        for number, (by, label) in enumerate(added, first):
            self.connection.execute("INSERT INTO streams VALUES (?, ?, ?)", [number, by, label])

    def edges(self) -> dict[int, tuple[float, ...]]:
        """The score bins' lower edges by version, the newest last."""
        query = "SELECT version, edges FROM edges ORDER BY version"
        return {row[0]: tuple(row[1]) for row in self.connection.execute(query).fetchall()}

    def add_edges(self, edges: tuple[float, ...]) -> int:
        """The version that `edges` get."""
        version = self._next("edges", "version")
        self.connection.execute("INSERT INTO edges VALUES (?, ?)", [version, list(edges)])
        return version

    def buckets(self) -> dict[pd.Timestamp, int]:
        """The version of the edges that each bucket is counted with."""
        query = "SELECT start, edges_version FROM buckets ORDER BY start"
        return {_utc(row[0]): row[1] for row in self.connection.execute(query).fetchall()}

    def forget(
        self, numbers: Sequence[int], since: pd.Timestamp | None = None
    ) -> list[pd.Timestamp]:
        """Take out what parts hold from `since` on; the buckets that this touches.

        A bucket of which nothing is left is unknown again.
        """
        self._with(pd.DataFrame({"part": list(numbers)}, dtype="int64"))
        here = "part IN (SELECT part FROM incoming)"
        from_on: list[object] = []
        if since is not None:
            here, from_on = f"{here} AND start >= ?", [_naive(since)]
        query = f"SELECT DISTINCT start FROM facts WHERE {here} ORDER BY start"
        touched = [_utc(row[0]) for row in self.connection.execute(query, from_on).fetchall()]
        for table in ("cells", "facts", "dependence"):
            self.connection.execute(f"DELETE FROM {table} WHERE {here}", from_on)
        self._with(pd.DataFrame({"start": _naives(touched)}))
        self.connection.execute(
            "DELETE FROM buckets WHERE start IN (SELECT start FROM incoming) "
            "AND start NOT IN (SELECT start FROM facts)"
        )
        return touched

    def add(
        self, counts: Mapping[str, pd.DataFrame], new: Mapping[pd.Timestamp, int] | None = None
    ) -> None:
        """Enter counts of parts that hold none of these buckets, and `new` buckets.

        `counts` by table, with the table's columns but ``by`` and ``label`` for ``stream``;
        `new` says with which version of the edges a bucket is counted from now on.
        """
        versions = new or {}
        starts = {"start": _naives(list(versions)), "version": list(versions.values())}
        self._with(pd.DataFrame(starts))
        self.connection.execute("INSERT INTO buckets SELECT start, version FROM incoming")
        for table, frame in counts.items():
            self._with(frame.assign(start=frame["start"].dt.tz_localize(None)))
            columns = [
                name for name in frame.columns if name not in ("part", "start", "by", "label")
            ]
            self.connection.execute(
                f"INSERT INTO {table} SELECT part, start, stream, {', '.join(columns)} "
                'FROM incoming JOIN streams USING ("by", label) ORDER BY part, start, stream'
                + (", bin" if "bin" in columns else "")
            )

    def refresh(self, starts: Sequence[pd.Timestamp]) -> None:
        """Make the daily figures of some buckets anew."""
        self._with(pd.DataFrame({"start": _naives(starts)}))
        chosen = "SELECT start FROM incoming"
        sums = ", ".join(
            f"sum({name})::BIGINT AS {name}" for name in ("positives", "negatives", "off")
        )
        made = derived(
            self._frame(
                f"SELECT start, stream, bin, {sums} FROM cells WHERE start IN ({chosen}) "
                "GROUP BY start, stream, bin ORDER BY start, stream, bin"
            ),
            self._frame(f"SELECT * FROM facts WHERE start IN ({chosen})"),
            self._frame(f"SELECT * FROM dependence WHERE start IN ({chosen})"),
        )
        self.connection.execute(f"DELETE FROM daily WHERE start IN ({chosen})")
        self._with(made)
        names = [row[0] for row in self.connection.execute("DESCRIBE daily").fetchall()]
        self.connection.execute(
            f"INSERT INTO daily SELECT {', '.join(names)} FROM incoming ORDER BY {', '.join(KEYS)}"
        )

    def daily(self) -> pd.DataFrame:
        """``start``, ``by``, ``label``, then the counts and ``auc``, ``bound``, ``ratio``.

        Sorted by ``by`` (``all`` first), ``label`` and ``start``. NaN where one class is
        empty, or where the ratio is not known.
        """
        found = self._frame(
            'SELECT start, "by", label, daily.* EXCLUDE (start, stream) FROM daily '
            "JOIN streams USING (stream)"
        )
        found["start"] = found["start"].astype(TIME).dt.tz_localize("UTC")
        for name in ("auc", "bound", "ratio"):
            found[name] = found[name].astype("float64")
        whole = [name for name in found if found[name].dtype.kind in "iu"]
        found = found.astype({**dict.fromkeys(whole, "int64"), "by": "str", "label": "str"})
        first = found["by"].ne("all")
        order = found.assign(first=first).sort_values(["first", "by", "label", "start"])
        return order.drop(columns="first").reset_index(drop=True)

    def overall(self, starts: Sequence[pd.Timestamp]) -> dict[pd.Timestamp, tuple[float, ...]]:
        """What is known of all rows of some buckets: ``rows`` first, then all else."""
        self._with(pd.DataFrame({"start": _naives(starts)}))
        query = (
            "SELECT start, rows, positives, negatives, unscored, pending, unusable, "
            "CASE WHEN auc IS NULL OR isnan(auc) THEN -1 ELSE auc END FROM daily "
            "WHERE stream = 0 AND start IN (SELECT start FROM incoming)"
        )
        return {_utc(row[0]): row[1:] for row in self.connection.execute(query).fetchall()}

    def _next(self, table: str, column: str) -> int:
        found = self.connection.execute(f"SELECT max({column}) FROM {table}").fetchone()
        return 0 if found is None or found[0] is None else int(found[0]) + 1

    def _with(self, frame: pd.DataFrame) -> None:
        self.connection.register("incoming", frame)

    def _frame(self, query: str) -> pd.DataFrame:
        return self.connection.execute(query).df()


def _naive(moment: pd.Timestamp) -> pd.Timestamp:
    return moment.tz_convert("UTC").tz_localize(None)


def _naives(moments: Sequence[pd.Timestamp]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([_naive(moment) for moment in moments], dtype=TIME)


def _utc(moment: object) -> pd.Timestamp:
    return pd.Timestamp(moment).tz_localize("UTC")  # type: ignore[arg-type]
