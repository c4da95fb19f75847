"""Parts of sentences: numbers with their place in the findings, names, moments."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from investigate.records.findings_file import StoredNumber
from investigate.rendering import plain

LONGEST = 160
MARKUP = str.maketrans({"`": "'", "<": "‹", ">": "›"})
"""What would end a code span, or begin HTML where a text is not read as Markdown."""


class Grade(StrEnum):
    """How sure a sentence is, by the intervals of its numbers."""

    SURE = "sure"
    LIKELY = "likely"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Cited:
    """A number or date as printed, and its path in the findings, such as ``auc.change.low``."""

    text: str
    path: str


@dataclass(frozen=True)
class TextPiece:
    """A piece of text with what it cites."""

    text: str
    cites: tuple[Cited, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One or two sentences, how sure they are, and every number in them."""

    text: str
    grade: Grade
    cites: tuple[Cited, ...] = ()

    def __str__(self) -> str:
        return self.text


def say(grade: Grade, words: str, **parts: TextPiece) -> Statement:
    """The statement that `words`, with a ``{name}`` for each of `parts`, makes."""
    text = words.format(**{name: part.text for name, part in parts.items()})
    return Statement(text, grade, tuple(c for part in parts.values() for c in part.cites))


def joined(parts: list[TextPiece], between: str = ", ", last: str = " and ") -> TextPiece:
    """`parts` as a list in a sentence."""
    texts = [part.text for part in parts]
    text = last.join([between.join(texts[:-1]), texts[-1]]) if texts[1:] else "".join(texts)
    return TextPiece(text, tuple(c for part in parts for c in part.cites))


def name(text: str) -> TextPiece:
    """A name from a log or a file, as a code span of one line: nothing in it is markup."""
    line = plain(" ".join(text.split()), LONGEST).translate(MARKUP).strip()
    return TextPiece(f"`{line}`" if line else "(no name)")


def date(text: str, path: str) -> TextPiece:
    """A date, or a date and time, at `path`, as it is printed."""
    return TextPiece(text, (Cited(text, path),))


def whole_number(value: int, path: str) -> TextPiece:
    """A count such as 28,471."""
    return date(f"{value:,}", path)


def at_minute(moment: datetime) -> str:
    """A moment in UTC as people write it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def span(length: timedelta) -> str:
    """A length of time by its two largest units: 3 d 4 h, 2 h 5 min, 0 min."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days:,} d {hours} h" if hours else f"{days:,} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"


class CitedNumber(StoredNumber):
    """A number of findings with its interval, that a statement prints and cites."""

    def alone(self) -> "CitedNumber":
        """The value without its interval."""
        return replace(self, low=None, high=None)

    def level(self) -> TextPiece:
        """An AUC, or points: 0.755 [0.750, 0.760]."""
        return self._with_interval(".3f")

    def change(self) -> TextPiece:
        """A difference: −0.250 [−0.262, −0.239]."""
        return self._with_interval("+.3f")

    def short(self) -> TextPiece:
        """The value alone, without its sign: 0.250."""
        return self._printed(None if self.value is None else abs(self.value), 0, ".3f")

    def share(self) -> TextPiece:
        """A share: 41.0% [38.2%, 43.9%]."""
        return self._with_interval(".1f", 100, "%")

    def whole(self) -> TextPiece:
        """A count: 1,204."""
        return self._printed(self.value, 0, ",.0f")

    def percent(self, digits: int) -> TextPiece:
        """The value as a percentage: 76%."""
        share = None if self.value is None else 100 * self.value
        found = self._printed(share, 0, f".{digits}f")
        return TextPiece(f"{found.text}%", found.cites)

    def _with_interval(self, form: str, scale: int = 1, unit: str = "") -> TextPiece:
        found = [
            self._printed(None if number is None else scale * number, which, form)
            for which, number in enumerate((self.value, self.low, self.high))
        ]
        value, low, high = (
            TextPiece(part.text + unit, part.cites) if part.cites else part for part in found
        )
        if self.low is None or self.high is None:
            return value
        return TextPiece(
            f"{value.text} [{low.text}, {high.text}]", value.cites + low.cites + high.cites
        )

    def _printed(self, value: float | None, which: int, form: str) -> TextPiece:
        if value is None:
            return TextPiece("undefined")
        text = f"{value:{form}}".replace("-", "−")
        # What rounds to nothing has no sign.
        text = text.lstrip("+−") if not text.strip("+−0.") else text
        return date(text, f"{self.path}.{self.names[which]}")
