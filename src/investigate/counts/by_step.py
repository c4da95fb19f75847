"""Counts of every day (or hour) of a log: what any two windows can be compared from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Step = Literal["day", "hour"]
Span = tuple[int, int]
"""The first step of a window, and the one after its last."""


@dataclass(frozen=True, eq=False)
class ByStep:
    """Outcomes by step, system, cohort and score bin, over the whole log.

    Steps are days of the question's time zone, or hours of UTC; they are numbered from 0, and
    some may hold no row. Labels are numbered in their order.

    first: the start of step 0, without a zone. steps: how many there are.
    baseline, incident: the question's windows, in steps.
    systems: the labels of systems; one empty label where the question names no column.
    cohorts: the labels of each cohort column.
    cells: by cohort column (the empty one where there is none): ``step``, ``system``,
        ``cohort``, ``bin``, ``positives``, ``negatives``, sorted; each holds every row once.
    folds: ``step``, ``fold``, ``bin`` (coarse), ``positives``, ``negatives``, sorted; `None`
        where the question names neither cluster nor weight, since rows are independent then.
    exact: (B,) whether a bin holds one distinct score, so that its ties are real ties.
    fold_bins: how many bins ``folds`` has.
    weighed: with weights, by cohort column as ``cells``: ``step``, ``system``, ``cohort``,
        ``rows``, ``squares`` (the sum of the squares of their weights), sorted; else `None`.
    unit: with weights, what (sum of weights)^2 / ``squares`` is multiplied by to be the
        effective size of a sample.

    With weights, ``positives`` and ``negatives`` are sums of them, in units of their own.
    """

    step: Step
    first: datetime
    steps: int
    baseline: Span
    incident: Span
    systems: list[str]
    cohorts: dict[str, list[str]]
    cells: dict[str, pd.DataFrame]
    folds: pd.DataFrame | None
    exact: NDArray[np.bool_]
    fold_bins: int
    weighed: dict[str, pd.DataFrame] | None = None
    unit: float = 1.0

    @property
    def bins(self) -> int:
        """How many score bins there are."""
        return len(self.exact)
