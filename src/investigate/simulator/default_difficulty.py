"""Default difficulty: a content model that knows exercises before anyone has answered them."""

from collections.abc import Callable

import numpy as np

from investigate.simulator.ledger import CALIBRATION, Ledger
from investigate.simulator.world import Exercises

FEW_ANSWERS = 50
RIDGE = 5.0

ContentModel = Callable[[Exercises, np.ndarray, np.ndarray], np.ndarray]
"""From the exercises, those fitted to, oldest value first, and their values to all values."""


def ridge(exercises: Exercises, fitted: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Linear in the content features, shrunk: the model of every day."""
    inputs = exercises.features[fitted]
    centre, mean = inputs.mean(axis=0), values.mean()
    gram = (inputs - centre).T @ (inputs - centre) + RIDGE * np.eye(inputs.shape[1])
    weights = np.linalg.solve(gram, (inputs - centre).T @ (values - mean))
    return mean + (exercises.features - centre) @ weights


class DefaultDifficulty:
    """Writes a value for exercises with few answers; reads what calibration has written.

    ``every`` widens it to all live exercises, ``times`` is how often a day it runs.
    """

    def __init__(self, exercises: Exercises) -> None:
        self.exercises = exercises
        self.model: ContentModel = ridge
        self.every = False
        self.times = 1

    def refresh(
        self, ledger: Ledger, answers: np.ndarray, day: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Exercises and the values to write for them; `answers` counts those of each exercise."""
        calibrated = ledger.latest[CALIBRATION]
        fitted = np.flatnonzero(~np.isnan(calibrated))
        fitted = fitted[np.argsort(ledger.written[CALIBRATION, fitted], kind="stable")]
        values = self.model(self.exercises, fitted, calibrated[fitted])
        few = (ledger.system != CALIBRATION) & (answers < FEW_ANSWERS)
        chosen = np.flatnonzero(self.exercises.live(day) & (few | self.every))
        return chosen, values[chosen]
