"""Small logs with all that can be wrong in one, under names that are hard to live with."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from investigate.question import params
from investigate.question.question import Question

NAMES = {
    "time": "Answered at",
    "outcome": 'correct "?"',
    "score": "bin",
    "system": "rows",
    "item": "fold",
    "cluster": "shown0",
    "ability": "O'Ability",
}
COHORTS = ["window", "time"]
ASKED: dict[str, Any] = {
    "case": "messy",
    "columns": {part: name for part, name in NAMES.items() if part != "ability"},
    "cohorts": COHORTS,
    "baseline": {"start": "2024-03-01", "end": "2024-03-21"},
    "incident": {"start": "2024-03-21", "end": "2024-04-10"},
}


def frame(seed: int, rows: int = 3_000, clean: bool = False) -> pd.DataFrame:
    """Rows from before the baseline to after the incident, in no order.

    Unless ``clean``: a few of each of missing outcomes, outcomes of 2, missing and
    infinite scores, missing times, missing groups, and rows that repeat.
    """
    rng = np.random.default_rng(seed)
    start, days = pd.Timestamp("2024-02-20"), 60
    cluster = rng.integers(0, rows // 20, rows).astype(float)
    ability = np.round(rng.normal(size=rows // 20), 1)
    score = np.round(rng.random(rows), 2)
    log = pd.DataFrame(
        {
            NAMES["time"]: start + pd.to_timedelta(rng.integers(0, days * 24, rows), unit="h"),
            NAMES["outcome"]: (rng.random(rows) < score).astype(float),
            NAMES["score"]: score,
            NAMES["system"]: rng.choice(["default", "calibration", "old one"], rows),
            NAMES["item"]: rng.choice([f"item {k}" for k in range(12)], rows),
            NAMES["cluster"]: [f"student {k:.0f}" for k in cluster],
            NAMES["ability"]: ability[cluster.astype(int)],
            COHORTS[0]: rng.choice(["DE", "FR", "PL", "été"], rows),
            COHORTS[1]: rng.integers(1, 4, rows).astype(str),
        }
    )
    log[NAMES["time"]] = log[NAMES["time"]].astype("datetime64[us]")
    if clean:
        return log
    log = pd.concat([log, log.sample(rows // 20, random_state=seed)], ignore_index=True)
    for name, wrong in [
        (NAMES["outcome"], None),
        (NAMES["outcome"], 2.0),
        (NAMES["score"], None),
        (NAMES["score"], np.inf),
        (NAMES["time"], None),
        *((name, None) for name in (*log.columns[3:], NAMES["outcome"])),
    ]:
        log.loc[rng.choice(len(log), 25, replace=False), name] = wrong
    return log.sample(frac=1, random_state=seed, ignore_index=True)


def question(log: str | Path | dict[str, str], **changes: Any) -> Question:
    """The question about a messy log at `log`; a key that is None is left out.

    No group is too small, and nothing too much to be left out, unless ``thresholds`` says so.
    """
    asked = {**ASKED, "log": log if isinstance(log, dict) else str(log), **changes}
    thresholds = {"smallest_group": 1, "unreadable": 1, **changes.get("thresholds", {})}
    asked["thresholds"] = thresholds
    return params.from_names({name: value for name, value in asked.items() if value is not None})


def columns(*without: str, **more: str) -> dict[str, str]:
    """The columns of `ASKED`, ``without`` some parts and with others."""
    kept = {part: name for part, name in ASKED["columns"].items() if part not in without}
    return kept | more
