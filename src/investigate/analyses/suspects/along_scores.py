"""Where along the score outcomes changed: at one end alone, or the more the higher the score.

Labels that are lost, late or zeroed know nothing of scores: at every score the same part of the
outcomes is gone. Where more are gone the higher the score, people may act on scores: what is
blocked or helped in time has another outcome, and no label is wrong.
"""

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.suspects.hosts import hosted
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.wording import moved
from investigate.counts.table import Counts

Array = NDArray[np.float64]
FIFTHS = 5
FEWEST = 50
"""Rows that a fifth has in either window at least."""
SURE, QUIET = 4.0, 0.2
"""The rate at one end moved by so many standard errors, and no other by so large a part of that."""
ACTED = " An action on high scores looks like that."
BANDS = 32


def along_scores(counts: Counts, scope: Scope, acted: bool) -> str:
    """Where along the scores outcomes changed, as sentences; ``acted`` is of `more_at_high`."""
    text = at_one_end(counts, scope)
    if acted and ACTED not in text:
        text += f" The higher the score, the more outcomes of 1 are gone.{ACTED}"
    return text


def at_one_end(counts: Counts, scope: Scope) -> str:
    """That outcomes changed in one end's fifth of scores alone, as a sentence; else nothing.

    Fifths are those of the baseline's rows of the scope.
    """
    good, rows = _in_bands(counts, scope, FIFTHS)
    # Where all outcomes are the same now, none of them tells an end of the scores.
    if rows.min() < FEWEST or not 0 < good[1].sum() < rows[1].sum():
        return ""
    rate = good / rows
    change = rate[1] - rate[0]
    error = np.sqrt((rate * (1 - rate) / rows).sum(axis=0))
    end = FIFTHS - 1 if abs(change[-1]) > abs(change[0]) else 0
    others = np.delete(np.abs(change), end)
    if abs(change[end]) <= SURE * error[end] or others.max() > QUIET * abs(change[end]):
        return ""
    which = "highest" if end else "lowest"
    acted = ACTED if end and change[end] < 0 else ""
    return (
        f" It lies in the {which} fifth of scores: the outcome rate there "
        f"{moved(float(rate[0, end]), float(rate[1, end]))}, and hardly moved elsewhere.{acted}"
    )


def more_at_high(counts: Counts, scope: Scope) -> bool:
    """Whether of the outcomes that are due surely more are gone among high scores than low ones.

    Due is what the baseline's rates make of the incident's scores. Scores are cut where half of it
    lies on either side. No part of labels that are lost whatever the score looks like that; nor
    do scores that rank worse, where low ones have more outcomes than are due and all of them
    together as many.
    """
    good, rows = _in_bands(counts, scope, BANDS)
    due = rows[1] * good[0] / np.maximum(rows[0], 1)
    high = due.cumsum() - due / 2 > due.sum() / 2
    expected, came, known = (
        np.array([side[~high].sum(), side[high].sum()]) for side in (due, good[1], good[0])
    )
    if min(expected.min(), known.min()) < FEWEST:
        return False
    # As counts of rare events, which is wider than outcomes of frequent ones are. One more of
    # each, so that none at all has an error too.
    share = (came + 1) / expected
    error = np.sqrt(1 / (came + 1) + 1 / known)
    falls = np.log(share[1] / share[0]) < -SURE * float(np.hypot(*error))
    whole = float(np.sqrt(1 / (came.sum() + 1) + 1 / known.sum()))
    fewer = np.log((came.sum() + 1) / expected.sum()) < -SURE * whole
    return bool(falls and fewer and np.log(share[0]) < SURE * error[0])


def _in_bands(counts: Counts, scope: Scope, bands: int) -> tuple[Array, Array]:
    """Rows with outcome 1, and all rows, of a scope by window and band of scores: (2, bands) each.

    Bands hold about as many of the baseline's rows each.
    """
    ones, every = _of_scope(counts, scope)
    before = every[0]
    middle = (before.cumsum() - before / 2) / max(float(before.sum()), 1.0)
    band = np.minimum((middle * bands).astype(int), bands - 1)
    good, rows = np.zeros((2, 2, bands))
    for window in (0, 1):
        good[window] = np.bincount(band, ones[window], bands)
        rows[window] = np.bincount(band, every[window], bands)
    return good, rows


def _of_scope(counts: Counts, scope: Scope) -> tuple[Array, Array]:
    """Rows with outcome 1, and all rows, of a scope by window and bin: (2, bins) each."""
    own = hosted(counts, scope.by)
    here = np.ones(len(own.group), dtype=bool)
    if scope.by != "all":
        here = own.group == own.keys.index((scope.system, scope.cohort))
    ones, every = np.zeros((2, 2, own.bins))
    for window in (0, 1):
        rows = here & (own.window == window)
        ones[window] = np.bincount(own.bin[rows], own.positives[rows], own.bins)
        zeros = np.bincount(own.bin[rows], own.negatives[rows], own.bins)
        every[window] = ones[window] + zeros
    return ones, every
