"""Estimated abilities follow the students."""

import numpy as np
import pytest

from investigate.simulator.abilities import START_SD, Abilities


def test_new_students_are_placed_roughly_where_they_belong() -> None:
    rng, abilities = np.random.default_rng(1), Abilities()
    abilities.enrol(rng, np.full(3, 5.0))
    known = abilities.estimate.copy()
    abilities.enrol(rng, np.linspace(-2, 2, 5_000))
    np.testing.assert_array_equal(abilities.estimate[:3], known)
    error = abilities.estimate[3:] - np.linspace(-2, 2, 5_000)
    assert error.std() == pytest.approx(START_SD, rel=0.05)
    assert abs(error.mean()) < 0.02


@pytest.mark.slow
def test_each_surprise_of_a_student_counts() -> None:
    abilities = Abilities()
    abilities.enrol(np.random.default_rng(1), np.zeros(3))
    before = abilities.estimate.copy()
    abilities.learn(np.array([2, 0, 2]), np.array([0.5, -1.0, 0.25]))
    np.testing.assert_allclose(abilities.estimate - before, [-0.05, 0.0, 0.0375])
