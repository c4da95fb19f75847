"""What columns hold, of files as people have them, against what was written into them."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from investigate.errors import InputError
from investigate.log.looking import SAMPLE, Look, look, tables
from investigate.question.fields import Table

pytestmark = pytest.mark.quick_cases(1)

N = 120
TIMES = pd.Series(pd.date_range("2024-01-08 10:30", periods=N, freq="7h"))
NUMBERS = np.round(np.random.default_rng(1).random(N), 4)


def csv(folder: Path, **columns: Any) -> Look:
    pd.DataFrame(columns).to_csv(folder / "log.csv", index=False, sep=";")
    return look(str(folder / "log.csv"))


@pytest.mark.parametrize("written", ["%y/%m/%d", "%y-%m-%d"])
def test_days_that_stand_last_are_no_years(tmp_path: Path, written: str) -> None:
    assert csv(tmp_path, t=TIMES.dt.strftime(written)).column("t").times is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "formats", "local"),
    [
        (TIMES.dt.strftime("%Y-%m-%dT%H:%M:%SZ"), (), False),
        (TIMES.dt.strftime("%Y-%m-%d %H:%M:%S"), (), True),
        (TIMES.dt.strftime("%Y-%m-%d %H:%M:%S+00:00"), (), False),
        (TIMES.dt.strftime("%d.%m.%Y %H:%M"), ("%d.%m.%Y %H:%M",), True),
        (TIMES.dt.strftime("%m/%d/%Y %H:%M"), ("%m/%d/%Y %H:%M",), True),
        (TIMES.dt.strftime("%m/%d/%y %I:%M %p"), ("%m/%d/%y %I:%M %p",), True),
        ((TIMES - pd.Timestamp("1970-01-01")) // pd.Timedelta("1s"), (), False),
        ((TIMES - pd.Timestamp("1970-01-01")) // pd.Timedelta("1ms"), (), False),
        (TIMES.dt.strftime("%Y%m%d%H%M"), (), True),
        (TIMES.dt.strftime("%d-%b-%Y %H:%M"), ("%d-%b-%Y %H:%M",), True),
        (TIMES.dt.strftime("%B %d, %Y %H:%M:%S"), ("%B %d, %Y %H:%M:%S",), True),
    ],
)
def test_times_are_read_however_they_are_written(
    tmp_path: Path, written: Any, formats: tuple[str, ...], local: bool
) -> None:
    seen = csv(tmp_path, t=written, s=NUMBERS).column("t")
    assert seen.times is not None
    assert list(seen.times.dt.tz_localize(None)) == list(TIMES)
    assert (seen.formats, seen.local) == (formats, local)


@pytest.mark.slow
def test_of_two_ways_to_read_days_the_one_in_which_rows_stand_in_order_is_first(
    tmp_path: Path,
) -> None:
    early = pd.Series(pd.date_range("2024-01-01", periods=12, freq="D").repeat(10))
    seen = csv(tmp_path, t=early.dt.strftime("%m/%d/%Y")).column("t")
    assert seen.formats == ("%m/%d/%Y", "%d/%m/%Y")
    assert seen.times is not None
    assert list(seen.times.dt.tz_localize(None)) == list(early)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "numbers", "percent"),
    [
        (NUMBERS, NUMBERS, False),
        ([f"{n:.4f}".replace(".", ",") for n in NUMBERS], NUMBERS, False),
        ([f"{100 * n:.2f}%" for n in NUMBERS], NUMBERS, True),
        ([None, *NUMBERS[1:]], [np.nan, *NUMBERS[1:]], False),
    ],
)
def test_numbers_are_read_with_their_mark(
    tmp_path: Path, written: Any, numbers: Any, percent: bool
) -> None:
    seen = csv(tmp_path, s=written, t=TIMES).column("s")
    assert seen.numbers is not None
    assert seen.numbers == pytest.approx(np.asarray(numbers), nan_ok=True)
    assert (seen.percent, seen.times, seen.whole) == (percent, None, False)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("ones", "zeros", "known"),
    [("yes", "no", True), ("1", "0", True), ("TRUE", "FALSE", True), ("fraud", "fine", False)],
)
def test_truths_are_those_of_a_known_vocabulary(
    tmp_path: Path, ones: str, zeros: str, known: bool
) -> None:
    truth = NUMBERS > 0.4
    seen = csv(tmp_path, y=np.where(truth, ones, zeros)).column("y")
    assert (seen.truths is not None) is known
    if seen.truths is not None:
        assert list(seen.truths) == list(truth.astype(float))
    assert seen.values == ([ones, zeros] if truth.mean() > 0.5 else [zeros, ones])


@pytest.mark.slow
def test_text_and_ids_are_neither_times_nor_numbers(tmp_path: Path) -> None:
    seen = csv(tmp_path, a=[f"B-{n:05d}" for n in range(N)], b=["x", "y"] * (N // 2))
    for name, distinct in (("a", N), ("b", 2)):
        column = seen.column(name)
        assert (column.times, column.numbers, column.truths) == (None, None, None)
        assert column.distinct == distinct


def test_a_parquet_file_tells_its_zone(tmp_path: Path) -> None:
    frame = pd.DataFrame({"t": TIMES.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"), "u": TIMES})
    frame.to_parquet(tmp_path / "log.parquet")
    seen = look(str(tmp_path / "log.parquet"))
    assert (seen.column("t").zone, seen.column("t").local) == ("Asia/Tokyo", False)
    assert (seen.column("u").zone, seen.column("u").local) == (None, True)


@pytest.mark.slow
def test_a_long_table_is_looked_at_in_even_steps(tmp_path: Path) -> None:
    rows = 2 * SAMPLE + 5
    pd.DataFrame({"n": range(rows)}).to_parquet(tmp_path / "log.parquet")
    seen = look(str(tmp_path / "log.parquet"))
    assert seen.rows == rows
    assert list(seen.columns[0].labels.astype(int)) == list(range(0, rows, 3))


@pytest.mark.slow
def test_the_tables_of_a_database_are_told(tmp_path: Path) -> None:
    path = str(tmp_path / "a.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE b AS SELECT 1 AS x; CREATE TABLE a AS SELECT 2 AS y")
        connection.execute("CREATE TABLE nothing (z INT)")
    assert tables(path) == ["a", "b", "nothing"]
    assert look(Table(url=path, table="b")).names == ["x"]
    with pytest.raises(InputError, match="log: it has no rows"):
        look(Table(url=path, table="nothing"))
    pd.DataFrame({"x": [1]}).to_csv(tmp_path / "log.csv")
    assert tables(str(tmp_path / "log.csv")) == []
