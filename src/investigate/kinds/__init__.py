"""Every kind of cause, one file each: whatever lists kinds reads them here.

A module of this package with a `Kind` named ``KIND`` is a kind; nothing else registers it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules, resolve_name
from typing import Any, Literal, cast

State = Literal["broken", "innocent", "open"]
Undo = Literal["labels", "scores", "mix", "dispersion", "rows", "outcomes", "points", "windows"]
Find = Callable[[Any, Any], list[Any]]
"""From `Counts` and a `Question` to suspects; this package lies below all of these."""
LAST = 1_000
"""After every cause come the verdicts that are none."""


UNCLEARED = ", and the rest of the drop is not cleared"
"""How the words of an innocent cause end that does not explain all of the drop."""


@dataclass(frozen=True)
class Words:
    """The texts of a kind, each a clause without a full stop.

    ``badge``: two or three words for a label. ``what``: for people who know the score.
    ``plainly``: for people who read no code. ``next_step``: what people do next.
    """

    badge: str
    what: str
    plainly: str
    next_step: str


@dataclass(frozen=True)
class Kind:
    """A kind of cause, or of a verdict that names none.

    Parameters
    ----------
    name
        The key in findings.json.
    state
        ``broken``: something is to be repaired. ``innocent``: rows changed, the score did not.
        ``open``: neither is shown.
    words
        Its texts.
    rank
        Its place among causes that recover about as much: the more specific one has the lower
        number and goes first. `None` for a verdict that is no cause.
    undo
        What the account of the whole drop gives back when it undoes this on top of others:
        ``labels``, the outcome rates at a score; ``scores``, these and the distribution of
        scores; ``mix``, the shares of groups; ``dispersion``, the distribution of scores alone;
        ``rows``, the log without the rows that the arm of this name leaves out; ``outcomes``, the
        rows that a join left without an outcome; ``points``,
        nothing in the counts: the points that its own evidence measures; ``windows``, the same,
        and before all other causes, since the windows do not compare. Every cause says one.
    find
        ``(counts, question) -> list of Suspect``, or where it is, as ``package.module:name``, so
        that who needs words alone loads no analysis. `None` where another kind's evidence finds
        it too, as one look at items tells a broken system from changed labels.
    either
        Its words where a suspect is marked ``either``: one of two things, not known which.

    """

    name: str
    state: State
    words: Words
    rank: int | None = None
    undo: Undo | None = None
    find: Find | str | None = None
    either: Words | None = None

    @property
    def cause(self) -> bool:
        """Whether it explains a drop, with AUC points of its own."""
        return self.rank is not None

    @property
    def broken(self) -> bool:
        """Whether it says that something is broken."""
        return self.cause and self.state == "broken"

    @property
    def innocent(self) -> bool:
        """Whether it explains a drop without anything being broken."""
        return self.cause and self.state == "innocent"

    def words_for(self, either: bool = False) -> Words:
        """Its words; ``either``: where it is not known which of two things changed."""
        return self.either if either and self.either else self.words

    @property
    def finder(self) -> Find | None:
        """The function that finds it."""
        found = resolve_name(self.find) if isinstance(self.find, str) else self.find
        return cast("Find | None", found)

    @property
    def meaning(self) -> str:
        """What the verdict means, in one line of a table."""
        end = "; nothing is broken" if self.innocent else ""
        if self.either:
            end = f"; or: {self.either.what}"
        return f"{self.words.what}{end}"


def _strange(name: str) -> Kind:
    """A kind that this version does not know, such as one in the record of another version."""
    text = "".join(c if c.isalpha() else " " for c in name)
    step = "engineers look beyond the log: at changes that it does not show"
    words = Words(text, text, text, step)
    return Kind(name, "open", words)


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, causes first in the order of their rank, then verdicts that name none.

    Raises `ValueError` where two kinds have one name or one rank.
    """
    names = sorted(module.name for module in iter_modules(__path__))
    found: list[Kind] = [import_module(f"{__name__}.{name}").KIND for name in names]
    for what in ("name", "rank"):
        values = [v for v in (getattr(kind, what) for kind in found) if v is not None]
        if twice := sorted({v for v in values if values.count(v) > 1}):
            raise ValueError(f"two kinds of cause have the {what} {twice[0]!r}")
    return tuple(sorted(found, key=lambda k: (LAST if k.rank is None else k.rank, k.name)))


def kind(name: str) -> Kind:
    """The kind of that name; of a name that is not known, an open one whose text is its name."""
    return next((known for known in kinds() if known.name == name), None) or _strange(name)


def listed(row: Mapping[str, Any]) -> str:
    """The key of the kind in a row of findings.json; empty where it has none."""
    name = row.get("kind")
    return name if isinstance(name, str) else ""


def table() -> str:
    """The kinds as a table in Markdown: what README shows."""
    rows = [f"| `{known.name}` | {known.meaning} |" for known in kinds()]
    return "\n".join(["| verdict | means |", "|---|---|", *rows])
