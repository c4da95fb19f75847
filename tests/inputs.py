"""Rows of two windows, the question about them, and what plain pandas says of each."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.counts.auc import auc
from investigate.counts.table import Counts
from investigate.log.counting import count
from investigate.question import params

CUT = "2024-03-26"
ASKED: dict[str, Any] = {
    "case": "inputs",
    "log": "log.csv",
    "columns": {
        "time": "time", "outcome": "outcome", "score": "score", "system": "system",
        "item": "item", "cluster": "user",
    },
    "baseline": {"start": "2024-03-01", "end": CUT},
    "incident": {"start": CUT, "end": "2024-04-10"},
}  # fmt: skip


def rows(seed: int = 1, size: int = 600) -> pd.DataFrame:
    """Answers over 40 days, with a score that tells."""
    r = np.random.default_rng(seed)
    z = r.normal(size=size)
    seconds = np.sort(r.integers(0, 40 * 86_400, size))
    return pd.DataFrame({
        "time": pd.Timestamp("2024-03-01") + pd.to_timedelta(seconds, unit="s"),
        "outcome": (r.random(size) < 1 / (1 + np.exp(-1.5 * z))).astype(int),
        "score": np.round(1 / (1 + np.exp(-1.5 * z)), 4),
        "system": r.choice(["a", "b"], size),
        "item": [f"i{k}" for k in r.integers(0, 20, size)],
        "user": [f"u{k}" for k in r.integers(0, 90, size)],
    })  # fmt: skip


def counted(**changes: Any) -> Counts:
    """The counts of the question with some `changes`."""
    return count(params.from_names({**ASKED, **changes}), {}, False)


def right(counts: Counts, frame: pd.DataFrame) -> None:
    """Require the rows and the AUC of both windows of `frame`, by pandas and scikit-learn."""
    for w, own in enumerate((frame[frame.time < CUT], frame[frame.time >= CUT])):
        cells = counts.slices[(counts.slices["by"] == "all") & (counts.slices["window"] == w)]
        sides = cells.groupby("bin")[["positives", "negatives"]].sum()
        assert sides.to_numpy().sum() == len(own)
        area = auc(sides["positives"].to_numpy(), sides["negatives"].to_numpy())
        assert area == pytest.approx(roc_auc_score(own.outcome, own.score), abs=1e-9)
