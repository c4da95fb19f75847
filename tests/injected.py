"""Logs with a history and one fault put in, by plain pandas: nothing of the kit's own platform.

Students answer items at random times. Every item gets a value from either system now and
then, and the last writer's value makes the score. A fault changes what is written from the
incident's first moment on, or the rows.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from investigate.question import params
from investigate.question.question import Question

A, B = "elo", "rules"
START = pd.Timestamp("2023-03-06", tz="UTC")
BASELINE_DAYS, INCIDENT_DAYS = 30, 10
ONSET = START + pd.Timedelta(days=BASELINE_DAYS)
END = ONSET + pd.Timedelta(days=INCIDENT_DAYS)
FAULTS = (
    "none", "scrambled", "inverted", "reset", "both_scrambled", "shifted", "labels",
    "labels_cohort", "duplicates", "missing_input", "mix", "spread", "scrambled_cohort",
    "labels_crossed",
)  # fmt: skip


@dataclass(frozen=True)
class Injected:
    """A log with its difficulty history; times are UTC."""

    log: pd.DataFrame
    history: pd.DataFrame


def logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def injected(fault: str, seed: int, rows: int = 40_000, owned: bool = True) -> Injected:
    """`owned`: each item is written by one system alone; else by both, in turn."""
    rng = np.random.default_rng([seed, FAULTS.index(fault)])
    students, items = max(rows // 40, 50), 150
    truth, ability = rng.normal(0, 1.2, items), rng.normal(0.2, 1.2, students)
    topic = rng.integers(0, 4, items)
    region = rng.choice(["north", "south", "east"], students, p=[0.5, 0.3, 0.2])
    device = rng.choice(["web", "app"], students, p=[0.7, 0.3])
    history = _history(rng, truth, topic, fault, owned)

    span = (END - START).total_seconds()
    at = np.sort(rng.integers(0, int(span) * 1000, rows))
    log = pd.DataFrame({"when": START + pd.to_timedelta(at, "ms")})
    now = (log["when"] >= ONSET).to_numpy()
    who = rng.integers(0, students, rows)
    what = rng.integers(0, items, rows)
    if fault == "spread":
        near = np.argsort(np.abs(truth[None, :] - ability[:, None]), axis=1)[:, :10]
        what = np.where(now, near[who, rng.integers(0, 10, rows)], what)
    if fault == "mix":
        alike = rng.normal(0.2, 0.2, students)
        ability = np.append(ability, alike)
        region = np.append(region, ["west"] * students)
        device = np.append(device, rng.choice(["web", "app"], students, p=[0.7, 0.3]))
        joins = now & (rng.random(rows) < 0.6)
        middling = np.argsort(np.abs(truth))[:40]
        who = np.where(joins, who + students, who)
        what = np.where(joins, middling[rng.integers(0, 40, rows)], what)
    log["person"], log["task"] = who, what
    log["region"], log["device"], log["topic"] = region[who], device[who], topic[what]
    writes = history.rename(columns={"at": "when"}).sort_values("when")
    log = pd.merge_asof(
        log.assign(row=np.arange(rows)), writes, on="when", by="task", allow_exact_matches=False
    ).sort_values("row", ignore_index=True)
    known = ability[who] + rng.normal(0, 0.15, rows)
    if fault == "missing_input":
        known = np.where(now & (log["device"] == "app"), 0.3, known)
    log["score"] = logistic(known - log["value"]).round(5)
    good = rng.random(rows) < logistic(ability[who] - truth[what])
    if fault == "labels":
        good = np.where(now & (rng.random(rows) < 0.6), rng.random(rows) < 0.5, good)
    if fault == "labels_cohort":
        good = np.where(now & (log["region"] == "south"), ~good, good)
    if fault == "labels_crossed":
        struck = (log["region"] == "south") & (log["device"] == "web")
        good = np.where(now & struck, ~good, good)
    log["good"] = good.astype(int)
    if fault == "duplicates":
        odd = log[now & ((log["score"] > 0.5) != (log["good"] == 1))]
        log = pd.concat([log, odd, odd], ignore_index=True)
    log = log.rename(columns={"source": "by"}).sort_values(["when", "person", "task"])
    columns = ["when", "person", "task", "good", "score", "by", "region", "device", "topic"]
    return Injected(log[columns].reset_index(drop=True), history)


def _history(
    rng: np.random.Generator, truth: Any, topic: Any, fault: str, owned: bool
) -> pd.DataFrame:
    items = len(truth)
    owner = np.where(np.arange(items) % 5 < 3, A, B)
    wrong = {
        A: rng.permutation(np.where(owner == A)[0] if owned else np.arange(items)),
        B: rng.permutation(np.where(owner == B)[0] if owned else np.arange(items)),
    }
    parts = []
    for day in range(-5, BASELINE_DAYS + INCIDENT_DAYS):
        for system, hour, share in ((B, 2, 0.5), (A, 5, 0.6)):
            mine = np.where(owner == system)[0] if owned else np.arange(items)
            chosen = np.sort(mine if day == -5 else mine[rng.random(len(mine)) < share])
            value = truth[chosen] + rng.normal(0, 0.25, len(chosen))
            if day >= BASELINE_DAYS:
                value = _broken(value, chosen, system, fault, truth, topic, wrong, mine)
            at = START + pd.Timedelta(days=day) + pd.Timedelta(hours=hour)
            seconds = rng.integers(0, 3600, len(chosen))
            times = at + pd.to_timedelta(seconds, "s")
            parts.append(pd.DataFrame(
                {"at": times, "task": chosen, "source": system, "value": value.round(6)}
            ))  # fmt: skip
    # The fault strikes at once: everything that it breaks is written at the onset.
    if fault not in ("none", "labels", "labels_cohort", "labels_crossed", "duplicates",
                     "missing_input", "mix", "spread"):  # fmt: skip
        for system in (A, B):
            mine = np.where(owner == system)[0] if owned else np.arange(items)
            value = truth[mine] + rng.normal(0, 0.25, len(mine))
            value = _broken(value, mine, system, fault, truth, topic, wrong, mine)
            parts.append(pd.DataFrame(
                {"at": ONSET - pd.Timedelta(seconds=0), "task": mine, "source": system,
                 "value": value.round(6)}
            ))  # fmt: skip
    return pd.concat(parts, ignore_index=True).sort_values(["at", "task", "source"])


def _broken(
    value: Any, chosen: Any, system: str, fault: str, truth: Any, topic: Any, wrong: Any, mine: Any
) -> Any:
    place = {item: i for i, item in enumerate(mine)}
    other = np.array([wrong[system][place[item]] for item in chosen], dtype=int)
    if fault == "both_scrambled" or (fault == "scrambled" and system == A):
        return 1.5 * truth[other]
    if fault == "scrambled_cohort" and system == A:
        return np.where(topic[chosen] == 2, -2.0 * truth[chosen], value)
    if fault == "inverted" and system == A:
        return -value
    if fault == "reset" and system == A:
        return np.zeros(len(chosen))
    if fault == "shifted" and system == B:
        return value + 4.0
    return value


def question(folder: Path, history: bool = True, **changes: Any) -> Question:
    """The question to ask of what `write` wrote."""
    names: dict[str, Any] = {
        "case": "injected",
        "log": str(folder / "log.parquet"),
        "columns": {"time": "when", "outcome": "good", "score": "score", "system": "by",
                    "item": "task", "cluster": "person"},
        "cohorts": ["region", "device", "topic"],
        "baseline": {"start": START.isoformat(), "end": ONSET.isoformat()},
        "incident": {"start": ONSET.isoformat(), "end": END.isoformat()},
    }  # fmt: skip
    if history:
        columns = {"time": "at", "item": "task", "system": "source", "difficulty": "value"}
        names["history"] = {"log": str(folder / "history.parquet"), "columns": columns}
    return params.from_names({**names, **changes})


def write(made: Injected, folder: Path) -> None:
    made.log.to_parquet(folder / "log.parquet", index=False)
    made.history.to_parquet(folder / "history.parquet", index=False)
