"""What a fault is: a change to the parts of a running platform, or to the rows it leaves."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pandas as pd

from investigate.simulator.state import Platform

Cohort = Mapping[str, str]


class Fault:
    """A fault of some strength, in (0, 1], limited to `cohort` where that makes sense.

    ``kind`` and ``system`` are what an investigation should find, ``event`` the deploy that
    brings it, ``scope`` its cohort unless another is named, by one of ``columns``. The methods
    do nothing here; each fault fills in those that it needs.
    """

    kind: ClassVar[str] = "no_drop"
    system: ClassVar[str | None] = None
    event: ClassVar[str] = ""
    scope: ClassVar[Cohort | None] = None
    columns: ClassVar[tuple[str, ...]] = ()

    def __init__(self, strength: float, cohort: Cohort | None = None) -> None:
        self.strength = strength
        self.cohort = cohort or self.scope

    def prepare(self, platform: Platform) -> None:
        """Before anything runs."""

    def begin(self, platform: Platform, tick: int) -> None:
        """At the onset's midnight, before default difficulty writes."""

    def after_refresh(self, platform: Platform, tick: int) -> None:
        """From the onset on, whenever default difficulty has written."""

    def affected(self, days: int, onset: int) -> int:
        """The first day that the fault touches."""
        return onset

    def rows(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The rows as they are logged, from the rows as they were answered."""
        return log

    def limited(self, platform: Platform) -> np.ndarray:
        """Which exercises the fault may touch, as a mask."""
        inside = np.ones(len(platform.exercises.pool), bool)
        for column, value in (self.cohort or {}).items():
            inside &= platform.exercises.cohort(column) == value
        return inside
