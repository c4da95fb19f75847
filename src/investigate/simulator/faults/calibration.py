"""Faults of continuous calibration: where its values go, their sign, their age, their steps."""

from typing import ClassVar

import numpy as np

from investigate.simulator.calibration import StepSizes
from investigate.simulator.faults.fault import Cohort, Fault
from investigate.simulator.ledger import CALIBRATION
from investigate.simulator.state import Platform
from investigate.simulator.traffic import TICKS

RUNAWAY_STEP = 10.0  # logits, at strength 1
REVISION_SD = 3.0  # logits, at strength 1
REVISED_AT_ONCE, REVISED_A_DAY = 0.5, 0.15  # of the calibrated exercises


class CalibrationFault(Fault):
    """A fault of continuous calibration."""

    kind, system = "system_fault", "continuous_calibration"
    event = "continuous_calibration 3.0 deployed"
    columns: ClassVar[tuple[str, ...]] = ("subject", "grade")

    def hit(self, platform: Platform, tick: int) -> np.ndarray:
        """A share of the live calibrated exercises, as great as the fault is strong."""
        live = platform.exercises.live(tick // TICKS)
        calibrated = platform.ledger.system == CALIBRATION
        inside = np.flatnonzero(live & calibrated & self.limited(platform))
        drawn = platform.fault_rng.random(len(inside)) < self.strength
        return inside[drawn]


class WrongExercise(CalibrationFault):
    """Values are written to the wrong exercise; `strength` is the share of exercises mixed up.

    Two lists in order of difficulty are joined by place, and one starts at its middle.
    """

    def begin(self, platform: Platform, tick: int) -> None:
        """Mixes up which exercise a value is written to."""
        mixed = self.hit(platform, tick)
        mixed = mixed[np.argsort(platform.ledger.difficulty[mixed], kind="stable")]
        target = np.arange(len(platform.exercises.pool))
        target[mixed] = np.roll(mixed, len(mixed) // 2)

        def publish(exercises: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return target[exercises], values

        platform.calibration.publish = publish


class WrongExerciseCohort(WrongExercise):
    """The same in one subject or grade only."""

    scope: ClassVar[Cohort | None] = {"subject": "maths"}


class Inverted(CalibrationFault):
    """Values are written mirrored at their mean; `strength` is the share of exercises."""

    def begin(self, platform: Platform, tick: int) -> None:
        """Turns the sign of what is written."""
        mirrored = np.zeros(len(platform.exercises.pool), bool)
        mirrored[self.hit(platform, tick)] = True
        values = platform.ledger.difficulty
        middle = float(values[platform.ledger.system == CALIBRATION].mean())

        def publish(exercises: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return exercises, np.where(mirrored[exercises], 2 * middle - values, values)

        platform.calibration.publish = publish


class Stale(CalibrationFault):
    """Calibration stops writing while content is revised; `strength` is how far that moves it."""

    columns = ()

    def begin(self, platform: Platform, tick: int) -> None:
        """Stops the writes and brings the first revision."""
        platform.calibration.yields[:] = True
        self._revise(platform, REVISED_AT_ONCE)

    def after_refresh(self, platform: Platform, tick: int) -> None:
        """Goes on revising."""
        self._revise(platform, REVISED_A_DAY)

    def _revise(self, platform: Platform, share: float) -> None:
        rng = platform.fault_rng
        calibrated = np.flatnonzero(platform.ledger.system == CALIBRATION)
        revised = calibrated[rng.random(len(calibrated)) < share]
        new = REVISION_SD * rng.standard_normal(len(revised))
        kept = platform.exercises.difficulty[revised]
        platform.exercises.difficulty[revised] = kept + self.strength * (new - kept)


class Runaway(CalibrationFault):
    """The step no longer shrinks and is far too large."""

    columns = ()

    def begin(self, platform: Platform, tick: int) -> None:
        """Sets the step to a constant."""
        step = RUNAWAY_STEP * self.strength**2
        platform.calibration.steps = StepSizes(first=step, decay=0.0, least=step)
