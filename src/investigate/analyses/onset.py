"""Since when: the bucket at which the level that the incident shows began, and its interval."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from investigate.analyses.dating import DAY, asked, dated
from investigate.analyses.drop import fell
from investigate.analyses.series import Series, daily, pooled, series
from investigate.analyses.whole import difference, whole
from investigate.analyses.wording import day, points
from investigate.counts.auc import auc
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.question.question import Question

NEAR_EVENTS = 3
SHOWN = ("date", "low", "high", "p_value", "before", "after", "shape", "from", "to")


@remembered
def onset(counts: Counts, question: Question) -> Finding:
    """When the change began, over all rows and by system, with the events before it.

    The table holds the change of all rows and of each system; ``detail`` holds ``onset``
    (what `dated` gives), ``title`` (the claim without what the figure shows beside it),
    ``systems``, ``events``, ``advice`` (what the windows miss: a sentence and the windows that
    would suit, or null), ``series``: the AUC by bucket over the whole log, and ``pooled``: that of
    so many ``buckets`` together where single ones have few rows, or null.
    """
    everything, wide = series(counts), pooled(counts)
    found = dated(counts, question)
    systems = sorted(set(counts.timeline["system"].unique()) - {""})
    by_system = {name: dated(counts, question, name) for name in systems}
    reach = float(special.ndtri((1 + question.thresholds.confidence) / 2))
    advice = windows_advice(found, counts, question)
    title, rest = _claim(found, by_system, counts, question, advice)
    return Finding(
        name="onset",
        claim=title + rest,
        table=tuple(
            {"rows of": name, **one}
            for name, one in [("the whole log", found), *by_system.items()]
            if one
        ),
        columns=("rows of", *SHOWN),
        caveats=(
            "A step is assumed unless a slide, or a fall that recovered, explains the series much "
            "better; how a fall goes on after the incident's end cannot be seen.",
            "Days with few rows are counted with the next; the date is chosen among days with "
            "rows, by what all rows around it say. Where these hardly tell one day from another, "
            "it is the first of the incident window; the interval is what rows say.",
            "The p-value allows for autocorrelation from bucket to bucket.",
        ),
        detail={
            "series": _rows(everything, reach),
            "pooled": {"buckets": wide[0], "series": _rows(wide[1], reach)} if wide else None,
            "title": f"{title}.",
            "onset": found,
            "systems": by_system,
            "advice": advice,
            "events": _events(counts, question, found),
            "bucket_seconds": counts.meta["bucket_seconds"],
            "timezone": question.timezone,
            "windows": [
                [moment.isoformat() for moment in window.bounds(question.timezone)]
                for window in (question.baseline, question.incident)
            ],
        },
    )


def _rows(everything: Series, reach: float) -> list[dict[str, Any]]:
    return [
        {
            "start": start.isoformat(),
            "auc": None if np.isnan(value) else float(value),
            "low": None if np.isnan(value) else float(max(value - reach * error, 0)),
            "high": None if np.isnan(value) else float(min(value + reach * error, 1)),
            "rows": int(rows),
        }
        for start, value, error, rows in zip(
            everything.start, everything.auc, everything.error, everything.rows, strict=True
        )
    ]


def _events(
    counts: Counts, question: Question, found: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The last events up to the end of the date's interval, the nearest first."""
    if found is None or counts.events.empty:
        return []
    last = pd.Timestamp(found["high"], tz=question.timezone) + pd.Timedelta(seconds=DAY)
    before = counts.events[counts.events["time"] <= last].sort_values(["time", "label"])
    return [
        {"time": pd.Timestamp(time).isoformat(), "label": label, "system": system or None}
        for time, label, system in before[["time", "label", "system"]].to_numpy()[::-1]
    ][:NEAR_EVENTS]


def _claim(
    found: dict[str, Any] | None,
    by_system: dict[str, dict[str, Any] | None],
    counts: Counts,
    question: Question,
    advice: dict[str, Any] | None,
) -> tuple[str, str]:
    """What changed and when, without its full stop, and how sure, where and what to do."""
    if found is None:
        return "There is no date: too few points in time have an AUC", "."
    alpha = 1 - question.thresholds.confidence
    sure = found["low"] == found["high"]
    span = (
        found["date"] if sure else f"{found['date']} (between {found['low']} and {found['high']})"
    )
    step = f"{found['before']:.3f} to {found['after']:.3f}"
    p = f"p = {found['p_value']:.3f}" if found["p_value"] > 0.001 else "p ≤ 0.001"
    if found["p_value"] > alpha:
        return (
            f"No step in AUC stands out from its usual ups and downs; the best is {span}, {p}",
            ".",
        )
    fell_then = found["after"] < found["before"] and _fell(counts, question)
    verb = "The drop began" if fell_then else "AUC changed level"
    moved = [
        f"{name} {points(one['after'] - one['before'])} on {one['date']}"
        for name, one in sorted(by_system.items(), key=lambda s: (s[1] or {}).get("date", ""))
        if one
        and one["p_value"] <= alpha
        and (one["after"] - one["before"]) * (found["after"] - found["before"]) > 0
    ]
    first = f"; by system: {', '.join(moved)}" if len(by_system) > 1 and moved else ""
    how = {
        "slide": f" and went on little by little until {found['to']}",
        "rollout": f" and went on little by little until {found['to']}, while "
        f"{found['group']} came to more and more of the rows",
        "temporary": f" and lasted until {found['to']}",
    }.get(found["shape"], "")
    more = f" {advice['sentence']}" if advice else ""
    return f"{verb} on {span}{how}: from {step}", f" ({p}){first}.{more}"


def _fell(counts: Counts, question: Question) -> bool:
    change = difference(whole(counts).counts, counts.jackknifed, question.thresholds.confidence)
    return fell(change, 0.0)


def windows_advice(
    found: dict[str, Any] | None, counts: Counts, question: Question
) -> dict[str, Any] | None:
    """The advice, and the windows to ask for, where the change surely began elsewhere.

    `found` has ``date``, ``low``, ``high``, ``p_value``, ``before`` and ``after``, as of `dated`.
    """
    if found is None or found["p_value"] > 1 - question.thresholds.confidence:
        return None
    everyone = asked(daily(counts), counts, question)
    zone = question.timezone
    start, end = (pd.Timestamp(moment) for moment in question.incident.bounds(zone))
    began, low, high = (
        pd.Timestamp(found[key]).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
        for key in ("date", "low", "high")
    )
    bucket = pd.Timedelta(seconds=counts.meta["bucket_seconds"])
    change = "drop" if found["after"] < found["before"] else "rise"

    def level(first: Any, last: Any) -> float | None:
        inside = (everyone.start >= first) & (everyone.start < last)
        area = float(auc(everyone.positives[inside].sum(0), everyone.negatives[inside].sum(0)))
        return area if np.isfinite(area) else None

    incident = {"start": found["date"], "end": _text(question.incident.end)}
    baseline = {"start": _text(question.baseline.start), "end": _text(question.baseline.end)}
    between = everyone.start[(everyone.start >= start) & (everyone.start < began)]
    if low > start and len(between):
        after = level(began, end)
        then = "" if after is None else f"; AUC from then on is {after:.3f}"
        sentence = (
            f"The {change} began {_after(began - start, bucket)} after the incident window "
            f"starts{then}. Let it start on {found['date']} to see all of the {change}."
        )
        return {"sentence": sentence, "baseline": baseline, "incident": incident, "auc": after}
    inside = pd.Timestamp(question.baseline.bounds(zone)[1])
    between = everyone.start[(everyone.start >= began) & (everyone.start < start)]
    if high >= start or not len(between):
        return None
    before = level(everyone.start[0], began)
    then = "" if before is None else f"; AUC before it is {before:.3f}"
    where = ", inside the baseline" if began < inside else ""
    shorter = began < inside and pd.Timestamp(question.baseline.bounds(zone)[0]) < low
    if shorter:
        baseline["end"] = found["low"]
    sentence = (
        f"The {change} began {_after(start - began, bucket)} before the incident window"
        f"{where}{then}. Let the incident start on {found['date']}"
        + (f" and the baseline end on {found['low']}" if shorter else "")
        + f" to see all of the {change}."
    )
    return {"sentence": sentence, "baseline": baseline, "incident": incident, "auc": before}


def _after(length: pd.Timedelta, bucket: pd.Timedelta) -> str:
    unit = {DAY: "day", 3_600: "hour", 60: "minute"}[int(bucket.total_seconds())]
    many = max(round(length / bucket), 1)
    return f"{many} {unit}{'s' if many > 1 else ''}"


def _text(moment: Any) -> str:
    return day(moment)
