"""Did predictions move, or outcomes: per item, across the two windows.

A broken system changes the order in which it predicts items, while the items' outcome
rates keep theirs; broken labels do the opposite. Correlations are divided by what an
unchanged item would show given the noise of few rows (Spearman 1904), which two halves of
the clusters measure.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate.finding import Estimate

FEWEST_ITEMS = 8
FEWEST_ROWS = 5
DRAWS = 400
KEPT = 0.8
"""An order counts as moved when its correlation is surely below this."""

CELLS = pd.MultiIndex.from_product([["rows", "positives", "bins"], [0, 1], [0, 1]])

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """Correlation of items across the windows, of their predictions and of their outcomes."""

    items: int
    predictions: Estimate
    outcomes: Estimate

    @property
    def accuses(self) -> str | None:
        """``system`` when predictions alone moved, ``outcome`` when outcomes alone did.

        Both together accuse nobody: selection by score reorders predictions and evens out
        outcome rates without a fault.
        """
        predictions, outcomes = _moved(self.predictions), _moved(self.outcomes)
        if predictions == outcomes:
            return None
        return "system" if predictions else "outcome"

    def sentence(self) -> str:
        """The two correlations, in words."""
        return (
            f"Over {self.items} items the predictions correlate "
            f"{_two(self.predictions)} across the windows and the outcome rates "
            f"{_two(self.outcomes)}."
        )


def evidence(items: pd.DataFrame, confidence: float) -> Evidence | None:
    """Evidence from the ``items`` rows of one scope; `None` with too few common items."""
    if items.empty:
        return None
    sums = items.groupby(["item", "window", "half"])[["rows", "positives", "bins"]].sum()
    wide = pd.DataFrame(sums.unstack(["window", "half"])).reindex(columns=CELLS)
    wide = wide[(wide.loc[:, ["rows"]] >= FEWEST_ROWS).all(axis=1)]
    if len(wide) < FEWEST_ITEMS:
        return None
    rows, positives, bins = wide.to_numpy(float).reshape(-1, 3, 2, 2).transpose(1, 0, 2, 3)
    predictions, outcomes = bins / rows, positives / rows
    draws = np.random.default_rng(0).integers(0, len(wide), (DRAWS, len(wide)))
    return Evidence(
        len(wide), _kept(predictions, draws, confidence), _kept(outcomes, draws, confidence)
    )


def _kept(values: Array, draws: NDArray[np.int64], confidence: float) -> Estimate:
    """Correlation across windows of ``values`` (items, windows, halves), over what noise allows."""
    whole = _correlation(values[None])[0]
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    drawn = _correlation(values[draws])
    if not np.isfinite(drawn).any():
        return Estimate(float(whole))
    low, high = np.nanquantile(drawn, tails)
    return Estimate(float(whole), float(low), float(high))


def _correlation(values: Array) -> Array:
    """As `_kept`, for ``values`` (draws, items, windows, halves)."""
    means = values.mean(axis=3)
    noise = ((values[..., 0] - values[..., 1]) ** 2).mean(axis=1) / 4
    centred = means - means.mean(axis=1, keepdims=True)
    variance = (centred**2).mean(axis=1)
    covariance = (centred[..., 0] * centred[..., 1]).mean(axis=1)
    signal = variance[:, 0] - noise[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = covariance / np.sqrt(variance[:, 0] * variance[:, 1])
        seen = np.where(variance[:, 1] > 0, seen, 0.0)
        unchanged = signal / np.sqrt((signal + noise[:, 0]) * (signal + noise[:, 1]))
        # Where the baseline shows no order beyond noise, nothing can be said of its loss.
        return np.asarray(
            np.where(signal > noise[:, 0] / 2, np.clip(seen / unchanged, -1, 1), np.nan)
        )


def _moved(correlation: Estimate) -> bool:
    return correlation.high is not None and correlation.high < KEPT


def _two(number: Estimate) -> str:
    if number.value is None:
        return "unknowably"
    text = f"{number.value:.2f}"
    if number.low is not None and number.high is not None:
        text += f" [{number.low:.2f}, {number.high:.2f}]"
    return text.replace("-", "−")
