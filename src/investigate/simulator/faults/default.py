"""Faults of default difficulty: what the content model writes, and over what."""

from typing import ClassVar

import numpy as np

from investigate.simulator.default_difficulty import ridge
from investigate.simulator.faults.fault import Cohort, Fault
from investigate.simulator.ledger import CALIBRATION
from investigate.simulator.state import Platform
from investigate.simulator.traffic import TICKS
from investigate.simulator.world import Exercises

SCRAMBLED_SCALE = 4.0  # how much larger than right ones shuffled values are, at strength 1
SHIFT = 4.0  # logits, at strength 1
GUESS_SD = 3.0  # logits


class DefaultFault(Fault):
    """A fault of default difficulty."""

    kind, system = "system_fault", "default_difficulty"
    event = "default_difficulty 4.2 deployed"


class Reset(DefaultFault):
    """Values are overwritten by one default value; `strength` is the share of exercises."""

    def begin(self, platform: Platform, tick: int) -> None:
        """Writes the mean of all values for each exercise that is hit."""
        values = platform.ledger.difficulty
        live = np.flatnonzero(platform.exercises.live(tick // TICKS))
        live = live[platform.ledger.system[live] >= 0]
        hit = live[platform.fault_rng.random(len(live)) < self.strength]
        self._hit, self._value = hit, float(values[live].mean())

    def after_refresh(self, platform: Platform, tick: int) -> None:
        """Writes once, after the content model, whose values would come on top."""
        platform.overwrite(tick, self._hit, np.full(len(self._hit), self._value))
        self._hit = self._hit[:0]


class Scrambled(DefaultFault):
    """The content model reads the features of other exercises; `strength` weighs its values."""

    def begin(self, platform: Platform, tick: int) -> None:
        """Shuffles whose features are read."""
        other = platform.fault_rng.permutation(len(platform.exercises.pool))

        def scrambled(exercises: Exercises, fitted: np.ndarray, values: np.ndarray) -> np.ndarray:
            right = ridge(exercises, fitted, values)
            return right + self.strength * (SCRAMBLED_SCALE * right[other] - right)

        platform.default.model = scrambled


class Scale(DefaultFault):
    """Values are written on a scale that begins elsewhere; their order stays."""

    kind = "system_misalignment"

    def begin(self, platform: Platform, tick: int) -> None:
        """Shifts what the content model says."""

        def shifted(exercises: Exercises, fitted: np.ndarray, values: np.ndarray) -> np.ndarray:
            return ridge(exercises, fitted, values) + SHIFT * self.strength

        platform.default.model = shifted


class Precedence(DefaultFault):
    """In one cohort authors' first guesses overwrite calibrated values, and stay in force."""

    scope: ClassVar[Cohort | None] = {"subject": "maths"}
    columns = ("subject", "grade")

    def begin(self, platform: Platform, tick: int) -> None:
        """Takes calibration's turn away and looks the guesses up."""
        self._inside = self.limited(platform)
        platform.calibration.yields |= self._inside
        self._guess = GUESS_SD * platform.fault_rng.standard_normal(len(self._inside))

    def after_refresh(self, platform: Platform, tick: int) -> None:
        """Writes for every live exercise of the cohort."""
        served = np.flatnonzero(self._inside & platform.exercises.live(tick // TICKS))
        ledger = platform.ledger
        calibrated = ~np.isnan(ledger.latest[CALIBRATION])
        content = ridge(
            platform.exercises, np.flatnonzero(calibrated), ledger.latest[CALIBRATION, calibrated]
        )
        values = content + self.strength * (self._guess - content)
        platform.overwrite(tick, served, values[served])
