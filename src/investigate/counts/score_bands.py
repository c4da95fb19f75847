"""Bands of bins of about equal rows: what is counted by score where every bin would be too fine."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

BANDS = 16


def score_bands(rows: NDArray[Any]) -> NDArray[np.int64]:
    """The band (B,) of each bin, from 0; ``rows`` (B,) are those of the bins."""
    share = (np.cumsum(rows) - rows) * BANDS // max(int(np.sum(rows)), 1)
    return np.asarray(np.unique(share, return_inverse=True)[1], dtype=np.int64)
