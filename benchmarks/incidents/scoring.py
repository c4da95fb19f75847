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

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Score:
    """What is right in one answer; `None` where the truth asks nothing.

    ``days`` is told onset minus true onset, in days with rows; ``holds`` whether the interval that
    was told with it holds the true one, and ``width`` how many days with rows lie between its ends;
    `None` where no interval was told. ``points`` is the error of the AUC points told.
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
    def of(cls, result: Told, way: str) -> Self:
        """Scores ``result["said"][way]``; what was not answered is wrong in everything."""
        if "error" in result:
            return cls(kind=False, system=False, cohort=False, scoped=False)
        truth, said = result["truth"], result["said"][way]
        # Of two causes that take about as much, either may come first.
        first = max([truth, *_even(truth)], key=lambda cause: _matches(cause, said))
        kind, system, cohort = _matches(first, said)
        return cls(
            kind=kind,
            system=system,
            cohort=cohort,
            scoped=bool(first["cohort"]),
            days=_days(said["onset"], truth, result.get("days", ())),
            points=_points(result, said) if kind else None,
            dates=truth["onset"] is not None,
            misleading=misleading(result, way),
            both=_both(truth, said),
            holds=_holds(said, truth),
            width=_width(said, result.get("days", ())),
        )


def size(result: Told) -> float | None:
    """How far AUC moved, in the log; `None` where that is not known."""
    if "error" in result:
        return None
    said = next(iter(result["said"].values()))
    return abs(said["baseline"] - said["incident"])


def judged(result: Told) -> bool:
    """Whether AUC moved so far, by the fault and not by chance, that the answer counts.

    An incident without an answer has no size; it is judged, or failing would pay.
    """
    moved = size(result)
    if moved is None:
        return True
    return moved >= MOVED and (result["truth"].get("innocent", False) or _took(result) >= MOVED)


def misleading(result: Told, way: str) -> str | None:
    """``cleared`` although broken, or ``accused`` although nothing is."""
    truth, said = result["truth"], result["said"][way]
    if said["kind"] is None:  # a peer, which names no kind
        return None
    harmless = result["control"] or truth.get("innocent") or kind(truth["kind"]).state == "innocent"
    if not harmless:
        return "cleared" if _clears(said) and judged(result) else None
    if kind(said["kind"]).state != "broken":
        return None
    # Where the log cannot show that rows grew alike, that may be said of no place in it.
    excused = called(said) in truth.get("accept", ()) and not said["system"] and not said["cohort"]
    return None if excused else "accused"


def false_alarm(result: Told, way: str) -> bool:
    """Whether a log without a fault was accused; no answer is a false alarm, too."""
    return "error" in result or kind(result["said"][way]["kind"]).state != "innocent"


def _clears(said: Told) -> bool:
    """Whether it says that nothing is broken; ``either``: it does not say it of all."""
    return kind(said["kind"]).state == "innocent" and not said.get("either")


def called(said: Told) -> str:
    """The kind that was told; ``either`` for labels or scores, of which nothing tells which."""
    unsure = said.get("either") and said["kind"] in ("outcome_fault", "lost_validity")
    return "either" if unsure else said["kind"]


def _matches(cause: Told, said: Told) -> tuple[bool, bool, bool]:
    accepted = cause.get("accept") or [cause["kind"], *_platform_accepts(cause["kind"])]
    return (
        said["kind"] == cause["kind"] or called(said) in accepted,
        said["system"] in cause.get("systems", [cause["system"]]),
        (said["cohort"] or None) in cause.get("cohorts", [cause["cohort"] or None]),
    )


def _platform_accepts(name: str) -> list[str]:
    # Labels that changed may be told as labels or scores; the platform's truth has no list.
    return ["either"] if name == "outcome_fault" else []


def _even(truth: Told) -> list[Told]:
    """The other of two causes, if it takes at least two thirds of what the first takes."""
    causes = truth.get("causes", ())
    return [c for c in causes if len(causes) > 1 and c["took"] >= 2 / 3 * truth["took"]]


def _both(truth: Told, said: Told) -> bool | None:
    causes = truth.get("causes", ())
    if len(causes) < 2:
        return None
    return all(any(all(_matches(c, part)) for part in said["account"]) for c in causes)


def _days(told: str | None, truth: Told, days: Sequence[str]) -> float | None:
    if told is None or truth["onset"] is None:
        return None
    moment, first = pd.Timestamp(told), pd.Timestamp(truth["onset"])
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


def _holds(said: Told, truth: Told) -> bool | None:
    """Whether the interval of the onset reaches into the days on which the fault began."""
    if truth["onset"] is None or not said.get("onset_low"):
        return None
    low, high = (pd.Timestamp(said[end]).normalize() for end in ("onset_low", "onset_high"))
    until = pd.Timestamp(truth.get("until") or truth["onset"])
    return bool(low <= until and high >= pd.Timestamp(truth["onset"]))


def _width(said: Told, days: Sequence[str]) -> int | None:
    if not said.get("onset_low") or not days:
        return None
    low, high = (str(pd.Timestamp(said[end]).date()) for end in ("onset_low", "onset_high"))
    return max(bisect_right(days, high) - bisect_left(days, low) - 1, 0)


def _took(result: Told) -> float:
    """AUC points that the fault took of the incident; of the platform all that AUC moved."""
    said = next(iter(result["said"].values()))
    if family(result["scenario"]) == PLATFORM or result["reference"] is None:
        return abs(said["baseline"] - said["incident"])
    return float(result["reference"] - said["incident"])


def _points(result: Told, said: Told) -> float | None:
    if result["reference"] is None or said["points"] is None:
        return None
    return float(abs(said["points"] - (result["reference"] - said["incident"])))
