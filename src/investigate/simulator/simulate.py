"""A log, a difficulty history and events of known truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from investigate.errors import InputError
from investigate.simulator.faults.fault import Cohort, Fault
from investigate.simulator.ledger import SYSTEMS
from investigate.simulator.run import Rows, run
from investigate.simulator.scenarios import faults
from investigate.simulator.state import Platform
from investigate.simulator.world import GRADES, SUBJECTS

FEWEST_ANSWERS = 1_000
HARMLESS = (
    ("landing page redesigned", ""),
    ("database upgraded", ""),
    ("default_difficulty 4.1 deployed", "default_difficulty"),
    ("continuous_calibration 2.8 deployed", "continuous_calibration"),
    ("reminder mails sent on Mondays", ""),
)


@dataclass(frozen=True)
class Simulated:
    """Rows, writes and events, with times in UTC, and the truth behind them.

    ``log``: time, student, exercise, outcome, score, system, ability (logits, as estimated),
    country, grade, subject, school, app_version. ``history``: time, exercise, system,
    difficulty (logits). ``events``: time, label, system (empty: all).
    """

    log: pd.DataFrame
    history: pd.DataFrame
    events: pd.DataFrame
    truth: dict[str, Any]
    baseline: tuple[pd.Timestamp, pd.Timestamp]
    incident: tuple[pd.Timestamp, pd.Timestamp]


def simulate(
    scenario: str,
    seed: int,
    strength: float = 1.0,
    answers: int = 120_000,
    *,
    baseline_days: int = 38,
    incident_days: int = 12,
    start: str = "2024-01-01",
    cohort: Cohort | None = None,
) -> Simulated:
    """About `answers` answers, from midnight of `start` on; the same arguments, the same bytes.

    `scenario` is a name in `SCENARIOS`, or several joined by +. `cohort` moves a fault that is
    limited to one, as in ``{"subject": "history"}``. Raises `InputError` for arguments that
    cannot be simulated.
    """
    chosen = faults(scenario, strength, cohort)
    first, days = _midnight(start), baseline_days + incident_days
    if min(baseline_days, incident_days) < 1:
        raise InputError("baseline_days, incident_days: each must be at least 1")
    if answers < FEWEST_ANSWERS:
        raise InputError(f"answers: {answers} are too few; ask for {FEWEST_ANSWERS} at least")
    if seed < 0:
        raise InputError(f"seed: {seed} is negative; write 0 or more")
    platform = Platform(seed, answers, days, first.weekday())
    for fault in chosen:
        fault.prepare(platform)
    rows = run(platform, chosen, baseline_days, days)
    log = _log(platform, rows, first)
    onset = first + pd.Timedelta(days=baseline_days)
    for fault in chosen:
        affected = first + pd.Timedelta(days=fault.affected(days, baseline_days))
        log = fault.rows(log, affected, platform.fault_rng)
    end = first + pd.Timedelta(days=days)
    return Simulated(
        log=log,
        history=_history(platform, first),
        events=_events(platform, chosen, first, onset, days),
        truth=_truth(chosen, first, days, baseline_days)
        | {"scenario": scenario, "strength": strength, "seed": seed},
        baseline=(first, onset),
        incident=(onset, end),
    )


def _midnight(start: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(date.fromisoformat(start), tz="UTC")
    except ValueError as error:
        raise InputError(f"start: {start!r} is no date; write 2024-01-01") from error


def _log(platform: Platform, rows: Rows, first: pd.Timestamp) -> pd.DataFrame:
    student, exercise = rows["student"], rows["exercise"]
    cohorts = platform.students.cohorts
    subject, _ = np.divmod(platform.exercises.pool[exercise], len(GRADES))
    return pd.DataFrame(
        {
            "time": _times(first, rows["seconds"]),
            "student": student,
            "exercise": exercise,
            "outcome": rows["outcome"],
            "score": rows["score"],
            "system": np.array(SYSTEMS)[rows["system"]],
            "ability": rows["ability"],
            "country": cohorts["country"][student],
            "grade": np.array(GRADES)[platform.students.grade[student]],
            "subject": np.array(SUBJECTS)[subject],
            "school": cohorts["school"][student],
            "app_version": cohorts["app_version"][student],
        }
    )


def _history(platform: Platform, first: pd.Timestamp) -> pd.DataFrame:
    writes = platform.ledger.history()
    return pd.DataFrame(
        {
            "time": _times(first, writes["seconds"].to_numpy()),
            "exercise": writes["exercise"],
            "system": np.array(SYSTEMS)[writes["system"]],
            "difficulty": writes["difficulty"],
        }
    )


def _events(
    platform: Platform, chosen: Sequence[Fault], first: pd.Timestamp, onset: pd.Timestamp, days: int
) -> pd.DataFrame:
    hours = platform.fault_rng.choice(days * 24, len(HARMLESS), replace=False)
    rows = [
        (first + pd.Timedelta(hours=int(hour)), label, system)
        for hour, (label, system) in zip(hours, HARMLESS, strict=True)
    ]
    an_hour = pd.Timedelta(hours=1)
    rows += [(onset - an_hour, fault.event, fault.system or "") for fault in chosen if fault.event]
    table = pd.DataFrame(rows, columns=["time", "label", "system"])
    return table.sort_values(["time", "label"], ignore_index=True)


def _truth(chosen: Sequence[Fault], first: pd.Timestamp, days: int, onset: int) -> dict[str, Any]:
    real = [fault for fault in chosen if fault.kind != "no_drop"]
    if not real:
        return {"kind": "no_drop", "system": None, "cohort": None, "onset": None}
    fault = real[-1]
    day = first + pd.Timedelta(days=fault.affected(days, onset))
    return {
        "kind": fault.kind,
        "system": fault.system,
        "cohort": dict(fault.cohort) if fault.cohort else None,
        "onset": day.date().isoformat(),
    }


def _times(first: pd.Timestamp, seconds: np.ndarray) -> pd.Series:
    micros = np.round(seconds * 1e6).astype(np.int64)
    return pd.Series(pd.to_datetime(first.value // 1_000 + micros, unit="us", utc=True)).astype(
        "datetime64[us, UTC]"
    )
