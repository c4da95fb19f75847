"""What a record found, as far as updates tell it, read from its findings.json."""

import re
from dataclasses import dataclass
from typing import Any

from investigate.kinds import kind
from investigate.records.documents import count, mapping, number, rows, words
from investigate.updates.parts import Number, Part, joined, name

NO_DROP, UNEXPLAINED = "no_drop", "unexplained"
UNFINISHED = "engineers complete the investigation"


def phrase(named: str, either: bool = False) -> str:
    """A kind in a few words that name nothing; ``either``: one of two things, not known which."""
    return kind(named).told(either).plainly


def where(system: str, cohort: tuple[tuple[str, str], ...]) -> Part | None:
    """A scope in words; none where it is everything."""
    parts = [Part(f"system {name(system).text}")] if system else []
    parts += [Part(f"{name(column).text} {name(value).text}") for column, value in cohort]
    return joined(parts) if parts else None


POINTS = ("points", "low", "high")
MOST = 50
TOLERANCE = 0.01
"""Of findings that name none: the default of ``thresholds.tolerance``."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")


@dataclass(frozen=True)
class Suspect:
    """An explanation, the AUC points that undoing it recovers, and whether it is supported.

    ``cohort`` holds pairs of column and value; ``path`` is where it stands in the document.
    ``either``: nothing tells whether outcomes or scores changed.
    """

    kind: str
    system: str
    cohort: tuple[tuple[str, str], ...]
    points: Number
    onset: str
    supported: bool
    path: str
    either: bool = False

    @property
    def what(self) -> str:
        """Its kind in a few words that name nothing."""
        return phrase(self.kind, self.either)

    @property
    def is_cause(self) -> bool:
        """Whether it explains a drop."""
        return kind(self.kind).cause

    @property
    def is_broken(self) -> bool:
        """Whether it says that something is broken."""
        return kind(self.kind).broken

    @property
    def is_open(self) -> bool:
        """Whether it explains a drop, and does not say whether anything is broken."""
        return self.is_cause and kind(self.kind).state == "open"

    @property
    def is_innocent(self) -> bool:
        """Whether it explains a drop without anything being broken."""
        return kind(self.kind).innocent


@dataclass(frozen=True)
class Onset:
    """When AUC changed level, the interval of that date, and how usual such a step is."""

    date: str
    low: str
    high: str
    p: Number


@dataclass(frozen=True)
class Facts:
    """A finding: its verdict, AUC before and in the incident, onset, and every suspect.

    ``verdict.supported`` is that of the suspect that it names.
    """

    verdict: Suspect
    sentence: str
    baseline: Number
    incident: Number
    change: Number
    rows: int | None
    onset: Onset | None
    suspects: tuple[Suspect, ...]
    account: tuple[Suspect, ...] = ()

    @property
    def parts(self) -> tuple[Suspect, ...]:
        """The causes in the account that surely carry a part, the verdict's own first."""
        sure = [s for s in self.account if s.is_cause and (s.points.low or 0.0) > 0]
        return tuple(sure)

    @property
    def clears(self) -> bool:
        """Whether the verdict is innocent and no part of the drop is something broken."""
        shown = self.verdict.is_innocent and not self.verdict.either
        return shown and not any(s.is_broken for s in self.parts)


def facts(findings: dict[str, Any]) -> Facts:
    """The facts in the document of a findings.json, whatever it holds.

    Raises `ValueError`, in a few words, where it holds no verdict.
    """
    auc, said = mapping(findings.get("auc")), mapping(findings.get("verdict"))
    if _vague(findings):
        said = {**said, "either": True}
    listed = rows(findings.get("suspects"), MOST)
    suspects = tuple(_suspect(row, f"suspects.{i}") for i, row in enumerate(listed))
    verdict = _suspect(said, "verdict")
    if not verdict.kind:
        raise ValueError("it holds no verdict")
    same = [s for s in suspects if _key(s) == _key(verdict)]
    return Facts(
        verdict=Suspect(**{**vars(verdict), "supported": any(s.supported for s in same)}),
        sentence=words(said.get("sentence"), 1200),
        **{at: _number(auc.get(at), f"auc.{at}") for at in ("baseline", "incident", "change")},
        rows=count(mapping(auc.get("incident")).get("rows")),
        onset=_onset(mapping(findings.get("onset"))),
        suspects=suspects,
        account=tuple(
            _suspect(row, f"account.{i}")
            for i, row in enumerate(rows(findings.get("account"), MOST))
        ),
    )


def _vague(findings: dict[str, Any]) -> bool:
    """Whether a finding of no drop, made before findings had certificates, excludes hardly any."""
    kind = mapping(findings.get("verdict")).get("kind")
    if kind != NO_DROP or "certificate" in findings:
        return False
    low = number(mapping(mapping(findings.get("auc")).get("change")).get("low"))
    return low is None or low < -TOLERANCE


def _key(suspect: Suspect) -> tuple[object, ...]:
    return suspect.kind, suspect.system, suspect.cohort


def _suspect(row: dict[str, Any], path: str) -> Suspect:
    return Suspect(
        kind=words(row.get("kind"), 40),
        system=words(row.get("system"), 160),
        cohort=tuple(
            (words(column, 160), words(value, 160))
            for column, value in list(mapping(row.get("cohort")).items())[:5]
        ),
        points=_number(row, path, POINTS),
        onset=_day(row.get("onset")),
        supported=row.get("stands") is True,
        path=path,
        either=row.get("either") is True,
    )


def _onset(found: dict[str, Any]) -> Onset | None:
    date, low, high = (_day(found.get(key)) for key in ("date", "low", "high"))
    p = Number(number(found.get("p_value")), None, None, "onset", ("p_value", "", ""))
    return Onset(date, low, high, p) if date and low and high else None


def _day(value: Any) -> str:
    """A date, with a time or not, as findings write it; empty where it is none."""
    return value if isinstance(value, str) and DAY.fullmatch(value) else ""


def _number(
    found: Any, path: str, names: tuple[str, str, str] = ("value", "low", "high")
) -> Number:
    value, low, high = (number(mapping(found).get(key)) for key in names)
    return Number(value, low, high, path, names)
