"""Faults between the answer and the log: labels, repeats, delays, and an input that is missing."""

from typing import ClassVar

import numpy as np
import pandas as pd

from investigate.simulator.faults.fault import Cohort, Fault
from investigate.simulator.state import Platform
from investigate.simulator.world import COHORTS

SCHOOL = {"school": "school 2"}
REPEATS = 2  # of a surprising answer, at most
SURPRISE = 0.6  # from this distance between outcome and score on
LATE_SHARE = 2 / 3  # of the incident's days
CLEAR = 0.2  # distance of a score from one half
DEFAULT_ABILITY = 0.0  # logits


class LogFault(Fault):
    """A fault that only the log shows; systems have seen the answers as they were."""

    event = "answer pipeline 1.8 deployed"
    columns: ClassVar[tuple[str, ...]] = tuple(COHORTS)

    def chosen(self, log: pd.DataFrame, onset: pd.Timestamp) -> np.ndarray:
        """The rows of the cohort from the onset on, as a mask."""
        inside = (log["time"] >= onset).to_numpy(copy=True)
        for column, value in (self.cohort or {}).items():
            inside &= (log[column] == value).to_numpy()
        return inside

    def labelled(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator, label: np.ndarray
    ) -> pd.DataFrame:
        """`log` with `label` for the outcome of a share of the chosen rows."""
        hit = self.chosen(log, onset) & (rng.random(len(log)) < self.strength)
        return log.assign(outcome=np.where(hit, label, log["outcome"]))


class LabelsFlipped(LogFault):
    """Outcomes of one school are turned round; `strength` is their share."""

    kind, scope = "outcome_fault", SCHOOL

    def rows(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The log with right for wrong."""
        return self.labelled(log, onset, rng, 1 - log["outcome"].to_numpy())


class LabelsDefaulted(LogFault):
    """Outcomes of one school are recorded as 0, whatever the answer; `strength` is their share."""

    kind, scope = "outcome_fault", SCHOOL

    def rows(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The log with zeros."""
        return self.labelled(log, onset, rng, np.zeros(len(log), np.int64))


class LabelsEverywhere(LogFault):
    """A share of all outcomes is replaced by the toss of a coin."""

    kind = "outcome_fault"
    columns = ()

    def rows(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The log with coins."""
        return self.labelled(log, onset, rng, rng.integers(0, 2, len(log)))


class Duplicates(LogFault):
    """Clients send answers again that the score found surprising, up to twice."""

    kind = "duplicate_rows"
    columns = ()
    event = "app retry policy changed"

    def rows(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The log with repeats beside their originals."""
        surprising = (log["outcome"] - log["score"]).abs().to_numpy() > SURPRISE
        hit = self.chosen(log, onset) & surprising
        again = np.where(hit, rng.binomial(REPEATS, self.strength, len(log)), 0)
        return log.loc[log.index.repeat(1 + again)].reset_index(drop=True)


class Late(LogFault):
    """The newest outcomes are not all in, and clear-cut answers are confirmed last."""

    kind = "late_outcomes"
    columns = ()
    event = ""

    def affected(self, days: int, onset: int) -> int:
        """The last two thirds of the incident."""
        return days - max(1, round((days - onset) * LATE_SHARE))

    def rows(
        self, log: pd.DataFrame, onset: pd.Timestamp, rng: np.random.Generator
    ) -> pd.DataFrame:
        """The log without the answers that are still to come."""
        end = log["time"].max()
        age = ((log["time"] - onset) / (end - onset)).to_numpy()
        # Near 0 for answers that could go either way, near 1 for those that could not.
        clear = 1 / (1 + np.exp((CLEAR - (log["score"] - 0.5).abs().to_numpy()) / 0.03))
        missing = self.strength * (0.5 + 0.5 * age) * (0.1 + 0.9 * clear)
        drop = self.chosen(log, onset) & (rng.random(len(log)) < missing)
        return log[~drop].reset_index(drop=True)


class MissingInput(Fault):
    """Scores of one app version are made from a default ability; `strength` is their share."""

    kind = "missing_input"
    event = "ability service 2.0 deployed"
    scope: ClassVar[Cohort | None] = {"app_version": "5.2"}
    columns = ("country", "school", "app_version")

    def begin(self, platform: Platform, tick: int) -> None:
        """Loses the ability of the students that are hit."""
        ((column, value),) = (self.cohort or {}).items()
        inside = platform.students.cohorts[column] == value
        lost = inside & (platform.fault_rng.random(len(inside)) < self.strength)
        platform.known_ability = lambda student, estimate: np.where(
            lost[student], DEFAULT_ABILITY, estimate
        )
