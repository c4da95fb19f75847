"""Estimated abilities: online, in small steps, by the surprise of each answer."""

import numpy as np

START_SD = 0.35  # logits between estimate and truth when a student is first seen
STEP = 0.05


class Abilities:
    """``estimate`` of each student in logits."""

    def __init__(self) -> None:
        self.estimate = np.zeros(0)

    def enrol(self, rng: np.random.Generator, ability: np.ndarray) -> None:
        """Takes in new students, and places them."""
        first = len(self.estimate)
        self.estimate = np.concatenate([self.estimate, np.zeros(len(ability))])
        self.place(rng, np.arange(first, len(self.estimate)), ability)

    def place(self, rng: np.random.Generator, student: np.ndarray, ability: np.ndarray) -> None:
        """Starts these students from a placement test, which tells roughly how able they are."""
        self.estimate[student] = ability + rng.normal(0, START_SD, len(ability))

    def learn(self, student: np.ndarray, surprise: np.ndarray) -> None:
        """Moves estimates by `surprise`, outcome minus score."""
        self.estimate += STEP * np.bincount(student, surprise, len(self.estimate))
