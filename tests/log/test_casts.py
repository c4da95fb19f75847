from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from investigate.errors import InputError
from investigate.log import casts
from investigate.question.fields import Formats

pytestmark = pytest.mark.quick_cases(1)

SUMMER = datetime(2024, 7, 1, 12, 30, 15, tzinfo=UTC)
SECONDS = int(SUMMER.timestamp())


def read(expression: Any) -> list[Any]:
    return expression.to_pyarrow().to_pylist()


def moment(column: Any, **formats: str) -> Any:
    return casts.moment(column, "columns.time", "Europe/Berlin", Formats(**formats)).value


def one(load: Any, array: Any) -> Any:
    return load(pa.table({"x": array}))["x"]


@pytest.mark.quick_cases(8)
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
        pa.array(["2024-07-01 14:30:15,000"]),
        pa.array(["2024/07/01 14:30:15"]),
        pa.array(["20240701T123015Z"]),
        pa.array(["20240701143015"]),
        pa.array([20240701143015]),
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
        *(
            pytest.param(pa.array([text]), marks=pytest.mark.slow)
            for text in (
                str(SECONDS),
                f"{SECONDS}.0",
                str(SECONDS * 1_000),
                str(SECONDS * 1_000_000_000),
            )
        ),
    ],
    ids=str,
)
def test_a_moment_is_read_from_many_forms(load: Any, array: pa.Array) -> None:
    assert read(moment(one(load, array))) == [SUMMER]


@pytest.mark.slow
def test_a_date_begins_in_the_zone_of_the_question(load: Any) -> None:
    midnight = datetime(2024, 6, 30, 22, tzinfo=UTC)
    for day in (SUMMER.date(), "2024-07-01", "20240701", 20240701):
        assert read(moment(one(load, pa.array([day])))) == [midnight]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-02-30", "2024-13-01", "01/07/2024", "2024-07-01 25:00", "now"]
)
def test_what_is_no_moment_is_null(load: Any, text: str) -> None:
    assert read(moment(one(load, pa.array([text, "2024-07-01T12:30:15Z"])))) == [None, SUMMER]


@pytest.mark.parametrize(("zone", "hour"), [("UTC", 12), ("Asia/Tokyo", 21)])
def test_a_zone_by_name_goes_before_that_of_the_question(load: Any, zone: str, hour: int) -> None:
    column = one(load, pa.array([f"2024-07-01 {hour}:30:15 {zone}"]))
    assert read(moment(column, time_format="%Y-%m-%d %H:%M:%S %Z")) == [SUMMER]


@pytest.mark.parametrize(
    ("texts", "written", "line"),
    [
        (["31/03/2024 14:05", "01/03/2024 00:05"], "%d/%m/%Y %H:%M", "'%d/%m/%Y %H:%M'"),
        (["03/31/2024 2:05 PM", "03/01/2024 1:05 AM"], "%m/%d/%Y %I:%M %p", "'%m/%d/%Y %I:%M %p'"),
        (["01.03.2024", "02.03.2024"], "%d.%m.%Y", "'%d.%m.%Y' or time_format: '%m.%d.%Y'"),
        (["03/31/24 2:05 PM", "03/01/24 1:05 AM"], "%m/%d/%y %I:%M %p", "'%m/%d/%y %I:%M %p'"),
        (["31.03.24", "01.03.24"], "%d.%m.%y", "'%d.%m.%y'"),
        (["Mar 31 2024", "Mar 01 2024"], "%b %d %Y", "time_format: '%d %b %Y %H:%M' as it fits"),
    ],
)
def test_what_may_be_several_times_is_refused_until_it_is_said(
    load: Any, texts: list[str], written: str, line: str
) -> None:
    column = one(load, pa.array(texts))
    with pytest.raises(InputError) as caught:
        moment(column)
    assert repr(min(texts)) in str(caught.value)
    assert str(caught.value).endswith(line)
    expected = pd.to_datetime(pd.Series(texts), format=written).dt.tz_localize("Europe/Berlin")
    assert read(moment(column, time_format=written)) == list(expected)


@pytest.mark.slow
def test_times_that_clocks_show_twice_or_never_are_those_of_python(load: Any) -> None:
    for zone in ("Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "America/Vancouver"):
        local = pd.date_range("2023-01-01", "2024-01-01", freq="30min").as_unit("us")
        column = one(load, pa.array(local.to_pydatetime(), pa.timestamp("us")))
        found = read(casts.moment(column, "", zone).value)
        there = ZoneInfo(zone)
        assert found == [t.replace(tzinfo=there).astimezone(UTC) for t in local.to_pydatetime()]


def test_nanoseconds_keep_their_microseconds(load: Any) -> None:
    epochs = [1_719_837_015_123_456_789, 1_719_837_015_999_999_999, 1_719_837_015_000_001_000]
    found = read(moment(one(load, pa.array(epochs))))
    assert [time.microsecond for time in found] == [123_456, 999_999, 1]


@pytest.mark.parametrize("make", [int, float, pytest.param(str, marks=pytest.mark.slow)])
@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_most_epochs_decide_the_unit_and_others_are_told(load: Any, make: Any, unit: int) -> None:
    others = [SECONDS * other for other in (1, 1_000, 1_000_000, 1_000_000_000) if other != unit]
    column = one(load, pa.array([make(v) for v in [SECONDS * unit] * 4 + [0, *others]]))
    found = casts.moment(column, "columns.time")
    assert read(found.value) == [SUMMER] * 4 + [datetime(1970, 1, 1, tzinfo=UTC)] + [None] * 3
    assert read(found.other_unit.name("other")) == [False] * 5 + [True] * 3
    assert read(found.present.name("present")) == [True] * 8


def test_dates_in_digits_may_lack(load: Any) -> None:
    column = one(load, pa.array([20240701.0, float("nan"), None]))
    found = casts.moment(column, "columns.time", "UTC")
    assert read(found.value) == [datetime(2024, 7, 1, tzinfo=UTC), None, None]
    assert read(found.present) == [True, False, False]


def test_floats_that_are_no_number_are_no_moment(load: Any) -> None:
    epochs = pa.array([float(SECONDS)] * 3 + [float("nan"), float("inf")])
    found = casts.moment(one(load, epochs), "columns.time")
    assert read(found.value)[3:] == [None, None]
    assert read(found.present.name("there"))[3:] == [False, True]


@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([True, False, None]), [1, 0, None]),
        (pa.array([1, 0, 2, -1, None], pa.int8()), [1, 0, None, None, None]),
        (pa.array([1.0, 0.0, 0.5, float("nan")]), [1, 0, None, None]),
        (pa.array([Decimal("1.0"), Decimal("0.0")]), [1, 0]),
        (pa.array(["1", "0", "true", "FALSE", "1.0", " 0.0 "]), [1, 0, 1, 0, 1, 0]),
        (pa.array(["yes", "No", "2", "", None]), [1, 0, None, None, None]),
        (pa.array(["1", "0", "1", "yes", "NULL"]), [1, 0, 1, None, None]),
        (pa.array(["T", "f", "NA", "\\N"]), [1, 0, None, None]),
    ],
)
def test_truths(load: Any, array: pa.Array, values: list[int | None]) -> None:
    value, present = casts.truth(one(load, array), "columns.outcome")
    assert read(value) == values
    nothing = {"none", "", "null", "na", "\\n", "nan"}
    assert read(present) == [str(text).lower() not in nothing for text in array.to_pylist()]


def test_other_words_need_to_be_said(load: Any) -> None:
    column = one(load, pa.array(["won", "lost", "lost", "draw", None]))
    with pytest.raises(InputError) as caught:
        casts.truth(column, "columns.outcome")
    assert str(caught.value) == (
        "columns.outcome: 'x' holds 'lost' and 'draw'; write 0/1 or true/false, or say which is "
        "1, such as positive: lost"
    )
    assert read(casts.truth(column, "", ("won",))[0]) == [1, 0, 0, None, None]
    assert read(casts.truth(column, "", ("won", "draw"), ("lost",))[0]) == [1, 0, 0, 1, None]
    with pytest.raises(InputError, match="no 'win'; write one that it holds"):
        casts.truth(column, "", ("win",))
    # A part of a log need hold none.
    assert read(casts.truth(column, "", ("win",), ("lost",), whole=False)[0]) == [
        None, 0, 0, None, None
    ]  # fmt: skip
    numbers = one(load, pa.array([2.0, 1.0, 1.0, None]))
    assert read(casts.truth(numbers, "", ("2",))[0]) == [1, 0, 0, None]


def test_a_rare_or_a_long_word_is_found(load: Any) -> None:
    others = [f"refused {n}" for n in range(12)]
    rare = one(load, pa.array([*others, *others, "fraud"]))
    found = read(casts.truth(rare, "columns.outcome", ("fraud",), tuple(others))[0])
    assert sorted(found) == [0] * 24 + [1]
    long = "refused since " + 80 * "x"
    column = one(load, pa.array([long, long, "paid"]))
    assert read(casts.truth(column, "", ("paid",))[0]) == [0, 0, 1]
    assert read(casts.truth(column, "", (long,))[0]) == [1, 1, 0]


@pytest.mark.quick_cases(6)
@pytest.mark.parametrize(
    ("array", "values"),
    [
        (pa.array([0.1, -0.0, 1e300], pa.float64()), [0.1, 0.0, 1e300]),
        (pa.array([0.5, 0.1], pa.float32()), [0.5, 0.10000000149011612]),
        (pa.array([3, -7, 2**40]), [3.0, -7.0, 2.0**40]),
        (pa.array([Decimal("0.25")]), [0.25]),
        (pa.array([True, False]), [1.0, 0.0]),
        (pa.array(["0.5", " 1e3 ", "-.5", "+7.", "1E-2"]), [0.5, 1000.0, -0.5, 7.0, 0.01]),
        (pa.array(["abc", "1.0", "inf", "1,5", "0x1"]), [None, 1.0, None, None, None]),
        (pa.array([float("inf"), float("-inf")]), [None] * 2),
        (pa.array(["0,5", "-1,25", "7", "1.234,5"]), [0.5, -1.25, 7.0, 1234.5]),
        (pa.array(["0,25", "1e-05", "2,5E-3"]), [0.25, 1e-5, 0.0025]),
        (pa.array(["1,234.5", "12", "1,234"]), [1234.5, 12.0, 1234.0]),
        (pa.array(["1 234,5", "0,5"]), [1234.5, 0.5]),
        (pa.array(["45%", "3.5 %"]), [45 / 100, 3.5 / 100]),
    ],
)
def test_numbers(load: Any, array: pa.Array, values: list[float | None]) -> None:
    value, present = casts.number(one(load, array), "columns.score")
    assert read(value) == values
    assert read(present) == [True] * len(values)


@pytest.mark.slow
def test_a_comma_that_may_be_either_mark_is_refused_until_it_is_said(load: Any) -> None:
    column = one(load, pa.array(["1,234", "2,500", "3"]))
    with pytest.raises(InputError) as caught:
        casts.number(column, "columns.score")
    assert str(caught.value) == (
        "columns.score: '1,234' in 'x' may be 1.234 or 1234; add decimal: ',' or decimal: '.'"
    )
    assert read(casts.number(column, "", Formats(decimal=","))[0]) == [1.234, 2.5, 3.0]
    assert read(casts.number(column, "", Formats(decimal="."))[0]) == [1234.0, 2500.0, 3.0]


def test_a_column_without_a_number_is_refused(load: Any) -> None:
    with pytest.raises(InputError, match="'high' is no number; 'x' holds none"):
        casts.number(one(load, pa.array(["low", "high"])), "columns.score")


def test_no_number_is_told_from_a_wrong_one(load: Any) -> None:
    for array in (pa.array([None, float("nan"), float("inf")]), pa.array(["", "NaN", "inf"])):
        value, present = casts.number(one(load, array), "columns.score")
        assert read(value) == [None, None, None]
        assert read(present) == [False, False, True]


def test_zero_has_one_sign(load: Any) -> None:
    value, _ = casts.number(one(load, pa.array([0.0, -0.0])), "columns.score")
    assert [str(zero) for zero in read(value)] == ["0.0", "0.0"]


@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (pa.array(["a", " b", "", None, "NULL", "NA"]), ["a", " b", None, None, None, "NA"]),
        (pa.array(["7.0", "1.10", "007", "True"]), ["7.0", "1.10", "007", "True"]),
        (pa.array([7.0, 0.5, 1e300, None, float("nan")]), ["7.0", "0.5", "1e+300", None, None]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.array([7, -7]), ["7", "-7"]),
        (pa.array([Decimal("7.00"), Decimal("0.50")]), ["7.00", "0.50"]),
        (pa.array([True, False, None]), ["True", "False", None]),
        (pa.array([SUMMER.date()]), ["2024-07-01"]),
    ],
)
def test_labels_are_as_pandas_writes_them(
    load: Any, array: pa.Array, texts: list[str | None]
) -> None:
    assert read(casts.label(one(load, array))) == texts
    written = pd.Series(array.to_pandas()).to_csv(index=False, header=False).splitlines()
    labels = [None if text in ('""', "", "NULL") else text for text in written]
    assert labels == texts


@pytest.mark.parametrize(
    ("reading", "array", "message"),
    [
        (casts.moment, pa.array([True]), "columns.x: 'x' holds boolean, which is no time"),
        (casts.truth, pa.array([SUMMER.date()]), "columns.x: 'x' holds date, which is no 0 or 1"),
        (casts.number, pa.array([[1]]), "columns.x: 'x' holds array<int64>, which is no number"),
    ],
)
def test_a_column_of_another_kind_is_refused(
    load: Any, reading: Any, array: pa.Array, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        reading(one(load, array), "columns.x")
    assert str(caught.value) == message


def test_a_column_of_nulls_alone_is_read(connection: Any) -> None:
    connection.raw_sql("CREATE OR REPLACE TEMP TABLE nulls AS SELECT NULL AS x FROM range(2)")
    nulls = connection.table("nulls")["x"]
    assert read(moment(nulls)) == [None, None]
    assert read(casts.truth(nulls, "")[0]) == [None, None]
    assert read(casts.number(nulls, "")[0]) == [None, None]
    assert read(casts.label(nulls)) == [None, None]


def test_every_reading_compiles_for_other_engines() -> None:
    kinds = {"ts": "timestamp", "d": "date", "i": "int64", "f": "float64", "s": "string"}
    table = ibis.table(kinds, name="log")
    for dialect in ("duckdb", "postgres"):
        for name in kinds:
            assert ibis.to_sql(casts.label(table[name]), dialect=dialect)
        for name in ("i", "f"):
            assert ibis.to_sql(casts.number(table[name], "")[0], dialect=dialect)
            assert ibis.to_sql(casts.truth(table[name], "")[0], dialect=dialect)


@pytest.mark.slow
def test_pandas_reads_the_same_epochs(load: Any) -> None:
    epochs = pd.Series(range(SECONDS, SECONDS + 10**6, 77_777))
    expected = pd.to_datetime(epochs, unit="s", utc=True)
    found = moment(one(load, pa.array(epochs)))
    assert read(found) == [time.to_pydatetime() for time in expected]


def test_outcomes_in_several_ways_are_refused_with_the_texts_that_read_them() -> None:
    table = ibis.memtable({"y": ["yes", "no", "yes"] * 10 + ["True", "False"]})
    with pytest.raises(InputError) as caught:
        casts.truth(table.y, "columns.outcome", most=0.05)
    ones, zeros = ["True", "yes"], ["False", "no"]
    assert str(caught.value).endswith(f"add positive: {ones} and negative: {zeros}")
    value, _ = casts.truth(table.y, "columns.outcome", tuple(ones), tuple(zeros))
    assert table.select(value=value).to_pyarrow()["value"].null_count == 0
    # Few are left out, as other texts are.
    value, _ = casts.truth(table.y, "columns.outcome", most=0.1)
    assert table.select(value=value).to_pyarrow()["value"].null_count == 2
