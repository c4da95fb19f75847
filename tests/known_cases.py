"""Nine incidents of known cause in one ordinary score: no items, no history, few rows a user.

They began as nine small files, made once. These are the same rows, made by the repository: one
stream of random numbers is drawn from in one order, so that each log is always the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from investigate.question import params
from investigate.question.question import Question

ROWS, FIRST, DAYS = 40_000, pd.Timestamp("2025-06-01"), 60
BASELINE, ONSET, END = "2025-06-05", "2025-07-16", "2025-07-31"
WEIGHTS = [1.5, 2.5]
DEFAULT = 0.35


@dataclass(frozen=True)
class Known:
    """One log: what is scored, what came of it, and the columns that describe its rows."""

    score: Any
    outcome: Any
    cohorts: dict[str, Any]
    models: Any = None
    kept: Any = field(default_factory=lambda: np.ones(ROWS, dtype=bool))


def logistic(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


@lru_cache(maxsize=1)
def healthy() -> tuple[Any, dict[str, Known]]:
    """The moments of all rows, and every case by its name."""
    rng = np.random.default_rng(5)
    moments = FIRST + pd.to_timedelta(np.sort(rng.uniform(0, DAYS * 86_400, ROWS)), unit="s")
    features = rng.normal(size=(ROWS, 2))
    channel = rng.choice(["web", "ios", "android"], ROWS, p=[0.5, 0.2, 0.3]).astype(object)
    outcome = (
        rng.random(ROWS) < logistic(WEIGHTS[0] * features[:, 0] + WEIGHTS[1] * features[:, 1])
    ).astype(int)
    score = logistic(features @ WEIGHTS)
    now = np.asarray(moments >= pd.Timestamp(ONSET))
    android = now & (channel == "android")

    def shuffled(where: Any) -> Any:
        found = score.copy()
        found[where] = rng.permutation(found[where])
        return found

    # Whatever draws random numbers is in the order in which it draws them.
    in_android = shuffled(android)
    half = now & (rng.random(ROWS) < 0.5)
    everywhere = shuffled(now)
    in_android_again = shuffled(android)

    channels = {"channel": channel}
    lost = np.where(android, logistic(WEIGHTS[0] * features[:, 0]), score)
    release = np.where(android, "7.3.0", "7.2.9").astype(object)
    bands = np.round(features[:, 1] + 8, 0).astype(int).astype(str)
    band = np.where(android, "0", bands).astype(object)
    model = np.where(now, "model_b", "model_a").astype(object)
    zeroed = np.where(now & (channel == "ios"), 0, outcome)
    close = ~now | (np.abs(features @ WEIGHTS) < 0.6)
    return moments, {
        "feature lost in a channel": Known(lost, outcome, channels),
        "new release is noise": Known(in_android, outcome, {**channels, "app_version": release}),
        "lost feature is a cohort": Known(lost, outcome, {**channels, "feature_band": band}),
        "one constant": Known(np.where(now, DEFAULT, score), outcome, channels),
        "default in half": Known(np.where(half, DEFAULT, score), outcome, channels),
        "new model is noise": Known(everywhere, outcome, channels, models=model),
        "cut to zero and one": Known(
            np.where(now, (score > 0.5).astype(float), score), outcome, channels
        ),
        "two causes": Known(in_android_again, zeroed, channels),
        "close calls": Known(score, outcome, channels, kept=close),
    }


def frame(case: str) -> pd.DataFrame:
    """The rows of one case, in the order of their times."""
    moments, cases = healthy()
    made = cases[case]
    columns: dict[str, Callable[[], Any]] = {
        "time": lambda: moments[made.kept].floor("s"),
        "y": lambda: made.outcome[made.kept],
        "score": lambda: np.round(made.score[made.kept], 5),
        # Users come from a stream of their own: the first numbers of another seed.
        "user": lambda: np.random.default_rng(1).integers(0, made.kept.sum() // 4, made.kept.sum()),
    }
    rows = {name: column() for name, column in columns.items()}
    rows |= {name: values[made.kept] for name, values in made.cohorts.items()}
    if made.models is not None:
        rows["system"] = made.models[made.kept]
    return pd.DataFrame(rows)


def asked(case: str, folder: Path) -> Question:
    """The question of one case, whose log is written to `folder`."""
    rows = frame(case)
    rows.to_csv(folder / "log.csv", index=False)
    columns = {"time": "time", "outcome": "y", "score": "score", "cluster": "user"}
    if "system" in rows:
        columns["system"] = "system"
    return params.from_names({
        "case": "known", "log": str(folder / "log.csv"), "columns": columns,
        "cohorts": list(healthy()[1][case].cohorts),
        "baseline": {"start": BASELINE, "end": ONSET}, "incident": {"start": ONSET, "end": END},
    })  # fmt: skip
