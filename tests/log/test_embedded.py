"""What is written in a quicker way answers as Ibis' own backend does."""

from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from ibis import _

from investigate.log.embedded import Embedded
from investigate.log.temporary import forget


@pytest.fixture(scope="module")
def both() -> Any:
    """The kit's connection and Ibis' own."""
    found = [Embedded().connect(), ibis.duckdb.connect()]
    for one in found:
        one.raw_sql("SET TimeZone = 'UTC'")
    yield found
    for one in found:
        one.disconnect()


def of(one: Any, sql: str) -> ibis.Table:
    """The query `sql` as a table."""
    name = ibis.util.gen_name("asked")
    one.raw_sql(f"CREATE TEMPORARY TABLE {name} AS {sql}")
    found: ibis.Table = one.table(name)
    return found


def answers(both: list[Any], sql: str, **columns: Any) -> list[list[str]]:
    """Each connection's columns of the query `sql`, as text."""
    found = []
    for one in both:
        rows = of(one, sql).mutate(**columns).select(*columns)
        texts = rows.mutate(**{name: rows[name].cast("string") for name in columns})
        found.append(texts.to_pandas().fillna("null").to_numpy().tolist())
    return found


def test_moments_are_cast_alike(both: list[Any]) -> None:
    times = ["2024-02-29 12:00:00.000001", "infinity", "-infinity", "0001-01-01", "294000-01-01"]
    values = ", ".join(f"(TIMESTAMP '{time}')" for time in times)
    there: Any = _.t.cast("timestamp('UTC')")
    quick, own = answers(
        both,
        f"SELECT * FROM (VALUES {values}, (NULL)) AS v(t)",
        there=there,
        back=there.cast("timestamp"),
        day=there.cast("timestamp").truncate("D").cast("timestamp('UTC')"),
    )
    assert quick == own
    assert quick[0][0] == "2024-02-29 12:00:00.000001+00"


def test_seconds_are_told_alike(both: list[Any]) -> None:
    values = "(TIMESTAMP '2024-02-29 12:00:01.5'), ('1960-01-01'), (NULL)"
    sql = f"SELECT * FROM (VALUES {values}) AS v(t)"
    moment: Any = _.t.cast("timestamp('UTC')")
    quick, own = answers(both, sql, zoned=moment.epoch_seconds(), plain=_.t.epoch_seconds())
    assert quick == own
    assert quick[1] == ["-315619200.0", "-315619200.0"]


def test_numbers_are_clipped_alike(both: list[Any]) -> None:
    sql = "SELECT * FROM (VALUES (-5.0::DOUBLE), (0.5), (7.0), ('nan'), (NULL)) AS v(x)"
    quick, own = answers(both, sql, x=_.x.clip(0, 1), y=_.x.clip(lower=0), z=_.x.clip(upper=1))
    assert quick == own


def test_hashes_tell_values_apart(both: list[Any]) -> None:
    rows = of(both[0], "SELECT i % 1000 AS i, (i % 1000) / 7 AS x FROM range(2000) t(i)")
    found = rows.select("i", a=rows.i.hash(), b=rows.x.hash()).distinct().to_pandas()
    assert len(found) == found["a"].nunique() == found["b"].nunique() == 1000
    assert str(found["a"].dtype) == "int64"
    # No bit but the last is lost: a float would round ten more away.
    whole = both[0].raw_sql("SELECT hash(i) // 2 FROM range(1000) t(i)").fetchall()
    assert set(found["a"]) == {number for (number,) in whole}


def test_tables_have_the_types_that_they_were_given(both: list[Any]) -> None:
    frame = pd.DataFrame({'a "b"': np.arange(3, dtype=np.int32), "text": ["x", None, "é"]})
    table = both[0].create_table("own table", frame, temp=True)
    assert table.to_pandas().equals(both[0].table("own table").to_pandas())
    assert table.schema() == both[0].table("own table").schema()
    sums = table.group_by("text").agg(n=_['a "b"'].sum(), rows=_.count().cast("int8"))
    kept = both[0].create_table("sums", sums, temp=True)
    assert kept.schema() == both[0].table("sums").schema() == sums.schema()
    assert kept.to_pandas()["n"].sum() == 3


def test_rows_that_are_kept_in_a_file_are_as_others(tmp_path: Path) -> None:
    backend = Embedded().connect()
    backend.on_disk(tmp_path / "it's kept.duckdb")
    frame = pd.DataFrame({"n": [1, 2, 3], "text": ["a", None, "c"]})
    given = backend.create_table("given", frame, temp=True)
    kept = backend.create_table("kept rows", given.filter(_.n > 1), temp=True)
    backend.append(kept, given.filter(_.n == 1))
    found = kept.order_by("n").to_pandas()
    assert found["n"].tolist() == [1, 2, 3]
    assert found["text"].isna().tolist() == [False, True, False]

    def tables() -> list[tuple[str, str]]:
        query = "SELECT database_name, table_name FROM duckdb_tables() ORDER BY ALL"
        return [tuple(row) for row in backend.raw_sql(query).fetchall()]

    assert tables() == [("kept", "kept rows"), ("temp", "given")]
    forget(kept)
    forget(given)
    assert tables() == []
