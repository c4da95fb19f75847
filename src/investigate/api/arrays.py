"""The arithmetic on plain arrays: AUC with its interval, and its change decomposed three ways."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from investigate import rendering
from investigate.analyses.contributions import by_group, row_weights
from investigate.analyses.mechanism import COARSE, PARTS, parts_of
from investigate.analyses.pairs import MOST_GROUPS, pair_terms
from investigate.api.array_input import (
    labels,
    outcomes,
    require_both,
    require_confidence,
    require_same_length,
    scores,
    windows,
)
from investigate.counts.auc import auc, delong_variance
from investigate.counts.grouping import Grouping
from investigate.counts.jackknife import around, estimate
from investigate.counts.replicates import Replicates
from investigate.counts.table import FOLDS
from investigate.finding import Estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNIT = (0.0, 1.0)


def auc_interval(
    y_true: ArrayLike,
    y_score: ArrayLike,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Area under the ROC curve with its confidence interval, without random numbers.

    The area equals `sklearn.metrics.roc_auc_score`. Without clusters the interval is that of
    DeLong, DeLong & Clarke-Pearson (1988), for rows that do not depend on each other; with
    clusters it is that of the delete-a-group jackknife (Kott 2001) over 32 groups of whole
    clusters. The order of the rows makes no difference.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        Outcomes: 0 and 1, truths, or -1 and 1.
    y_score : array-like of shape (n,)
        Scores, finite; a higher one means that 1 is likelier.
    cluster : array-like of shape (n,), optional
        What rows depend on, such as the user that they come from.
    confidence : float
        The probability with which such an interval holds the area, between 0 and 1.

    Returns
    -------
    Estimate
        ``value``, ``low`` and ``high``, in AUC; unpacks into the three. The ends are `None`
        where there are too few rows or clusters.

    Raises
    ------
    ValueError
        For NaN, infinite scores, arrays of different lengths, outcomes other than those
        above, or outcomes that are all the same.

    Examples
    --------
    >>> import investigate
    >>> auc, low, high = investigate.auc_interval([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> auc
    0.75
    >>> y_true, y_score = [0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.35, 0.8, 0.2, 0.9]
    >>> found = investigate.auc_interval(y_true, y_score, cluster=["a", "a", "b", "b", "c", "c"])
    >>> found.low <= found.value <= found.high
    True
    """
    outcome, score = outcomes(y_true), scores(y_score)
    require_same_length(y_true=outcome, y_score=score)
    require_confidence(confidence)
    require_both(outcome, "y_true")
    rank = np.unique(score, return_inverse=True)[1]
    positives, negatives = _by_bin(rank, outcome)
    area = float(auc(positives, negatives))
    if cluster is None:
        error = float(np.sqrt(delong_variance(positives, negatives)))
        return around(area, error, confidence, within=UNIT)
    known = labels(cluster, "cluster")
    require_same_length(y_true=outcome, cluster=known)
    fold = _folds_of(known)
    areas, used = _areas(rank, outcome, fold)
    return estimate(areas, confidence, used, UNIT)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """A change in AUC shared out in three ways, each of which sums to it.

    Parameters
    ----------
    baseline, incident, change : Estimate
        AUC of either window, and incident minus baseline.
    groups : pandas.DataFrame
        A row a group: ``group``, ``contribution``, ``low``, ``high``, ``auc_baseline``,
        ``auc_incident``, ``rows_baseline``, ``rows_incident``.
    pairs : pandas.DataFrame
        A row a pair: ``part``, ``positives_of``, ``negatives_of``, ``contribution``, ``low``,
        ``high``; the last two rows are what the weights of the pairs moved, and what pairs
        brought that exist in one window only.
    mechanism : pandas.DataFrame
        Three rows: ``part`` (``mix``, ``spread``, ``validity``), ``contribution``, ``low``,
        ``high``.

    Examples
    --------
    >>> import investigate
    >>> log = investigate.example_log()
    >>> window = (log["time"] >= "2024-01-29").astype(int)
    >>> parts = investigate.decompose(log["outcome"], log["score"], log["system"], window)
    >>> sums = parts.to_frame().groupby("view")["contribution"].sum()
    >>> bool((abs(sums - parts.change.value) < 1e-9).all())
    True
    """

    baseline: Estimate
    incident: Estimate
    change: Estimate
    groups: pd.DataFrame
    pairs: pd.DataFrame
    mechanism: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """All three in one table: ``view``, ``part``, ``contribution``, ``low``, ``high``."""
        columns = ["part", "contribution", "low", "high"]
        groups = self.groups.rename(columns={"group": "part"})
        views = {"groups": groups, "pairs": self.pairs, "mechanism": self.mechanism}
        frames = [frame[columns].assign(view=view) for view, frame in views.items()]
        return pd.concat(frames, ignore_index=True)[["view", *columns]]

    def __repr__(self) -> str:
        lines = [
            f"Decomposition: AUC {self.baseline} → {self.incident}",
            f"  change {self.change}",
            f"  by group: {_told(self.groups, 'group')}",
            f"  mechanism: {_told(self.mechanism, 'part')}",
            f"  .groups, .pairs ({len(self.pairs)} rows), .mechanism, .to_frame()",
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        heading = f"<p><b>AUC {self.baseline} → {self.incident}: a change of {self.change}</b></p>"
        tables = {
            "By group": self.groups,
            "By pairs of groups: positives of one against negatives of another": self.pairs,
            "By mechanism": self.mechanism,
        }
        return heading + "".join(
            f"<p>{name}</p>{rendering.table(_rows(frame))}" for name, frame in tables.items()
        )


def decompose(
    y_true: ArrayLike,
    y_score: ArrayLike,
    groups: ArrayLike,
    window: ArrayLike,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Decomposition:
    """The change in AUC between two windows, shared out over groups, pairs and mechanisms.

    Each of the three views sums to the change exactly. By group: the Aumann-Shapley value of
    each group's rows (Aumann & Shapley 1974). By pairs of groups: positives of one against
    negatives of another (Kallus & Zhou 2019), with what their weights moved (Kitagawa 1955).
    By mechanism: other rows (mix), scores closer together (spread), or scores that mean
    something else (validity), the Shapley value of the three (Shorrocks 2013). Intervals are
    those of the delete-a-group jackknife (Kott 2001). The order of the rows makes no difference.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        Outcomes: 0 and 1, truths, or -1 and 1.
    y_score : array-like of shape (n,)
        Scores, finite; a higher one means that 1 is likelier.
    groups : array-like of shape (n,)
        The group of each row; at most 40 different ones.
    window : array-like of shape (n,)
        0 for a row of the baseline, 1 for one of the incident.
    cluster : array-like of shape (n,), optional
        What rows depend on, such as the user that they come from. Without it rows count as
        independent, and 32 random groups of rows are left out in turn.
    confidence : float
        The probability with which such an interval holds the value, between 0 and 1.

    Returns
    -------
    Decomposition
        ``change`` with ``groups``, ``pairs`` and ``mechanism`` as tables, all in AUC.

    Raises
    ------
    ValueError
        For NaN, infinite scores, arrays of different lengths, more than 40 groups, other
        outcomes or windows than those above, or a window whose outcomes are all the same.

    Examples
    --------
    >>> import investigate
    >>> log = investigate.example_log()
    >>> window = (log["time"] >= "2024-01-29").astype(int)
    >>> parts = investigate.decompose(log["outcome"], log["score"], log["system"], window)
    >>> parts.groups["group"][0]
    'rules'
    >>> bool(abs(parts.groups["contribution"].sum() - parts.change.value) < 1e-9)
    True
    """
    outcome, score = outcomes(y_true), scores(y_score)
    label, place = labels(groups, "groups"), windows(window)
    require_same_length(y_true=outcome, y_score=score, groups=label, window=place)
    require_confidence(confidence)
    for w, name in enumerate(("baseline", "incident")):
        require_both(outcome[place == w], f"y_true, in the {name} (window {w})")
    names, group = np.unique(label, return_inverse=True)
    if len(names) > MOST_GROUPS:
        raise ValueError(f"groups: {len(names)} groups are too many; merge to {MOST_GROUPS}")
    values, rank = np.unique(score, return_inverse=True)
    if cluster is None:
        fold = _shuffled(place, group, rank, outcome)
    else:
        known = labels(cluster, "cluster")
        require_same_length(y_true=outcome, cluster=known)
        fold = _folds_of(known)
    keys = [("", str(name)) for name in names]
    rows = Grouping("groups", keys, group, place, fold, rank, outcome, 1 - outcome, len(values))
    return _decomposed(rows, cluster is not None, confidence)


def _decomposed(rows: Grouping, clustered: bool, confidence: float) -> Decomposition:
    within = [rows.window == w for w in (0, 1)]
    areas, used = np.empty((2, 1 + FOLDS)), np.zeros((2, FOLDS), dtype=bool)
    errors = np.empty(2)
    for w, own in enumerate(within):
        areas[w], used[w] = _areas(rows.bin[own], rows.positives[own], rows.fold[own])
        errors[w] = delong_variance(*_by_bin(rows.bin[own], rows.positives[own]))
    moved, either = areas[1] - areas[0], np.asarray(used.any(axis=0))
    if clustered:
        levels = [estimate(areas[w], confidence, used[w], UNIT) for w in (0, 1)]
        change = estimate(moved, confidence, either)
    else:
        levels = [
            around(float(areas[w, 0]), float(np.sqrt(errors[w])), confidence, within=UNIT)
            for w in (0, 1)
        ]
        change = around(float(moved[0]), float(np.sqrt(errors.sum())), confidence)
    coarse = rows.merged(COARSE)

    def told(value: Floats, replicates: Floats) -> list[Estimate]:
        shifted = value + replicates - replicates[0]
        return [estimate(shifted[:, i], confidence, either) for i in range(len(value))]

    groups = told(_contributions(rows), by_group(coarse, row_weights(coarse.replicates())))
    left_out = [pair_terms(coarse, f) for f in (None, *range(FOLDS))]
    pairs = told(pair_terms(rows), np.stack(left_out))
    shares = parts_of(rows)
    mechanism = [estimate(shares[:, i], confidence, either) for i in range(len(PARTS))]
    return Decomposition(
        baseline=levels[0],
        incident=levels[1],
        change=change,
        groups=_groups_frame(rows, groups),
        pairs=_pairs_frame(rows, pairs),
        mechanism=pd.DataFrame(
            {"part": part, **_numbers(n)} for part, n in zip(PARTS, mechanism, strict=True)
        ),
    )


def _contributions(rows: Grouping) -> Floats:
    """The contribution of each group on all rows."""
    shape = (2, 1, rows.bins)
    flat = rows.window * rows.bins + rows.bin
    positives, negatives = (
        np.bincount(flat, side, 2 * rows.bins).astype(np.int64).reshape(shape)
        for side in (rows.positives, rows.negatives)
    )
    whole = Replicates(positives, negatives, np.arange(rows.bins), np.zeros(FOLDS, dtype=bool))
    weights = row_weights(whole)[0]
    each = weights[rows.window, rows.positives, rows.bin]
    return np.bincount(rows.group, each, len(rows.keys)).astype(float)


def _groups_frame(rows: Grouping, found: list[Estimate]) -> pd.DataFrame:
    table = []
    for i, ((_, name), contribution) in enumerate(zip(rows.keys, found, strict=True)):
        own = [(rows.group == i) & (rows.window == w) for w in (0, 1)]
        levels = [auc(*_by_bin(rows.bin[o], rows.positives[o])) for o in own]
        table.append(
            {
                "group": name,
                **_numbers(contribution),
                "auc_baseline": float(levels[0]),
                "auc_incident": float(levels[1]),
                "rows_baseline": int(own[0].sum()),
                "rows_incident": int(own[1].sum()),
            }
        )
    return pd.DataFrame(table).sort_values(["contribution", "group"], ignore_index=True)


def _pairs_frame(rows: Grouping, found: list[Estimate]) -> pd.DataFrame:
    names = [name for _, name in rows.keys]
    parts: list[dict[str, Any]] = [
        {"part": f"{first} × {second}", "positives_of": first, "negatives_of": second}
        for first in names
        for second in names
    ]
    parts += [
        {"part": part, "positives_of": None, "negatives_of": None}
        for part in ("mix of pairs", "entered or left")
    ]
    return pd.DataFrame({**part, **_numbers(n)} for part, n in zip(parts, found, strict=True))


def _numbers(found: Estimate) -> dict[str, float]:
    named = {"contribution": found.value, "low": found.low, "high": found.high}
    return {name: np.nan if value is None else value for name, value in named.items()}


def _told(frame: pd.DataFrame, name: str) -> str:
    rows = list(zip(frame[name], frame["contribution"], strict=True))
    more = ", …" if len(rows) > 4 else ""
    return ", ".join(f"{part} {rendering.value(float(value))}" for part, value in rows[:4]) + more


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name).replace("_", " "): value for name, value in row.items()} for row in rows]


def _areas(rank: Ints, outcome: Ints, fold: Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """AUC of all rows and without each fold (1 + FOLDS,), and which folds hold any."""
    rank = np.unique(rank, return_inverse=True)[1]
    positives, negatives = _by_bin(rank, outcome)
    used = np.bincount(fold, minlength=FOLDS) > 0
    areas = np.full(1 + FOLDS, float(auc(positives, negatives)))
    for f in np.flatnonzero(used):
        own = fold == f
        gone = _by_bin(rank[own], outcome[own], len(positives))
        areas[1 + f] = auc(positives - gone[0], negatives - gone[1])
    return areas, used


def _by_bin(rank: Ints, outcome: Ints, bins: int = 0) -> tuple[Ints, Ints]:
    size = bins or (int(rank.max()) + 1 if len(rank) else 1)
    return (
        np.bincount(rank[outcome == 1], minlength=size),
        np.bincount(rank[outcome == 0], minlength=size),
    )


def _folds_of(names: NDArray[Any]) -> Ints:
    """The fold of each label: the hash by which logs are counted too."""
    known, place = np.unique(names, return_inverse=True)
    # Not for security: a hash that every engine has.
    digests = [hashlib.md5(str(n).encode(), usedforsecurity=False).digest()[0] for n in known]
    return (np.array(digests, dtype=np.int64) % FOLDS)[place]


def _shuffled(*keys: NDArray[Any]) -> Ints:
    """Folds of rows at random; rows that are alike trade places without being noticed."""
    order = np.lexsort(keys)
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.random.default_rng(0).permutation(len(order)) % FOLDS
    return fold
