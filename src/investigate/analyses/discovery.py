"""Many slices are looked at: which of them hold at a false discovery rate."""

import numpy as np
from numpy.typing import NDArray


def discovered(p_values: NDArray[np.float64], rate: float) -> NDArray[np.bool_]:
    """Which p-values (n,) are discoveries at false discovery ``rate``; NaN never is.

    Benjamini & Hochberg 1995.
    """
    known = np.isfinite(p_values)
    found = np.zeros(len(p_values), dtype=bool)
    if known.any():
        ranked = np.sort(p_values[known])
        below = ranked[ranked <= rate * np.arange(1, len(ranked) + 1) / len(ranked)]
        found[known] = p_values[known] <= below.max(initial=-1.0)
    return found
