"""All that differs between two records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investigate.records.compare.changed import (
    Cell,
    CellChange,
    Changed,
    NotebookChange,
    Number,
)
from investigate.records.compare.conditions import conditions, questions
from investigate.records.compare.flat import flat
from investigate.records.compare.notebooks import notebooks
from investigate.records.compare.numbers import findings
from investigate.records.compare.recorded import Recorded, recorded

__all__ = ["Cell", "CellChange", "Changed", "Comparison", "NotebookChange", "Number", "compare"]

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
    question: tuple[Changed, ...]
    numbers: tuple[Number, ...]
    notebooks: tuple[NotebookChange, ...]
    conditions: tuple[Changed, ...] = ()
    texts: tuple[Changed, ...] = ()
    same_notebooks: tuple[str, ...] = ()
    answers: tuple[Changed, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unequal(self) -> list[Number]:
        """The numbers that are not equal, those that changed most first.

        AUC points come first; a number that one record lacks stands behind those of its sort.
        """
        return sorted((number for number in self.numbers if not number.equal), key=_rank)


def ordered(changes: Iterable[Changed]) -> list[Changed]:
    """`changes`, those first that both records say otherwise: what one lacks says less."""
    return sorted(changes, key=lambda change: change.a is None or change.b is None)


def _rank(number: Number) -> tuple[bool, float, str]:
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


def _answers(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Changed, ...]:
    parts = [flat({key: found.get(key) for key in ("verdict", "onset")}) for found in (a, b)]
    return tuple(Changed(name, parts[0].get(name), parts[1].get(name)) for name in ANSWERS)


def _notes(which: str, record: Recorded) -> Iterator[str]:
    if record.status != "succeeded":
        yield f"the run of {which} is not one that succeeded, it says {record.status!r}"
    if record.findings is None:
        yield f"{which} has no findings.json, so there are no numbers of it to compare"
