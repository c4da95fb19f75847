"""Where along the score outcomes changed: at one end alone, as after an action on high scores."""

import numpy as np

from investigate.analyses.suspects.hosts import hosted
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.wording import moved
from investigate.counts.table import Counts

FIFTHS = 5
FEWEST = 50
"""Rows that a fifth has in either window at least."""
SURE, QUIET = 4.0, 0.2
"""The rate at one end moved by so many standard errors, and no other by so large a part of that."""


def at_one_end(counts: Counts, scope: Scope) -> str:
    """That outcomes changed in one end's fifth of scores alone, as a sentence; else nothing.

    Fifths are those of the baseline's rows of the scope.
    """
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
    before = every[0]
    middle = (before.cumsum() - before / 2) / max(float(before.sum()), 1.0)
    fifth = np.minimum((middle * FIFTHS).astype(int), FIFTHS - 1)
    good, rows = (
        np.stack([np.bincount(fifth, side, FIFTHS) for side in sides]) for sides in (ones, every)
    )
    if rows.min() < FEWEST:
        return ""
    rate = good / rows
    change = rate[1] - rate[0]
    error = np.sqrt((rate * (1 - rate) / rows).sum(axis=0))
    end = FIFTHS - 1 if abs(change[-1]) > abs(change[0]) else 0
    others = np.delete(np.abs(change), end)
    if abs(change[end]) <= SURE * error[end] or others.max() > QUIET * abs(change[end]):
        return ""
    which = "highest" if end else "lowest"
    acted = " An action on high scores looks like that." if end and change[end] < 0 else ""
    return (
        f" It lies in the {which} fifth of scores: the outcome rate there "
        f"{moved(float(rate[0, end]), float(rate[1, end]))}, and hardly moved elsewhere.{acted}"
    )
