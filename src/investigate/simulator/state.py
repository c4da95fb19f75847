"""The platform at a moment: its world, its systems and what they know."""

from collections.abc import Callable

import numpy as np

from investigate.simulator import world
from investigate.simulator.abilities import Abilities
from investigate.simulator.calibration import ContinuousCalibration
from investigate.simulator.default_difficulty import DefaultDifficulty
from investigate.simulator.ledger import CALIBRATION, DEFAULT, Ledger
from investigate.simulator.selection import Selection
from investigate.simulator.traffic import TICK, TICKS, Traffic

KnownAbility = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From students and their estimates to the abilities that their scores are made of."""

STUDENT_ANSWERS, EXERCISE_ANSWERS = 110, 7  # a student's in all, an exercise's a day
FEWEST_EXERCISES = 96
WARM_UP_DAYS = 28
START_ANSWERS = 150  # that calibration has learnt from before the warm-up
START_ERROR = 0.3  # logits
# After the tick's start. No two writes of an exercise share a time, and answers come after all.
CALIBRATION_SECOND, DEFAULT_SECOND, OVERWRITE_SECOND, ANSWERS_SECOND = 1, 5, 6, 10


class Platform:
    """Everything that runs. Faults change its parts; nothing in it knows of faults.

    ``rng`` serves the world and the answers, ``fault_rng`` what faults draw.
    """

    def __init__(self, seed: int, answers: int, days: int, weekday: int) -> None:
        streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3)]
        setup, self.rng, self.fault_rng = streams
        self.weekday = weekday
        self.traffic = Traffic(answers / days)
        live = max(FEWEST_EXERCISES, round(answers / days / EXERCISE_ANSWERS))
        self.students = world.students(setup, max(200, answers // STUDENT_ANSWERS))
        self.exercises = world.exercises(setup, live, -WARM_UP_DAYS, days)
        number = len(self.exercises.pool)
        self.ledger = Ledger(number)
        self.abilities = Abilities()
        self.abilities.enrol(setup, self.students.ability)
        self.selection = Selection()
        self.calibration = ContinuousCalibration(number)
        self.default = DefaultDifficulty(self.exercises)
        self.known_ability: KnownAbility = lambda student, estimate: estimate
        self._calibrate_what_stays(setup)

    def _calibrate_what_stays(self, rng: np.random.Generator) -> None:
        staying = np.flatnonzero(self.exercises.born < -WARM_UP_DAYS - world.LIFETIME[1])
        learnt = self.exercises.difficulty[staying] + rng.normal(0, START_ERROR, len(staying))
        self.ledger.write(-WARM_UP_DAYS * TICKS * TICK - 1, staying, CALIBRATION, learnt)
        self.calibration.value[staying] = self.ledger.difficulty[staying]
        self.calibration.found[staying] = True
        self.calibration.answers[staying] = START_ANSWERS
        self.calibration.learnt[staying] = START_ANSWERS

    def refresh(self, tick: int) -> None:
        """Lets default difficulty write at the start of `tick`."""
        chosen, values = self.default.refresh(self.ledger, self.calibration.answers, tick // TICKS)
        self._write(tick * TICK + DEFAULT_SECOND, chosen, values)

    def overwrite(self, tick: int, exercises: np.ndarray, values: np.ndarray) -> None:
        """Writes `values` for `exercises` by default difficulty, after its refresh of `tick`."""
        self._write(tick * TICK + OVERWRITE_SECOND, exercises, values)

    def _write(self, time: float, exercises: np.ndarray, values: np.ndarray) -> None:
        self.ledger.write(time, exercises, DEFAULT, values)
        self.calibration.overwritten(exercises)
