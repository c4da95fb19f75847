"""Whether a loss that no single group holds was alike in all groups, by the certificates of these.

That no group stands out is said only where none surely fell while another hardly did.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from investigate.analyses.certificate import certificate
from investigate.analyses.wording import signed
from investigate.counts.memory import remembered
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

HALF = 1 / 2
"""A group hardly fell beside another where it surely lost less than this part of what that did."""
ALIKE = "no group stands out"


@remembered
def no_group(counts: Counts, question: Question) -> str:
    """That no group stands out, or which two groups of a column show that they did not fall alike.

    A clause.
    """
    return unlike(certificate(counts, question).table, question.thresholds.confidence) or ALIKE


def unlike(table: Sequence[Mapping[str, Any]], confidence: float) -> str:
    """The two groups of a column that show it best, as a clause; empty where none do.

    ``table``: that of the certificate. Errors are those of the certificates, taken as independent,
    for as many pairs as there are (Bonferroni).
    """
    rows = pd.DataFrame(table)
    if rows.empty:
        return ""
    rows = rows[rows[["change", "low", "high"]].notna().all(axis=1)].reset_index(drop=True)
    sizes = rows.groupby("by").size()
    # How much further than an interval of one comparison that of so many reaches.
    wider = -special.ndtri((1 - confidence) / max(int((sizes * (sizes - 1)).sum()), 1))
    wider /= special.ndtri((1 + confidence) / 2)
    change, reach = (
        own.to_numpy(dtype=float) for own in (rows["change"], (rows["high"] - rows["low"]) / 2)
    )
    best = 0.0, -1, -1
    for one in np.flatnonzero(rows["answer"] == "fell"):
        beyond = change - HALF * change[one] - wider * np.hypot(reach, HALF * reach[one])
        beyond[(rows["by"] != rows["by"][one]).to_numpy()] = -np.inf
        other = int(beyond.argmax())
        if beyond[other] > best[0]:
            best = float(beyond[other]), int(one), other
    if best[1] < 0:
        return ""
    told = [
        f"{row['by']} {row['group']}: {signed(Estimate(row['change'], row['low'], row['high']))}"
        for row in rows.iloc[list(best[1:])].to_dict("records")
    ]
    return (
        f"no single group holds the loss, but groups of {rows['by'][best[1]]} did not fall alike "
        f"({'; '.join(told)})"
    )
