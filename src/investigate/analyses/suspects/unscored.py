"""Rows that came without a score: AUC leaves them out, and so may look well without them."""

import numpy as np

from investigate.analyses.suspects.hosts import NOTEWORTHY
from investigate.analyses.wording import percent
from investigate.counts.table import Counts

SURE = 4.0
"""Standard errors beyond the share of before, as of many groups looked at."""
HOLDS = 2 / 3
"""A group is the place where so large a part of the rows without a score is, and of no more."""


def unscored_news(counts: Counts) -> str:
    """That surely more of the incident's rows have no score, as a sentence to add, or nothing.

    With the one group where most of them are, if they are no such part of its column's rows.
    """
    if "unscored" not in counts.facts:
        return ""
    facts = counts.facts[~counts.facts["by"].str.contains("*", regex=False)]
    gone, scored = (
        facts.pivot_table(
            index=["by", "system", "cohort"],
            columns="window",
            values=name,
            aggfunc="sum",
            fill_value=0,
        ).reindex(columns=[0, 1], fill_value=0)
        for name in ("unscored", "rows")
    )
    rows = scored + gone
    every = ("all", "", "")
    without, total = (side.loc[[every]].to_numpy(float)[0] for side in (gone, rows))
    share = without / total.clip(1)
    before, now = share.tolist()
    # A share of 0 has an error too: that of one row more.
    known = np.maximum(share, 1 / total.clip(1))
    error = float((known * (1 - known) / total.clip(1)).sum()) ** 0.5
    if now - before < NOTEWORTHY or now - before <= SURE * error:
        return ""
    text = f"{percent(now)} of the incident's rows have no score, {percent(before)} before"
    part, size = gone[1] / without[1], rows[1] / total[1]
    held = part[(part >= HOLDS) & (size < HOLDS * part)]
    if len(held):
        # Of several that hold most of them, the smallest.
        at = size[held.index].idxmin()
        by, system, cohort = at
        text += f"; {percent(float(held[at]))} of these have {by} {cohort or system}"
    return f" Look at the missing scores all the same: {text}. AUC leaves these rows out."
