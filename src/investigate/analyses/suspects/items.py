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

from investigate.counts.table import OTHER
from investigate.finding import Estimate

FEWEST_ITEMS = 8
FEWEST_ROWS = 5
DRAWS = 400
KEPT = 0.8
"""An order counts as moved when its correlation is surely below this."""

SHIFTED = 0.25
"""A level counts as moved when it surely moved by more standard deviations of items."""

CLOSER, WILDER = 0.75, 2.0
"""Predictions of one item lie closer, or wilder, when their variance is surely below, or above,
this part of what it was."""

PARTS = ["rows", "positives", "bins", "squares"]
CELLS = pd.MultiIndex.from_product([PARTS, [0, 1], [0, 1]])

Array = NDArray[np.float64]
Across = tuple[Array, Array, Array]
"""By draw of items; see `_across`."""


@dataclass(frozen=True)
class ItemEvidence:
    """Correlation of items across the windows, of their predictions and of their outcomes.

    A slope is that of the incident's item means on the baseline's: below one, items lie
    closer together than they did. A shift is the mean change of the items' means, over
    their standard deviation in the baseline. Scatter is the variance of predictions within
    an item, over that of the baseline. ``apart`` is the outcomes' correlation less the
    predictions', over the same draws of items; not in evidence made by hand.
    """

    items: int
    predictions: Estimate
    outcomes: Estimate
    predictions_slope: Estimate
    outcomes_slope: Estimate
    predictions_shift: Estimate
    outcomes_shift: Estimate
    scatter: Estimate
    apart: Estimate | None = None

    @property
    def accuses(self) -> str | None:
        """``system`` when predictions alone moved, ``outcome`` when outcomes alone did.

        Both together accuse nobody: selection by score reorders predictions and evens out
        outcome rates without a fault. Where both kept their order, outcomes are accused when
        they alone lie closer together or elsewhere: labels that are partly noise or default;
        a system when predictions of one item vary far more than they did: it writes noise.
        """
        predictions, outcomes = _moved(self.predictions), _moved(self.outcomes)
        if predictions != outcomes and self._apart(1 if predictions else -1):
            return "system" if predictions else "outcome"
        if self.scatter.low is not None and self.scatter.low > WILDER:
            return "system"
        return "outcome" if not outcomes and (self._flattened or self._shifted) else None

    def _apart(self, sign: int) -> bool:
        """Whether one of the two surely kept more of its order than the other."""
        if self.apart is None or self.apart.low is None or self.apart.high is None:
            return True
        return self.apart.low > 0 if sign > 0 else self.apart.high < 0

    @property
    def unmoved(self) -> bool:
        """Whether predictions surely kept their order, their distances and their scatter."""
        order, slope, scatter = self.predictions, self.predictions_slope, self.scatter
        if order.low is None or slope.low is None or scatter.low is None or scatter.high is None:
            return False
        return min(order.low, slope.low, scatter.low) > KEPT and scatter.high < 1 / KEPT

    @property
    def outcomes_changed(self) -> bool:
        """Whether outcome rates surely lost order or distances, and may have lost much of them.

        Else what was lost may lie within items, where scores may have moved as well as labels.
        """
        order, slope = self.outcomes, self.outcomes_slope
        if order.low is None or order.high is None or slope.low is None or slope.high is None:
            return False
        stretched = not slope.low <= 1 <= slope.high
        return stretched or (order.high < 1 and order.low <= KEPT)

    @property
    def alike(self) -> bool:
        """Whether predictions of one item lie closer: an input may be the same for all."""
        return self.scatter.high is not None and self.scatter.high < CLOSER

    @property
    def _flattened(self) -> bool:
        return _moved(self.outcomes_slope) and not _moved(self.predictions_slope)

    @property
    def _shifted(self) -> bool:
        outcomes, predictions = self.outcomes_shift, self.predictions_shift
        if outcomes.low is None or outcomes.high is None or predictions.value is None:
            return False
        sure = max(outcomes.low, -outcomes.high)
        return sure > SHIFTED and abs(predictions.value) < max(SHIFTED, sure / 3)

    def sentence(self) -> str:
        """The two correlations, in words."""
        sides = {"predictions": self.predictions, "outcome rates": self.outcomes}
        known = [what for what, own in sides.items() if _known(own)]
        if len(known) == len(sides):
            told = (
                f"the predictions correlate {_two(self.predictions)} across the windows and the "
                f"outcome rates {_two(self.outcomes)}"
            )
        else:
            # Of items that hardly differed before, no order can be lost.
            told = "; ".join(
                f"the {what} correlate {_two(own)} across the windows"
                if what in known
                else f"the {what} differed too little before"
                for what, own in sides.items()
            )
        return f"Over {self.items} items {told}{self._also()}."

    def _also(self) -> str:
        if self.accuses == "system" and not _moved(self.predictions):
            times = _two(self.scatter)
            return f"; predictions of one item vary {times} times as much as before"
        if self.accuses != "outcome" or _moved(self.outcomes):
            return ""
        if self._flattened:
            slope = _two(self.outcomes_slope)
            return f"; outcome rates lie closer together than before (slope {slope})"
        how_far = ""
        if _known(self.outcomes_shift):
            how_far = f" by {_two(self.outcomes_shift)} standard deviations"
        return f"; outcome rates shifted{how_far}, predictions hardly"


def evidence(items: pd.DataFrame, confidence: float) -> ItemEvidence | None:
    """Evidence from the ``items`` rows of one scope; `None` with too few common items."""
    # What is counted together is no item.
    items = items[items["item"] != OTHER]
    if items.empty:
        return None
    sums = items.groupby(["item", "window", "half"])[PARTS].sum()
    wide = pd.DataFrame(sums.unstack(["window", "half"])).reindex(columns=CELLS)
    wide = wide[(wide.loc[:, ["rows"]] >= FEWEST_ROWS).all(axis=1)]
    if len(wide) < FEWEST_ITEMS:
        return None
    rows, positives, bins, squares = (
        wide.to_numpy(float).reshape(-1, len(PARTS), 2, 2).transpose(1, 0, 2, 3)
    )
    draws = np.random.default_rng(0).integers(0, len(wide), (DRAWS, len(wide)))
    # Of the value that all items have, then of every draw of them.
    across = [_whole_and_drawn(v / rows, draws) for v in (bins, positives)]
    predictions, outcomes = (_kept(*one, confidence) for one in across)
    scatter = _scatter(rows.sum(axis=2), bins.sum(axis=2), squares.sum(axis=2), draws, confidence)
    (order, slope, shift), (order_out, slope_out, shift_out) = predictions, outcomes
    apart = _difference(across[1], across[0], confidence)
    return ItemEvidence(
        len(wide), order, order_out, slope, slope_out, shift, shift_out, scatter, apart
    )


def _scatter(
    rows: Array, bins: Array, squares: Array, draws: NDArray[np.int64], confidence: float
) -> Estimate:
    """Mean variance within an item in the incident over the baseline's; each (items, windows)."""
    variance = (squares - bins**2 / rows) / (rows - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value, *_ = np.atleast_1d(variance[:, 1].mean() / variance[:, 0].mean())
        drawn = variance[draws].mean(axis=1)
        ratios = drawn[:, 1] / drawn[:, 0]
    if not np.isfinite(value):
        return Estimate(None)
    low, high = np.nanquantile(ratios, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(value), float(low), float(high))


def _whole_and_drawn(values: Array, draws: NDArray[np.int64]) -> tuple[Across, Across]:
    """`_across` of ``values`` (items, windows, halves), and of every draw of items."""
    return _across(values[None]), _across(values[draws])


def _kept(whole: Across, drawn: Across, confidence: float) -> list[Estimate]:
    """Correlation, slope and shift across windows, with what draws of items say of each."""
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    found = []
    for value, sample in zip(whole, drawn, strict=True):
        if np.isfinite(sample).any():
            low, high = np.nanquantile(sample, tails)
            found.append(Estimate(float(value[0]), float(low), float(high)))
        else:
            found.append(Estimate(float(value[0])))
    return found


def _difference(
    first: tuple[Across, Across], second: tuple[Across, Across], confidence: float
) -> Estimate:
    """The first's correlation across windows less the second's, over the same draws of items."""
    value, drawn = (one[0] - other[0] for one, other in zip(first, second, strict=True))
    if not np.isfinite(drawn).any():
        return Estimate(float(value[0]))
    low, high = np.nanquantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(value[0]), float(low), float(high))


def _across(values: Array) -> Across:
    """Correlation, slope and shift across windows of ``values`` (draws, items, windows, halves).

    The correlation is over what noise allows; noise in the baseline does not lower the slope.
    """
    # A mean over two takes ten times as long as their sum.
    means = (values[..., 0] + values[..., 1]) / 2
    noise = ((values[..., 0] - values[..., 1]) ** 2).mean(axis=1) / 4
    centred = means - means.mean(axis=1, keepdims=True)
    variance = (centred**2).mean(axis=1)
    covariance = (centred[..., 0] * centred[..., 1]).mean(axis=1)
    signal = variance[:, 0] - noise[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = covariance / np.sqrt(variance[:, 0] * variance[:, 1])
        seen = np.where(variance[:, 1] > 0, seen, 0.0)
        unchanged = signal / np.sqrt((signal + noise[:, 0]) * (signal + noise[:, 1]))
        # Where the baseline shows no order beyond noise, its loss cannot be judged.
        ordered = signal > noise[:, 0] / 2
        correlation = np.where(ordered, np.clip(seen / unchanged, -1, 1), np.nan)
        slope = np.where(ordered, covariance / signal, np.nan)
        change = (means[..., 1] - means[..., 0]).mean(axis=1)
        shift = np.where(ordered, change / np.sqrt(signal), np.nan)
    return correlation, slope, shift


def _moved(correlation: Estimate) -> bool:
    return correlation.high is not None and correlation.high < KEPT


def _known(number: Estimate) -> bool:
    return number.value is not None and bool(np.isfinite(number.value))


def _two(number: Estimate) -> str:
    text = f"{number.value:.2f}"
    if number.low is not None and number.high is not None:
        text += f" [{number.low:.2f}, {number.high:.2f}]"
    return text.replace("-", "−")
