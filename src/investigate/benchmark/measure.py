"""What the kit says of one incident, beside its truth."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.metrics import roc_auc_score

from investigate import log, params
from investigate.analyses.drop import drop, fell
from investigate.analyses.onset import onset
from investigate.analyses.verdict import verdict
from investigate.benchmark.incident import Incident
from investigate.finding import plain
from investigate.platform import simulate
from investigate.platform.scenarios import BESIDE

WAYS = {"with": [], "without": ["history=null"]}
"""How the question is asked: with its difficulty history, and with the history withheld."""
SAID = ("kind", "system", "cohort", "points", "low", "high", "sentence")


def measure(incident: Incident, parent: Path) -> dict[str, Any]:
    """The incident's arguments and truth, and the kit's answer in both ways, as plain JSON.

    The incident's folder is in `parent`. ``reference`` is the AUC that the incident's days have
    without the fault. Where anything is raised, ``error`` says what, and the incident counts as
    one that was not answered.
    """
    try:
        folder = incident.folder(parent)
        return {
            **incident.to_json(),
            "truth": json.loads((folder / "truth.json").read_text("utf-8")),
            "reference": None if incident.control else _reference(incident),
            "said": {way: _asked(folder, overrides) for way, overrides in WAYS.items()},
        }
    except Exception as error:  # one incident must not take the others with it
        return {**incident.to_json(), "error": f"{type(error).__name__}: {error}"}


def _asked(folder: Path, overrides: list[str]) -> dict[str, Any]:
    question = params.load(folder / "question.yml", overrides)
    counts = log.count(question)
    dropped, named = drop(counts, question), verdict(counts, question).detail["verdict"]
    dated = onset(counts, question).detail["onset"]
    return plain(
        {
            **{key: named.get(key) for key in SAID},
            # Some explanations carry a date of their own, which then is the one that is told.
            "onset": named.get("onset") or (dated["date"] if dated else None),
            "baseline": dropped.numbers["baseline"].value,
            "incident": dropped.numbers["incident"].value,
            "fell": fell(dropped.numbers["change"], question.thresholds.smallest_drop),
        }
    )


def _reference(incident: Incident) -> float | None:
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
