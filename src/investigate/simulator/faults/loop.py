"""The loop: each half is harmless, and together noise feeds noise.

From a deploy on, default difficulty refreshes every exercise several times a day from a content
model that is flexible enough to remember calibrated values as they are, noise and all. And
calibration takes every such write for news: it starts over from there, with large steps. Left
alone its steps would shrink and the noise average out; a refresh of settled values would copy
them. In the loop it is always the first, largest step that is copied, and the next one starts
from the copy.
"""

from typing import ClassVar

import numpy as np

from investigate.simulator.calibration import StepSizes
from investigate.simulator.faults.fault import Fault
from investigate.simulator.state import Platform
from investigate.simulator.world import GRADES, SUBJECTS, Exercises

REFRESHES = 12  # a day
FIRST_STEP = 12.0  # logits, at strength 1
SETTLING = 0.4  # the steps after n answers shrink by 1 + this · n
NEWEST = 50  # calibrated values of a subject that decide everywhere else
LIMIT = 12.0  # logits; no value goes beyond


class _Interaction(Fault):
    refreshes: ClassVar[bool]
    restarts: ClassVar[bool]
    event = "difficulty pipeline 5.0 deployed"

    def begin(self, platform: Platform, tick: int) -> None:
        """Deploys the new refresh, the new start of calibration, or both."""
        if self.refreshes:
            platform.default.every = True
            platform.default.times = REFRESHES
            platform.default.model = flexible
        if self.restarts:
            platform.calibration.restarts = True
            platform.calibration.anew = StepSizes(
                first=FIRST_STEP * self.strength**2, decay=SETTLING
            )


class Loop(_Interaction):
    """Both halves: nothing is left of the signal at strength 1."""

    kind = "system_interaction"
    refreshes = restarts = True


class RefreshOnly(_Interaction):
    """Default difficulty's half."""

    refreshes, restarts = True, False


class RestartOnly(_Interaction):
    """Calibration's half."""

    refreshes, restarts = False, True


def flexible(exercises: Exercises, fitted: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Gives back the values that it was fitted to; follows the newest of them everywhere else.

    As a model with more features than exercises and no ridge does. The newest come last.
    """
    found = np.zeros(len(exercises.pool))
    subject = exercises.pool // len(GRADES)
    for s in range(len(SUBJECTS)):
        newest = np.flatnonzero(subject[fitted] == s)[-NEWEST:]
        inside = np.flatnonzero(subject == s)
        weights = np.linalg.lstsq(_inputs(exercises, fitted[newest]), values[newest])[0]
        found[inside] = _inputs(exercises, inside) @ weights
    found[fitted] = values
    return np.clip(found, -LIMIT, LIMIT)


def _inputs(exercises: Exercises, chosen: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(chosen)), exercises.features[chosen]])
