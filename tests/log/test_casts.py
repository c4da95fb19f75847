from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from investigate.errors import InputError
from investigate.log import casts

SUMMER = datetime(2024, 7, 1, 12, 30, 15, tzinfo=UTC)
SECONDS = int(SUMMER.timestamp())


def read(expression: Any) -> list[Any]:
    return expression.to_pyarrow().to_pylist()


def one(load: Any, array: Any) -> Any:
    return load(pa.table({"x": array}))["x"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([SUMMER], pa.timestamp("us", "UTC")),
        pa.array([SUMMER], pa.timestamp("ms", "America/New_York")),
        pa.array([datetime(2024, 7, 1, 14, 30, 15)], pa.timestamp("us")),  # noqa: DTZ001
        pa.array([datetime(2024, 7, 1, 14, 30, 15)], pa.timestamp("ns")),  # noqa: DTZ001
        pa.array(["2024-07-01 14:30:15"]),
        pa.array(["2024-07-01T14:30:15"]),
        pa.array([" 2024-07-01T12:30:15Z "]),
        pa.array(["2024-07-01T14:30:15+0200"]),
        pa.array(["2024-07-01T07:30:15.000-05:00"]),
        pa.array(["2024-07-01 12:30:15 UTC"]),
        pa.array([SECONDS]),
        pa.array([SECONDS], pa.int32()),
        pa.array([SECONDS], pa.uint64()),
        pa.array([float(SECONDS)]),
        pa.array([Decimal(SECONDS)], pa.decimal128(12, 2)),
        pa.array([SECONDS * 1_000]),
        pa.array([SECONDS * 1e3]),
        pa.array([SECONDS * 1_000_000]),
        pa.array([SECONDS * 1_000_000_000]),
        pa.array([SECONDS * 1e9]),
        pa.array([str(SECONDS)]),
        pa.array([f"{SECONDS}.0"]),
        pa.array([str(SECONDS * 1_000)]),
        pa.array([str(SECONDS * 1_000_000_000)]),
    ],
    ids=str,
)
@pytest.mark.usefixtures("berlin")
def test_a_moment_is_read_from_many_forms(load: Any, array: pa.Array) -> None:
    assert read(casts.moment(one(load, array), "columns.time")) == [SUMMER]


@pytest.mark.usefixtures("berlin")
def test_a_date_begins_in_the_zone_of_the_engine(load: Any) -> None:
    midnight = datetime(2024, 6, 30, 22, tzinfo=UTC)
    assert read(casts.moment(one(load, pa.array([SUMMER.date()])), "columns.time")) == [midnight]
    assert read(casts.moment(one(load, pa.array(["2024-07-01"])), "columns.time")) == [midnight]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-02-30", "2024-13-01", "01/07/2024", "2024-07-01 25:00", "now"]
)
def test_what_is_no_moment_is_null(load: Any, text: str) -> None:
    assert read(casts.moment(one(load, pa.array([text])), "columns.time")) == [None]


def test_nanoseconds_keep_their_microseconds(load: Any) -> None:
    epochs = [1_719_837_015_123_456_789, 1_719_837_015_999_999_999, 1_719_837_015_000_001_000]
    found = read(casts.moment(one(load, pa.array(epochs)), "columns.time"))
    assert [time.microsecond for time in found] == [123_456, 999_999, 1]


def test_the_median_decides_the_unit_and_outliers_do_not(load: Any) -> None:
    epochs = [SECONDS * 1_000] * 3 + [0, 2**62, -(2**62), None]
    found = read(casts.moment(one(load, pa.array(epochs)), "columns.time"))
    assert found[:4] == [SUMMER] * 3 + [datetime(1970, 1, 1, tzinfo=UTC)]
    assert found[4].year > 2200
    assert found[5].year < 1900
    assert found[6] is None


def test_floats_that_are_no_number_are_no_moment(load: Any) -> None:
    epochs = pa.array([float(SECONDS)] * 3 + [float("nan"), float("inf")])
    found = read(casts.moment(one(load, epochs), "columns.time"))
    assert found[3] is None
    assert found[4].year > 2200


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([True, False, None]), [1, 0, None]),
        (pa.array([1, 0, 2, -1, None], pa.int8()), [1, 0, None, None, None]),
        (pa.array([1.0, 0.0, 0.5, float("nan")]), [1, 0, None, None]),
        (pa.array([Decimal("1.0"), Decimal("0.0")]), [1, 0]),
        (pa.array(["1", "0", "true", "FALSE", "1.0", " 0.0 "]), [1, 0, 1, 0, 1, 0]),
        (pa.array(["yes", "2", "", None]), [None, None, None, None]),
    ],
)
def test_truths(load: Any, array: pa.Array, values: list[int | None]) -> None:
    value, present = casts.truth(one(load, array), "columns.outcome")
    assert read(value) == values
    assert read(present) == [text not in (None, "") for text in array.to_pylist()]


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([0.1, -0.0, 1e300], pa.float64()), [0.1, 0.0, 1e300]),
        (pa.array([0.5, 0.1], pa.float32()), [0.5, 0.10000000149011612]),
        (pa.array([3, -7, 2**40]), [3.0, -7.0, 2.0**40]),
        (pa.array([Decimal("0.25")]), [0.25]),
        (pa.array([True, False]), [1.0, 0.0]),
        (pa.array(["0.5", " 1e3 ", "-.5", "+7.", "1E-2"]), [0.5, 1000.0, -0.5, 7.0, 0.01]),
        (pa.array(["abc", "nan", "inf", "1,5", "0x1"]), [None] * 5),
        (pa.array([float("nan"), float("inf"), float("-inf")]), [None] * 3),
    ],
)
def test_numbers(load: Any, array: pa.Array, values: list[float | None]) -> None:
    value, present = casts.number(one(load, array), "columns.score")
    assert read(value) == values
    assert read(present) == [True] * len(values)


def test_no_number_is_told_from_a_wrong_one(load: Any) -> None:
    for array in (pa.array([None, float("nan")]), pa.array(["", "x"])):
        value, present = casts.number(one(load, array), "columns.score")
        assert read(value) == [None, None]
        assert read(present) == [False, True]


def test_zero_has_one_sign(load: Any) -> None:
    value, _ = casts.number(one(load, pa.array([0.0, -0.0])), "columns.score")
    assert [str(zero) for zero in read(value)] == ["0.0", "0.0"]


@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (pa.array(["a", " b", "", None, "7.0", "True"]), ["a", " b", None, None, "7.0", "True"]),
        (pa.array([7.0, 0.5, 1e300, None, float("nan")]), ["7", "0.5", "1e+300", None, None]),
        (pa.array([7, -7]), ["7", "-7"]),
        (pa.array([Decimal("7.00"), Decimal("0.50")]), ["7", "0.5"]),
        (pa.array([True, False, None]), ["true", "false", None]),
        (pa.array([SUMMER.date()]), ["2024-07-01"]),
    ],
)
def test_labels(load: Any, array: pa.Array, texts: list[str | None]) -> None:
    assert read(casts.label(one(load, array), untyped=False)) == texts


def test_labels_of_a_file_of_text_are_those_of_a_typed_one(load: Any) -> None:
    texts = pa.array(["7.0", "-7.00", "0.5", "True", "False", "007", "", "1.0.0"])
    found = ["7", "-7", "0.5", "true", "false", "007", None, "1.0.0"]
    assert read(casts.label(one(load, texts), untyped=True)) == found


@pytest.mark.parametrize(
    ("reading", "array", "said"),
    [
        (casts.moment, pa.array([True]), "columns.x: 'x' holds boolean, which is no time"),
        (casts.truth, pa.array([SUMMER.date()]), "columns.x: 'x' holds date, which is no 0 or 1"),
        (casts.number, pa.array([[1]]), "columns.x: 'x' holds array<int64>, which is no number"),
    ],
)
def test_a_column_of_another_kind_is_refused(
    load: Any, reading: Any, array: pa.Array, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        reading(one(load, array), "columns.x")
    assert str(caught.value) == said


def test_a_column_of_nulls_alone_is_read(connection: Any) -> None:
    connection.raw_sql("CREATE OR REPLACE TEMP TABLE nulls AS SELECT NULL AS x FROM range(2)")
    nulls = connection.table("nulls")["x"]
    assert read(casts.moment(nulls, "")) == [None, None]
    assert read(casts.truth(nulls, "")[0]) == [None, None]
    assert read(casts.number(nulls, "")[0]) == [None, None]
    assert read(casts.label(nulls, untyped=False)) == [None, None]


def test_every_reading_compiles_for_other_engines() -> None:
    kinds = {"ts": "timestamp", "d": "date", "i": "int64", "f": "float64", "s": "string"}
    table = ibis.table(kinds, name="log")
    for dialect in ("duckdb", "postgres"):
        for name in kinds:
            assert ibis.to_sql(casts.label(table[name], untyped=True), dialect=dialect)
        for name in ("i", "f", "s"):
            assert ibis.to_sql(casts.number(table[name], "")[0], dialect=dialect)
            assert ibis.to_sql(casts.truth(table[name], "")[0], dialect=dialect)
        for name in ("ts", "d"):
            assert ibis.to_sql(casts.moment(table[name], ""), dialect=dialect)


def test_pandas_reads_the_same_epochs(load: Any) -> None:
    epochs = pd.Series(range(SECONDS, SECONDS + 10**6, 77_777))
    expected = pd.to_datetime(epochs, unit="s", utc=True)
    found = casts.moment(one(load, pa.array(epochs)), "columns.time")
    assert read(found) == [time.to_pydatetime() for time in expected]
