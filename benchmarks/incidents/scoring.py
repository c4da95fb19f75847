"""An answer against the truth."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from benchmarks.incidents.families import PLATFORM, family
from investigate.kinds import kind

MOVED = 0.03
"""AUC points from which on an incident's answer is judged."""
DAY = pd.Timedelta(days=1)

Stored = Mapping[str, Any]
"""A result, an answer or a cause, as results are stored."""


@dataclass(frozen=True)
class Score:
    """What is right in one answer; `None` where the truth asks nothing.

    ``days`` is found onset minus true onset, in days with rows; ``holds`` whether the interval that
    goes with it holds the true one, and ``width`` how many days with rows lie between its ends;
    `None` where there is no interval. ``points`` is the error of the AUC points found.
    ``misleading``: ``cleared`` although broken, or ``accused`` although nothing is. ``both``: of
    two causes, whether the account names both.
    """

    kind: bool
    system: bool
    cohort: bool
    scoped: bool
    days: float | None = None
    points: float | None = None
    dates: bool = True
    misleading: str | None = None
    both: bool | None = None
    holds: bool | None = None
    width: int | None = None

    @property
    def cause(self) -> bool:
        """Whether kind and system are right."""
        return self.kind and self.system

    @property
    def dated(self) -> bool:
        """Whether the onset is right within a day with rows."""
        return self.days is not None and abs(self.days) <= 1

    @classmethod
    def of(cls, result: Stored, way: str) -> Self:
        """Scores ``result["said"][way]``; what was not answered is wrong in everything."""
        if "error" in result:
            return cls(kind=False, system=False, cohort=False, scoped=False)
        truth, answer = result["truth"], result["said"][way]
        # Of two causes that take about as much, either may come first.
        first = max([truth, *_even(truth)], key=lambda cause: _matches(cause, answer))
        kind, system, cohort = _matches(first, answer)
        return cls(
            kind=kind,
            system=system,
            cohort=cohort,
            scoped=bool(first["cohort"]),
            days=_days(answer["onset"], truth, result.get("days", ())),
            points=_points(result, answer) if kind else None,
            dates=truth["onset"] is not None,
            misleading=misleading(result, way),
            both=_both(truth, answer),
            holds=_holds(answer, truth),
            width=_width(answer, result.get("days", ())),
        )


def size(result: Stored) -> float | None:
    """How far AUC moved, in the log; `None` where that is not known."""
    if "error" in result:
        return None
    answer = next(iter(result["said"].values()))
    return abs(answer["baseline"] - answer["incident"])


def judged(result: Stored) -> bool:
    """Whether AUC moved so far, by the fault and not by chance, that the answer counts.

    An incident without an answer has no size; it is judged, or failing would pay.
    """
    moved = size(result)
    if moved is None:
        return True
    return moved >= MOVED and (result["truth"].get("innocent", False) or _took(result) >= MOVED)


def misleading(result: Stored, way: str) -> str | None:
    """``cleared`` although broken, or ``accused`` although nothing is."""
    truth, answer = result["truth"], result["said"][way]
    if answer["kind"] is None:  # a peer, which names no kind
        return None
    harmless = result["control"] or truth.get("innocent") or kind(truth["kind"]).state == "innocent"
    if not harmless:
        return "cleared" if _clears(answer) and judged(result) else None
    if kind(answer["kind"]).state != "broken":
        return None
    # Where the log cannot show that rows grew alike, that may be answered without a place.
    excused = (
        called(answer) in truth.get("accept", ()) and not answer["system"] and not answer["cohort"]
    )
    return None if excused else "accused"


def false_alarm(result: Stored, way: str) -> bool:
    """Whether a log without a fault was accused; no answer is a false alarm, too."""
    return "error" in result or kind(result["said"][way]["kind"]).state != "innocent"


def _clears(answer: Stored) -> bool:
    """Whether it says that nothing is broken; ``either``: it does not say it of all."""
    return kind(answer["kind"]).state == "innocent" and not answer.get("either")


def called(answer: Stored) -> str:
    """The kind that was named; ``either`` for labels or scores, of which nothing tells which."""
    unsure = answer.get("either") and answer["kind"] in ("outcome_fault", "lost_validity")
    return "either" if unsure else answer["kind"]


def _matches(cause: Stored, answer: Stored) -> tuple[bool, bool, bool]:
    accepted = cause.get("accept") or [cause["kind"], *_platform_accepts(cause["kind"])]
    return (
        answer["kind"] == cause["kind"] or called(answer) in accepted,
        answer["system"] in cause.get("systems", [cause["system"]]),
        (answer["cohort"] or None) in cause.get("cohorts", [cause["cohort"] or None]),
    )


def _platform_accepts(name: str) -> list[str]:
    # Labels that changed may be named as labels or scores; the platform's truth has no list.
    return ["either"] if name == "outcome_fault" else []


def _even(truth: Stored) -> list[Stored]:
    """The other of two causes, if it takes at least two thirds of what the first takes."""
    causes = truth.get("causes", ())
    return [c for c in causes if len(causes) > 1 and c["took"] >= 2 / 3 * truth["took"]]


def _both(truth: Stored, answer: Stored) -> bool | None:
    causes = truth.get("causes", ())
    if len(causes) < 2:
        return None
    return all(any(all(_matches(c, part)) for part in answer["account"]) for c in causes)


def _days(onset: str | None, truth: Stored, days: Sequence[str]) -> float | None:
    if onset is None or truth["onset"] is None:
        return None
    moment, first = pd.Timestamp(onset), pd.Timestamp(truth["onset"])
    until = pd.Timestamp(truth.get("until") or truth["onset"])
    if first <= moment <= until:
        return 0.0
    nearest = first if moment < first else until
    off = float((moment - nearest) / DAY)
    if not days:
        return off
    # Days without rows between the two are nobody's error.
    ends = (str(moment.date()), str(nearest.date()))
    between = bisect_left(days, ends[0]) - bisect_left(days, ends[1])
    return min(off, float(between), key=abs)


def _holds(answer: Stored, truth: Stored) -> bool | None:
    """Whether the interval of the onset reaches into the days on which the fault began."""
    if truth["onset"] is None or not answer.get("onset_low"):
        return None
    low, high = (pd.Timestamp(answer[end]).normalize() for end in ("onset_low", "onset_high"))
    until = pd.Timestamp(truth.get("until") or truth["onset"])
    return bool(low <= until and high >= pd.Timestamp(truth["onset"]))


def _width(answer: Stored, days: Sequence[str]) -> int | None:
    if not answer.get("onset_low") or not days:
        return None
    low, high = (str(pd.Timestamp(answer[end]).date()) for end in ("onset_low", "onset_high"))
    return max(bisect_right(days, high) - bisect_left(days, low) - 1, 0)


def _took(result: Stored) -> float:
    """AUC points that the fault took of the incident; of the platform all that AUC moved."""
    answer = next(iter(result["said"].values()))
    if family(result["scenario"]) == PLATFORM or result["reference"] is None:
        return abs(answer["baseline"] - answer["incident"])
    return float(result["reference"] - answer["incident"])


def _points(result: Stored, answer: Stored) -> float | None:
    if result["reference"] is None or answer["points"] is None:
        return None
    return float(abs(answer["points"] - (result["reference"] - answer["incident"])))
