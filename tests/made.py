"""Small logs of known cause, made by hand: the truth that analyses are held to."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from investigate.question import params
from investigate.question.question import Question

START = pd.Timestamp("2024-01-01", tz="UTC")
BASELINE_DAYS, INCIDENT_DAYS = 40, 12
DAYS = BASELINE_DAYS + INCIDENT_DAYS
DAMAGE = Callable[[pd.DataFrame, np.random.Generator], pd.DataFrame]


def logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def platform(seed: int, rows: int = 40_000, damage: str = "none") -> pd.DataFrame:
    """A log whose only trouble, from the incident's first day on, is ``damage``."""
    rng = np.random.default_rng(seed)
    students, items = 900, 80
    ability = rng.normal(0, 1.3, students)
    country = rng.choice(["DE", "FR", "PL"], students, p=[0.5, 0.3, 0.2])
    school = rng.choice([f"school {k}" for k in range(6)], students)
    difficulty = rng.normal(0, 1.1, items)
    estimate = difficulty + rng.normal(0, 0.25, items)
    system = np.where(np.arange(items) % 3 == 0, "default", "calibration")
    log = pd.DataFrame(
        {
            "day": np.sort(rng.integers(0, DAYS, rows)),
            "student": rng.integers(0, students, rows),
            "item": rng.integers(0, items, rows),
            "version": rng.choice(["1.9", "2.0"], rows, p=[0.6, 0.4]),
        }
    )
    log["incident"] = log["day"] >= BASELINE_DAYS
    now = log["incident"].to_numpy()
    if damage == "spread":
        # Selection serves items that match the student: outcomes hover around one half.
        match = np.argsort(np.abs(difficulty[None, :] - ability[:, None]), axis=1)[:, :6]
        chosen = match[log["student"], rng.integers(0, 6, rows)]
        log["item"] = np.where(now, chosen, log["item"])
    if damage == "mix":
        # A country whose students are alike joins and makes most of the traffic.
        alike = rng.normal(0.3, 0.15, 300)
        ability, country = np.append(ability, alike), np.append(country, ["IT"] * 300)
        school = np.append(school, rng.choice([f"school {k}" for k in range(6)], 300))
        joins = now & (rng.random(rows) < 0.7)
        log["student"] = np.where(
            joins, rng.integers(students, students + 300, rows), log["student"]
        )
        easy = np.argsort(np.abs(difficulty))[:20]
        log["item"] = np.where(joins, easy[rng.integers(0, 20, rows)], log["item"])
    student, item = log["student"].to_numpy(), log["item"].to_numpy()
    log["country"], log["school"], log["system"] = country[student], school[student], system[item]
    known, level = ability[student], estimate[item].copy()
    calibrated = (log["system"] == "calibration").to_numpy()
    if damage == "reset":
        level[now & calibrated] = 0.0
    if damage == "scrambled":
        shuffled = estimate.copy()
        own = np.flatnonzero(system == "calibration")
        shuffled[own] = -2.0 * rng.permutation(estimate[own])
        level = np.where(now & calibrated, shuffled[item], level)
    if damage == "misaligned":
        level = level - 3.5 * (now & ~calibrated)
    if damage == "missing_input":
        known = np.where(now & (log["version"] == "2.0"), 0.0, known)
    log["score"] = logistic(known - level + rng.normal(0, 1e-6, rows))
    log["outcome"] = (rng.random(rows) < logistic(ability[student] - difficulty[item])).astype(int)
    if damage == "labels":
        flipped = now & (log["school"] == "school 2")
        log["outcome"] = np.where(flipped, 1 - log["outcome"], log["outcome"])
    log["time"] = START + pd.to_timedelta(log["day"] * 86_400 + rng.integers(0, 86_400, rows), "s")
    if damage == "missing_input":
        # The noise that tells scores apart is no part of an input that is missing.
        gone = (log["incident"] & (log["version"] == "2.0")).to_numpy()
        log.loc[gone, "score"] = logistic(-estimate[item[gone]])
    if damage == "duplicates":
        # Answers that surprised the score are sent again and again.
        wrong = log[log["incident"] & ((log["score"] > 0.5) != (log["outcome"] == 1))]
        log = pd.concat([log, wrong, wrong], ignore_index=True)
    return log.sort_values(["time", "student", "item"], ignore_index=True).drop(
        columns=["day", "incident"]
    )


def question(log: str = "log.parquet", **changes: Any) -> Question:
    """The question to ask of `platform`."""
    names: dict[str, Any] = {
        "case": "made",
        "log": log,
        "columns": {
            "time": "time",
            "outcome": "outcome",
            "score": "score",
            "system": "system",
            "item": "item",
            "cluster": "student",
        },
        "cohorts": ["country", "school", "version"],
        "baseline": {"start": "2024-01-01", "end": "2024-02-10"},
        "incident": {"start": "2024-02-10", "end": "2024-02-22"},
    }
    return params.from_names({**names, **changes})


def writes(day: str) -> pd.DataFrame:
    """What `default` wrote day by day: ten values by little, and on one day most of all by much."""
    days = pd.date_range("2024-01-05", "2024-02-20", freq="D", tz="UTC")
    struck = days == day
    return pd.DataFrame(
        {
            "start": days.astype("datetime64[us, UTC]"),
            "system": "default",
            "over": "default",
            "writes": np.where(struck, 80, 10),
            "moved": np.where(struck, 90_000_000, 1_000_000),
        }
    )
