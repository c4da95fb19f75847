"""Real digits, a real score, and a fault put in: the case of docs/gallery.md whose truth is known.

The data set is scikit-learn's `load_digits`: 1,797 handwritten digits of 8 × 8 pixels. A logistic
regression learns from 500 of them to tell odd from even, and scores the others, one an hour. Each
digit comes from one of three scanners, drawn at random. After 60% of the digits scanner south
sends its upper five lines of pixels blank. Times and scanners are ours; digits, labels and scores
are real.
"""

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

LEARNT, BEFORE, BLANK = 500, 0.6, 5 * 8
START, STEP = pd.Timestamp("2024-01-01"), pd.Timedelta(hours=1)


def log() -> pd.DataFrame:
    """One row a digit: ``time``, ``scanner``, ``score`` (that it is odd) and ``outcome``."""
    digits, rng = load_digits(), np.random.default_rng(0)
    order = rng.permutation(len(digits.target))
    learnt, scored = order[:LEARNT], order[LEARNT:]
    odd = digits.target % 2
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2_000))
    model.fit(digits.data[learnt], odd[learnt])
    scanner = rng.choice(["north", "south", "west"], len(scored))
    pixels = digits.data[scored].copy()
    broken = (scanner == "south") & (np.arange(len(scored)) >= BEFORE * len(scored))
    pixels[broken, :BLANK] = 0
    return pd.DataFrame(
        {
            "time": START + STEP * np.arange(len(scored)),
            "scanner": scanner,
            "score": model.predict_proba(pixels)[:, 1],
            "outcome": odd[scored],
        }
    )


def windows(rows: pd.DataFrame) -> tuple[tuple[pd.Timestamp, pd.Timestamp], ...]:
    """The baseline and the incident of `log`: until the fault, and from it on."""
    onset = START + STEP * int(np.ceil(BEFORE * len(rows)))
    return (START, onset), (onset, START + STEP * len(rows))
