"""Outcomes that are not all in: towards the end rows grow few, or positives that the scores expect.

Where rows are lacking, the arm ends the incident before they do. Which rows are left changes AUC,
and outcomes at equal scores stay as before: scores that lost their meaning on the same days are
another cause. Where rows are there and count as negative until their outcome is in, the share of
the expected positives falls to none at the end, as a delay makes it:
1 - exp(-(time left / scale) ** shape). That must fit the days better than a level and better than a
step, which labels that changed make. The arm gives every day the positives that are still to come.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.series import FOLDS
from investigate.analyses.suspects.coming_in import FEWEST, delay, in_windows, rates
from investigate.analyses.suspects.late_group import late_in_a_group
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.whole import whole as windows
from investigate.analyses.wording import day, percent
from investigate.counts.auc import auc
from investigate.counts.jackknife import estimate
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import Counts
from investigate.question.question import Question

LACKING, AT_LAST = 2.5, 4.0
"""A bucket lacks rows when they are fewer, and the last one far fewer, than the baseline's own ups
and downs explain: in their standard deviations, on the log scale …"""
AT_LEAST, LAST_AT_LEAST = 0.05, 0.15
"""… and by at least so much, however steady the baseline was."""
WEEK, DAY = 7, 86_400
HALF = 1 / 2
"""Rows that lack explain a loss only where less than this part of it is lost validity."""
FEW_IN = 0.25
"""Where a smaller share of the positives is in, they say nothing of those to come; scores do."""

Array = NDArray[np.float64]


def lateness(counts: Counts, question: Question) -> list[Suspect]:
    """`late_outcomes`, where the incident's last buckets lack rows, or positives.

    Of one group, where the rest has its own.
    """
    if (alone := late_in_a_group(counts, question)) is not None:
        return [alone]
    return _missing_positives(counts, question) or _missing_rows(counts, question)


def _missing_rows(counts: Counts, question: Question) -> list[Suspect]:
    sizes = _sizes(counts, question)
    if sizes is None:
        return []
    start, part, noise = sizes
    fewer = -np.log(np.maximum(part, 1e-9))
    lacking = fewer > max(LACKING * noise, AT_LEAST)
    if fewer[-1] <= max(AT_LAST * noise, LAST_AT_LEAST) or lacking.all():
        return []
    first = len(part) - int(np.argmin(lacking[::-1]))
    if first < FEWEST:
        return []
    gained, restored = _gained(counts, question, start[first])
    points = estimate(gained, question.thresholds.confidence, _used(counts))
    when = start[first].tz_convert(question.timezone)
    invalid = recovers(points) and restored >= HALF * gained[0]
    also = (
        " Those that are there follow their scores less than before, which rows that lack do not "
        "explain."
    )
    return [
        Suspect(
            kind="late_outcomes",
            points=points,
            evidence=(
                f"From {day(when.to_pydatetime())} on rows are fewer than usual, at last "
                f"{percent(float(part[-1]))} of what was to be expected."
                f"{also if invalid else ''}"
            ),
            supported=recovers(points) and not invalid,
            onset=day(when.to_pydatetime()),
        )
    ]


def _sizes(
    counts: Counts, question: Question
) -> tuple[pd.DatetimeIndex, NDArray[np.float64], float] | None:
    """The incident's buckets, rows of each over what is expected, and the baseline's noise in that.

    Expected is the baseline's median, of the same weekday where buckets are days.
    """
    everyone = counts.timeline[counts.timeline["system"] == ""]
    rows = (everyone["positives"] + everyone["negatives"]).groupby(everyone["start"]).sum()
    start = pd.DatetimeIndex(rows.index)
    seconds = int(counts.meta["bucket_seconds"])
    within = in_windows(start, counts, question)
    if within[0].sum() < FEWEST or within[1].sum() <= FEWEST:
        return None
    size = rows.to_numpy(float)
    usual = np.full(len(size), np.median(size[within[0]]))
    known = within[1]
    if seconds == DAY and within[0].sum() >= 2 * WEEK:
        weekday = start.tz_convert(question.timezone).day_of_week.to_numpy()
        for day_of_week in range(WEEK):
            own = size[within[0] & (weekday == day_of_week)]
            if len(own):
                usual[weekday == day_of_week] = np.median(own)
            else:
                # Of a weekday that the baseline has not, nobody knows how many are usual.
                known = known & (weekday != day_of_week)
        if known.sum() <= FEWEST:
            return None
    part = size / usual
    before, now = part[within[0]], part[known]
    noise = 1.4826 * float(np.median(np.abs(np.log(before))))
    # Traffic may have grown or shrunk: the incident's own better half is its level.
    level = float(np.median(np.sort(now)[len(now) // 2 :]))
    return start[known], now / level, noise


def _missing_positives(counts: Counts, question: Question) -> list[Suspect]:
    """Late outcomes that count as negative until they are in."""
    own = counts.timeline[counts.timeline["system"] == ""]
    start = pd.DatetimeIndex(own["start"])
    before, now = in_windows(start, counts, question)
    if not before.any() or not now.any():
        return []
    rate = rates(*(own[name].to_numpy()[before] for name in ("bin", "positives", "negatives")))
    place = np.minimum(own["bin"].to_numpy(), len(rate) - 1)
    expected = (own["positives"] + own["negatives"]).to_numpy() * rate[place]
    table = pd.DataFrame({"start": start, "seen": own["positives"].to_numpy(), "due": expected})
    days, usual = (table[part].groupby("start").sum() for part in (now, before))
    days, usual = days[days["due"] > 0], usual[usual["due"] > 0]
    if len(days) < FEWEST or len(usual) < FEWEST:
        return []
    fitted = delay(days, usual, counts, question)
    if fitted is None:
        return []
    come_in, first, _ = fitted
    share = pd.Series(come_in, index=days.index)
    part = own[now & start.isin(days.index)]
    there = share[pd.DatetimeIndex(part["start"])].to_numpy()
    seen, missed = part["positives"].to_numpy(), part["negatives"].to_numpy()
    due = (seen + missed) * rate[np.minimum(part["bin"].to_numpy(), len(rate) - 1)]
    coming = np.where(
        there >= FEW_IN, seen * (1 / np.maximum(there, FEW_IN) - 1), np.maximum(due - seen, 0)
    )
    # Cells hold too few rows to lend each what is to come: every bin's negatives share it.
    by_bin = part["bin"].to_numpy()
    needed, had = np.bincount(by_bin, coming), np.bincount(by_bin, missed)
    coming = missed * np.minimum(needed / np.maximum(had, 1), 1.0)[by_bin]
    whole = part.assign(positives=seen + coming, negatives=missed - coming)
    points = estimate(_areas(whole) - _areas(part), question.thresholds.confidence, _used(counts))
    when = day(first.tz_convert(question.timezone).to_pydatetime())
    last = days.iloc[-1]
    return [
        Suspect(
            kind="late_outcomes",
            points=points,
            evidence=(
                f"Since {when} fewer and fewer of the positives that the scores let expect are "
                f"there, at last {percent(float(last['seen'] / last['due']))}, as outcomes do that "
                "come in later and count as negative until then. When each outcome became known "
                "(outcomes.columns.observed_at) would show whether more are to come."
            ),
            supported=recovers(points),
            onset=when,
        )
    ]


def _gained(counts: Counts, question: Question, until: pd.Timestamp) -> tuple[Array, float]:
    """AUC points of ending the incident before ``until``, (1 + folds,).

    And those of giving the rows from then on the outcome rates of the rows before, at each score.
    """
    start, end = map(pd.Timestamp, question.incident.bounds(question.timezone))
    everyone = counts.timeline[counts.timeline["system"] == ""]
    own = everyone[(everyone["start"] >= start) & (everyone["start"] < end)]
    late = (own["start"] >= until).to_numpy()
    place, seen, unseen = (own[name].to_numpy() for name in ("bin", "positives", "negatives"))
    rate = rates(place[~late], seen[~late], unseen[~late])
    due = (seen + unseen) * rate[np.minimum(place, len(rate) - 1)]
    again = own.assign(
        positives=np.where(late, due, seen), negatives=np.where(late, seen + unseen - due, unseen)
    )
    areas = _areas(own)
    return _areas(own[~late]) - areas, float((_areas(again) - areas)[0])


def _used(counts: Counts) -> NDArray[np.bool_]:
    """The folds of the timeline (FOLDS,) that hold rows of the incident."""
    return np.asarray(windows(counts).counts.folds(1).reshape(-1, FOLDS).any(axis=0))


def _areas(rows: pd.DataFrame) -> Array:
    # Of few clusters a stretch may lack a fold that another has.
    bins = int(rows["bin"].max()) + 1
    flat = rows["fold"].to_numpy() * bins + rows["bin"].to_numpy()
    sides = (
        whole_and_without(np.bincount(flat, rows[s], FOLDS * bins).reshape(FOLDS, bins), axis=0)
        for s in ("positives", "negatives")
    )
    return np.asarray(auc(*sides))
