"""Whether the noise that a score always had explains that outcomes follow it less.

Where rows become more alike, what they differ in shrinks and a score's own noise does not: its
scores lie closer together, and outcomes follow them less, with nothing broken. A score that lost
something looks alike. By classical errors in variables (Fuller 1987) a slope of b, with the
variance of scores at r of before, needs that a part (1 - r) / (1 - b r) of the baseline's variance
was signal.
"""

import numpy as np

from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts

BANDS = 32
SIGNAL = 0.5
"""Of a score that is in use, at least so large a part of what its scores differ in is signal."""
NOISE = " Where rows are more alike the score's own noise weighs more, and outcomes follow it less."


@remembered
def own_noise(counts: Counts) -> bool:
    """Whether rows that became more alike explain both narrower scores and their lost validity.

    Scores are taken as their outcome rates in the baseline, by bands of equal rows.
    """
    own = grouping(counts, "all").merged(BANDS)
    positives, rows = np.zeros((2, own.bins)), np.zeros((2, own.bins))
    np.add.at(positives, (own.window, own.bin), own.positives)
    np.add.at(rows, (own.window, own.bin), own.positives + own.negatives)
    means = positives.sum(axis=1) / rows.sum(axis=1)
    # A band with few rows of before has the rate of all of them.
    expected = (positives[0] + means[0]) / (rows[0] + 1)
    shares = rows / rows.sum(axis=1, keepdims=True)
    apart = expected - (shares @ expected)[:, None]
    before, now = (shares * apart**2).sum(axis=1)
    if not 0 < now < before:
        return False
    outcomes = positives[1] / np.maximum(rows[1], 1)
    slope = float((shares[1] * apart[1] * (outcomes - means[1])).sum() / now)
    narrower = now / before
    return bool((1 - narrower) / (1 - min(max(slope, 0.0), 1.0) * narrower) >= SIGNAL)
