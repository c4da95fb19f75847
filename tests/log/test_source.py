import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.log.files import find
from investigate.log.source import MOST_MEMORY, Engine, column, readable
from investigate.question.fields import Table

pytestmark = pytest.mark.quick_cases(1)


def read(source: str | Path | Table) -> pd.DataFrame:
    files = find(source if isinstance(source, Table) else str(source), "log")
    with Engine() as engine:
        table = engine.open(files)
        with readable(files):
            return table.to_pandas()


def refused(source: str | Path | Table) -> str:
    with pytest.raises(InputError) as caught:
        read(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_text(content, encoding=encoding, newline="")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_text_however_it_is_written(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = ["id|name|note", '007|"a|b"|"say ""no"""', '1.50||"two\nlines"', ""]
    content = end.join(lines).replace("|", delimiter)
    found = read(text(tmp_path / "log.csv", content))
    assert found["id"].tolist() == ["007", "1.50"]
    assert found["name"].fillna("-").tolist() == [f"a{delimiter}b", "-"]
    assert found["note"].tolist() == ['say "no"', "two\nlines"]


def test_columns_of_csvs_are_matched_by_name(tmp_path: Path) -> None:
    text(tmp_path / "1.csv", "a,b\n1,2\n")
    text(tmp_path / "2.csv", "c;b;a\n3;2;1\n")
    text(tmp_path / "3.csv", "A\n1\n")
    found = read(tmp_path / "*.csv").fillna("-")
    assert list(found) == ["a", "b", "c"]
    assert sorted(found.itertuples(index=False, name=None)) == [
        ("1", "-", "-"), ("1", "2", "-"), ("1", "2", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty; name a file with rows"),
        ("\n\n", "is empty; a CSV begins with the names of its columns"),
        ("a,b,a\n1,2,3\n", "has two columns called 'a'; rename one"),
        ("a,b\n1,2\n1\n", "line 3 has 1 fields, and its header 2; mend the line"),
        ("a,b\n1,2,3\n", "line 2 has 3 fields, and its header 2; mend the line"),
        ('a,b\n1,"2\n1,2\n', "line 2 has a quote that does not end; mend the line"),
    ],
)
def test_a_broken_csv_is_refused(tmp_path: Path, content: str, message: str) -> None:
    line = refused(text(tmp_path / "log.csv", content))
    assert "log.csv" in line
    assert message in line


def test_a_csv_must_be_utf8(tmp_path: Path) -> None:
    path = text(tmp_path / "log.csv", "a,b\né,1\n", encoding="latin-1")
    assert "log.csv" in refused(path)
    late = "a,b\n" + "x,1\n" * 100_000 + "é,1\n"
    assert "line 100002 is not UTF-8 text; say which it is, such as encoding: latin-1" in refused(
        text(path, late, "latin-1")
    )


def test_a_file_that_is_not_what_it_is_called_is_refused(tmp_path: Path) -> None:
    good = tmp_path / "good.parquet"
    pd.DataFrame({"a": range(5_000), "b": range(5_000)}).to_parquet(good)
    content = good.read_bytes()
    broken = {
        "empty.parquet": b"",
        "text.parquet": b"a,b\n1,2\n" * 10,
        "short.parquet": content[:-20],
        "torn.parquet": content[:400] + bytes(2_000) + content[2_400:],
        "text.duckdb": b"a,b\n1,2\n" * 1_000,
        "text.csv.gz": b"a,b\n1,2\n",
    }
    for name, wrong in broken.items():
        (tmp_path / name).write_bytes(wrong)
        line = refused(tmp_path / name)
        assert name in line
        assert "cannot be read as" in line or "is empty" in line
    (tmp_path / "torn.parquet").unlink()
    assert "'short.parquet' cannot be read" in refused(tmp_path / "[gs]*.parquet")


def test_a_file_name_is_no_pattern_for_the_engine(tmp_path: Path) -> None:
    for name, value in (("x[1].csv", "this"), ("x1.csv", "that"), ("x*.csv", "all")):
        text(tmp_path / name, f"a,b\n{value},1\n")
    assert read(tmp_path / "x[1].csv")["a"].tolist() == ["this"]
    assert read(tmp_path / "x*.csv")["a"].tolist() == ["all"]


def test_partitions_named_by_folders_are_columns(tmp_path: Path) -> None:
    for day in ("2024-03-01", "2024-03-02"):
        (tmp_path / f"day={day}").mkdir()
        pd.DataFrame({"a": [1]}).to_parquet(tmp_path / f"day={day}" / "part.parquet")
    found = read(tmp_path / "*" / "*.parquet")
    assert sorted(found["day"].astype(str).str[:10]) == ["2024-03-01", "2024-03-02"]


def database(path: Path, *tables: str) -> Path:
    with duckdb.connect(path) as made:
        for name in tables:
            made.execute(f"CREATE TABLE {name} AS SELECT 1 AS a")
    return path


def test_the_engine_holds_no_more_than_its_bound() -> None:
    with Engine() as engine:
        asked = engine._connection.raw_sql("SELECT current_setting('memory_limit')")
        number, unit = asked.fetchone()[0].split()
    assert unit == "MiB" or (unit == "GiB" and float(number) <= MOST_MEMORY)


@pytest.mark.parametrize(("rows", "bits"), [(0, 12), (100_000, 15), (10**9, 21)])
def test_arrays_of_groups_are_no_longer_than_half_the_rows(rows: int, bits: int) -> None:
    with Engine() as engine:
        engine.expect(rows)
        asked = "SELECT current_setting('perfect_ht_threshold')"
        assert int(engine._connection.raw_sql(asked).fetchone()[0]) == bits


def test_a_database_of_one_table_needs_no_name(tmp_path: Path) -> None:
    assert read(database(tmp_path / "x.duckdb", '"My Log"'))["a"].tolist() == [1]


def test_a_database_of_several_tables_needs_one(tmp_path: Path) -> None:
    path = database(tmp_path / "x.duckdb", "answers", "other")
    assert "holds the tables answers, other; name one: log: {url: " in refused(path)
    assert read(Table(url=str(path), table="answers"))["a"].tolist() == [1]
    line = refused(Table(url=str(path), table="answer"))
    assert line.endswith("has no table 'answer'; did you mean 'answers'?")
    assert refused(database(tmp_path / "none.duckdb")).endswith("holds no table")


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lite.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE log (a)")
        made.commit()
    assert refused(path).endswith("lite.db' cannot be read as DuckDB: it is an SQLite database")


def test_two_tables_of_one_database_can_be_open(tmp_path: Path) -> None:
    path = database(tmp_path / "x.duckdb", "answers", "other")
    with Engine() as engine:
        for table in ("answers", "other"):
            files = find(Table(url=str(path), table=table), "log")
            assert engine.open(files).count().to_pyarrow().as_py() == 1


@pytest.mark.slow
def test_a_column_that_is_missing_is_named_with_its_nearest(load) -> None:  # noqa: ANN001
    table = load({"Score": [1.0], "time": [1.0]})
    with pytest.raises(InputError) as caught:
        column(table, "score", "columns.score")
    assert str(caught.value) == (
        "columns.score: the log has no column 'score'; did you mean 'Score'?"
    )
    with pytest.raises(InputError) as caught:
        column(table, "xyz", "cohorts")
    assert str(caught.value) == "cohorts: the log has no column 'xyz'; it has Score, time"


def test_what_the_engine_raises_on_a_signal_is_an_interrupt() -> None:
    # Its own words: by when it looks for a signal no test can know.
    with pytest.raises(KeyboardInterrupt), Engine():
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError, match="of memory"), Engine():
        raise RuntimeError("out of memory")
