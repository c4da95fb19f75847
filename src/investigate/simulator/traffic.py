"""How many answers come when."""

from dataclasses import dataclass

import numpy as np

TICK = 7_200  # seconds
TICKS = 12  # a day


@dataclass
class Traffic:
    """Answers of an average day, and how they rise and fall: more by day, fewer at weekends."""

    daily: float
    weekend: float = 0.85
    factor: float = 1.0

    def answers(self, rng: np.random.Generator, tick: int, weekday: int) -> int:
        """Answers in the tick, which counts from the log's first midnight; Monday is 0."""
        hours = 1 - 0.5 * np.cos(2 * np.pi * (tick % TICKS + 0.5) / TICKS)
        week = (5 + 2 * self.weekend) / 7
        day = (self.weekend if weekday >= 5 else 1) / week
        return int(rng.poisson(self.factor * self.daily * hours * day / TICKS))
