"""The arithmetic on plain arrays: AUC with its interval, and its change decomposed three ways."""

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
    require_weighed,
    scores,
    weights,
    windows,
)
from investigate.api.array_sums import areas_of, by_bin, folds_of, shuffled
from investigate.counts.auc import auc, delong_variance
from investigate.counts.grouping import Grouping
from investigate.counts.jackknife import around, difference, estimate, freedom_of_both
from investigate.counts.replicates import Replicates
from investigate.counts.table import FOLDS
from investigate.counts.weighting import exact_weights
from investigate.finding import Estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNIT = (0.0, 1.0)


def auc_interval(
    y_true: ArrayLike,
    y_score: ArrayLike,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
    sample_weight: ArrayLike | None = None,
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
    sample_weight : array-like of shape (n,), optional
        How much each row counts, at least 0, as in scikit-learn; a row of weight 0 is left out.
        The interval is then a jackknife, over 32 random groups of rows where none depend.

    Returns
    -------
    Estimate
        ``value``, ``low`` and ``high``, in AUC; unpacks into the three. The ends are `None`
        where there are too few rows or clusters.

    Raises
    ------
    ValueError
        For NaN, infinite scores, arrays of different lengths, outcomes other than those
        above, outcomes that are all the same, or weights that are negative or all 0.

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
    known = None if cluster is None else labels(cluster, "cluster")
    if known is not None:
        require_same_length(y_true=outcome, cluster=known)
    weight, kept = _weights(sample_weight, outcome)
    outcome, score, known = outcome[kept], score[kept], None if known is None else known[kept]
    require_both(outcome, "y_true")
    if weight is not None:
        weight = exact_weights(weight)
        require_weighed(outcome, weight, "sample_weight")
    rank = np.unique(score, return_inverse=True)[1]
    if known is None and weight is None:
        positives, negatives = by_bin(rank, outcome)
        error = float(np.sqrt(delong_variance(positives, negatives)))
        return around(float(auc(positives, negatives)), error, confidence, within=UNIT)
    if known is not None:
        fold = folds_of(known)
    else:
        fold = shuffled(*([] if weight is None else [weight]), rank, outcome)
    areas, used = areas_of(rank, outcome, fold, weight)
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
            f"  by group: {_listed(self.groups, 'group')}",
            f"  mechanism: {_listed(self.mechanism, 'part')}",
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
    sample_weight: ArrayLike | None = None,
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
    sample_weight : array-like of shape (n,), optional
        As in `auc_interval`; all intervals are then of the jackknife.

    Returns
    -------
    Decomposition
        ``change`` with ``groups``, ``pairs`` and ``mechanism`` as tables, all in AUC.

    Raises
    ------
    ValueError
        For NaN, infinite scores, arrays of different lengths, more than 40 groups, other
        outcomes or windows than those above, a window whose outcomes are all the same, or
        weights that are negative or all 0.

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
    known = None if cluster is None else labels(cluster, "cluster")
    if known is not None:
        require_same_length(y_true=outcome, cluster=known)
    weight, kept = _weights(sample_weight, outcome)
    outcome, score, label, place = outcome[kept], score[kept], label[kept], place[kept]
    for w, name in enumerate(("baseline", "incident")):
        require_both(outcome[place == w], f"y_true, in the {name} (window {w})")
        if weight is not None:
            weight[place == w] = exact_weights(weight[place == w])
            named = f"sample_weight, in the {name} (window {w})"
            require_weighed(outcome[place == w], weight[place == w], named)
    names, group = np.unique(label, return_inverse=True)
    if len(names) > MOST_GROUPS:
        raise ValueError(f"groups: {len(names)} groups are too many; merge to {MOST_GROUPS}")
    values, rank = np.unique(score, return_inverse=True)
    if known is None:
        fold = shuffled(*([] if weight is None else [weight]), place, group, rank, outcome)
    else:
        fold = folds_of(known[kept])
    keys = [("", str(name)) for name in names]
    each = np.ones_like(outcome) if weight is None else weight
    sides = outcome * each, (1 - outcome) * each
    rows = Grouping("groups", keys, group, place, fold, rank, sides[0], sides[1], len(values))
    return _decomposed(rows, outcome, weight, known is not None or weight is not None, confidence)


def _weights(
    given: ArrayLike | None, outcome: Ints
) -> tuple[Floats | None, NDArray[np.bool_] | slice]:
    """The weights of rows that have one above zero, if any are given, and which rows these are."""
    if given is None:
        return None, slice(None)
    found = weights(given)
    require_same_length(y_true=outcome, sample_weight=found)
    kept = found > 0
    return found[kept].astype(float), kept


def _decomposed(
    rows: Grouping, outcome: Ints, weight: Floats | None, clustered: bool, confidence: float
) -> Decomposition:
    own_weight = [None if weight is None else weight[rows.window == w] for w in (0, 1)]
    within = [rows.window == w for w in (0, 1)]
    areas, used = np.empty((2, 1 + FOLDS)), np.zeros((2, FOLDS), dtype=bool)
    errors = np.empty(2)
    for w, own in enumerate(within):
        areas[w], used[w] = areas_of(rows.bin[own], outcome[own], rows.fold[own], own_weight[w])
        errors[w] = delong_variance(*by_bin(rows.bin[own], outcome[own]))
    moved, either = areas[1] - areas[0], np.asarray(used.any(axis=0))
    most = freedom_of_both(areas, used)
    if clustered:
        levels = [estimate(areas[w], confidence, used[w], UNIT) for w in (0, 1)]
        change = difference(areas, confidence, used)
    else:
        levels = [
            around(float(areas[w, 0]), float(np.sqrt(errors[w])), confidence, within=UNIT)
            for w in (0, 1)
        ]
        change = around(float(moved[0]), float(np.sqrt(errors.sum())), confidence)
    coarse = rows.merged(COARSE)

    def estimates(value: Floats, replicates: Floats) -> list[Estimate]:
        shifted = value + replicates - replicates[0]
        return [estimate(own, confidence, either, most=most) for own in shifted.T]

    groups = estimates(
        _contributions(rows, outcome, weight), by_group(coarse, row_weights(coarse.replicates()))
    )
    left_out = [pair_terms(coarse, f) for f in (None, *range(FOLDS))]
    pairs = estimates(pair_terms(rows), np.stack(left_out))
    shares = parts_of(rows)
    mechanism = [estimate(own, confidence, either, most=most) for own in shares.T]
    return Decomposition(
        baseline=levels[0],
        incident=levels[1],
        change=change,
        groups=_groups_frame(rows, outcome, weight, groups),
        pairs=_pairs_frame(rows, pairs),
        mechanism=pd.DataFrame(
            {"part": part, **_numbers(n)} for part, n in zip(PARTS, mechanism, strict=True)
        ),
    )


def _contributions(rows: Grouping, outcome: Ints, weight: Floats | None) -> Floats:
    """The contribution of each group on all rows."""
    shape = (2, 1, rows.bins)
    flat = rows.window * rows.bins + rows.bin
    positives, negatives = (
        np.bincount(flat, side, 2 * rows.bins).reshape(shape)
        for side in (rows.positives, rows.negatives)
    )
    whole = Replicates(positives, negatives, np.arange(rows.bins), np.zeros(FOLDS, dtype=bool))
    each = row_weights(whole)[0][rows.window, outcome, rows.bin]
    each = each if weight is None else each * weight
    return np.bincount(rows.group, each, len(rows.keys)).astype(float)


def _groups_frame(
    rows: Grouping, outcome: Ints, weight: Floats | None, found: list[Estimate]
) -> pd.DataFrame:
    table = []
    for i, ((_, name), contribution) in enumerate(zip(rows.keys, found, strict=True)):
        own = [(rows.group == i) & (rows.window == w) for w in (0, 1)]
        levels = [
            auc(*by_bin(rows.bin[o], outcome[o], weight=None if weight is None else weight[o]))
            for o in own
        ]
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


def _listed(frame: pd.DataFrame, name: str) -> str:
    rows = list(zip(frame[name], frame["contribution"], strict=True))
    more = ", …" if len(rows) > 4 else ""
    return ", ".join(f"{part} {rendering.value(float(value))}" for part, value in rows[:4]) + more


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name).replace("_", " "): value for name, value in row.items()} for row in rows]
