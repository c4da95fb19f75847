"""Rows that a filter on scores left out, as where only accepted cases have outcomes."""

import numpy as np

from investigate.analyses.suspects.rows_a_day import as_many, rows_a_day
from investigate.analyses.wording import percent
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.question.question import Question

MANY, NONE = 0.1, 0.001
"""Scores are cut off where the incident has no larger part of its rows, but the baseline many."""


def cut_off(counts: Counts) -> str:
    """Beyond which score the incident has no rows though the baseline had many, as a sentence."""
    own = grouping(counts, "all")
    rows = np.stack(
        [
            np.bincount(own.bin[here], (own.positives + own.negatives)[here], own.bins)
            for here in (own.window == 0, own.window == 1)
        ]
    )
    if not rows.sum(axis=1).all():
        return ""
    upto = np.cumsum(rows, axis=1) / rows.sum(axis=1, keepdims=True)
    edges = counts.bins.sort_values("bin")
    # The first bin from which on, and the last up to which, the incident has next to no rows.
    top = int(np.searchsorted(upto[1], 1 - NONE)) + 1
    bottom = int(np.searchsorted(upto[1], NONE, side="right")) - 1
    parts = []
    if top < own.bins and 1 - upto[0, top - 1] >= MANY:
        edge = float(edges["high"].to_numpy()[top - 1])
        parts.append((1 - upto[0, top - 1], "above", edge))
    if bottom >= 0 and upto[0, bottom] >= MANY:
        parts.append((upto[0, bottom], "below", float(edges["low"].to_numpy()[bottom + 1])))
    return "".join(
        f"{percent(float(share))} of the baseline's rows have a score {side} {edge:.3g}, and next "
        "to none of the incident's: perhaps only rows with other scores get an outcome now. "
        for share, side, edge in parts
    )


def left_out(counts: Counts, question: Question) -> str:
    """That rows may have been left out by their scores, as a sentence: of rows a day that fell."""
    before, now = rows_a_day(counts, question)
    if now > before or as_many(counts, question):
        return ""
    return (
        f"Rows a day went from {before:,.0f} to {now:,.0f}, and at no scores are there more than "
        "before: perhaps a filter on scores leaves rows out now. The scores of all rows, with an "
        "outcome or without, would tell. "
    )
