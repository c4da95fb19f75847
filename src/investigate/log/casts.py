"""Columns of any type as moments, truths, numbers and text, in expressions of any engine.

A cast that could fail stands behind a pattern, because not every engine can try one.
"""

from datetime import UTC, datetime
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from investigate.errors import InputError

UTC_TIME = dt.Timestamp(timezone="UTC")

_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_WHOLE = r"^[-+]?[0-9]{1,19}$"
_ISO = (
    r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?"
    r" ?(Z|UTC|[-+][0-9]{2}(:?[0-9]{2})?)?$"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 10**10
"""Seconds from 1970 beyond which an epoch is out of range whatever it means."""

_UNITS = ((1e11, 1_000_000), (1e14, 1_000), (1e17, 1))
"""Median magnitude below which an epoch counts seconds, milliseconds, microseconds."""


def moment(column: Any, where: str) -> Any:
    """`column` as a moment: null where it cannot be read.

    Takes timestamps, dates, ISO 8601 text and epochs. Epochs count seconds while the
    column's median magnitude is below 1e11, milliseconds below 1e14, microseconds below
    1e17, else nanoseconds: each reads 1973 to 5138 right. What has no zone is read in
    the engine's time zone.
    """
    kind = column.type()
    if kind.is_timestamp():
        return column.cast(UTC_TIME)
    if kind.is_date():
        return column.cast("timestamp").cast(UTC_TIME)
    if kind.is_integer() or kind.is_floating() or kind.is_decimal():
        number = column if kind.is_integer() else column.cast("float64")
        return _from_epoch(number, _median(number))
    if _is_text(kind):
        text = column.cast("string").strip()
        iso = ibis.ifelse(text.re_search(_ISO), text, None).try_cast(UTC_TIME)
        whole = _matching(text, _WHOLE).try_cast("int64")
        other = ibis.ifelse(text.re_search(_WHOLE), None, _matching(text, _NUMBER))
        median = _median(_matching(text, _NUMBER).try_cast("float64"))
        if median is None:
            return iso
        return ibis.coalesce(
            iso, _from_epoch(whole, median), _from_epoch(other.try_cast("float64"), median)
        )
    raise InputError(f"{where}: {column.get_name()!r} holds {kind}, which is no time")


def per_second(column: Any) -> int:
    """How many units of a column of epochs, as `moment` reads it, make a second."""
    factor = _factor(_median(column))
    return 1_000_000_000 if factor is None else 1_000_000 // factor


def truth(column: Any, where: str) -> tuple[Any, Any]:
    """`column` as 0 or 1 (null for anything else), and whether anything stands there."""
    kind = column.type()
    if kind.is_boolean():
        return column.cast("int8"), column.notnull()
    if kind.is_numeric():
        number = column.cast("float64")
        value = ibis.cases((number == 1, 1), (number == 0, 0), else_=None)
        return value.cast("int8"), column.notnull()
    if _is_text(kind):
        text = column.cast("string").strip().lower()
        value = ibis.cases(
            (text.isin(["1", "1.0", "true"]), 1), (text.isin(["0", "0.0", "false"]), 0), else_=None
        )
        return value.cast("int8"), text.notnull() & (text != "")
    raise InputError(f"{where}: {column.get_name()!r} holds {kind}, which is no 0 or 1")


def number(column: Any, where: str) -> tuple[Any, Any]:
    """`column` as a finite number (else null), and whether anything stands there."""
    kind = column.type()
    if kind.is_boolean():
        return column.cast("int8").cast("float64"), column.notnull()
    if kind.is_numeric():
        value = column.cast("float64")
        present = column.notnull()
    elif _is_text(kind):
        text = column.cast("string").strip()
        value = _matching(text, _NUMBER).try_cast("float64")
        present = text.notnull() & (text != "")
    else:
        raise InputError(f"{where}: {column.get_name()!r} holds {kind}, which is no number")
    # Adding zero makes -0.0 the 0.0 that it equals.
    return ibis.ifelse(value.isnan() | value.isinf(), None, value + 0.0), present


def label(column: Any, untyped: bool) -> Any:
    """`column` as text that is the same whatever file type it came from; empty is null.

    Whole floats are written as integers, truths as ``true`` and ``false``. `untyped`
    says that the source is text that may have been anything, and is written alike.
    """
    kind = column.type()
    if kind.is_floating() or kind.is_decimal():
        value = column.cast("float64")
        # Nested, because only the branch of a condition is sure not to be evaluated.
        whole = ibis.ifelse(
            value.round().cast("float64") == value,
            value.round().cast("int64").cast("string"),
            value.cast("string"),
        )
        text = ibis.ifelse(value.abs() < 1e15, whole, value.cast("string"))
        return ibis.ifelse(value.isnan(), None, text)
    if kind.is_boolean():
        return ibis.cases((column, "true"), (~column, "false"), else_=None)
    text = column.cast("string")
    if untyped:
        text = text.re_replace(r"^(-?[0-9]+)\.0+$", r"\1")
        text = ibis.cases((text == "True", "true"), (text == "False", "false"), else_=text)
    return text.nullif("")


def _is_text(kind: dt.DataType) -> bool:
    # A column of nulls alone has a type of its own, which not every engine tells.
    return kind.is_string() or kind.is_null() or kind.is_unknown()


def _matching(text: Any, pattern: str) -> Any:
    return ibis.ifelse(text.re_search(pattern), text, None)


def _median(number: Any) -> float | None:
    value = number.cast("float64")
    median = ibis.ifelse(value.isnan(), None, value.abs()).median().to_pyarrow().as_py()
    return None if median is None else float(median)


def _factor(median: float | None) -> int | None:
    """Microseconds of a unit; `None` for nanoseconds."""
    return next((factor for limit, factor in _UNITS if (median or 0) < limit), None)


def _from_epoch(number: Any, median: float | None) -> Any:
    factor = _factor(median)
    bound = 2**63 - 1 if factor is None else _LARGEST * 1_000_000 // factor
    if number.type().is_integer():
        inside = number.cast("int64").clip(-bound, bound)
        # Nanoseconds lose their last digits before the division, which is in floats.
        micros = (
            ((inside - inside % 1_000) / 1_000).round().cast("int64")
            if factor is None
            else inside * factor
        )
    else:
        inside = ibis.ifelse(number.isnan(), None, number).clip(-float(bound), float(bound))
        micros = (inside / 1_000 if factor is None else inside * factor).round().cast("int64")
    return ibis.literal(_EPOCH, type=UTC_TIME) + micros.as_interval("us")
