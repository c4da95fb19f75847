"""Since when: the bucket at which the level that the incident shows began, and its interval."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from investigate.analyses.change_point import Change, change_point
from investigate.analyses.drop import fell
from investigate.analyses.series import Series, series
from investigate.analyses.whole import difference, whole
from investigate.analyses.wording import day, points
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Finding
from investigate.question import Question

WEEK = 7
DAY = 86_400
FREQUENCY = {DAY: "D", 3_600: "h", 60: "min"}
NEAR_EVENTS = 3


@remembered
def onset(counts: Counts, question: Question) -> Finding:
    """When the change began, over all rows and by system, with the events before it.

    The table holds the change of all rows and of each system; ``detail`` holds ``onset``
    ({date, low, high, p_value} or null), ``systems``, ``events``, and ``series``: the AUC
    by bucket over the whole log.
    """
    everything = series(counts)
    found = _dated(everything, counts, question)
    systems = sorted(set(counts.timeline["system"].unique()) - {""})
    by_system = {name: _dated(series(counts, name), counts, question) for name in systems}
    reach = float(stats.norm.ppf((1 + question.thresholds.confidence) / 2))
    return Finding(
        name="onset",
        claim=_claim(found, by_system, counts, question),
        table=tuple(
            {"rows of": name, **one}
            for name, one in [("the whole log", found), *by_system.items()]
            if one
        ),
        caveats=(
            "The date is that of the best single step; a slow slide has a wide interval.",
            "The p-value allows for autocorrelation from bucket to bucket.",
        ),
        detail={
            "series": _rows(everything, reach),
            "onset": found,
            "systems": by_system,
            "events": _events(counts, question, found),
            "bucket_seconds": counts.meta["bucket_seconds"],
            "timezone": question.timezone,
            "windows": [
                [moment.isoformat() for moment in window.bounds(question.timezone)]
                for window in (question.baseline, question.incident)
            ],
        },
    )


def _dated(whole_series: Series, counts: Counts, question: Question) -> dict[str, Any] | None:
    first = pd.Timestamp(question.baseline.bounds(question.timezone)[0])
    start, end = (pd.Timestamp(moment) for moment in question.incident.bounds(question.timezone))
    bucket = pd.Timedelta(seconds=counts.meta["bucket_seconds"])
    begins = whole_series.start
    asked = np.flatnonzero((begins > first - bucket) & (begins < end))
    if not len(asked):
        return None
    # Every bucket has a place, also one without rows: weeks and autocorrelation count places.
    local = whole_series.start[asked].tz_convert(question.timezone)
    places = pd.date_range(local[0], local[-1], freq=FREQUENCY[counts.meta["bucket_seconds"]])
    at = places.get_indexer(local)
    known = at >= 0
    values, errors = np.full((2, len(places)), np.nan)
    values[at[known]] = whole_series.auc[asked][known]
    errors[at[known]] = whole_series.error[asked][known]
    change = change_point(
        values,
        errors,
        incident=int(places.searchsorted(start)),
        confidence=question.thresholds.confidence,
        period=WEEK if counts.meta["bucket_seconds"] == DAY else None,
    )
    return _told(change, places) if change else None


def _told(change: Change, starts: pd.DatetimeIndex) -> dict[str, Any]:
    def date(index: int) -> str:
        return day(starts[index].to_pydatetime())

    return {
        "date": date(change.index),
        "low": date(change.low),
        "high": date(change.high),
        "p_value": change.p_value,
        "before": change.before,
        "after": change.after,
    }


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
) -> str:
    if found is None:
        return "No date can be told: too few points in time have an AUC."
    alpha = 1 - question.thresholds.confidence
    span = f"{found['date']} (between {found['low']} and {found['high']})"
    step = f"{found['before']:.3f} to {found['after']:.3f}"
    p = f"p = {found['p_value']:.3f}" if found["p_value"] > 0.001 else "p ≤ 0.001"
    if found["p_value"] > alpha:
        return f"No step in AUC stands out from its usual ups and downs; the best is {span}, {p}."
    change = difference(
        whole(counts).counts, counts.meta["clustered"], question.thresholds.confidence
    )
    verb = "The drop began" if fell(change, 0.0) else "AUC changed level"
    moved = [
        f"{name} {points(one['after'] - one['before'])} on {one['date']}"
        for name, one in sorted(by_system.items(), key=lambda s: (s[1] or {}).get("date", ""))
        if one
        and one["p_value"] <= alpha
        and (one["after"] - one["before"]) * (found["after"] - found["before"]) > 0
    ]
    first = f"; by system: {', '.join(moved)}" if len(by_system) > 1 and moved else ""
    return f"{verb} on {span}: from {step} ({p}){first}."
