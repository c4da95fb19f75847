"""Scores that are whole numbers beyond what floats tell apart: exact where that can be."""

from typing import Any

import ibis

from investigate.errors import InputError
from investigate.log import texts
from investigate.log.casts import is_text

EXACT = 2**53
"""Whole numbers up to which floats tell all apart."""

Breach = dict[str, Any]


def exact(column: Any, where: str, most: float) -> tuple[Any, Breach | None]:
    """`column` for `casts.number`, and what was done to it, if anything.

    Whole numbers beyond `EXACT` are counted from their least, where their span allows, and then
    none is rounded. Else the rows are counted whose scores rounding makes equal; more than the
    share `most` of them raise `InputError`.
    """
    whole, alone = _whole(column)
    if whole is None:
        return column, None
    table = whole.name("number").as_table()
    value = table.number
    found = table.agg(low=value.min(), high=value.max(), rows=value.count())
    low, high, rows = found.to_pyarrow().to_pylist()[0].values()
    if not rows or max(abs(int(low)), abs(int(high))) <= EXACT:
        return column, None
    if alone and int(high) - int(low) <= EXACT:
        reason = f"score is large: counted from {int(low):,}, so that none is rounded"
        return whole - ibis.literal(int(low), type=whole.type()), _breach(reason, int(rows))
    sizes = table.group_by(rounded=value.cast("float64")).agg(
        n=value.count(), kinds=value.nunique()
    )
    merged = sizes.filter(sizes.kinds > 1).agg(n=sizes.n.sum()).to_pyarrow().to_pylist()[0]["n"]
    if not merged:
        return column, None
    if int(merged) > most * int(rows):
        raise InputError(
            f"{where}: {int(merged):,} of {int(rows):,} scores are whole numbers so large that "
            "rounding makes them equal to others; divide them, or subtract the least"
        )
    return column, _breach("score rounded: equal to another only as a float", int(merged))


def _breach(reason: str, rows: int) -> Breach:
    return {"reason": reason, "rows": rows, "excluded": False, "examples": []}


def _whole(column: Any) -> tuple[Any | None, bool]:
    """The column's whole numbers, and whether it holds no others; `None` where floats do."""
    kind = column.type()
    if kind.is_unsigned_integer():
        return column.cast("decimal(38, 0)"), True
    if kind.is_integer() or (kind.is_decimal() and not kind.scale):
        return column, True
    if not is_text(kind):
        return None, True
    text = texts.present(column)
    if not _longest(text) > 15:
        return None, True
    long = text.re_search(r"^[-+]?[0-9]{16,37}$")
    short = text.re_search(r"^[-+]?[0-9]{1,15}$")
    # Text without a digit is no score, whatever else the column holds.
    other = text.re_search("[0-9]") & ~long & ~short
    table = texts.together(long=long, other=other)
    sums = table.agg(
        long=table["long"].fill_null(False).sum(), other=table["other"].fill_null(False).sum()
    )
    longer, others = (int(v or 0) for v in sums.to_pyarrow().to_pylist()[0].values())
    if not longer:
        return None, True
    wholes = ibis.ifelse(long | short, text, None).try_cast("decimal(38, 0)")
    return wholes, not others


def _longest(text: Any) -> int:
    table = text.length().name("size").as_table()
    return int(table.agg(most=table.size.max()).to_pyarrow().to_pylist()[0]["most"] or 0)
