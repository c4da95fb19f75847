"""A finding: one sentence made from numbers, the numbers, their table, and what limits them."""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from investigate import rendering

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.investigate.finding+json"
NUMBERS_IN_REPR = 5


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; `None` where it does not exist, never NaN.

    Parameters
    ----------
    value : float or None
        The number itself. NaN and infinities become `None`.
    low, high : float or None
        The ends of its interval.

    Examples
    --------
    >>> change = Estimate(-0.05, -0.08, -0.02)
    >>> change.excludes_zero
    True
    >>> value, low, high = change
    >>> print(change)
    −0.0500 [−0.0800, −0.0200]
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None:
                number = float(number)
                object.__setattr__(self, name, number if math.isfinite(number) else None)

    def __iter__(self) -> Iterator[float | None]:
        yield from (self.value, self.low, self.high)

    def __neg__(self) -> "Estimate":
        """What was lost of what changed, and the other way round: the ends change places."""
        value, high, low = (None if number is None else -number for number in self)
        return Estimate(value, low, high)

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return rendering.value(self.value)
        value, low, high = map(rendering.value, self)
        return f"{value} [{low}, {high}]"

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def to_json(self) -> dict[str, float | None]:
        """The three numbers at full precision."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Finding:
    """What one analysis found: a sentence, its numbers, their table and its figure.

    Parameters
    ----------
    name : str
        Which analysis it comes from, such as ``drop`` or ``by country``.
    claim : str
        One sentence made from the numbers.
    numbers : mapping of str to Estimate
        The estimates by name, in AUC unless the name says otherwise.
    table : sequence of mappings
        One row after another, each of plain JSON values.
    caveats : sequence of str
        What the claim does not cover.
    detail : mapping
        What else a figure or a later analysis needs.
    columns : sequence of str
        The columns of the table that are for reading; all where empty.

    Examples
    --------
    >>> rows = ({"group": "DE", "lost": 0.04}, {"group": "FR", "lost": 0.01})
    >>> Finding("by country", "DE carries most.", {"lost": Estimate(0.05, 0.03, 0.07)}, rows)
    Finding 'by country': DE carries most.
      lost: 0.0500 [0.0300, 0.0700]
      table: 2 rows of group, lost
    """

    name: str
    claim: str
    numbers: Mapping[str, Estimate] = field(default_factory=dict)
    table: tuple[Mapping[str, Any], ...] = ()
    caveats: tuple[str, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The claim: one sentence made from the numbers."""
        return self.claim

    def to_frame(self, full: bool = False) -> "pd.DataFrame":
        """The table as a new DataFrame.

        Parameters
        ----------
        full : bool
            All columns, instead of those that are for reading.

        Returns
        -------
        pandas.DataFrame
            A row for each row of the table, under the names that ``table`` uses.

        Examples
        --------
        >>> Finding("x", "X.", table=({"group": "DE", "rows": 3},)).to_frame()
          group  rows
        0    DE     3
        """
        import pandas as pd

        names = list(dict.fromkeys(name for row in self.table for name in row))
        frame = pd.DataFrame([dict(row) for row in self.table], columns=names)
        return frame if full or not self.columns else frame.reindex(columns=list(self.columns))

    def plot(self, figure: str | None = None, title: str | None = None) -> Any:
        """The figure that belongs to the finding; notebooks show it by itself.

        Parameters
        ----------
        figure : str or None
            Which one, where several belong to it, such as ``score_distributions`` of ``drop``.
        title : str or None
            A title instead of the claim, for a page that shows the claim already.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ValueError
            Where no such figure belongs to it, or the title is no text.

        Examples
        --------
        >>> Finding("reading", "All rows are read.").plot()
        Traceback (most recent call last):
        ValueError: no figure belongs to the finding 'reading'; see its to_frame()
        """
        # By name: figures know findings, and register themselves; a finding knows no figure.
        import_module("investigate.figures")
        known = _FIGURES.get(self.name.partition(" ")[0], {})
        if not known:
            raise ValueError(f"no figure belongs to the finding {self.name!r}; see its to_frame()")
        if figure is not None and figure not in known:
            raise ValueError(f"no figure {figure!r} of {self.name!r}; there is {', '.join(known)}")
        if title is not None and not isinstance(title, str):
            raise ValueError(f"title: expected text, got {title!r}")
        drawn = self if title is None else replace(self, claim=title)
        return known[figure or next(iter(known))](drawn)

    def __repr__(self) -> str:
        lines = [f"Finding {self.name!r}: {self.claim}"]
        shown = list(self.numbers.items())[:NUMBERS_IN_REPR]
        lines += [f"  {name}: {number}" for name, number in shown]
        if (more := len(self.numbers) - len(shown)) > 0:
            lines.append(f"  and {more} more {'number' if more == 1 else 'numbers'}")
        if self.table:
            names = self.columns or tuple(self.table[0])
            listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
            rows = "1 row" if len(self.table) == 1 else f"{len(self.table):,} rows"
            lines.append(f"  table: {rows} of {listed}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return as_html(self)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        # With its JSON, so that a finding that a cell ends with is in the record of a run.
        bundle = {"text/html": as_html(self), "text/plain": as_text(self)}
        return {MIME: self.to_json(), **bundle}

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; NaN and infinities are null."""
        return {
            "name": self.name,
            "claim": self.claim,
            "numbers": {name: number.to_json() for name, number in self.numbers.items()},
            "table": [plain(row) for row in self.table],
            "caveats": list(self.caveats),
            "detail": plain(self.detail),
            "columns": list(self.columns),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The finding that `to_json` wrote."""
        return cls(
            name=document["name"],
            claim=document["claim"],
            numbers={name: Estimate(**number) for name, number in document["numbers"].items()},
            table=tuple(document["table"]),
            caveats=tuple(document["caveats"]),
            detail=document["detail"],
            columns=tuple(document["columns"]),
        )

    def dumps(self) -> str:
        """The finding as JSON text, the same text for the same finding."""
        return json.dumps(self.to_json(), ensure_ascii=False, allow_nan=False, indent=2)


Draw = TypeVar("Draw", bound=Callable[[Finding], Any])
_FIGURES: dict[str, dict[str, Callable[[Finding], Any]]] = {}


def draws(*names: str) -> Callable[[Draw], Draw]:
    """Register a function as a figure of the findings whose names begin with one of `names`.

    The first that is registered for a name is the one that `Finding.plot` draws by itself.
    """

    def register(draw: Draw) -> Draw:
        for name in names:
            _FIGURES.setdefault(name, {})[draw.__name__] = draw
        return draw

    return register


def drawings() -> dict[str, dict[str, Callable[[Finding], Any]]]:
    """Every figure by its name, by the first word of the findings that it draws."""
    return {name: dict(known) for name, known in _FIGURES.items()}


def as_html(finding: Finding) -> str:
    """Claim, numbers, table and caveats; every value escaped, so that it stays text."""
    numbers = [
        {"": name, "value": n.value, "low": n.low, "high": n.high}
        for name, n in finding.numbers.items()
        # What the sentences or a row of the table say is not said twice.
        if not _is_stated(finding, n) and not any(_says(row, n) for row in finding.table)
    ]
    rows = [
        {name.replace("_", " "): row.get(name) for name in finding.columns or row}
        for row in finding.table
    ]
    claim = escape(rendering.unbroken(finding.claim))
    parts = [
        f'<p class="claim" style="font-size:1.3em;font-weight:600">{claim}</p>',
        rendering.table(numbers),
        rendering.table(rows),
        rendering.bullets(finding.caveats),
    ]
    return '<div class="finding">\n' + "\n".join(part for part in parts if part) + "\n</div>"


def _is_stated(finding: Finding, number: Estimate) -> bool:
    """Whether the claim or a caveat gives the number, to the three digits of a claim."""
    known = [f"{one:.3f}".replace("-", "−") for one in number if one is not None]
    return bool(known) and any(
        all(re.search(rf"(?<![\d.]){one}(?!\d)", text) for one in known)
        for text in (finding.claim, *finding.caveats)
    )


def _says(row: Mapping[str, Any], number: Estimate) -> bool:
    values = [value for value in row.values() if value is None or isinstance(value, float)]
    return number.value is not None and all(one in values for one in number)


def as_text(finding: Finding) -> str:
    """Claim, numbers and caveats as plain text."""
    lines = [finding.claim]
    lines += [f"  {name}: {number}" for name, number in finding.numbers.items()]
    lines += [f"  - {caveat}" for caveat in finding.caveats]
    return "\n".join(lines)


def plain(value: Any) -> Any:
    """`value` as plain JSON: numpy unwrapped, dates as ISO text, NaN and infinities null."""
    if isinstance(value, Estimate):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
