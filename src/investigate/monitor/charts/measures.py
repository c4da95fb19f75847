"""What is watched of a group of rows, each on a scale on which its noise does not depend on it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.counts.hanley_mcneil import hanley_mcneil
from investigate.monitor.charts.pace import Pace

Floats = NDArray[np.float64]
Frame = pd.DataFrame

ENOUGH = 3
"""Ratios of variances that it takes to say how strongly rows depend."""


@dataclass(frozen=True)
class Measure:
    """``side`` is -1 where a fall matters, 1 a rise, 0 both.

    ``scaled`` gives values and sampling variances (T,) of one group's counts by step;
    ``unscaled`` takes values back to the unit that people read, in which ``plain`` gives
    what was counted as it is.
    """

    name: str
    side: int
    scaled: Callable[[Frame, int, Pace], tuple[Floats, Floats]]
    unscaled: Callable[[Floats], Floats]
    plain: Callable[[Frame], Floats]


def angle(share: Floats) -> Floats:
    """A share on the scale on which its noise is the same everywhere (Fisher 1922)."""
    return np.asarray(np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))))


def share_of(angle: Floats) -> Floats:
    """The share of an `angle`."""
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)


def _auc(counts: Frame, learn: int, pace: Pace) -> tuple[Floats, Floats]:
    # An AUC is the share of pairs in order; as such its noise is skewed near 1, the angle's not.
    value = counts["auc"].to_numpy(dtype=float)
    positives, negatives = (counts[side].to_numpy(float) for side in ("positives", "negatives"))
    first = _first(np.isfinite(value), learn, pace)
    if not first.any():
        return np.full(len(value), np.nan), np.full(len(value), np.nan)
    typical = np.average(value[first], weights=(positives + negatives)[first])
    typical = float(np.clip(typical, 0.5, 0.99))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = hanley_mcneil(np.asarray(typical), positives, negatives)
    ratios = counts["ratio"].to_numpy(dtype=float)[first]
    ratios = ratios[np.isfinite(ratios)]
    depends = max(1.0, float(np.median(ratios))) if len(ratios) >= ENOUGH else 1.0
    return angle(value), depends * variance / (4 * typical * (1 - typical))


def _rows(counts: Frame, learn: int, pace: Pace) -> tuple[Floats, Floats]:
    rows = counts["rows"].to_numpy(dtype=float) + 1
    # Were they as usual on such a day: of a day without any, no more is certain than of others.
    phase = np.arange(len(rows)) % pace.period
    usual = pd.Series(rows[:learn]).groupby(phase[:learn]).median().reindex(phase).to_numpy()
    return np.log(rows), 1 / np.fmax(rows, usual)


def _share(part: str, *whole: str) -> Callable[[Frame, int, Pace], tuple[Floats, Floats]]:
    def scaled(counts: Frame, learn: int, pace: Pace) -> tuple[Floats, Floats]:
        # Anscombe 1948: a share of none is not known to be nothing.
        total = counts[list(whole)].sum(axis=1).to_numpy(dtype=float)
        share = (counts[part].to_numpy(dtype=float) + 3 / 8) / (total + 3 / 4)
        return np.where(total > 0, angle(share), np.nan), 1 / (4 * total + 2)

    return scaled


def _column(name: str) -> Callable[[Frame], Floats]:
    return lambda counts: counts[name].to_numpy(dtype=float)


def _plain_share(part: str, *whole: str) -> Callable[[Frame], Floats]:
    def plain(counts: Frame) -> Floats:
        total = counts[list(whole)].sum(axis=1).to_numpy(dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(counts[part].to_numpy(dtype=float) / total)

    return plain


def _first(there: NDArray[np.bool_], learn: int, pace: Pace) -> NDArray[np.bool_]:
    """What a group is learnt from: the baseline's steps, or the first of one that came later."""
    first = there & (np.arange(len(there)) < learn)
    return first if first.sum() >= pace.fewest else there & (there.cumsum() <= pace.fewest)


def _of_shares(name: str, side: int, part: str, *whole: str) -> Measure:
    return Measure(name, side, _share(part, *whole), share_of, _plain_share(part, *whole))


AUC = Measure("AUC", -1, _auc, share_of, _column("auc"))
# Clipped: bounds of what is hardly known would be beyond what a float holds.
ROWS = Measure("rows", 0, _rows, lambda v: np.expm1(np.clip(v, 0.0, 50.0)), _column("rows"))
BASE_RATE = _of_shares("base rate", 0, "positives", "positives", "negatives")
MISSING_SCORES = _of_shares("missing scores", 1, "unscored", "rows")
MISSING_OUTCOMES = _of_shares("missing outcomes", 1, "pending", "rows")

OF_EVERYTHING = (AUC, ROWS, BASE_RATE, MISSING_SCORES, MISSING_OUTCOMES)
"""What is watched of all rows; of a group it is AUC alone."""
