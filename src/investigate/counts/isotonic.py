"""Outcome rates that rise with the score: isotonic calibration."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression


def rising_rates(
    bins: NDArray[Any], positives: NDArray[Any], rows: NDArray[Any], size: int
) -> NDArray[np.float64]:
    """The outcome rate of each of ``size`` bins (size,), rising with the bin.

    ``bins`` (n,) rise strictly and lie below ``size``; each has ``rows`` above 0, of which
    ``positives``. Between two of them the rate is interpolated, beyond the ends it is that of the
    end: as `sklearn.isotonic.IsotonicRegression` with ``out_of_bounds="clip"``, whose import takes
    longer than what it computes here.
    """
    fitted = isotonic_regression(positives / rows, weights=rows).x
    return np.interp(np.arange(size), bins, fitted)
