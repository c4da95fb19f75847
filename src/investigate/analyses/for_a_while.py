"""A fall that is over: that it is, what AUC is since, and where it was; for the verdict."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from investigate.analyses.dating import asked, dated
from investigate.analyses.discovery import discovered
from investigate.analyses.series import daily
from investigate.counts.auc import auc
from investigate.counts.table import Counts
from investigate.question.question import Question

CLEARLY = 1.5
"""A group is the place of a fall where it fell by so many times as much as the whole log."""

Found = Mapping[str, Any]


def recovered(found: Found | None, named: Found, counts: Counts, question: Question) -> str:
    """That what was ``named`` is over, as a sentence, where what began then surely ended.

    `found`: when all rows changed, as of `dated`.
    """
    if not _ended(found, question) or found is None or named["onset"] is None:
        return ""
    if not found["low"] <= named["onset"] <= found["high"]:
        return ""
    since = level_since(counts, question, found["to"])
    now = "" if since is None else f" Since then AUC is {since:.3f}; before, it was {_was(found)}."
    return f" It lasted until {found['to']}.{now}"


def for_a_while(found: Found | None, counts: Counts, question: Question) -> str:
    """Of windows in which AUC fell for some days alone, which the incident as a whole hides."""
    if not _ended(found, question) or found is None or found["after"] >= found["before"]:
        return ""
    start, end = (_date(moment, question) for moment in question.incident.bounds(question.timezone))
    if found["date"] > end or found["to"] < start:
        return ""
    earlier = found["date"] < _date(question.baseline.bounds(question.timezone)[1], question)
    since = level_since(counts, question, str(found["to"]))
    back = "It is higher since" if since is None else f"It is {since:.3f} since"
    place = _place(found, counts, question)
    return (
        f" From {found['date']} to {found['to']} AUC was lower all the same, at "
        f"{found['after']:.3f} after {_was(found)}{place}. {back}"
        + (", and a part of these days is in the baseline" if earlier else "")
        + ", so that the windows hide it: ask about these days alone."
    )


def _date(moment: Any, question: Question) -> str:
    return str(pd.Timestamp(moment).tz_convert(question.timezone).date())


def level_since(counts: Counts, question: Question, last: str) -> float | None:
    """AUC of the incident's rows after the bucket ``last``; `None` where there is none."""
    every = asked(daily(counts), counts, question)
    moment = pd.Timestamp(last).tz_localize(
        question.timezone, ambiguous=True, nonexistent="shift_forward"
    )
    later = np.asarray(every.start > moment)
    area = float(auc(every.positives[later].sum(0), every.negatives[later].sum(0)))
    return area if np.isfinite(area) else None


def _ended(found: Found | None, question: Question) -> bool:
    """Whether AUC surely fell for a while."""
    return (
        found is not None
        and found["p_value"] <= 1 - question.thresholds.confidence
        and found["shape"] == "temporary"
        and bool(found["to"])
    )


def _was(found: Found) -> str:
    return f"{found['before']:.3f}"


def _place(found: Found, counts: Counts, question: Question) -> str:
    """The system or cohort in which it clearly was, with AUC there, as a clause; else nothing."""
    known = counts.cohort_timeline[["by", "cohort"]].drop_duplicates()
    places: list[tuple[str, str, dict[str, str] | None]] = [
        (f"system {name}", name, None) for name in sorted(set(counts.timeline["system"]) - {""})
    ]
    places += [(f"{by} {v}", "", {str(by): str(v)}) for by, v in known.itertuples(index=False)]
    fell = CLEARLY * (found["before"] - found["after"])
    worst = ""
    every = [dated(counts, question, system, cohort) for _, system, cohort in places]
    # Of many groups that did not change, one seems to by chance.
    p_values = np.array([1.0 if own is None else own["p_value"] for own in every], dtype=float)
    sure = discovered(p_values, 1 - question.thresholds.confidence)
    for (name, _, _), own, discovery in zip(places, every, sure, strict=True):
        if not discovery or not _ended(own, question) or own is None or own["from"] > found["to"]:
            continue
        if own["before"] - own["after"] > fell and own["to"] >= found["date"]:
            fell = own["before"] - own["after"]
            worst = f"; in {name} at {own['after']:.3f} after {_was(own)}"
    return worst
