"""Two records side by side: their questions, conditions, numbers and notebooks; nothing is written.

Records may come from strangers, so nothing in them is trusted to be what a run writes.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Literal

from investigate.errors import InputError
from investigate.paths import RecordPaths
from investigate.records.changed_cells import NotebookChange, notebooks
from investigate.records.run_record import Recorded, recorded
from investigate.records.sources import KIT, OWN

Kind = Literal["equal", "changed", "added", "removed"]
"""Added is what B alone has, removed what A alone has."""


@dataclass(frozen=True)
class ChangedValue:
    """A value by its dotted name, in A and in B; `None` where it is absent."""

    name: str
    a: object
    b: object


@dataclass(frozen=True)
class ComparedNumber:
    """A number of the findings by its path; ``change`` is B less A, where both have it."""

    path: str
    a: float | int | None
    b: float | int | None
    change: float | None
    kind: Kind

    @property
    def equal(self) -> bool:
        """Whether it is the same to the last bit."""
        return self.kind == "equal"


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


def findings(
    a: Mapping[str, Any], b: Mapping[str, Any]
) -> tuple[tuple[ComparedNumber, ...], tuple[ChangedValue, ...]]:
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
            texts.append(ChangedValue(path, one, other))
    return tuple(numbers), tuple(texts)


def _is_number(value: Scalar) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _number(path: str, a: Any, b: Any) -> ComparedNumber:
    if a is None or b is None:
        kind: Kind = "added" if a is None else "removed"
        return ComparedNumber(path, a, b, None, kind)
    change = float(b - a)
    # Two huge numbers of opposite sign lie further apart than a float can say.
    return ComparedNumber(
        path, a, b, change if math.isfinite(change) else None, "equal" if a == b else "changed"
    )


Values = dict[str, object]


def questions(a: Recorded, b: Recorded) -> tuple[ChangedValue, ...]:
    """The parameters that differ, by dotted name; a list is one value."""
    return _different(_dotted(a.document.get("parameters")), _dotted(b.document.get("parameters")))


def conditions(a: Recorded, b: Recorded) -> tuple[ChangedValue, ...]:
    """Where data and notebooks (by hash), code and the versions of all packages differ.

    Files with one hash are the same, wherever they lie; a copy that one record alone read is
    a difference, as its rows count twice. The params file is left out: what it says is the
    question.
    """
    before, after = _inputs(a), _inputs(b)
    files = _different(_unmatched(before, after), _unmatched(after, before))
    return files + _different(_surroundings(a), _surroundings(b))


def _unmatched(files: Values, others: Values) -> Values:
    """The `files` that `others` do not hold, or not so often."""
    left, found = Counter(others.values()), set()
    # A file finds that of its name first, so that what is left is the copy.
    for name in sorted(files, key=lambda name: others.get(name) != files[name]):
        if left[files[name]]:
            left[files[name]] -= 1
            found.add(name)
    return {name: sha256 for name, sha256 in files.items() if name not in found}


def _inputs(record: Recorded) -> Values:
    where = RecordPaths(record.folder).record
    listed = record.document.get("inputs", [])
    if not isinstance(listed, list):
        raise InputError(f"{where}: 'inputs' is no list of files, as a run writes it")
    files: Values = {}
    for entry in listed:
        role, path, sha256 = (
            entry.get(key) if isinstance(entry, dict) else None
            for key in ("role", "path", "sha256")
        )
        if not (isinstance(role, str) and isinstance(path, str) and isinstance(sha256, str)):
            raise InputError(f"{where}: 'inputs' holds what is no file with role, path and hash")
        if role != "params":
            # Notebooks may be another checkout's, and are known by their name.
            files[f"{role} {PurePath(path).name if role in (KIT, OWN) else path}"] = sha256
    return files


def _surroundings(record: Recorded) -> Values:
    document: Mapping[str, Any] = record.document
    return {
        **_dotted(document.get("code"), "code"),
        **_dotted(document.get("environment"), "environment"),
    }


def _dotted(value: Any, name: str = "") -> Values:
    if not isinstance(value, dict):
        return {name or "question": value}
    values: Values = {}
    for key, inner in value.items():
        values |= _dotted(inner, f"{name}.{key}" if name else key)
    return values


def _different(a: Values, b: Values) -> tuple[ChangedValue, ...]:
    return tuple(
        ChangedValue(name, a.get(name), b.get(name))
        for name in dict.fromkeys((*a, *b))
        if a.get(name) != b.get(name)
    )


NO_POINTS = ("p_value", "bin_bound", "coverage", "rows", "weight")
"""Words in the paths of numbers that are no AUC points."""

ANSWERS = ("verdict.kind", "verdict.sentence", "onset.date", "onset.low", "onset.high")


@dataclass(frozen=True)
class Comparison:
    """Two records, A and B, side by side.

    ``question`` and ``conditions`` hold what differs; ``numbers`` every number of the
    findings, ``texts`` what else of them differs; ``notebooks`` those whose bytes differ;
    ``same_notebooks`` names the others. ``answers`` are verdict and onset, also where they
    are the same, and ``notes`` say what could not be compared.
    """

    a: str
    b: str
    question: tuple[ChangedValue, ...]
    numbers: tuple[ComparedNumber, ...]
    notebooks: tuple[NotebookChange, ...]
    conditions: tuple[ChangedValue, ...] = ()
    texts: tuple[ChangedValue, ...] = ()
    same_notebooks: tuple[str, ...] = ()
    answers: tuple[ChangedValue, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unequal(self) -> list[ComparedNumber]:
        """The numbers that are not equal, those that changed most first.

        AUC points come first; a number that one record lacks comes after those of its sort.
        """
        return sorted((number for number in self.numbers if not number.equal), key=_rank)


def ordered(changes: Iterable[ChangedValue]) -> list[ChangedValue]:
    """`changes`, those first that both records say otherwise: what one lacks says less."""
    return sorted(changes, key=lambda change: change.a is None or change.b is None)


def _rank(number: ComparedNumber) -> tuple[bool, float, str]:
    whole = isinstance(number.a, int) or isinstance(number.b, int)
    behind = whole or any(word in number.path for word in NO_POINTS)
    return behind, -abs(number.change or 0.0), number.path


def compare(a: Path, b: Path) -> Comparison:
    """Compare the records in the folders `a` and `b`; writes nothing.

    Raises `InputError` where one is no record, or holds what no run writes.
    """
    one, other = recorded(a), recorded(b)
    numbers, texts = findings(one.findings or {}, other.findings or {})
    changed = notebooks(one, other)
    differing = {change.name for change in changed}
    return Comparison(
        a=str(a),
        b=str(b),
        question=questions(one, other),
        numbers=numbers,
        notebooks=changed,
        conditions=conditions(one, other),
        texts=texts,
        same_notebooks=tuple(name for name in sorted(one.notebooks) if name not in differing),
        answers=_answers(one.findings or {}, other.findings or {}),
        notes=(*_notes("A", one), *_notes("B", other)),
    )


def _answers(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[ChangedValue, ...]:
    parts = [flat({key: found.get(key) for key in ("verdict", "onset")}) for found in (a, b)]
    return tuple(ChangedValue(name, parts[0].get(name), parts[1].get(name)) for name in ANSWERS)


def _notes(which: str, record: Recorded) -> Iterator[str]:
    if record.status != "succeeded":
        yield f"the run of {which} is not one that succeeded, it says {record.status!r}"
    if record.findings is None:
        yield f"{which} has no findings.json, so there are no numbers of it to compare"
