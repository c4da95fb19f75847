"""Continuous calibration: online Elo on the logit scale (Pelánek 2016), exercise by exercise."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from investigate.simulator.default_difficulty import FEW_ANSWERS
from investigate.simulator.ledger import CALIBRATION, Ledger


def logistic(x: np.ndarray) -> np.ndarray:
    """The probability of a logit."""
    return 1 / (1 + np.exp(-x))


Publish = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From exercises and their learnt values to exercises and the values written for them."""


def as_learnt(exercises: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every value goes to its own exercise."""
    return exercises, values


@dataclass
class StepSizes:
    """Logits per unit of surprise after n answers: first / (1 + decay · n), never under least."""

    first: float = 0.6
    decay: float = 0.06
    least: float = 0.03

    def after(self, answers: np.ndarray) -> np.ndarray:
        """The step for exercises with so many answers behind them."""
        return np.maximum(self.first / (1 + self.decay * answers), self.least)


class ContinuousCalibration:
    """Starts from the value it finds and moves it with every answer; keeps its own values.

    ``answers`` counts all answers of an exercise, ``learnt`` those since calibration last
    started from a value that it found. With ``restarts``, every such start is from scratch:
    by the steps ``anew`` and with ``learnt`` at 0. It learns but does not write where it
    ``yields``; ``publish`` says which values go where.
    """

    def __init__(self, exercises: int) -> None:
        self.value = np.zeros(exercises)
        self.answers = np.zeros(exercises, int)
        self.learnt = np.zeros(exercises, int)
        self.found = np.zeros(exercises, bool)
        self.steps = StepSizes()
        self.anew = StepSizes()
        self.restarts = False
        self.restarted = np.zeros(exercises, bool)
        self.yields = np.zeros(exercises, bool)
        self.publish: Publish = as_learnt

    def overwritten(self, exercises: np.ndarray) -> None:
        """Tells that default difficulty has written; the next answer finds its value."""
        self.found[exercises] = False
        if self.restarts:
            # Where too few answers are known there is nothing to start over from.
            known = exercises[self.answers[exercises] >= FEW_ANSWERS]
            self.learnt[known] = 0
            self.restarted[known] = True

    def learn(
        self, ledger: Ledger, exercises: np.ndarray, ability: np.ndarray, outcome: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Takes answers in their order; what is to be written.

        `ability` is the estimate, in logits, by which the answer was scored.
        """
        order = np.argsort(exercises, kind="stable")
        sorted_ = exercises[order]
        rank = np.arange(len(order)) - np.searchsorted(sorted_, sorted_)
        fresh = ~self.found[exercises]
        self.value[exercises[fresh]] = ledger.difficulty[exercises[fresh]]
        self.found[exercises] = True
        moved = np.zeros(len(self.value), bool)
        # The k-th answer of every exercise at once, so that each follows from the one before.
        for k in range(rank.max(initial=-1) + 1):
            rows = order[rank == k]
            rows_exercises = exercises[rows]
            self.answers[rows_exercises] += 1
            ready = self._ready(ledger, rows_exercises)
            rows, taught = rows[ready], rows_exercises[ready]
            surprise = outcome[rows] - logistic(ability[rows] - self.value[taught])
            self.value[taught] -= self._step(taught) * surprise
            self.learnt[taught] += 1
            moved[taught] = True
        written = np.flatnonzero(moved & ~self.yields)
        return self.publish(written, self.value[written])

    def _ready(self, ledger: Ledger, exercises: np.ndarray) -> np.ndarray:
        return (self.answers[exercises] > FEW_ANSWERS) | (ledger.system[exercises] == CALIBRATION)

    def _step(self, exercises: np.ndarray) -> np.ndarray:
        learnt = self.learnt[exercises]
        return np.where(
            self.restarted[exercises], self.anew.after(learnt), self.steps.after(learnt)
        )
