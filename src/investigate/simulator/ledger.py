"""Which difficulty is in force, and every write that led to it: the last writer wins."""

import numpy as np
import pandas as pd

SYSTEMS = ("default_difficulty", "continuous_calibration")
DEFAULT, CALIBRATION = range(2)
DECIMALS = 6


class Ledger:
    """The difficulty in force of each exercise, in logits, and the system that wrote it (−1: none).

    ``latest`` is each system's own last value, one row a system, NaN where it wrote none, and
    ``written`` the time of it.
    Times are seconds since the start of the log, negative before it.
    """

    def __init__(self, exercises: int) -> None:
        self.difficulty = np.zeros(exercises)
        self.system = np.full(exercises, -1)
        self.latest = np.full((len(SYSTEMS), exercises), np.nan)
        self.written = np.full((len(SYSTEMS), exercises), -np.inf)
        self._writes: list[tuple[float, np.ndarray, int, np.ndarray]] = []

    def write(self, time: float, exercises: np.ndarray, system: int, values: np.ndarray) -> None:
        """Puts `values` in force from just after `time` on; they are rounded to 6 decimals."""
        if not len(exercises):
            return
        values = np.round(values, DECIMALS)
        self.difficulty[exercises] = values
        self.system[exercises] = system
        self.latest[system, exercises] = values
        self.written[system, exercises] = time
        self._writes.append((time, exercises, system, values))

    def history(self) -> pd.DataFrame:
        """``seconds, exercise, system, difficulty``: all from the log's start on.

        Of the writes before the start, the last of each exercise.
        """
        sizes = [len(exercises) for _, exercises, _, _ in self._writes]
        table = pd.DataFrame(
            {
                "seconds": np.repeat([time for time, _, _, _ in self._writes], sizes),
                "exercise": np.concatenate([exercises for _, exercises, _, _ in self._writes]),
                "system": np.repeat([system for _, _, system, _ in self._writes], sizes),
                "difficulty": np.concatenate([values for _, _, _, values in self._writes]),
            }
        )
        # Two faults may write in one second; then the later writer's value was in force.
        table = table.drop_duplicates(["seconds", "exercise"], keep="last")
        early = table[table["seconds"] < 0]
        table = table.drop(index=early.index[early.duplicated("exercise", keep="last")])
        return table.sort_values(["seconds", "exercise"], kind="stable", ignore_index=True)
