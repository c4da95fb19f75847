"""``findings.json``, read and written in one place, whoever wrote it and however long ago."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Self, TypeVar

from investigate.errors import RunError
from investigate.kinds import kind
from investigate.records.documents import count, mapping, number, rows, words

NO_DROP = "no_drop"
TOLERANCE = 0.01
"""Of findings that name none: the default of ``thresholds.tolerance``."""

MOST = 50
"""Rows that are read of suspects, of the account and of a table of groups in a summary."""

MOST_GROUPS = 2000
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
NAMES = ("value", "low", "high")


def dumps(document: dict[str, Any]) -> str:
    """The text of ``findings.json``, the same for the same document."""
    try:
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise RunError("the answer holds a number that is not finite") from error


@dataclass(frozen=True)
class StoredNumber:
    """A number with its interval, none where it does not exist, and of how many rows it is.

    ``path`` is where they are in the document, such as ``auc.change``; ``names`` are the keys
    there of value, low and high.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    path: str = ""
    names: tuple[str, str, str] = NAMES
    rows: int | None = None

    @classmethod
    def of(cls, stored: Any, path: str = "", names: tuple[str, str, str] = NAMES) -> Self:
        """The number that a JSON object at `path` holds under `names`."""
        found = mapping(stored)
        value, low, high = (number(found.get(name)) for name in names)
        return cls(value, low, high, path, names, count(found.get("rows")))


N = TypeVar("N", bound=StoredNumber)


@dataclass(frozen=True)
class StoredSuspect(Generic[N]):
    """An explanation, the AUC points that undoing it recovers, and whether it is supported.

    ``cohort`` holds pairs of column and value; ``path`` is where it is in the document.
    ``either``: nothing tells which of two things it is, as whether outcomes or scores changed.
    """

    kind: str
    system: str
    cohort: tuple[tuple[str, str], ...]
    points: N
    onset: str
    supported: bool
    path: str
    either: bool = False
    sentence: str = ""
    onset_low: str = ""
    onset_high: str = ""

    @property
    def where(self) -> str:
        """The system and the cohort that it is about, such as ``rules, country DE``; or empty."""
        parts = [self.system] if self.system else []
        return ", ".join([*parts, *(f"{column} {value}" for column, value in self.cohort)])

    @property
    def badge(self) -> str:
        """Its kind as a label."""
        return kind(self.kind).words_for(self.either).badge

    @property
    def what(self) -> str:
        """Its kind in a few words that name nothing."""
        return kind(self.kind).words_for(self.either).plainly

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
class Onset(Generic[N]):
    """When AUC changed level, the interval of that date, and how usual such a step is."""

    date: str
    low: str
    high: str
    p: N


@dataclass(frozen=True)
class StoredGroup:
    """A group's part of the change in AUC, with its AUC and rows in both windows."""

    name: str
    part: StoredNumber
    baseline: float | None
    incident: float | None
    rows_baseline: int | None
    rows_incident: int | None


@dataclass(frozen=True)
class Findings(Generic[N]):
    """An answer: its verdict, AUC before and in the incident, onset, and every suspect.

    ``verdict.supported`` is that of the suspect that it names; ``verdict.kind`` is empty where
    there is no verdict. ``account`` are the parts of the drop, which sum to it. ``fell_within``:
    column and value of the groups whose own AUC surely fell, whatever the whole did.
    """

    verdict: StoredSuspect[N]
    sentence: str
    baseline: N
    incident: N
    change: N
    rows: int | None
    onset: Onset[N] | None
    suspects: tuple[StoredSuspect[N], ...]
    account: tuple[StoredSuspect[N], ...] = ()
    fell_within: tuple[tuple[str, str], ...] = ()

    @property
    def began(self) -> tuple[str, str, str] | None:
        """When the verdict's cause began, or else AUC changed: date, and ends of its interval."""
        own = self.verdict
        if own.onset and own.onset_low and own.onset_high:
            return own.onset, own.onset_low, own.onset_high
        return (self.onset.date, self.onset.low, self.onset.high) if self.onset else None

    @property
    def parts(self) -> tuple[StoredSuspect[N], ...]:
        """The causes in the account that surely carry a part, the verdict's own first."""
        sure = [s for s in self.account if s.is_cause and (s.points.low or 0.0) > 0]
        return tuple(sure)

    @property
    def part_broken(self) -> bool:
        """Whether a part of the drop is surely something broken."""
        return any(part.is_broken for part in self.parts)

    @property
    def clears(self) -> bool:
        """Whether the verdict is innocent and no part of the drop is something broken."""
        return self.verdict.is_innocent and not self.verdict.either and not self.part_broken


def findings_of(document: Mapping[str, Any], as_number: type[N]) -> Findings[N]:
    """What the document of a ``findings.json`` holds, whatever that is; numbers `as_number`."""
    auc, stored_verdict = mapping(document.get("auc")), mapping(document.get("verdict"))
    if _vague(document):
        stored_verdict = {**stored_verdict, "either": True}

    def suspect(row: dict[str, Any], path: str) -> StoredSuspect[N]:
        return StoredSuspect(
            kind=words(row.get("kind"), 40),
            system=words(row.get("system"), 160),
            cohort=tuple(
                (words(column, 160), words(value, 160))
                for column, value in list(mapping(row.get("cohort")).items())[:5]
            ),
            points=as_number.of(row, path, ("points", "low", "high")),
            onset=_day(row.get("onset")),
            supported=row.get("stands") is True,
            path=path,
            either=row.get("either") is True,
            sentence=words(row.get("sentence"), 600),
            onset_low=_day(row.get("onset_low")),
            onset_high=_day(row.get("onset_high")),
        )

    def suspects(name: str) -> tuple[StoredSuspect[N], ...]:
        found = rows(document.get(name), MOST)
        return tuple(suspect(row, f"{name}.{i}") for i, row in enumerate(found))

    verdict, listed = suspect(stored_verdict, "verdict"), suspects("suspects")
    same = [s for s in listed if _key(s) == _key(verdict)]
    baseline, incident, change = (
        as_number.of(auc.get(at), f"auc.{at}") for at in ("baseline", "incident", "change")
    )
    onset = mapping(document.get("onset"))
    date, low, high = (_day(onset.get(key)) for key in ("date", "low", "high"))
    p = as_number.of({"p_value": onset.get("p_value")}, "onset", ("p_value", "", ""))
    return Findings(
        verdict=replace(verdict, supported=any(s.supported for s in same)),
        sentence=words(stored_verdict.get("sentence"), 1200),
        baseline=baseline,
        incident=incident,
        change=change,
        rows=incident.rows,
        onset=Onset(date, low, high, p) if date and low and high else None,
        suspects=listed,
        account=suspects("account"),
        fell_within=tuple(
            (words(row.get("by"), 160), words(row.get("group"), 160))
            for row in rows(mapping(document.get("certificate")).get("fell"), MOST)
        ),
    )


def groups_of(document: Mapping[str, Any], column: str) -> list[StoredGroup]:
    """The groups of a `column` in the document, those of the largest part first."""
    found = [
        StoredGroup(
            name=words(row.get("group"), 120),
            part=StoredNumber.of(row, f"by.{column}.{i}", ("contribution", "low", "high")),
            baseline=number(row.get("auc_baseline")),
            incident=number(row.get("auc_incident")),
            rows_baseline=count(row.get("rows_baseline")),
            rows_incident=count(row.get("rows_incident")),
        )
        for i, row in enumerate(rows(mapping(document.get("by")).get(column), MOST_GROUPS))
    ]
    return sorted(found, key=lambda group: -abs(group.part.value or 0.0))


def _vague(document: Mapping[str, Any]) -> bool:
    """Whether a finding of no drop, made before findings had certificates, excludes hardly any."""
    if mapping(document.get("verdict")).get("kind") != NO_DROP or "certificate" in document:
        return False
    low = number(mapping(mapping(document.get("auc")).get("change")).get("low"))
    return low is None or low < -TOLERANCE


def _key(suspect: StoredSuspect[N]) -> tuple[object, ...]:
    return suspect.kind, suspect.system, suspect.cohort


def _day(value: Any) -> str:
    """A date, with a time or not, as findings write it; empty where it is none."""
    return value if isinstance(value, str) and DAY.fullmatch(value) else ""
