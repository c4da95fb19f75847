"""The variance of an AUC against the paper's own formula, and against simulation."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from investigate.counts.hanley_mcneil import hanley_mcneil


def test_against_the_paper() -> None:
    # Hanley & McNeil 1982, table III: 51 abnormal, 58 normal, area 0.893, error 0.032.
    assert np.sqrt(hanley_mcneil(0.893, np.array(51), np.array(58))) == pytest.approx(
        0.032, abs=6e-4
    )


@pytest.mark.slow
def test_against_simulated_scores() -> None:
    rng = np.random.default_rng(1)
    outcome = np.repeat([1, 0], [60, 90])
    areas = [roc_auc_score(outcome, rng.exponential(1 + 2 * outcome)) for _ in range(2_000)]
    assert np.var(areas) == pytest.approx(
        hanley_mcneil(np.mean(areas), np.array(60), np.array(90)), rel=0.1
    )


def test_at_the_ends_and_where_a_class_is_empty() -> None:
    sizes = np.array([10, 10, 0])
    found = hanley_mcneil(np.array([1.0, 0.0, 0.5]), sizes, np.array([10, 10, 10]))
    assert found[0] > 0
    assert found[1] == hanley_mcneil(0.5, np.array(10), np.array(10))
    assert not np.isfinite(found[2])
