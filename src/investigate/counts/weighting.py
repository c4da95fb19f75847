"""Weights of rows, such that sums of them are exact in any order.

Each weight is a whole number of units, and the unit a power of two: sums and differences of them
are exact as floats, so that what is left without a fold is what the other folds hold, and counts
do not depend on the order in which an engine adds. Weights are scaled so that they sum to the
effective sample size (Kish 1965): tests that take counts for numbers of rows are then about right.
No AUC, contribution or view changes with the scale of a window.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIGITS = 51
"""Binary digits of the sum of all weights, of the 53 that a float holds."""
FEWEST_UNITS = 1e6
"""Units that each outcome of a window must sum to; of fewer, AUC would be of rounded weights."""


def scale_of(total: float, squares: float) -> float:
    """What weights are multiplied by to sum to the effective sample size; in 24 binary digits.

    ``total`` and ``squares``: the sums of the weights and of their squares. So few digits make it
    the same in whatever order an engine added them.
    """
    fraction, power = np.frexp(total / squares)
    return float(np.ldexp(float(np.float32(fraction)), power))


def near_one(largest: float) -> float:
    """The power of two by which weights are multiplied for the `largest` to be about 1."""
    return float(np.ldexp(1.0, min(-int(np.frexp(largest)[1]), 1000)))


def units(effective: float) -> int:
    """The number of units, as a power of two, that 1 consists of, where so many rows count."""
    return DIGITS - int(np.ceil(np.log2(max(effective, 1.0))))


def exact_weights(weights: NDArray[Any]) -> Floats:
    """Weights (n,) in units, scaled; not all may be zero."""
    weights = np.asarray(weights, dtype=float)
    weights = weights / weights.max()
    scaled = weights * scale_of(weights.sum(), float((weights**2).sum()))
    digits = units(float(scaled.sum()))
    return np.asarray(np.ldexp(np.round(np.ldexp(scaled, digits)), -digits))


def effective_size(weights: NDArray[Any]) -> float:
    """How many rows of equal weight would say as much: (sum of w)^2 / sum of w^2."""
    weights = np.asarray(weights, dtype=float)
    return float(weights.sum() ** 2 / (weights**2).sum())
