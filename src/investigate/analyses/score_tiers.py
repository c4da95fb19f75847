"""A cohort column that is made from the score, such as its risk tier: no evidence about rows.

Where the group of a row follows from its score, scores that a fault moved bring their rows into
other groups. That groups have other shares, or differ less in their outcomes, then says no more
than that the scores moved: it clears nothing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.wording import listed
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts

FOLLOWS = 0.9
"""A column follows from the score where two rows of nearly one score share a group in so many of
the cases in which two rows of any scores would not (kappa)."""
ROWS = 20
"""Rows of nearly one score: those of exactly one may be one thing scored twice, of one group."""


@remembered
def follows_score(counts: Counts, by: str) -> bool:
    """Whether the baseline's scores tell the group of the column ``by`` nearly always."""
    own = grouping(counts, by)
    before = own.window == 0
    rows, score = (own.positives + own.negatives)[before].astype(float), own.bin[before]
    of_bin = np.bincount(score, rows, own.bins)
    bands = max(int(of_bin.sum()) // ROWS, 1)
    place = (of_bin.cumsum() - of_bin / 2) / max(float(of_bin.sum()), 1.0)
    band = np.minimum((place * bands).astype(int), bands - 1)
    cells, cell = np.unique(own.group[before] * bands + band[score], return_inverse=True)
    by_cell = np.bincount(cell, rows, len(cells))
    by_band = np.bincount(cells % bands, by_cell, bands)
    by_group = np.bincount(cells // bands, by_cell, len(own.keys))
    # Of two different rows: those of bands with few rows are no surer for it.
    pairs, alike = _pairs(by_band), _pairs(by_cell)
    everyone = max(float(by_band.sum()), 1.0)
    apart = 1 - float(((by_group / everyone) ** 2).sum())
    return pairs > 0 and 1 - alike / pairs <= (1 - FOLLOWS) * apart and apart > 0


def _pairs(rows: NDArray[Any]) -> float:
    return float((rows * (rows - 1)).clip(0).sum())


def score_tiers(counts: Counts) -> tuple[str, ...]:
    """The cohort columns that follow from the score."""
    columns = (by for by in counts.groupings() if by not in ("all", "system") and "*" not in by)
    return tuple(by for by in columns if follows_score(counts, by))


def tiers_told(counts: Counts) -> str:
    """That these columns tell nothing of rows, as a clause before another; else nothing."""
    columns = score_tiers(counts)
    if not columns:
        return ""
    follow = "the column {} follows" if len(columns) == 1 else "the columns {} follow"
    return f"{follow.format(listed(columns))} from the score and cannot tell rows from scores; "
