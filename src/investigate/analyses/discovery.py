"""Many slices are looked at: which of them hold at a false discovery rate."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control


def discovered(p_values: NDArray[np.float64], rate: float) -> NDArray[np.bool_]:
    """Which p-values (n,) are discoveries at false discovery ``rate``; NaN never is.

    Benjamini & Hochberg 1995.
    """
    known = np.isfinite(p_values)
    found = np.zeros(len(p_values), dtype=bool)
    if known.any():
        found[known] = false_discovery_control(p_values[known]) <= rate
    return found
