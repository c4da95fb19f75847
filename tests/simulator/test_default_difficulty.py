"""The content model, held to scikit-learn, and which exercises it is let write for."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from investigate.simulator.default_difficulty import (
    FEW_ANSWERS,
    RIDGE,
    DefaultDifficulty,
    ridge,
)
from investigate.simulator.ledger import CALIBRATION, Ledger
from investigate.simulator.world import Exercises, exercises


def pool() -> Exercises:
    return exercises(np.random.default_rng(3), 240, 0, 30)


def test_the_content_model_is_ridge_regression() -> None:
    known = pool()
    fitted = np.arange(0, len(known.pool), 3)
    values = known.difficulty[fitted]
    expected = Ridge(alpha=RIDGE).fit(known.features[fitted], values).predict(known.features)
    np.testing.assert_allclose(ridge(known, fitted, values), expected, atol=1e-9)


def test_content_explains_a_good_part_of_difficulty_and_not_all() -> None:
    known = pool()
    fitted = np.flatnonzero(np.arange(len(known.pool)) % 2 == 0)
    others = np.flatnonzero(np.arange(len(known.pool)) % 2 == 1)
    predicted = ridge(known, fitted, known.difficulty[fitted])[others]
    assert 0.7 < np.corrcoef(predicted, known.difficulty[others])[0, 1] < 0.9


@pytest.mark.slow
def test_it_writes_for_live_exercises_with_few_answers() -> None:
    known = pool()
    ledger, answers = Ledger(len(known.pool)), np.zeros(len(known.pool), int)
    day = 12
    live = np.flatnonzero(known.live(day))
    calibrated, many, new = live[:100], live[100:110], live[110:]
    ledger.write(-1, calibrated, CALIBRATION, known.difficulty[calibrated])
    answers[many] = FEW_ANSWERS
    default = DefaultDifficulty(known)
    chosen, values = default.refresh(ledger, answers, day)
    assert set(chosen) == set(new)
    model = ridge(known, calibrated, ledger.difficulty[calibrated])
    np.testing.assert_allclose(values, model[chosen])
    default.every = True
    assert set(default.refresh(ledger, answers, day)[0]) == set(live)
