"""What the kit says of one incident, beside its truth."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.incidents.families import PLATFORM
from benchmarks.incidents.incident import Incident
from investigate import log
from investigate.analyses.account import account
from investigate.analyses.drop import drop, fell
from investigate.analyses.onset import onset
from investigate.analyses.verdict import verdict
from investigate.counts.table import Counts
from investigate.finding import plain
from investigate.question import params
from investigate.question.question import Question
from investigate.simulator import simulate
from investigate.simulator.scenarios import BESIDE

WAYS = {"with": [], "without": ["history=null"]}
"""How the question is asked: with its difficulty history, and with the history withheld.

A log without a history is asked about in the second way alone.
"""
VERDICT_KEYS = (
    "kind", "system", "cohort", "points", "low", "high", "onset", "onset_low", "onset_high",
    "sentence", "either",
)  # fmt: skip
PART = ("kind", "system", "cohort", "points", "either")


def measure(incident: Incident, parent: Path) -> dict[str, Any]:
    """The incident's arguments and truth, and the kit's answer in both ways, as plain JSON.

    The incident's folder is in `parent`. ``reference`` is the AUC that the incident's days have
    without the fault, ``days`` those with rows. Where anything is raised, ``error`` says what,
    and the incident counts as one that was not answered.
    """
    try:
        folder = incident.folder(parent)
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        question = params.load(folder / "question.yml", [])
        ways = WAYS if question.history is not None else {"without": []}
        return {
            **incident.to_json(),
            "truth": truth,
            "reference": _reference(incident, truth),
            "days": _days(folder, question),
            "said": {way: _asked(folder, overrides) for way, overrides in ways.items()},
        }
    except Exception as error:  # one incident must not take the others with it
        return {**incident.to_json(), "error": f"{type(error).__name__}: {error}"}


def _asked(folder: Path, overrides: list[str]) -> dict[str, Any]:
    question = params.load(folder / "question.yml", overrides)
    return answer_of(log.count(question), question)


def answer_of(counts: Counts, question: Question) -> dict[str, Any]:
    """The verdict, its account, and what AUC was in both windows."""
    dropped, answer = drop(counts, question), verdict(counts, question).detail
    named, dated = answer["verdict"], onset(counts, question).detail["onset"]
    parts = account(counts, question).detail["account"]
    answered: dict[str, Any] = plain(
        {
            **{key: named.get(key) for key in VERDICT_KEYS},
            "account": [{key: part.get(key) for key in PART} for part in parts],
            # Where nothing is dated, the series' own best guess counts.
            "onset": named.get("onset") or (dated["date"] if dated else None),
            "off": _off(parts, dropped.numbers["change"].value),
            "baseline": dropped.numbers["baseline"].value,
            "incident": dropped.numbers["incident"].value,
            "fell": fell(dropped.numbers["change"], question.thresholds.smallest_drop),
        }
    )
    return answered


def _off(parts: list[dict[str, Any]], change: float | None) -> float | None:
    """By how much the account's parts miss the change in AUC; `None` where there is no account."""
    if not parts or change is None:
        return None
    return abs(sum(part["points"] or 0.0 for part in parts) + change)


def _days(folder: Path, question: Question) -> list[str]:
    """The days of both windows that have rows."""
    column = question.columns.time
    times = pd.read_parquet(folder / "log.parquet", columns=[column])[column]
    times = times.dt.tz_convert("UTC").dt.tz_localize(None) if times.dt.tz is not None else times
    return [str(day.date()) for day in sorted(times.dt.normalize().unique())]


def _reference(incident: Incident, truth: dict[str, Any]) -> float | None:
    if incident.family != PLATFORM:
        return float(truth["reference"])
    if incident.control:
        return None
    beside = incident.scenario.split("+")[:-1]
    if not beside:
        return _incident_auc("none", 1.0, incident.seed, incident.answers)
    if len(beside) == 1:
        return _incident_auc(beside[0], incident.strength * BESIDE, incident.seed, incident.answers)
    return None


@lru_cache(maxsize=64)
def _incident_auc(scenario: str, strength: float, seed: int, answers: int) -> float:
    made = simulate(scenario, seed, strength, answers)
    rows: pd.DataFrame = made.log[made.log["time"] >= made.incident[0]]
    return float(roc_auc_score(rows["outcome"], rows["score"]))
