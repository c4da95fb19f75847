"""Groups that left: values of a column that have rows in the baseline and none in the incident.

Rows that are no longer scored need no counterpart: what the rows that stayed lost is measured in
these alone. Where rows of a group only have another name, as after a look-up that fails, the
groups that stayed have more rows a day instead.
"""

import numpy as np

from investigate.analyses.mechanism import cells_in
from investigate.analyses.suspects.rows_a_day import seconds
from investigate.analyses.wording import listed, percent
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.question.question import Question

NAMED = 4
"""So many groups that left are named in a sentence."""


@remembered
def went(counts: Counts, question: Question, by: str) -> tuple[str, ...]:
    """The groups of ``by`` that left with their rows, in order; none where these may be renamed.

    They went where the groups that stayed have rows a day nearer to their own of before than to
    these and half of those of the groups that left.
    """
    rows = _rows(counts, by)
    gone = (rows[:, 0] > 0) & (rows[:, 1] == 0)
    if not gone.any() or gone.all():
        return ()
    stayed, now = (rows[~gone, w].sum() / seconds(question, w) for w in (0, 1))
    if now >= stayed + rows[gone, 0].sum() / seconds(question, 0) / 2:
        return ()
    keys = grouping(counts, by).keys
    return tuple(
        sorted(cohort or system for (system, cohort), no in zip(keys, gone, strict=True) if no)
    )


@remembered
def unmatched(counts: Counts, question: Question, by: str) -> float:
    """The share of rows that lie where the other window has none, without groups that `went`.

    Both windows count alike: a long baseline must not hide how much the incident alone has.
    """
    cells = cells_in(grouping(counts, by))
    positives, negatives = cells.counted()
    size = cells.groups * cells.bands
    flat = cells.group * cells.bands + cells.band
    rows = np.stack([np.bincount(flat, side, size) for side in positives + negatives])
    rows = rows.reshape(2, cells.groups, cells.bands)
    names = went(counts, question, by)
    kept = [(cohort or system) not in names for system, cohort in grouping(counts, by).keys]
    own = rows[:, kept]
    alone = np.where((own == 0).any(axis=0), own, 0.0).sum(axis=(1, 2))
    return float((alone / np.maximum(own.sum(axis=(1, 2)), 1e-300)).mean())


def went_told(counts: Counts, question: Question, by: str) -> str:
    """Which groups left, where that is most of what moved, as a sentence without its full stop."""
    names = went(counts, question, by)
    rows = _rows(counts, by)
    share = rows / rows.sum(axis=0)
    gone = float(share[rows[:, 1] == 0, 0].sum())
    if not names or gone < np.clip(share[:, 1] - share[:, 0], 0, None).sum() / 2:
        return ""
    more = f" or one of {len(names) - NAMED} more" if len(names) > NAMED else ""
    told = f"{', '.join(names[:NAMED])}{more}" if more else listed(names, "or")
    return f"No row of the incident has {by} {told}, which {percent(gone)} of the baseline's have"


def _rows(counts: Counts, by: str) -> np.ndarray:
    """Rows of each group in each window: (groups, 2)."""
    own = grouping(counts, by)
    size = 2 * len(own.keys)
    flat = own.group * 2 + own.window
    return np.bincount(flat, own.positives + own.negatives, size).reshape(-1, 2)
