"""An ordinary score with a known fault: orders of a shop, and whether they were charged back."""

import numpy as np
import pandas as pd

DAYS, CHANGE = 56, 42  # of the log, and the day from which on the fault is in it
FIRST_DAY = pd.Timestamp("2024-03-01")
DEFAULT = 0.1  # the score that Android orders get from that day on


def checkout_log(rows: int = 24_000, seed: int = 1) -> pd.DataFrame:
    """Orders with a fraud score, no items and no history; on 12 April 2024 the score breaks.

    From that day on the score of every order from the Android app is one default value, as when
    a model's input is missing. Other orders are scored as before.

    Parameters
    ----------
    rows : int
        How many orders to make, over the eight weeks from 1 March 2024 on.
    seed : int
        Another seed makes another log.

    Returns
    -------
    pandas.DataFrame
        One row an order, in order of time: ``ordered_at``, ``country``, ``platform``, ``release``
        (of the model), ``p_chargeback`` (the score, a probability), ``chargeback`` (0 or 1).
    """
    rng = np.random.default_rng(seed)
    second = np.sort(rng.integers(0, DAYS * 86_400, rows))
    platform = rng.choice(["android", "ios", "web"], rows, p=[0.35, 0.25, 0.4])
    known = rng.normal(-2.2, 1.3, rows)
    score = _logistic(known + rng.normal(0, 0.2, rows))
    broken = (second >= CHANGE * 86_400) & (platform == "android")
    return pd.DataFrame(
        {
            "ordered_at": FIRST_DAY + pd.to_timedelta(second, "s"),
            "country": rng.choice(["DE", "FR", "PL"], rows, p=[0.5, 0.3, 0.2]),
            "platform": platform,
            "release": rng.choice(["v7", "v8"], rows),
            "p_chargeback": np.where(broken, DEFAULT, score).round(4),
            "chargeback": (rng.random(rows) < _logistic(known + rng.normal(0, 0.6, rows))).astype(
                "int64"
            ),
        }
    )


def _logistic(value: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-value)))
