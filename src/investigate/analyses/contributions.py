"""Which groups the drop came from: additive contributions that sum to the change in AUC.

AUC is bilinear in the score shares of positives and negatives, so the midpoint rule
along the straight line from baseline to incident is exact and gives every row a weight;
a group's contribution is the sum of its rows' weights, the Aumann-Shapley value of the
group (Aumann & Shapley 1974). Centring makes pure growth of an average group count as
nothing.

A group stands out when it surely lost more than its part of a fall that all groups share, at the
false discovery rate, and at least twice as much a row as the others: groups whose scores lie
elsewhere lose somewhat more or less of one and the same fall. A group whose scores and outcomes
are those of everyone contributes its share of the positives, the mean of both windows, times what
all positives do, and likewise of the negatives; that is exact, also where it grew.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from investigate.analyses import whole as windows
from investigate.analyses.discovery import discovered
from investigate.analyses.wording import percent, points, signed
from investigate.counts.auc import auc, midranks
from investigate.counts.fold_shares import FoldShares
from investigate.counts.grouping import Grouping, grouping
from investigate.counts.jackknife import estimate, p_value
from investigate.counts.memory import remembered
from investigate.counts.numbers import rows_of
from investigate.counts.replicates import Replicates
from investigate.counts.table import FOLDS, Counts, label
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

Array = NDArray[np.float64]
COLUMNS = (
    *("group", "contribution", "low", "high", "auc_baseline", "auc_incident"),
    *("rows_baseline", "rows_incident"),
)

FURTHER = 2.0
"""A group stands out when it lost at least so many times as much a row as the others."""
MOST = 1 / 2
"""A group carries most of a change with so large a part of it."""


@remembered
def contributions(counts: Counts, question: Question, by: str) -> Finding:
    """Contribution of each group of ``by`` (``system``, a cohort, ``system*<cohort>``).

    The table holds a row a group, the largest loss first; ``common`` is what it would contribute
    were its scores and outcomes those of everyone, ``stands_out`` whether it lost more than that
    by chance and by size. ``detail`` holds the sum and the change in AUC that it equals.
    """
    whole = windows.whole(counts)
    groups = grouping(counts, by)
    parts = by_group(groups, _weights(counts))
    rows = [_row(counts, question, groups, i, parts[:, i]) for i in range(len(groups.keys))]
    found = discovered(
        np.array([row["p_value"] for row in rows]), question.thresholds.false_discovery_rate
    )
    for row, supported in zip(rows, found, strict=True):
        row["discovered"] = bool(supported)
    _compare(rows, counts, question, groups, parts)
    rows.sort(key=lambda row: (row["contribution"], row["group"]))
    total, change = float(parts[0].sum()), float(whole.change[0])
    return Finding(
        name=f"by {by}",
        claim=_claim(rows, by, change)
        + (_new_ones(counts, question, groups, parts) if change < 0 else ""),
        numbers={
            "change": windows.difference(
                whole.counts, counts.jackknifed, question.thresholds.confidence
            ),
            "sum": Estimate(total),
        },
        table=tuple(rows),
        caveats=(
            f"The contributions sum to {points(total)}, the change in AUC.",
            "A contribution reweights what was observed; it does not prove a cause.",
            *_merged(counts, by),
        ),
        detail={"by": by, "sum": total, "change": change},
        columns=COLUMNS,
    )


@remembered
def _weights(counts: Counts) -> Array:
    return row_weights(windows.whole(counts).counts)


def row_weights(whole: Replicates) -> Array:
    """Weight of one row by replicate, window, outcome (0, 1) and bin: (R, 2, 2, B)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        m, n = whole.positives.sum(axis=-1), whole.negatives.sum(axis=-1)
        f = (whole.positives / m[..., None]).mean(axis=0)
        h = (whole.negatives / n[..., None]).mean(axis=0)
        area = auc(f, h)[:, None]
        up, down = midranks(h) - area, 1 - midranks(f) - area
        sign = np.array([-1.0, 1.0])
        positive = sign[:, None, None] * up / m[..., None]
        negative = sign[:, None, None] * down / n[..., None]
    return np.stack([negative, positive]).transpose(2, 1, 0, 3)


def by_group(groups: Grouping, weights: Array) -> Array:
    """Contribution of each group by replicate, shape (1 + folds, groups)."""
    size, folds = len(groups.keys), 1 + FOLDS
    table = weights.reshape(folds, -1)
    if groups.shares is not None:
        return _by_shares(groups, groups.shares, table, weights.shape[1:])
    rows = np.concatenate([groups.negatives, groups.positives])
    group, fold = np.tile(groups.group, 2), np.tile(groups.fold, 2)
    cell = np.concatenate(
        [
            np.ravel_multi_index(
                (groups.window, np.full_like(groups.bin, o), groups.bin), weights.shape[1:]
            )
            for o in (0, 1)
        ]
    )
    every = sparse.coo_array((rows, (group, cell)), shape=(size, table.shape[1])).tocsr()
    left_out = np.bincount(
        (fold + 1) * size + group, table[fold + 1, cell] * rows, minlength=folds * size
    )
    return np.asarray((every @ table.T).T - left_out.reshape(folds, size))


def _by_shares(groups: Grouping, shares: FoldShares, table: Array, shape: tuple[int, ...]) -> Array:
    """As `by_group`, where folds hold parts of entries; ``table`` (R, cells of ``shape``)."""
    places, columns = shares.parts.shape[1:4], np.ascontiguousarray(table.T)
    found = np.zeros((1 + FOLDS, places[0]))
    for outcome, rows in enumerate(groups.sides()):
        cell = np.ravel_multi_index(
            (groups.window, np.full_like(groups.bin, outcome), groups.bin), shape
        )
        for values, factor in shares.terms(outcome, rows):
            own, size = (values, (shares.place, cell)), (len(factor), table.shape[1])
            moved = sparse.coo_array(own, shape=size).tocsr() @ columns
            if values is rows:
                found += moved.reshape(*places, -1).sum(axis=(1, 2)).T
            left = moved[:, 1:] * factor
            found[1:] -= left.reshape(*places, -1).sum(axis=(1, 2)).T
    return found


def common(groups: Grouping, weights: Array) -> tuple[Array, Array]:
    """What each group would contribute were it like everyone, and its share of the rows.

    Both (1 + folds, groups); shares are the mean of both windows and both outcomes.
    """
    folds, size = 1 + FOLDS, len(groups.keys)
    expected, share = np.zeros((folds, size)), np.zeros((folds, size))
    for outcome, rows in enumerate(groups.sides()):
        flat = np.ravel_multi_index((groups.window, groups.group), (2, size))
        own = np.zeros((folds, 2 * size)) + np.bincount(flat, rows, 2 * size)
        groups.leave(own, outcome, flat)
        own = own.reshape(folds, 2, size)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (own / own.sum(axis=-1, keepdims=True)).mean(axis=1)
        cell = np.ravel_multi_index((groups.window, groups.bin), (2, groups.bins))
        every = np.zeros((folds, 2 * groups.bins)) + np.bincount(cell, rows, 2 * groups.bins)
        groups.leave(every, outcome, cell)
        whole = (weights[:, :, outcome] * every.reshape(folds, 2, -1)).sum(axis=(1, 2))
        expected += part * whole[:, None]
        share += part / 2
    return expected, share


def _compare(
    rows: list[dict[str, Any]], counts: Counts, question: Question, groups: Grouping, parts: Array
) -> None:
    """Adds ``common`` and ``stands_out`` to the rows, which are in the order of the groups."""
    expected, share = common(groups, _weights(counts))
    used, most = windows.windows_allow(counts)
    beyond = parts - expected
    sure = discovered(
        np.array([p_value(beyond[:, i], used, most) for i in range(len(rows))]),
        question.thresholds.false_discovery_rate,
    )
    own, size = parts[0], share[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate, rest = -own / size, -(own.sum() - own) / (1 - size)
    for i, row in enumerate(rows):
        further = bool(rate[i] > 0 and rate[i] >= FURTHER * max(float(rest[i]), 0.0))
        row["common"] = float(expected[0, i])
        row["stands_out"] = bool(sure[i] and beyond[0, i] < 0 and further and row["discovered"])


def _row(
    counts: Counts, question: Question, groups: Grouping, at: int, parts: Array
) -> dict[str, Any]:
    (system, cohort), own = groups.keys[at], groups.replicates(at)
    confidence, clustered = question.thresholds.confidence, counts.jackknifed
    # Every fold of the log moves the weights of all rows, also those of other groups.
    used, most = windows.windows_allow(counts)
    contribution = estimate(parts, confidence, used, most=most)
    rows = rows_of(counts, own, groups.by, system, cohort)
    levels = [windows.level(own, w, clustered, confidence) for w in (0, 1)]
    return {
        "group": label(system, cohort),
        "system": system or None,
        "cohort": {groups.by.split("*")[-1]: cohort} if cohort else None,
        "contribution": contribution.value,
        "low": contribution.low,
        "high": contribution.high,
        "p_value": p_value(parts, used, most),
        "auc_baseline": levels[0].value,
        "auc_baseline_low": levels[0].low,
        "auc_baseline_high": levels[0].high,
        "auc_incident": levels[1].value,
        "auc_incident_low": levels[1].low,
        "auc_incident_high": levels[1].high,
        "rows_baseline": int(rows[0]),
        "rows_incident": int(rows[1]),
        "bin_bound": float(np.nanmax([windows.bound(counts, own, w, groups.by) for w in (0, 1)])),
    }


def _claim(rows: list[dict[str, Any]], by: str, change: float) -> str:
    sure = [row for row in rows if row["stands_out"]]
    by = " and ".join(by.split("*"))
    if not sure:
        alike = any(row["discovered"] and row["contribution"] < 0 for row in rows)
        note = ": none lost significantly more than its share of the rows" if alike else ""
        return f"No group by {by} stands out in the change of {points(change)}{note}."
    first, rows_in = sure[0], sum(row["rows_incident"] for row in rows)
    lost = Estimate(first["contribution"], first["low"], first["high"])
    if change >= 0:
        return (
            f"By {by}, {first['group']} lost, {signed(lost)}, while AUC as a whole changed by "
            f"{points(change)}; it has {percent(first['rows_incident'] / rows_in)} of the "
            "incident's rows."
        )
    verb = "surely carries a part"
    if first is rows[0]:
        most = first["contribution"] <= change * MOST
        verb = "carries most" if most else "carries the largest part"
    return (
        f"By {by}, {first['group']} {verb}: {signed(lost)} of the change of {points(change)}, "
        f"with {percent(first['rows_incident'] / rows_in)} of the incident's rows."
    )


def _new_ones(counts: Counts, question: Question, groups: Grouping, parts: Array) -> str:
    """Where no group stands out, that all which the incident alone has do together; or nothing.

    By the rule for one group.
    """
    sizes = np.bincount(
        groups.group * 2 + groups.window, sum(groups.sides()), 2 * len(groups.keys)
    ).reshape(-1, 2)
    new = (sizes[:, 0] == 0) & (sizes[:, 1] > 0)
    if new.sum() < 2 or new.all():
        return ""
    confidence, (used, most) = question.thresholds.confidence, windows.windows_allow(counts)
    expected, share = common(groups, _weights(counts))
    own, alike = (side[:, new].sum(axis=1) for side in (parts, expected))
    size, beyond = float(share[0, new].sum()), own - alike
    rate, rest = -own[0] / size, -(parts[0].sum() - own[0]) / max(1 - size, 1e-300)
    lost, sure = (
        estimate(own, confidence, used, most=most),
        estimate(beyond, confidence, used, most=most),
    )
    if None in (lost.high, sure.high) or max(lost.high or 0.0, sure.high or 0.0) >= 0:
        return ""
    if rate < FURTHER * max(rest, 0.0):
        return ""
    part = percent(float(sizes[new, 1].sum() / sizes[:, 1].sum()))
    return (
        f" The {int(new.sum()):,} that only the incident has carry {signed(lost)} together, with "
        f"{part} of its rows."
    )


def _merged(counts: Counts, by: str) -> list[str]:
    return [
        f"{column}: {groups:,} small {'group is' if groups == 1 else 'groups are'} not shown alone "
        "but counted together."
        for column, groups in sorted(counts.meta["merged"].items())
        if column in by.split("*")
    ]
