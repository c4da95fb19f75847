"""Cohort columns of measured numbers, cut into named bands: few groups instead of thousands.

Edges are those that the question names, or the fifths of the column, rounded so that a label can
be read; the same log gives the same. A column of so few distinct numbers that each can be a group
of its own stays as it is. Text with zeros in front (0042) is no number but a code, such as a
postcode: it keeps its labels.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from math import floor, log10
from typing import Any

import ibis

from investigate.log import casts, texts
from investigate.log.source import column
from investigate.question.question import Question

FIFTHS = (0.2, 0.4, 0.6, 0.8)
DIGITS = 2
"""Digits of an edge that is found; more where two edges would be one."""
ZEROS = r"^[+-]?0[0-9]"
"""How a code begins that only looks like a number."""
_N = r"-?[0-9][0-9.e+-]*"
LABEL = re.compile(f"below {_N}|{_N} to below {_N}|{_N} or more")
LOOKED_AT = 1_000
"""Texts of which all must be numbers before a whole column of text is tried."""


def is_label(text: str) -> bool:
    """Whether `text` reads as the label of a band."""
    return LABEL.fullmatch(text) is not None


def label(
    log: ibis.Table,
    name: str,
    question: Question,
    learn: bool,
    learnt_from: ibis.Table | None = None,
) -> tuple[Any, dict[str, Any] | None]:
    """The column's labels, and what is noted of them, if anything.

    Edges are looked for in the column only where `learn` says so: a monitor reads its log in
    parts, of which each would give others. They are those of the rows ``learnt_from``, which are
    others than `log` where a band is asked for that was found in more rows.
    """
    values = column(log, name, "cohorts")
    source = values if learnt_from is None else column(learnt_from, name, "cohorts")
    given = dict(question.bands).get(name)
    names = question.columns
    most = question.thresholds.max_groups
    if given is None and not (learn and _many_numbers(source, most, names.decimal)):
        return casts.label(values), None
    where, formats = f"bands.{name}", names if given is not None else None
    number, _ = casts.number(values, where, formats)
    edges = list(given) if given is not None else found(casts.number(source, where, formats)[0])
    if not edges:
        return casts.label(values), None
    if given is not None:
        return banded(number, edges), None
    cut = ", ".join(written(edges))
    reason = f"cohort {name!r} holds numbers: cut into bands at {cut}"
    return banded(number, edges), {"reason": reason, "rows": 0, "excluded": False, "examples": []}


def banded(number: Any, edges: list[float]) -> Any:
    """The label of each number's band; null where there is none."""
    names = written(edges)
    labels = [f"below {names[0]}"]
    labels += [f"{low} to below {high}" for low, high in pairwise(names)]
    inside = [(number < edge, text) for edge, text in zip(edges, labels, strict=True)]
    return ibis.cases(*inside, (number >= edges[-1], f"{names[-1]} or more"), else_=None)


def written(edges: list[float]) -> list[str]:
    """Edges as text, without zeros at the end."""
    return [f"{edge:,.10g}".replace(",", "") for edge in edges]


def found(number: Any) -> list[float]:
    """The fifths of a column of numbers, rounded; fewer where they are equal."""
    table = number.name("number").as_table()
    cuts = {f"cut{i}": table.number.quantile(share) for i, share in enumerate(FIFTHS)}
    row = table.agg(low=table.number.min(), **cuts).to_pyarrow().to_pylist()[0]
    if row["low"] is None:
        return []
    return rounded(float(row.pop("low")), [float(cut) for cut in row.values()])


def rounded(low: float, cuts: Iterable[float]) -> list[float]:
    """The `cuts` above `low`, the least number, with as few digits as keep them apart."""
    raw = sorted(set(cuts))
    for digits in range(DIGITS, 16):
        edges = [_rounded(cut, digits) for cut in raw]
        if len(set(edges)) == len(raw):
            break
    # Nothing lies below the least.
    return [edge for edge in sorted(set(edges)) if edge > low]


def _rounded(value: float, digits: int) -> float:
    if not value:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))


def _many_numbers(values: Any, most: int, decimal: str | None = None) -> bool:
    """Whether a column holds numbers alone, and more distinct ones than `most`.

    Where a comma is the ``decimal`` mark, 1.000 in a text may be a thousand: no number then.
    """
    kind = values.type()
    if casts.is_text(kind):
        raw = values.cast("string").name("raw").as_table()
        # Labels repeat, so that those that differ are far fewer than rows.
        for subset in (raw.limit(LOOKED_AT), raw.distinct()):
            if not _all_numbers(subset.select(text=texts.present(subset.raw)), decimal):
                return False
    elif not kind.is_numeric():
        return False
    distinct = values.name("value").as_table()
    return int(distinct.agg(n=distinct.value.nunique()).to_pyarrow()["n"][0].as_py()) > most


def _all_numbers(table: ibis.Table, decimal: str | None) -> bool:
    code = table.text.re_search(ZEROS)
    if decimal == ",":
        code = code | table.text.contains(".")
    fits = ibis.ifelse(code, None, texts.plain_number(table.text))
    sizes = table.agg(there=table.text.count(), read=fits.count()).to_pyarrow().to_pylist()[0]
    return bool(sizes["there"]) and sizes["there"] == sizes["read"]
