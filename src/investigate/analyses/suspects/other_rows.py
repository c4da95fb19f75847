"""Whether a group whose scores lie closer together may hold other rows than before, or fewer."""

import numpy as np

from investigate.analyses.suspects.hosts import hosted, new_groups, newcomers
from investigate.analyses.suspects.narrowing import NEARLY_ALL, Scope
from investigate.analyses.suspects.order_lost import order_lost
from investigate.analyses.suspects.rates import TIMES, Rates, rates
from investigate.analyses.whole import whole
from investigate.counts.table import Counts

GAINED = 0.1
"""Rows that only were left out gain in no band; so small a share may be chance."""
SURE = 2.0
"""Rows are fewer where so many standard errors are gone, of independent rows: what a score that
lost something takes from one band it gives to another."""


def holds_other_rows(counts: Counts, scope: Scope) -> bool:
    """Whether a scope is a new value, of rows that no known group of the baseline had."""
    key = (scope.system, scope.cohort)
    if key not in new_groups(counts, scope.by):
        return False
    host = newcomers(counts, scope.by)[key]
    if not host.known:
        return True
    facts = counts.facts[counts.facts["window"] == 1]
    own = facts[(facts["by"] == host.by) & (facts["system"] == host.system)]
    rows = int(own.loc[own["cohort"] == host.cohort, "rows"].sum())
    return rows >= NEARLY_ALL * int(facts.loc[facts["by"] == "all", "rows"].sum())


def other_rows(counts: Counts, scope: Scope, confidence: float) -> str:
    """Why other rows may have come to a scope in which scores lie closer together, a clause.

    Nothing where its calibration shows that the score lost something there: it no longer says how
    frequent outcomes are, or how much more frequent at a higher score, unlike elsewhere. Nothing
    for a system: it is the score, so that a sharp border speaks against its rows. A value that
    begins with the incident has no calibration of before; see `holds_other_rows`.
    """
    # Where other outcomes or scores are undone, outcomes at each score are what that made of them.
    if counts.meta.get("undone_in"):
        return ""
    if clause := came(counts, scope, confidence):
        return clause
    key = scope.system, scope.cohort
    apart = rates(counts, scope, confidence).apart
    if scope.by in ("all", "system") or scope.system or key in new_groups(counts, scope.by):
        return ""
    if apart.value is None or apart.high is None:
        return ""
    elsewhere = _beside(
        counts, scope, apart.value, _everyone(counts, confidence).apart.value or 0.0
    )
    off = apart.excludes_zero and abs(apart.value - elsewhere) > apart.high - apart.value
    if off or order_lost(counts, scope.by, key, confidence, surely=False):
        return ""
    return (
        "at its scores outcomes come out as before, as they do where rows became more alike, and "
        "where what the score lost was replaced by the mean"
    )


def came(counts: Counts, scope: Scope, confidence: float, undone: Counts | None = None) -> str:
    """That outcomes of a scope moved with its scores, and hardly elsewhere, a clause; or nothing.

    Elsewhere another cause may be ``undone``.
    """
    if scope.by == "all" or (scope.system, scope.cohort) in new_groups(counts, scope.by):
        return ""
    own, left = rates(counts, scope, confidence), undone or counts
    moved, every = rates(left, scope, confidence), _everyone(left, confidence)
    beside = _beside(left, scope, moved.moved_by("labels"), every.moved_by("labels"))
    if not own.moved_together or TIMES * abs(beside) > abs(own.moved_by("labels")):
        return ""
    return (
        f"{own.sentence()}: no fault of a score moves outcomes, so other rows came there, and "
        "they may be more alike"
    )


def _everyone(counts: Counts, confidence: float) -> Rates:
    return rates(counts, Scope("all", "", "", int(whole(counts).counts.rows[1])), confidence)


def _beside(counts: Counts, scope: Scope, inside: float, of_all: float) -> float:
    """What moved in all rows but a scope's, where it moved so far inside and in all."""
    share = _part_of_all(counts, scope)
    return (of_all - share * inside) / max(1 - share, 1e-9)


def _part_of_all(counts: Counts, scope: Scope) -> float:
    """The part of the incident that a scope holds, by weight where rows have weights, as rates."""
    own = hosted(counts, scope.by)
    now = own.window == 1
    inside = now & (own.group == own.keys.index((scope.system, scope.cohort)))
    rows = own.positives + own.negatives
    return float(rows[inside].sum() / max(float(rows[now].sum()), 1e-300))


def may_be_left_out(counts: Counts, scope: Scope) -> bool:
    """Whether the scope's rows may be those of before with some left out: no band gained rows.

    And there surely are fewer of them, as the rest has it.
    """
    own = hosted(counts, scope.by)
    inside = own.group == own.keys.index((scope.system, scope.cohort))
    rows = own.positives + own.negatives
    band = np.minimum(own.bin * 32 // own.bins, 31)
    by_window = [
        np.bincount(band[inside & (own.window == w)], rows[inside & (own.window == w)], 32)
        for w in (0, 1)
    ]
    rest = [rows[~inside & (own.window == w)].sum() for w in (0, 1)]
    if not rest[0]:
        return False
    growth = rest[1] / rest[0]
    grew = by_window[1] - by_window[0] * growth
    error = np.sqrt(by_window[1].sum() + by_window[0].sum() * growth**2)
    fewer = -grew.sum() > SURE * error
    return bool(fewer and np.clip(grew, 0, None).sum() < GAINED * by_window[1].sum())
