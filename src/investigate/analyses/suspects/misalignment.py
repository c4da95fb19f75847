"""Systems that rank well alone and not together: their scales disagree.

The arm maps each system's scores to outcome rates by its own isotonic calibration, fitted
on other folds than it is applied to, and pools again. Order within a system stays; only
the scales are brought together. What it raises the incident's AUC by, beyond what it
raises the baseline's by, is what misalignment accounts for. Before a system is named its scale is
linked, and the evidence says by how much it was shifted and stretched (`linking`).

Calibration takes back labels that changed where one system serves, too. Where outcomes moved there
and scores did not, no scale moved.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.analyses.suspects.acquittal import changes_little
from investigate.analyses.suspects.linking import linked, moved_most
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.scopes import points_of, undo_of
from investigate.analyses.suspects.shifted_later import shifted_later
from investigate.analyses.suspects.struck import named, serves_a_cohort, struck
from investigate.analyses.suspects.suspect import Suspect, recovers
from investigate.analyses.whole import estimated, whole
from investigate.analyses.wording import points as signed_points
from investigate.counts.auc import auc
from investigate.counts.isotonic import rising_rates
from investigate.counts.memory import remembered
from investigate.counts.replicates import whole_and_without
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate
from investigate.question.question import Question

HALF = 1 / 2
"""Scales disagree where systems alone fell by less than this part of what calibration recovers."""
SIDES = ("positives", "negatives")
PARTS = 4
"""Cross-fitting: each part of the folds is mapped by a calibration fitted on the others."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Calibrated:
    auc: Array  # (1 + folds,) of the pooled calibrated scores
    rates: dict[str, Array]  # outcome rate by bin of each system, fitted on all folds


def misalignment(counts: Counts, question: Question) -> list[Suspect]:
    """`system_misalignment`, naming the system whose scale moved most."""
    slices = _slices(counts)
    if slices["system"].nunique() < 2:
        return []
    windows, gain = _calibrations(counts), _gained(counts)
    points = estimated(counts, gain[1] - gain[0], question.thresholds.confidence)
    system = moved_most(counts) or _moved(slices, windows[0].rates, windows[1].rates)
    if system and recovers(points) and (late := _later(counts, question, system)):
        return [late]
    aligned = _fell_alone(counts, slices) < HALF * (points.value or 0)
    # Where systems rank worse by themselves, no line between scales is what a repair takes back.
    link = linked(counts, system) if system and aligned else None
    repair = (
        f" {link.sentence(system, question.thresholds.confidence)}"
        if system and link and link.worth_naming
        else ""
    )
    return [
        Suspect(
            kind="system_misalignment",
            points=points,
            evidence=(
                "Putting every system on its own calibrated scale moves the incident's AUC by "
                f"{signed_points(float(gain[1][0]))} and the baseline's by "
                f"{signed_points(float(gain[0][0]))}.{repair}"
            ),
            supported=recovers(points)
            and aligned
            and not _labels(counts, question, system, points),
            system=system,
        )
    ]


def _later(counts: Counts, question: Question, system: str) -> Suspect | None:
    """A system whose scale moved within the incident: no calibration of it holds for all its rows.

    It accounts for what the system lost.
    """
    scope = next((one for one in undo_of(counts).scopes("system") if one.system == system), None)
    later = shifted_later(counts, question, scope) if scope else None
    if scope is None or later is None:
        return None
    lost = undo_of(counts).points(scope, with_spread=True)
    points = points_of(counts, scope, lost, question.thresholds.confidence)
    where = struck(f"In {named(scope)}", shifted=True)
    return Suspect(
        kind="system_misalignment",
        points=points,
        evidence=f"{where}; {later.shift.sentence()}.{later.sentence()}",
        supported=recovers(points),
        system=system,
        onset=later.began.date,
        onset_low=later.began.low,
        onset_high=later.began.high,
        later=True,
    )


def _labels(counts: Counts, question: Question, system: str | None, points: Estimate) -> bool:
    """Whether labels changed where a system serves: its rows are a cohort's, or its values stayed.

    Labels know nothing of systems, but for one that serves all rows of a cohort. Of others a
    replay may show that what they wrote changed nothing.
    """
    if not system:
        return False
    confidence = question.thresholds.confidence
    if rates(counts, Scope("system", system, "", 0), confidence).tells != "labels":
        return False
    return serves_a_cohort(counts, system) or changes_little(counts, system, points, confidence)


def beyond_scale(counts: Counts, lost: Array, confidence: float) -> Estimate:
    """What is left of points ``lost`` (1 + folds,) beyond what systems' own scales recover."""
    before, now = _gained(counts)
    return estimated(counts, lost - (now - before), confidence)


def _slices(counts: Counts) -> pd.DataFrame:
    return counts.slices[counts.slices["by"] == "system"]


@remembered
def _calibrations(counts: Counts) -> tuple[_Calibrated, _Calibrated]:
    """Each window, the baseline first, with every system on its own calibrated scale."""
    slices = _slices(counts)
    before, now = (_calibrated(slices[slices["window"] == w], len(counts.bins)) for w in (0, 1))
    return before, now


def _gained(counts: Counts) -> list[Array]:
    """By how much that raises AUC of each window, (1 + folds,)."""
    observed = whole(counts).auc
    return [own.auc - observed[w] for w, own in enumerate(_calibrations(counts))]


def _fell_alone(counts: Counts, slices: pd.DataFrame) -> float:
    """How far systems fell when each is ranked alone, by their rows.

    A calibration cannot lower scores that rank backwards below a tie, so that it raises those
    too, whatever their scale. A system without a baseline is held against the whole log now.
    """
    fell, rows = 0.0, 0
    pooled = float(whole(counts).auc[1][0])
    for _, own in slices.groupby("system", sort=True):
        areas = []
        for window in (0, 1):
            here = own[own["window"] == window]
            sides = (np.bincount(here["bin"], here[c], len(counts.bins)) for c in SIDES)
            areas.append(float(auc(*sides)) if len(here) else np.nan)
        before = areas[0] if np.isfinite(areas[0]) else pooled
        now = own.loc[own["window"] == 1, [*SIDES]].to_numpy().sum()
        if np.isfinite(areas[1]):
            fell += float(now) * (before - areas[1])
        rows += int(now)
    return fell / max(rows, 1)


def _calibrated(slices: pd.DataFrame, bins: int) -> _Calibrated:
    pieces, rates = [], {}
    for system, own in slices.groupby("system", sort=True):
        shape = (FOLDS, bins)
        flat = np.ravel_multi_index((own["fold"], own["bin"]), shape)
        positives, negatives = (
            np.bincount(flat, own[c], minlength=FOLDS * bins).reshape(shape).astype(float)
            for c in ("positives", "negatives")
        )
        part = np.arange(FOLDS) % PARTS

        def fitted(keep: NDArray[np.bool_], p: Array = positives, n: Array = negatives) -> Array:
            good, all_rows = p[keep].sum(axis=0), (p[keep] + n[keep]).sum(axis=0)
            seen = all_rows > 0
            if not seen.any():
                return np.full(bins, 0.5)
            return rising_rates(np.flatnonzero(seen), good[seen], all_rows[seen], bins)

        rates[str(system)] = fitted(np.ones(FOLDS, dtype=bool))
        for k in range(PARTS):
            mapped = fitted(part != k)
            folds, where = np.nonzero((positives + negatives) * (part == k)[:, None])
            pieces.append(
                np.stack([mapped[where], folds, positives[folds, where], negatives[folds, where]])
            )
    rate, fold, positive, negative = np.concatenate(pieces, axis=1)
    # Isotonic steps that agree up to rounding are one tie.
    values, place = np.unique(np.round(rate, 12), return_inverse=True)
    flat = fold.astype(np.int64) * len(values) + place
    size = FOLDS * len(values)
    p, n = (
        whole_and_without(np.bincount(flat, c, size).reshape(FOLDS, -1), axis=0)
        for c in (positive, negative)
    )
    return _Calibrated(auc(p, n), rates)


def _moved(slices: pd.DataFrame, before: dict[str, Array], after: dict[str, Array]) -> str | None:
    """The system whose scores changed most in the outcome rate that they mean."""
    entered = sorted(set(after) - set(before))
    if entered:
        return entered[0]
    now = slices[slices["window"] == 1]
    moved = {}
    for system, own in now.groupby("system", sort=True):
        rows = (own["positives"] + own["negatives"]).to_numpy()
        shift = (after[str(system)] - before[str(system)])[own["bin"].to_numpy()]
        moved[str(system)] = float(np.abs(np.average(shift, weights=rows)))
    return max(moved, key=lambda system: moved[system]) if moved else None
