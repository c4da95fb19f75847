"""The variance of an AUC, as far as it follows from the AUC itself and the rows of each class.

Hanley & McNeil 1982. It knows of no rows that depend on each other.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def hanley_mcneil(
    area: float | NDArray[Any], positives: NDArray[Any], negatives: NDArray[Any]
) -> NDArray[np.float64]:
    """Variance of an AUC of `area` for independent rows; NaN or infinite where a class is empty.

    `positives` and `negatives`, rows of each class, broadcast with `area`.
    """
    # Kept inside (0, 1): at the ends the formula knows no error.
    area = np.clip(area, 0.5, 0.99)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    m, n = positives, negatives
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = area * (1 - area) + (m - 1) * (q1 - area**2) + (n - 1) * (q2 - area**2)
        return np.asarray(spread / (m * n))
