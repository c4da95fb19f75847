"""The findings of two records: each number with its change, and each text that differs."""

import math
from collections.abc import Mapping
from typing import Any

from investigate.records.compare.changed import Changed, Kind, Number
from investigate.records.compare.flat import Scalar, flat


def findings(
    a: Mapping[str, Any], b: Mapping[str, Any]
) -> tuple[tuple[Number, ...], tuple[Changed, ...]]:
    """Every number of both documents, equal ones too, and every other value that differs.

    Truth values, dates and kinds of verdict are such values; null is as good as absent.
    """
    before, after = flat(a), flat(b)
    numbers, texts = [], []
    for path in dict.fromkeys((*before, *after)):
        one, other = before.get(path), after.get(path)
        if one is None and other is None:
            continue
        if _is_number(one) and _is_number(other):
            numbers.append(_number(path, one, other))
        elif one != other or isinstance(one, bool) is not isinstance(other, bool):
            texts.append(Changed(path, one, other))
    return tuple(numbers), tuple(texts)


def _is_number(value: Scalar) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _number(path: str, a: Any, b: Any) -> Number:
    if a is None or b is None:
        kind: Kind = "added" if a is None else "removed"
        return Number(path, a, b, None, kind)
    change = float(b - a)
    # Two huge numbers of opposite sign lie further apart than a float can say.
    return Number(
        path, a, b, change if math.isfinite(change) else None, "equal" if a == b else "changed"
    )
