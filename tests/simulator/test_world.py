"""Students and exercises as they are."""

import numpy as np

from investigate.simulator.world import GRADES, LIFETIME, SUBJECTS, exercises, students


def test_about_as_many_exercises_live_at_any_time_in_every_pool() -> None:
    known = exercises(np.random.default_rng(5), 360, -28, 50)
    for day in range(-28, 50, 6):
        live = known.live(day)
        assert live.sum() == 360
        sizes = np.bincount(known.pool[live], minlength=len(SUBJECTS) * len(GRADES))
        assert sizes.min() >= 20


def test_rotating_exercises_live_as_long_as_they_should() -> None:
    known = exercises(np.random.default_rng(5), 360, -28, 50)
    rotating = known.born >= -28 - LIFETIME[1]
    lives = (known.dies - known.born)[rotating]
    assert LIFETIME[0] <= lives.min()
    assert lives.max() < LIFETIME[1]
    assert (known.born[rotating] > 0).sum() > 300


def test_cohorts_of_an_exercise_follow_its_pool() -> None:
    known = exercises(np.random.default_rng(5), 120, 0, 20)
    for pool, subject, grade in zip(
        known.pool, known.cohort("subject"), known.cohort("grade"), strict=True
    ):
        assert pool == SUBJECTS.index(subject) * len(GRADES) + GRADES.index(grade)


def test_added_students_come_after_the_others() -> None:
    one, two = (students(np.random.default_rng(seed), size) for seed, size in ((1, 10), (2, 4)))
    own = two.ability.copy()
    assert list(one.add(two)) == [10, 11, 12, 13]
    np.testing.assert_array_equal(one.ability[10:], own)
    assert {len(values) for values in one.cohorts.values()} == {14}
