"""Every value of a JSON document by a path that says what it is, not where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

Scalar = str | float | int | bool | None

NAMED = (
    ("group",),
    ("frozen",),
    ("positives_of", "negatives_of"),
    ("kind", "system", "cohort"),
    ("name",),
)
"""By which keys the mappings of a list are told apart, in ``findings.json``."""


def flat(document: Mapping[str, Any]) -> dict[str, Scalar]:
    """Each value that holds no others, by a path such as ``by.system[rules].contribution``.

    Mappings in a list are named by their group or name, so a list in another order is the
    same. Of those with one name the later ones are numbered.
    """
    values: dict[str, Scalar] = {}
    for path, value in _values(document, ""):
        # Odd keys may spell the same path; none of the values is lost.
        free, n = path, 1
        while free in values:
            n += 1
            free = f"{path}#{n}"
        values[free] = value
    return values


def _values(value: Any, path: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _values(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        seen: dict[str, int] = {}
        for position, inner in enumerate(value):
            label = _label(inner) or str(position)
            seen[label] = seen.get(label, 0) + 1
            again = f" #{seen[label]}" if seen[label] > 1 else ""
            yield from _values(inner, f"{path}[{label}{again}]")
    else:
        yield path, value


def _label(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    for keys in NAMED:
        if isinstance(value.get(keys[0]), str):
            words = (_word(value.get(key)) for key in keys)
            return " ".join(word for word in words if word)
    return ""


def _word(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={inner}" for key, inner in value.items())
    return "" if value is None else str(value)
