"""Who is served what."""

import numpy as np
import pytest

from investigate.simulator.selection import Pools, Selection
from investigate.simulator.world import GRADES, exercises, students

RNG = np.random.default_rng
DAY = 5


def served(selection: Selection, answers: int = 20_000) -> tuple[np.ndarray, ...]:
    people, known = students(RNG(1), 400), exercises(RNG(2), 600, 0, 30)
    pools = Pools(known.pool, known.live(DAY))
    student, exercise = selection.serve(
        RNG(3), people, people.ability, pools, known.difficulty, answers
    )
    assert (known.pool[exercise] % len(GRADES) == people.grade[student]).all()
    assert known.live(DAY)[exercise].all()
    return people.ability[student] - known.difficulty[exercise], student, people.activity


def test_more_candidates_and_less_noise_match_better() -> None:
    loose = np.std(served(Selection())[0])
    random = np.std(served(Selection(candidates=1))[0])
    close = np.std(served(Selection(candidates=20, noise=0.0))[0])
    assert close < 0.5 * loose
    assert loose < random


@pytest.mark.slow
def test_students_come_by_their_activity() -> None:
    _, student, activity = served(Selection(), 200_000)
    share = np.bincount(student, minlength=len(activity)) / len(student)
    np.testing.assert_allclose(share, activity / activity.sum(), atol=0.002)
    assert share.sum() == pytest.approx(1)
