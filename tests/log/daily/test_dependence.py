"""The ratio of variances, against a jackknife written out."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.log.daily.dependence import COARSE, FOLDS, ratios


def test_against_a_jackknife_of_rows() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "day": rng.integers(0, 3, 900),
            "fold": rng.integers(0, FOLDS, 900),
            "bin": rng.integers(0, COARSE, 900),
            "y": rng.integers(0, 2, 900),
        }
    )
    rows = rows[(rows["day"] < 2) | (rows.index < 20)]
    sums = rows.assign(positives=rows["y"], negatives=1 - rows["y"])
    sums = sums.groupby(["day", "fold", "bin"])[["positives", "negatives"]].sum().reset_index()
    found = ratios(sums, ["day"])
    assert found["day"].tolist() == [0, 1]
    for day, ratio in found.itertuples(index=False):
        own = rows[rows["day"] == day]
        left = [own[own["fold"] != fold] for fold in range(FOLDS)]
        areas = np.array([roc_auc_score(part["y"], part["bin"]) for part in left])
        variance = (FOLDS - 1) / FOLDS * ((areas - areas.mean()) ** 2).sum()
        area = max(roc_auc_score(own["y"], own["bin"]), 0.5)
        m, n = (own["y"] == 1).sum(), (own["y"] == 0).sum()
        q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
        plain = area * (1 - area) + (m - 1) * (q1 - area**2) + (n - 1) * (q2 - area**2)
        assert ratio == pytest.approx(variance / (plain / (m * n)))


def test_nothing_is_said_of_few_rows_or_of_a_single_fold() -> None:
    sums = pd.DataFrame({"day": 1, "fold": 3, "bin": [1, 2], "positives": 40, "negatives": 30})
    assert ratios(sums, ["day"]).empty
    assert ratios(sums[:0], ["day"]).empty
