"""Simulations that several tests look at, and what is read off them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from investigate.simulator import Simulated, simulate

Simulate = Callable[..., "Look"]


@dataclass(frozen=True)
class Look:
    """A simulation and its two windows."""

    simulated: Simulated

    @property
    def log(self) -> pd.DataFrame:
        return self.simulated.log

    @property
    def before(self) -> pd.DataFrame:
        return self.log[self.log["time"] < self.simulated.incident[0]]

    @property
    def after(self) -> pd.DataFrame:
        return self.log[self.log["time"] >= self.simulated.incident[0]]

    def change(self, **where: str) -> float:
        """AUC of the incident minus that of the baseline, of the rows that are `where`."""
        return auc(self.after, **where) - auc(self.before, **where)


def auc(rows: pd.DataFrame, **where: str) -> float:
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return float(roc_auc_score(rows["outcome"], rows["score"]))


@cache
def _look(scenario: str, seed: int, strength: float, answers: int, more: tuple[Any, ...]) -> Look:
    return Look(simulate(scenario, seed, strength, answers, **dict(more)))


@pytest.fixture(scope="session")
def look() -> Simulate:
    """Simulates once per set of arguments within a file of tests."""

    def looked(
        scenario: str, seed: int = 1, strength: float = 1.0, answers: int = 40_000, **more: Any
    ) -> Look:
        if "cohort" in more:
            return Look(simulate(scenario, seed, strength, answers, **more))
        return _look(scenario, seed, strength, answers, tuple(sorted(more.items())))

    return looked
