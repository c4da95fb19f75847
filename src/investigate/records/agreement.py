"""Whether a rerun found what was found before, number by number."""

from dataclasses import dataclass
from typing import Any

from investigate.records.compare import ChangedValue, ComparedNumber, Comparison

ABSOLUTE, RELATIVE = 1e-9, 1e-6
TOLERANCE = (
    f"a difference of {ABSOLUTE:g}, or of {RELATIVE:g} of the number; counts must be equal. "
    "Counts are whole numbers that every version adds up alike. What is computed from them "
    "is rounded at 1e-16 and in another order by another version or processor, which "
    "intervals and p-values magnify; the smallest digit that is shown is 1e-4."
)
"""What may differ where the conditions do, and why so much."""

PROSE = ("sentence", "refused")
"""Findings that are sentences made from numbers: another version may word or round them anew."""


@dataclass(frozen=True)
class Agreement:
    """How the numbers of a rerun agree with those recorded.

    ``exact`` is whether all was as recorded (question, data, notebooks, code, packages,
    platform), so that every bit must be. ``within`` and ``different`` are not equal;
    ``texts`` are findings that are no numbers and have another value. ``added`` is how many
    findings only the rerun has, where its code is another: a later version tells more.
    """

    exact: bool
    equal: int
    within: tuple[ComparedNumber, ...]
    different: tuple[ComparedNumber, ...]
    texts: tuple[ChangedValue, ...]
    added: int = 0

    @property
    def agrees(self) -> bool:
        """Whether what was found is what was recorded."""
        return not self.different and not self.texts and not (self.exact and self.within)


def agreement(comparison: Comparison, known: bool) -> Agreement:
    """The agreement that `comparison` shows.

    ``known`` is whether the commits of the code tell all of it, without changes beside.
    """
    exact = known and not comparison.conditions and not comparison.question
    numbers, texts = comparison.numbers, comparison.texts
    if any(change.name.startswith("code.") for change in comparison.conditions):
        numbers = tuple(number for number in numbers if number.a is not None)
        texts = tuple(text for text in texts if text.a is not None)
    unequal = [number for number in numbers if not number.equal]
    within = tuple(number for number in unequal if _within(number))
    return Agreement(
        exact=exact,
        equal=len(numbers) - len(unequal),
        within=within,
        different=tuple(number for number in unequal if not _within(number)),
        texts=tuple(text for text in texts if exact or not _prose(text)),
        added=len(comparison.numbers) + len(comparison.texts) - len(numbers) - len(texts),
    )


def code_known(*documents: Any) -> bool:
    """Whether the code of every run is that of its commit."""
    codes = [document.get("code") for document in documents]
    return all(isinstance(code, dict) and code.get("dirty") is not True for code in codes)


def _within(number: ComparedNumber) -> bool:
    if number.a is None or number.b is None or number.change is None:
        return False
    if isinstance(number.a, int) and isinstance(number.b, int):
        return False
    return abs(number.change) <= ABSOLUTE + RELATIVE * max(abs(number.a), abs(number.b))


def _prose(text: ChangedValue) -> bool:
    return text.name.rpartition(".")[2] in PROSE
