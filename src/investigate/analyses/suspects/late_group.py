"""Outcomes that come in late in one group: its newest rows lack positives, and others do not.

Outcomes that are zero from a day on are a step; late ones grow fewer towards the end (`coming_in`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.suspects.coming_in import FEWEST, delay, in_windows, rates
from investigate.analyses.suspects.losses import Losses
from investigate.analyses.suspects.narrowing import NEARLY_ALL, QUIET, Scope
from investigate.analyses.suspects.scopes import points_of, undo_of
from investigate.analyses.suspects.struck import named
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.wording import day, percent
from investigate.counts.table import Counts
from investigate.question.question import Question

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Late:
    """A group that is late: by how much that fits better, since when, and what is there."""

    better: float
    scope: Scope
    since: pd.Timestamp
    at_last: float


def late_in_a_group(counts: Counts, question: Question) -> Suspect | None:
    """`late_outcomes` of the one group of a cohort column whose newest outcomes are not all in.

    Points: those of giving its rows the outcome rates of before, by score.
    """
    table = counts.cohort_timeline
    if table.empty:
        return None
    shapes = [
        shape for _, own in table.groupby("by", sort=True) for shape in _due(own, counts, question)
    ]
    found = [
        one for scope, days, usual, everyone in shapes
        if (one := _late(scope, days, usual, everyone, counts, question, len(shapes)))
    ]  # fmt: skip
    if not found:
        return None
    place = (case := Losses(counts, question, undo_of(counts))).narrowed(with_spread=False)
    # Rows of a group elsewhere that lost their positives at once come to be fewer of another's.
    found = [
        one for one in found
        if place.by in ("all", one.scope.by, f"system*{one.scope.by}")
        or case.gain(place) < case.gain(one.scope)
    ]  # fmt: skip
    if not found:
        return None
    most = max(found, key=lambda one: (one.better, one.scope.by, one.scope.cohort))
    gained = undo_of(counts).points(most.scope, False)
    points = points_of(counts, most.scope, gained, question.thresholds.confidence)
    when = day(most.since.tz_convert(question.timezone).to_pydatetime())
    return Suspect(
        kind="late_outcomes",
        points=points,
        evidence=(
            f"In {named(most.scope)}, and hardly elsewhere, fewer and fewer of the positives that "
            f"the scores let expect are there since {when}, at last {percent(most.at_last)}, as "
            "outcomes do that come in later and count as negative until then. When each outcome "
            "became known (outcomes.columns.observed_at) would show whether more are to come."
        ),
        supported=recovers(points),
        cohort=most.scope.of[1],
        onset=when,
    )


def _due(
    table: pd.DataFrame, counts: Counts, question: Question
) -> list[tuple[Scope, pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Of each group of a column ``seen`` and ``due`` by bucket: now, before, and everyone's now.

    Due is what its own outcome rates of before lead to expect of its scores.
    """
    # As arrays: a table of each group would take ten times as long.
    bucket, start = pd.factorize(pd.DatetimeIndex(table["start"]), sort=True)
    before, now = (part[bucket] for part in in_windows(pd.DatetimeIndex(start), counts, question))
    group, values = pd.factorize(table["cohort"], sort=True)
    bins, positives, negatives = (
        table[name].to_numpy() for name in ("bin", "positives", "negatives")
    )
    rows = positives + negatives
    parts = []
    for at, value in enumerate(values):
        own = group == at
        then, here = own & before, own & now
        if not then.any() or not here.any():
            continue
        rate = rates(bins[then], positives[then], negatives[then])
        due = rows * rate[np.minimum(bins, len(rate) - 1)]
        days, usual = (
            _by_bucket(start, bucket[part], positives[part], due[part]) for part in (here, then)
        )
        parts.append((str(value), int(rows[here].sum()), days, usual))
    by, total = str(table["by"].iloc[0]), sum(size for _, size, _, _ in parts)
    everyone = pd.concat([days for *_, days, _ in parts]).groupby(level=0).sum() if parts else None
    return [
        (Scope(by, "", value, size), days, usual, everyone)
        for value, size, days, usual in parts
        if everyone is not None and len(parts) > 1 and size < NEARLY_ALL * total
    ]


def _by_bucket(
    start: "pd.Index[Any]", bucket: Ints, seen: NDArray[Any], due: NDArray[Any]
) -> pd.DataFrame:
    """Sums by bucket, of those that have rows, in the order of time."""
    there = np.unique(bucket)
    sums = {name: np.bincount(bucket, side)[there] for name, side in (("seen", seen), ("due", due))}
    return pd.DataFrame(sums, index=start[there])


def _late(
    scope: Scope,
    days: pd.DataFrame,
    usual: pd.DataFrame,
    everyone: pd.DataFrame,
    counts: Counts,
    question: Question,
    among: int,
) -> _Late | None:
    """What is late in a group, where the rest lacks hardly anything on the same days."""
    all_days = days
    days, usual = days[days["due"] > 0], usual[usual["due"] > 0]
    if len(days) < FEWEST or len(usual) < FEWEST:
        return None
    fitted = delay(days, usual, counts, question, among)
    if fitted is None:
        return None
    _, first, better = fitted
    rest = everyone.sub(all_days, fill_value=0.0)
    lacks, elsewhere = (_lacking(one, first) for one in (days, rest))
    if not elsewhere < QUIET * lacks:
        return None
    last = days.iloc[-1]
    return _Late(better, scope, first, float(last["seen"] / last["due"]))


def _lacking(days: pd.DataFrame, since: pd.Timestamp) -> float:
    """The share of the positives that are due since a bucket and are not there."""
    own = days[days.index >= since].sum()
    return 1.0 - float(own["seen"] / own["due"]) if own["due"] > 0 else 0.0
