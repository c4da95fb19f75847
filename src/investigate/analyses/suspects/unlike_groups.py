"""Whether a loss that no single group holds was alike in all groups, by the certificates of these.

That no group stands out is said only where none surely fell while another hardly did.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from investigate.analyses import whole as windows
from investigate.analyses.certificate import certificate
from investigate.analyses.drop import fell
from investigate.analyses.suspects.hosts import newcomers
from investigate.analyses.whole import difference
from investigate.analyses.wording import percent, signed
from investigate.counts.grouping import grouping
from investigate.counts.memory import remembered
from investigate.counts.replicates import Replicates
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question.question import Question

HALF = 1 / 2
"""A group hardly fell beside another where it surely lost less than this part of what that did."""
NEARLY_ALL = 0.8
"""Where a group has so large a share of the incident's rows, few are left to compare it with."""
ALIKE = "no group stands out"
NONE_NAMED = "the question names no groups to look at"


@remembered
def no_group(counts: Counts, question: Question) -> str:
    """That no group stands out, or which two groups of a column show that they did not fall alike.

    A clause.
    """
    if all(len(grouping(counts, by).keys) < 2 for by in counts.groupings() if "*" not in by):
        return NONE_NAMED
    confidence = question.thresholds.confidence
    told = unlike(certificate(counts, question).table, confidence)
    return told or _new_groups_together(counts, confidence) or f"{ALIKE}{_few(counts, confidence)}"


def _new_groups_together(counts: Counts, confidence: float) -> str:
    """That the groups which the incident alone has hold the loss together, as a clause, or nothing.

    Each by itself may be too small to stand out. They are compared with the whole log before, as a
    new group without a host is.
    """
    found = []
    for by in counts.groupings():
        new = newcomers(counts, by) if by != "all" and "*" not in by else {}
        if len(new) < 2:
            continue
        tables = _parted(counts, by, new, (1,))
        share = float(tables[0].rows[1] / sum(table.rows[1] for table in tables))
        changes = [difference(table, counts.jackknifed, confidence) for table in tables]
        rows = [
            {"by": by, "group": str(at), "change": one.value, "low": one.low, "high": one.high}
            for at, one in enumerate(changes)
        ]
        rows[0]["answer"] = "fell" if fell(changes[0], 0.0) else "unknown"
        if unlike([{"answer": "unknown", **row} for row in rows], confidence):
            found.append((share, by, len(new), [signed(change) for change in changes]))
    if not found:
        return ""
    share, by, many, (own, others) = max(found)
    return (
        f"no single group holds the loss, but the {many:,} of {by} that the baseline has no rows "
        f"of, {percent(share)} of the incident's rows, did together: against all rows before, "
        f"{own}; all others {others}"
    )


def _few(counts: Counts, confidence: float) -> str:
    """That nearly all rows are of one group that fell, and the others too few to tell; or nothing.

    In brackets. Of several columns that whose others are most.
    """
    found = []
    for by in counts.groupings():
        if by == "all" or "*" in by:
            continue
        own = grouping(counts, by)
        now = own.window == 1
        rows = np.bincount(own.group[now], np.add(*own.sides())[now], len(own.keys))
        at = int(rows.argmax())
        share = float(rows[at] / rows.sum())
        if len(own.keys) < 2 or share < NEARLY_ALL:
            continue
        tables = _parted(counts, by, [own.keys[at]], (0, 1))
        one, rest = (difference(table, counts.jackknifed, confidence) for table in tables)
        if rest.low is None or rest.high is None or not fell(one, 0.0):
            continue
        # Of so few that anything may be, nothing is worth saying.
        says = (rest.high - rest.low) / 2 < abs(one.value or 0.0)
        if says and not fell(rest, 0.0):
            found.append((share, by, "".join(own.keys[at]), int(rows.sum() - rows[at]), rest))
    if not found:
        return ""
    share, by, name, left, rest = min(found, key=lambda one: one[:2])
    return (
        f" ({by} {name} has {percent(share)} of the rows; whether the others lost too cannot be "
        f"told from their {left:,}: {signed(rest)})"
    )


def _parted(
    counts: Counts, by: str, chosen: Collection[tuple[str, str]], parted: Collection[int]
) -> tuple[Replicates, Replicates]:
    """Some groups, and all others; in windows that are not to be parted each is the whole log."""
    whole, own = windows.whole(counts).counts, grouping(counts, by)
    sides = []
    for every, name in ((whole.positives, "positives"), (whole.negatives, "negatives")):
        # Of a large log, what a group keeps without a fold is a share of its rows.
        its = np.array(every, dtype=float)
        rest = its.copy()
        tables = [own.replicates(place) for place, key in enumerate(own.keys) if key in chosen]
        for window in parted:
            its[window] = 0
            for table in tables:
                its[window][:, table.bins] += getattr(table, name)[window]
            rest[window] = np.maximum(rest[window] - its[window], 0)
        sides.append((its, rest))
    (ones, other_ones), (zeros, other_zeros) = sides
    return (
        Replicates(ones, zeros, whole.bins, whole.used),
        Replicates(other_ones, other_zeros, whole.bins, whole.used),
    )


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
