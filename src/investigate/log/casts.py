"""Columns of any type as moments, truths, numbers and labels: the one door for values.

Text is read in one way for a whole column, which `investigate.log.texts` finds; what cannot be
read in it is null, and counted where rows are judged. A cast that could fail comes after a
pattern, because not every engine can try one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from investigate.errors import InputError
from investigate.log import texts
from investigate.log.local import NO_YEAR, UTC_TIME, Years, in_utc, years_of
from investigate.question.fields import EPOCHS, Formats

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 10**10
"""Seconds from 1970 beyond which an epoch is out of range whatever it means."""

_PER_SECOND = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
_BELOW = (1e11, 1e14, 1e17)
"""Magnitude below which an epoch counts seconds, milliseconds, microseconds: 1973 to 5138."""
_DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_LEAST_DIGITS, _MOST_DIGITS = 1900 * 10**4 + 101, 2200 * 10**4 + 1231

_MISSING_LABELS = ("", "NULL", "null", "NaN", "nan", "<NA>", "\\N", "__HIVE_DEFAULT_PARTITION__")
"""What machines write for no label; NA and None may be names."""


@dataclass(frozen=True)
class Moments:
    """``value`` is null where nothing can be read, ``present`` where there is anything.

    ``other_unit`` marks epochs of another unit than most of the column's; they are null too.
    ``years`` has the first and last year that can be used.
    """

    value: Any
    present: Any
    other_unit: Any
    years: Years = NO_YEAR


def moment(
    column: Any, where: str, timezone: str = "UTC", formats: Formats | None = None
) -> Moments:
    """`column` as moments.

    Takes timestamps, dates, text that `texts.times` can read, and epochs, whose unit is that
    of most of them, by their magnitude. What has no zone is read in `timezone`. Raises
    `InputError` where the column holds something else, or text that may mean several times.
    """
    kind = column.type()
    written = (formats or Formats()).time_format
    never = ibis.literal(False)
    if kind.is_timestamp() or kind.is_date():
        time = column.cast("timestamp") if kind.is_date() else column
        years = years_of(time) or NO_YEAR
        zoned = kind.is_timestamp() and kind.timezone is not None
        value = column.cast(UTC_TIME) if zoned else _local(time, timezone, years)
        return Moments(value, column.notnull(), never, years)
    if kind.is_integer() or kind.is_floating() or kind.is_decimal():
        number = _number_or_nothing(column)
        there = number.notnull()
        if written is None and (digits := _as_digits(number)):
            text = number.cast("int64").cast("string")
            return _dated(text, there, digits, timezone)
        return _epochs(number, there, written)
    if is_text(kind):
        return _from_text(column, where, timezone, written)
    raise InputError(f"{where}: {column.get_name()!r} holds {kind}, which is no time")


def per_second(column: Any) -> int | None:
    """How many units of a column of numbers make a second; `None` for dates in digits."""
    number = _number_or_nothing(column)
    return None if _as_digits(number) else _PER_SECOND[_unit(number)]


def truth(
    column: Any,
    where: str,
    positive: tuple[str, ...] = (),
    negative: tuple[str, ...] = (),
    whole: bool = True,
    most: float = 1.0,
) -> tuple[Any, Any]:
    """`column` as 0 or 1 (null for anything else), and whether anything is there.

    Texts are those of one vocabulary, such as yes and no, or those that are called `positive`
    and `negative`; without the latter the most frequent other text is 0. Raises `InputError`
    where no value is known to be one or the other; a part of a log, which is not the `whole`,
    need not hold a `positive` one. At most the share ``most`` of a whole log may be spelled in
    another way than the others.
    """
    kind = column.type()
    if kind.is_boolean() and not positive:
        return column.cast("int8"), column.notnull()
    if kind.is_numeric() and not positive:
        number = column.cast("float64")
        value = ibis.cases((number == 1, 1), (number == 0, 0), else_=None)
        present = column.notnull() & ~number.isnan().fill_null(False)
        return value.cast("int8"), present
    if kind.is_boolean() or kind.is_numeric() or is_text(kind):
        text = texts.present(column if is_text(kind) else _as_written(column))
        name = column.get_name()
        ones, zeros = texts.outcomes(text, where, positive, negative, name, whole, most)
        compared = text if positive else text.lower()
        value = ibis.cases((compared.isin(ones), 1), (compared.isin(zeros), 0), else_=None)
        return value.cast("int8"), text.notnull()
    raise InputError(f"{where}: {column.get_name()!r} holds {kind}, which is no 0 or 1")


def zeros(column: Any, positive: tuple[str, ...]) -> tuple[str, ...]:
    """The text that `truth` takes for 0 where those of 1 alone are named; empty without any."""
    kind = column.type()
    if not (kind.is_boolean() or kind.is_numeric() or is_text(kind)):
        return ()
    text = texts.present(column if is_text(kind) else _as_written(column))
    return tuple(texts.frequent(text, positive)[:1])


def number(column: Any, where: str, formats: Formats | None = None) -> tuple[Any, Any]:
    """`column` as a finite number (else null), and whether anything is there.

    NaN is nothing, as pandas has it. Raises `InputError` for text that is no number, or may
    be several.
    """
    kind = column.type()
    if kind.is_boolean():
        return column.cast("int8").cast("float64"), column.notnull()
    if kind.is_numeric():
        value = column.cast("float64")
        present = column.notnull() & ~value.isnan().fill_null(False)
    elif is_text(kind):
        text = texts.present(column)
        present = text.notnull()
        decimal = (formats or Formats()).decimal
        value = texts.numbers(text, where, decimal, column.get_name())
    else:
        raise InputError(f"{where}: {column.get_name()!r} holds {kind}, which is no number")
    # Adding zero makes -0.0 the 0.0 that it equals.
    return ibis.ifelse(value.isnan() | value.isinf(), None, value + 0.0), present


def label(column: Any) -> Any:
    """`column` as text, as pandas writes it into a CSV; what means nothing is null.

    Text stays as it is: 1.0, 1.10 and 007 are labels and no numbers. A float of 2 is
    ``2.0``, a truth ``True``, so that a CSV and a Parquet file of one table have the same.
    """
    kind = column.type()
    if kind.is_boolean():
        return ibis.cases((column, "True"), (~column, "False"), else_=None)
    text = column.cast("string")
    if kind.is_floating():
        return ibis.ifelse(column.isnan(), None, text)
    if is_text(kind):
        return ibis.ifelse(text.isin(_MISSING_LABELS), None, text)
    return text


def label_forms(value: str, kind: dt.DataType) -> list[str]:
    """The labels that a column of type `kind` may have for a `value` that people write.

    In a column of numbers 2 and 2.0 are the same; a truth may begin with a small letter. Any
    other text is a label as it is.
    """
    forms = [value]
    if kind.is_numeric():
        try:
            number = float(value)
        except ValueError:
            return forms
        forms += [str(number)] + ([str(int(number))] if number.is_integer() else [])
    elif value in ("true", "false"):
        forms.append(value.capitalize())
    return list(dict.fromkeys(forms))


def as_labels(kind: dt.DataType, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """What people write for a column's values, as `label` has it: true is True, 2 is 2.0."""
    if kind.is_boolean():
        return tuple(w.capitalize() if w in ("true", "false") else w for w in wanted)
    if kind.is_floating():
        return tuple(f"{w}.0" if w.lstrip("-").isdecimal() else w for w in wanted)
    return wanted


def _as_written(column: Any) -> Any:
    """Truths and numbers as people write them in a question: 2, not 2.0."""
    if column.type().is_boolean():
        return ibis.cases((column, "true"), (~column, "false"), else_=None)
    text, value = column.cast("string"), column.cast("float64")
    whole = (value.abs() < 1e15) & (value.round() == value)
    return ibis.ifelse(whole, value.round().cast("int64").cast("string"), text)


def is_text(kind: dt.DataType) -> bool:
    """Whether a column is read as text."""
    # A column of nulls alone has a type of its own, which not every engine tells.
    return kind.is_string() or kind.is_null() or kind.is_unknown()


def _local(time: Any, timezone: str, years: Years) -> Any:
    return in_utc(time.cast("timestamp"), timezone, years)


def _from_text(column: Any, where: str, timezone: str, written: str | None) -> Moments:
    text = texts.present(column)
    never = ibis.literal(False)
    found = texts.times(text, where, written, column.get_name())
    if found.kind == "epoch":
        # Floats tell microseconds apart; only a column of whole numbers may be of nanoseconds.
        number = (
            text.try_cast("int64") if found.whole else texts.plain_number(text).try_cast("float64")
        )
        return _epochs(number, text.notnull(), written)
    both = [time for time in (found.local, found.zoned) if time is not None]
    spans = {id(time): years_of(time) for time in both}
    known = [time for time in both if spans[id(time)]] or both[:1]
    ends = [span for span in spans.values() if span] or [NO_YEAR]
    years = min(first for first, _ in ends), max(last for _, last in ends)
    values = [t if t is found.zoned else _local(t, timezone, years) for t in known]
    value = ibis.coalesce(*values) if len(values) > 1 else values[0]
    return Moments(value, text.notnull(), never, years)


def _number_or_nothing(column: Any) -> Any:
    """A column of numbers without NaN, which no engine makes a whole number; null for it."""
    if column.type().is_integer():
        return column
    number = column.cast("float64")
    return ibis.ifelse(number.isnan(), None, number)


def _as_digits(number: Any) -> str | None:
    """The format of a column of whole numbers that are all dates in digits, else `None`."""
    table = number.name("number").as_table()
    value = table.number
    ends = table.agg(low=value.min(), high=value.max()).to_pyarrow().to_pylist()[0]
    if ends["low"] is None:
        return None
    for digits, written in _DIGITS.items():
        scale = 10 ** (digits - 8)
        low, high = _LEAST_DIGITS * scale, (_MOST_DIGITS + 1) * scale
        if low <= ends["low"] and ends["high"] < high:
            whole = table.number.cast("int64")
            text = whole.cast("string")
            other = table.number.notnull() & (
                ~text.re_search(texts.DIGITS[digits]) | (whole != table.number)
            )
            if not table.agg(n=other.sum()).to_pyarrow().to_pylist()[0]["n"]:
                return written
    return None


def _dated(text: Any, there: Any, written: str, timezone: str) -> Moments:
    local = texts.by_digits(text, written)
    years = years_of(local) or NO_YEAR
    return Moments(_local(local, timezone, years), there, ibis.literal(False), years)


def _unit(number: Any) -> str:
    """The unit of most of the epochs, by their magnitude; the coarser one of two."""
    table = number.cast("float64").abs().name("size").as_table()
    sizes = {unit: (_ranges(table.size, unit) & (table.size > 0)).sum() for unit in _PER_SECOND}
    found = table.agg(**sizes).to_pyarrow().to_pylist()[0]
    return max(_PER_SECOND, key=lambda unit: found[unit] or 0)


def _ranges(size: Any, unit: str) -> Any:
    place = EPOCHS.index(unit)
    inside: Any = ibis.literal(True)
    if place:
        inside = inside & (size >= _BELOW[place - 1])
    if place < len(_BELOW):
        inside = inside & (size < _BELOW[place])
    return inside & ~size.isnan()


def _in_unit(number: Any, unit: str) -> Any:
    size = number.cast("float64").abs()
    return (_ranges(size, unit) | (size == 0)).fill_null(False)


def _epochs(number: Any, there: Any, written: str | None) -> Moments:
    if written is not None and written not in EPOCHS:
        raise InputError(
            f"columns.time_format: {written!r} is a format of text, and the times are numbers; "
            f"write one of {', '.join(EPOCHS)}"
        )
    unit = written or _unit(number)
    inside: Any = ibis.literal(True) if written else _in_unit(number, unit)
    value = _from_epoch(ibis.ifelse(inside, number, None), unit)
    size = number.cast("float64")
    other: Any = ibis.literal(False)
    if written is None:
        other = size.notnull() & ~size.isnan() & ~_in_unit(size, unit)
    return Moments(value, there, other.fill_null(False), years_of(value) or NO_YEAR)


def _from_epoch(number: Any, unit: str) -> Any:
    factor = 1_000_000 // _PER_SECOND[unit]
    bound = 2**63 - 1 if not factor else _LARGEST * 1_000_000 // factor
    if number.type().is_integer():
        inside = number.cast("int64").clip(-bound, bound)
        # Nanoseconds lose their last digits before the division, which is in floats.
        micros = (
            inside * factor if factor else ((inside - inside % 1_000) / 1_000).round().cast("int64")
        )
    else:
        inside = ibis.ifelse(number.isnan(), None, number).clip(-float(bound), float(bound))
        micros = (inside * factor if factor else inside / 1_000).round().cast("int64")
    return ibis.literal(_EPOCH, type=UTC_TIME) + micros.as_interval("us")
