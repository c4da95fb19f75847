"""Online calibration, held to a plain loop over answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.simulator.calibration import ContinuousCalibration, StepSizes
from investigate.simulator.default_difficulty import FEW_ANSWERS
from investigate.simulator.ledger import CALIBRATION, DEFAULT, Ledger

ANSWERS = st.lists(
    st.tuples(st.integers(0, 3), st.floats(-3, 3), st.integers(0, 1)), min_size=1, max_size=40
)


def started(system: int, difficulty: list[float]) -> tuple[Ledger, ContinuousCalibration]:
    ledger = Ledger(len(difficulty))
    ledger.write(-1, np.arange(len(difficulty)), system, np.array(difficulty))
    return ledger, ContinuousCalibration(len(difficulty))


@given(ANSWERS)
def test_answers_count_one_after_the_other(answers: list[tuple[int, float, int]]) -> None:
    ledger, calibration = started(CALIBRATION, [0.5, -1.0, 2.0, 0.0])
    exercise, ability, outcome = (np.array(part) for part in zip(*answers, strict=True))
    written, values = calibration.learn(ledger, exercise, ability, outcome)
    value, learnt = [0.5, -1.0, 2.0, 0.0], [0, 0, 0, 0]
    for e, a, y in answers:
        expected = 1 / (1 + np.exp(-(a - value[e])))
        value[e] -= max(0.6 / (1 + 0.06 * learnt[e]), 0.03) * (y - expected)
        learnt[e] += 1
    assert sorted(written) == sorted({e for e, _, _ in answers})
    np.testing.assert_allclose(values, [value[e] for e in written], atol=1e-12)
    assert list(calibration.learnt) == learnt


def test_it_waits_for_some_answers_and_then_starts_from_what_it_finds() -> None:
    ledger, calibration = started(DEFAULT, [1.5])
    one = np.zeros(1, int)
    for _ in range(FEW_ANSWERS):
        written, _ = calibration.learn(ledger, one, np.zeros(1), np.ones(1, int))
        assert not len(written)
    written, values = calibration.learn(ledger, one, np.zeros(1), np.ones(1, int))
    assert list(written) == [0]
    assert values[0] == pytest.approx(1.5 - 0.6 * (1 - 1 / (1 + np.exp(1.5))))


@pytest.mark.parametrize("restarts", [False, True])
def test_an_overwritten_value_is_taken_up_and_learning_restarts_only_if_told(
    restarts: bool,
) -> None:
    ledger, calibration = started(CALIBRATION, [0.0])
    one = np.zeros(1, int)
    for _ in range(2 * FEW_ANSWERS):
        calibration.learn(ledger, one, np.zeros(1), np.ones(1, int))
    calibration.restarts, calibration.anew = restarts, StepSizes(first=5.0, decay=1.0)
    ledger.write(0, one, DEFAULT, np.array([2.0]))
    calibration.overwritten(one)
    _, values = calibration.learn(ledger, one, np.full(1, 2.0), np.ones(1, int))
    step = 5.0 if restarts else 0.6 / (1 + 0.06 * 2 * FEW_ANSWERS)
    assert values[0] == pytest.approx(2.0 - step / 2)


@pytest.mark.slow
def test_it_finds_the_truth() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(0, 1, 50)
    ledger, calibration = started(CALIBRATION, [0.0] * 50)
    for _ in range(400):
        ability = rng.normal(0, 1, 50)
        outcome = (rng.random(50) < 1 / (1 + np.exp(true - ability))).astype(int)
        written, values = calibration.learn(ledger, np.arange(50), ability, outcome)
        ledger.write(0, written, CALIBRATION, values)
    assert np.sqrt(np.mean((ledger.difficulty - true) ** 2)) < 0.3
