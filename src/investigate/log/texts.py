"""How a column of text is written: one way for the whole column, or a refusal that says why.

Each function looks at the column once, in the engine, and answers with expressions.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from investigate.errors import InputError
from investigate.log.local import UTC_TIME
from investigate.log.temporary import keep
from investigate.question.fields import EPOCHS

MISSING = ("", "null", "(null)", "na", "n/a", "#n/a", "<na>", "nan", "nat", "none", "nil", "\\n")
"""What means nothing where a time, a number or an outcome is expected, in small letters."""

LONGEST = 60
"""Letters of a text that a message shows."""
WHOLE = r"^[-+]?[0-9]{1,19}$"
DIGITS = {
    8: r"^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$",
    12: r"^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9]$",
    14: r"^[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])([0-5][0-9]){2}$",
}

_NUMBER = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
_INFINITE = r"^[-+]?(inf|infinity|Inf|Infinity|INF)$"
_COMMA = r"^[-+]?[0-9]*,[0-9]+([eE][-+]?[0-9]+)?$"
_WHOLE_POWER = r"^[-+]?[0-9]+[eE][-+]?[0-9]+$"
"""A number without either mark, such as 1e-05."""
_THREE = r"^[-+]?[1-9][0-9]{0,2},[0-9]{3}$"
"""A comma that may be either mark."""
_BY_COMMAS = r"^[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?$"
_BY_POINTS = r"^[-+]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?$"
_SPACES = "[ '\u00a0\u202f\u2019]"
"""Marks between thousands, as they are: engines do not escape them alike."""
_BY_SPACES = rf"^[-+]?[1-9][0-9]{{0,2}}({_SPACES}[0-9]{{3}})+([.,][0-9]*)?$"

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
_ZONE = r" ?(Z|z|UTC|GMT|[-+][0-9]{2}(:?[0-9]{2})?)"
_DAY = r"[0-9]{4}([-/.])[0-9]{1,2}[-/.][0-9]{1,2}"
_PLAIN_LOCAL = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?$"
"""The most frequent way, which an engine casts as it is."""
_LOCAL = rf"^{_DAY}([ T_]{_CLOCK})?$"
_ZONED = rf"^{_DAY}([ T_]{_CLOCK}{_ZONE}| ?(Z|UTC|GMT))$"
_BASIC = r"^[0-9]{8}T[0-9]{4}([0-9]{2})?Z?$"
_MAYBE = re.compile(
    r"^(\d{1,2})(?:([/.-])(\d{1,2})[/.-](\d{4})|([/.])(\d{1,2})[/.](\d{2}))(?!\d)(.*)$"
)
_YEAR = r"([/.-][0-9]{4}|[/.][0-9]{2}([^0-9]|$))"
_DAY_FIRST = rf"^(1[3-9]|2[0-9]|3[01])[/.-][0-9]{{1,2}}{_YEAR}"
_MONTH_FIRST = rf"^[0-9]{{1,2}}[/.-](1[3-9]|2[0-9]|3[01]){_YEAR}"

_VOCABULARIES = (
    (("1", "1.0", "1.00", "true"), ("0", "0.0", "0.00", "false")),
    (("yes",), ("no",)),
    (("y",), ("n",)),
    (("t",), ("f",)),
    (("ja",), ("nein",)),
    (("oui",), ("non",)),
)


@ibis.udf.scalar.builtin(
    name="try_strptime", signature=((dt.string, dt.string), dt.Timestamp())
)  # fmt: skip
def _local_by(text, written):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """The engine's own: a timestamp, null where `text` is none in this format."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), UTC_TIME))
def _zoned_by(text, written):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """The same for a format with a zone."""


@dataclass(frozen=True)
class TimeTexts:
    """``kind`` is ``text`` or ``epoch``; of text, timestamps without and with a zone."""

    kind: str
    local: Any = None
    zoned: Any = None
    whole: bool = False
    """Whether all are epochs without a fraction."""


@dataclass(frozen=True)
class Stripped:
    """A column of text for which `present` is computed: ``text``; ``name`` is the file's."""

    text: Any
    name: str

    def type(self) -> dt.DataType:
        """As a column has it."""
        return dt.string

    def get_name(self) -> str:
        """As a column has it."""
        return self.name


def present(column: Any) -> Any:
    """The text of `column` without spaces around it, null where it means nothing."""
    if isinstance(column, Stripped):
        return column.text
    text = column.cast("string").strip()
    return ibis.ifelse(text.lower().isin(MISSING), None, text)


def stripped(table: ibis.Table, names: Collection[str]) -> tuple[ibis.Table, dict[str, Any]]:
    """`table`, computed once, and its columns `names`: those of text as `Stripped`.

    What text means takes many looks at it, and an engine would strip it anew for each.
    """
    kinds = {name: table[name].type() for name in names}
    text_columns = [n for n, k in kinds.items() if k.is_string() or k.is_null() or k.is_unknown()]
    if not text_columns:
        return table, {name: table[name] for name in names}
    places = {name: f"stripped text {i}" for i, name in enumerate(text_columns)}
    table = keep(table.mutate(**{place: present(table[name]) for name, place in places.items()}))
    found = {n: Stripped(table[place], n) for n, place in places.items()}
    return table, {name: found.get(name, table[name]) for name in names}


def plain_number(text: Any) -> Any:
    """`text` where it is a number with a decimal point or none, else null."""
    return ibis.ifelse(text.re_search(_NUMBER), text, None)


def times(text: Any, where: str, written: str | None, name: str) -> TimeTexts:
    """How a column of times is written. Raises `InputError` where that is not certain."""
    if written is not None and written not in EPOCHS:
        if text.get_backend().name != "duckdb":
            raise InputError(
                f"columns.time_format: {name!r} lies on a server, which reads no such format; cast "
                "it to a timestamp in a view, or write it as ISO 8601"
            )
        found = _by_format(text, written)
        _require(found.local if found.zoned is None else found.zoned, text, where, name, written)
        return found
    if _all(text, _PLAIN_LOCAL):
        return TimeTexts("text", text.try_cast("timestamp"))
    digits = {f"digits{n}": text.re_search(pattern) for n, pattern in DIGITS.items()}
    counts = _counted(
        text,
        local=text.re_search(_LOCAL),
        zoned=text.re_search(_ZONED),
        basic=text.re_search(_BASIC),
        number=text.re_search(_NUMBER),
        whole=text.re_search(WHOLE),
        day_first=text.re_search(_DAY_FIRST),
        month_first=text.re_search(_MONTH_FIRST),
        **digits,
    )
    iso = counts["local"] + counts["zoned"]
    most = max(iso, counts["basic"], counts["number"])
    if not counts["rows"]:
        return TimeTexts("text", text.try_cast("timestamp"))
    if not most:
        raise InputError(f"{where}: {_no_time(text, name, counts)}")
    if most == iso:
        return _iso(text)
    if most == counts["basic"]:
        plain = text.re_replace("Z$", "")
        return _basic(text, plain)
    if written is None:
        for n in DIGITS:
            if counts[f"digits{n}"] == counts["number"]:
                return TimeTexts("text", by_digits(text, _DIGITS_OF[n]))
    return TimeTexts("epoch", whole=counts["whole"] == counts["rows"])


_DIGITS_OF = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


def by_digits(text: Any, written: str) -> Any:
    """Dates in digits as timestamps without a zone."""
    parts = ["-", "-", " ", ":", ":"]
    places = [(0, 4), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2)]
    found = text.substr(0, 4)
    for part, (place, size) in zip(parts, places[1 : written.count("%")], strict=False):
        found = found + part + text.substr(place, size)
    # An engine casts minutes, but no hours alone.
    right = text.re_search(DIGITS[{3: 8, 5: 12, 6: 14}[written.count("%")]])
    return ibis.ifelse(right, found, None).try_cast("timestamp")


def numbers(text: Any, where: str, decimal: str | None, name: str) -> Any:
    """A column of numbers as floats, null where one cannot be read, infinite where it is.

    Raises `InputError` where the decimal mark is not certain.
    """
    if decimal != "," and _all(text, _NUMBER):
        return text.try_cast("float64")
    body = text.re_replace(r" ?%$", "")
    counts = _counted(
        text,
        percent=text.re_search("%$"),
        plain=body.re_search(_NUMBER),
        point=body.re_search(r"^[-+]?[0-9]*\.[0-9]*([eE][-+]?[0-9]+)?$"),
        infinite=body.re_search(_INFINITE),
        comma=body.re_search(_COMMA) & ~body.re_search(_THREE),
        three=body.re_search(_THREE),
        by_commas=body.re_search(_BY_COMMAS) & ~body.re_search(_THREE),
        by_points=body.re_search(_BY_POINTS) & ~body.re_search(_NUMBER),
        by_spaces=body.re_search(_BY_SPACES),
    )
    percent = 2 * counts["percent"] > counts["rows"]
    plain = ibis.ifelse(text.re_search("%$"), body, None) if percent else text
    mark = decimal or _mark(counts, text, where, name)
    grouped = _BY_COMMAS if mark == "." else _BY_POINTS
    split = plain.re_search(_BY_SPACES)
    joined = ibis.ifelse(split, plain.re_replace(_SPACES, ""), plain)
    if mark == ".":
        joined = ibis.ifelse(joined.re_search(grouped), joined.replace(",", ""), joined)
    else:
        fine = joined.re_search(grouped) | joined.re_search(_COMMA)
        fine |= joined.re_search(WHOLE) | joined.re_search(_WHOLE_POWER)
        whole = ibis.ifelse(joined.re_search(grouped), joined.replace(".", ""), joined)
        joined = ibis.ifelse(fine, whole.replace(",", "."), None)
    value = plain_number(joined).try_cast("float64")
    if percent:
        value = value / 100
    infinite = ibis.ifelse(plain.re_search(_INFINITE), plain, None).try_cast("float64")
    value = ibis.coalesce(value, infinite)
    _require(value, text, where, name, None)
    return value


def outcomes(
    text: Any,
    where: str,
    positive: tuple[str, ...],
    negative: tuple[str, ...],
    name: str,
    whole: bool = True,
    most: float = 1.0,
) -> tuple[list[str], list[str]]:
    """The texts that mean 1 and those that mean 0; small letters unless `positive` is given.

    Of the `whole` log some must be positive, and at most the share ``most`` spelled otherwise.
    """
    if positive:
        alike = frequent(text, positive)
        # The positive one may be rare, of many texts.
        if whole and alike and not _counted(text, positive=text.isin(positive))["positive"]:
            listed = ", ".join(repr(one[:LONGEST]) for one in alike[:3])
            raise InputError(
                f"columns.positive: {name!r} holds {listed} and no {positive[0][:LONGEST]!r}; "
                f"write one that it holds, such as positive: {alike[0][:LONGEST]}"
            )
        return list(positive), list(negative) or alike[:1]
    low = text.lower()
    ways = {f"way{i}": low.isin([*v[0], *v[1]]) for i, v in enumerate(_VOCABULARIES)}
    counts = _counted(text, nothing=text.isnull(), **ways)
    best = max(range(len(_VOCABULARIES)), key=lambda i: counts[f"way{i}"])
    if counts["rows"] and not counts[f"way{best}"]:
        seen = frequent(text, ())
        listed = " and ".join(repr(one[:LONGEST]) for one in seen[:2])
        raise InputError(
            f"{where}: {name!r} holds {listed}; write 0/1 or true/false, or say which is 1, "
            f"such as positive: {seen[0][:LONGEST]}"
        )
    others = sum(counts[way] for way in ways) - counts[f"way{best}"]
    if whole and others > most * (counts["rows"] + counts["nothing"]):
        seen = sorted(frequent(text, ()))
        sides = [[s for s in seen if any(s.lower() in v[i] for v in _VOCABULARIES)] for i in (0, 1)]
        raise InputError(
            f"{where}: {name!r} spells outcomes in several ways; say which texts mean 1 and 0: "
            f"add positive: {sides[0]} and negative: {sides[1]}"
        )
    ones, zeros = _VOCABULARIES[best]
    return list(ones), list(zeros)


def example(text: Any, unread: Any) -> str | None:
    """The first text, in order, of those that are `unread`."""
    table = ibis.ifelse(unread & text.notnull(), text, None).name("text").as_table()
    found = table.agg(first=table.text.min()).to_pyarrow().to_pylist()[0]["first"]
    return None if found is None else str(found)[:LONGEST]


def _iso(text: Any) -> TimeTexts:
    plain = text.re_replace(r"^([0-9]{4})[/.]([0-9]{1,2})[/.]", r"\1-\2-")
    plain = plain.replace(",", ".").replace("_", " ").replace("GMT", "UTC").replace("z", "Z")
    local = ibis.ifelse(text.re_search(_LOCAL), plain, None).try_cast("timestamp")
    zoned = ibis.ifelse(text.re_search(_ZONED), plain, None).try_cast(UTC_TIME)
    return TimeTexts("text", local, zoned)


def _basic(text: Any, plain: Any) -> TimeTexts:
    digits = plain.replace("T", "")
    digits = ibis.ifelse(digits.length() == 12, digits + "00", digits)
    time = by_digits(ibis.ifelse(text.re_search(_BASIC), digits, None), _DIGITS_OF[14])
    zulu = text.re_search("Z$")
    local = ibis.ifelse(zulu, None, time)
    return TimeTexts("text", local, ibis.ifelse(zulu, time, None).cast(UTC_TIME))


def _by_format(text: Any, written: str) -> TimeTexts:
    if "%z" in written or "%Z" in written:
        return TimeTexts("text", None, _zoned_by(text, written))
    return TimeTexts("text", _local_by(text, written))


def _require(value: Any, text: Any, where: str, name: str, written: str | None) -> None:
    table = together(read=value.notnull(), there=text.notnull())
    found = table.agg(read=table["read"].sum(), there=table["there"].sum())
    sizes = found.to_pyarrow().to_pylist()[0]
    if not sizes["there"] or sizes["read"]:
        return
    sample = repr(example(text, ibis.literal(True)))
    if written is None:
        raise InputError(
            f"{where}: {sample} is no number; {name!r} holds none; write numbers such as 0.5, or "
            "name another column"
        )
    raise InputError(f"columns.time_format: {sample} in {name!r} is not written as {written!r}")


def _mark(counts: Mapping[str, int], text: Any, where: str, name: str) -> str:
    """The decimal mark of a column, which its own numbers must tell."""
    comma = counts["comma"] + counts["by_points"]
    point = counts["by_commas"] + counts["point"]
    if comma > point:
        return ","
    if counts["three"] and not point:
        sample = example(text, text.re_search(_THREE))
        assert sample is not None
        one, other = sample.replace(",", "."), sample.replace(",", "")
        raise InputError(
            f"{where}: {sample!r} in {name!r} may be {one} or {other}; add decimal: ',' or "
            "decimal: '.'"
        )
    return "."


def together(**values: Any) -> ibis.Table:
    """Columns of one table, or expressions of them, as a table of their own."""
    (table,) = {relation for value in values.values() for relation in value.op().relations}
    return table.to_expr().select(**values)


def _all(text: Any, pattern: str) -> bool:
    """Whether every text is of `pattern`, and there is one."""
    fits = text.re_search(pattern)
    table = fits.name("fits").as_table()
    found = table.agg(least=table["fits"].cast("int8").min()).to_pyarrow().to_pylist()[0]
    return bool(found["least"])


def _counted(text: Any, **tests: Any) -> dict[str, int]:
    parts = {name: test.fill_null(False) for name, test in tests.items()}
    table = together(text=text, **parts)
    sums = {name: table[name].sum() for name in parts}
    sizes = table.agg(rows=table["text"].notnull().sum(), **sums).to_pyarrow().to_pylist()[0]
    return {name: int(size or 0) for name, size in sizes.items()}


def frequent(text: Any, without: tuple[str, ...]) -> list[str]:
    """The most frequent texts, at most ten."""
    table = text.name("text").as_table().filter(lambda t: t.text.notnull())
    if without:
        table = table.filter(~table.text.isin(without))
    sizes = table.group_by("text").agg(rows=table.count())
    found = sizes.order_by(ibis.desc("rows"), "text").limit(10).to_pyarrow().to_pylist()
    return [str(one["text"]) for one in found]


def _no_time(text: Any, name: str, counts: Mapping[str, int]) -> str:
    sample = example(text, ibis.literal(True)) or ""
    lead = f"{sample!r} in {name!r} is no time that is certain"
    iso = "write 2024-03-01 00:05 (ISO 8601) or an epoch"
    parts = _MAYBE.match(sample)
    if not parts:
        return f"{lead}; {iso}, or add time_format: '%d %b %Y %H:%M' as it fits"
    mark, rest = parts[2] or parts[5], parts[8]
    year = "%Y" if parts[2] else "%y"
    clock = ""
    if ":" in rest:
        lone = rest.strip(" ,T")
        hours = "%I" if lone.lower().endswith("m") else "%H"
        clock = rest[: len(rest) - len(rest.lstrip(" ,T"))] + f"{hours}:%M"
        clock += ":%S" if lone.count(":") > 1 else ""
        clock += ".%f" if "." in lone else ""
        clock += " %p" if hours == "%I" else ""
    day, month = (f"{p}{mark}{q}{mark}{year}{clock}" for p, q in (("%d", "%m"), ("%m", "%d")))
    if counts["day_first"] and not counts["month_first"]:
        lines = f"time_format: '{day}'"
    elif counts["month_first"] and not counts["day_first"]:
        lines = f"time_format: '{month}'"
    else:
        lines = f"time_format: '{day}' or time_format: '{month}'"
    return f"{lead}; {iso}, or add {lines}"
