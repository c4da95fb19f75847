"""Small incidents of known cause in an ordinary score: no items, no history, customers of few rows.

Each is one kind of fault, or none, that looks like something else. Made by numpy and pandas.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from investigate.question import params
from investigate.question.question import Question

START, ONSET, DAYS, BASELINE = pd.Timestamp("2025-03-01"), 45, 60, 4


@dataclass
class Log:
    """Rows before a fault; a fault changes ``score`` or ``outcome`` where it is ``now``."""

    rng: np.random.Generator
    day: Any
    features: Any
    outcome: Any
    score: Any
    cohorts: dict[str, Any]
    system: Any = None
    kept: Any = True

    @property
    def now(self) -> Any:
        return self.day >= ONSET

    def shuffle(self, where: Any) -> None:
        self.score[where] = self.rng.permutation(self.score[where])


def logistic(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


WEIGHTS = np.array([1.4, 2.4])


def ordinary(seed: int, rows: int) -> Log:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 2))
    store = rng.choice(["north", "south", "web"], rows, p=[0.45, 0.25, 0.3]).astype(object)
    p = logistic(x @ WEIGHTS - 0.3)
    outcome = (rng.random(rows) < p).astype(int)
    return Log(rng, np.sort(rng.uniform(0, DAYS, rows)), x, outcome, p, {"store": store})


def made(case: str, seed: int, rows: int = 24_000) -> Log:
    """The log of one case; ``none`` has no fault."""
    log = ordinary(seed, rows)
    web, south = (log.now & (log.cohorts["store"] == name) for name in ("web", "south"))
    without = logistic(log.features[:, 0] * WEIGHTS[0] - 0.3)
    if case == "feature_lost":
        log.score = np.where(log.now, without, log.score)
    if case in ("feature_lost_in_one_store", "lost_feature_is_a_cohort"):
        log.score = np.where(web, without, log.score)
    if case == "lost_feature_is_a_cohort":
        band = np.round(log.features[:, 1] + 7).astype(int).astype(str).astype(object)
        log.cohorts["band"] = np.where(web, "unknown", band)
    if case == "new_release_is_noise":
        log.shuffle(web)
        log.cohorts["release"] = np.where(web, "8.0", "7.9").astype(object)
    if case == "new_model_is_noise":
        log.shuffle(log.now)
        log.system = np.where(log.now, "second", "first").astype(object)
    if case == "reversed_in_one_store":
        log.score = np.where(web, 1 - log.score, log.score)
    if case == "noise_everywhere":
        noise = log.rng.normal(0, 3, rows)
        log.score = np.where(log.now, logistic(log.features @ WEIGHTS + noise), log.score)
    if case == "traffic_to_the_weaker_model":
        weaker = log.rng.random(rows) < np.where(log.now, 0.75, 0.15)
        log.score = np.where(weaker, without, log.score)
        log.system = np.where(weaker, "lite", "full").astype(object)
    if case == "constant":
        log.score[log.now] = 0.4
    if case == "default_in_half":
        log.score[log.now & (log.rng.random(rows) < 0.5)] = 0.4
    if case == "cut":
        log.score = np.where(log.now, log.score > 0.5, log.score)
    if case == "two_causes":
        log.outcome[south] = 0
        log.shuffle(web)
    if case == "close_calls":
        log.kept = ~log.now | (np.abs(log.features @ WEIGHTS) < 0.7)
    return log


def asked(case: str, folder: Path, seed: int) -> Question:
    """The question to ask of a case, whose log is written to `folder`."""
    log = made(case, seed)
    frame = pd.DataFrame(
        {
            "at": START + pd.to_timedelta((log.day * 86_400).astype(int), "s"),
            "bought": log.outcome,
            "score": np.round(log.score.astype(float), 6),
            "customer": log.rng.integers(0, len(log.day) // 4, len(log.day)),
            **log.cohorts,
        }
    )
    columns = {"time": "at", "outcome": "bought", "score": "score", "cluster": "customer"}
    if log.system is not None:
        frame["model"], columns["system"] = log.system, "model"
    frame = frame[np.broadcast_to(log.kept, len(frame))]
    frame.to_parquet(folder / "log.parquet", index=False)
    days = (START + pd.Timedelta(days=day) for day in (BASELINE, ONSET, DAYS))
    first, onset, end = (day.date().isoformat() for day in days)
    return params.from_names({
        "case": "close", "log": str(folder / "log.parquet"), "columns": columns,
        "cohorts": sorted(log.cohorts), "baseline": {"start": first, "end": onset},
        "incident": {"start": onset, "end": end},
    })  # fmt: skip
