"""Alerts made by hand, and a log of one file a day in which the score fails for some days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from investigate.monitor.alerts import CHART, Alert, OutOfBounds
from investigate.monitor.watch import Watch

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LEARN = 30
"""Days of the baseline."""
FAULTS = frozenset(range(36, 46))
"""Days on which the scores are shuffled."""


def day(n: float) -> datetime:
    """The start of the day that is `n` days after the first."""
    return FIRST + timedelta(days=n)


def seen(since: float, ended: float | None = None, **more: Any) -> OutOfBounds:
    """AUC of all rows from a day on, seen two days later."""
    back = None if ended is None else day(ended - 1)
    made: dict[str, Any] = {
        "measure": "AUC", "by": "all", "label": "all", "why": CHART,
        "raised": day(since + 2), "since": day(since),
        "ended": None if ended is None else day(ended), "back": back,
        "value": 0.6, "low": 0.55, "high": 0.65, "expected": 0.75,
        "after": None if ended is None else 0.74,
    }  # fmt: skip
    return OutOfBounds(**{**made, **more})


def alert(number: int, since: float, ended: float | None = None, **more: Any) -> Alert:
    """The alert on what `seen` makes; `more` of what an alert alone has goes in too."""
    own = {name: more.pop(name) for name in set(more) & (set(Alert.model_fields) - _SEEN)}
    return Alert.of(seen(since, ended, **more), number).model_copy(update=own)


_SEEN = set(OutOfBounds.__dataclass_fields__)


def answers(
    n: int, rows: int = 300, faults: frozenset[int] = FAULTS, label: str = "DE"
) -> pd.DataFrame:
    """The rows of the n-th day; AUC is about 0.8, and 0.5 in a fault."""
    rng = np.random.default_rng(n)
    truth = rng.normal(0, 1.5, rows)
    made = pd.DataFrame(
        {
            "at": pd.Timestamp(day(n)) + pd.to_timedelta(rng.integers(0, 86_400, rows), "s"),
            "y": (rng.random(rows) < 1 / (1 + np.exp(-truth))).astype(int),
            # Few values, each of them on every day: no edges to be learnt, AUC is exact.
            "s": np.clip(1 / (1 + np.exp(-truth)), 0.1, 0.9).round(1),
            "land": np.where(rng.random(rows) < 0.5, label, "FR"),
        }
    )
    if n in faults:
        made["s"] = rng.permutation(made["s"])
    return made.sort_values("at", ignore_index=True)


def asked(folder: Path, **more: Any) -> dict[str, Any]:
    """What the file of a watch of such a log says; all is in `folder`."""
    return {
        "watch": "made",
        "log": str(folder / "log" / "*.parquet"),
        "columns": {"time": "at", "outcome": "y", "score": "s"},
        "baseline": {"start": "2024-01-01", "end": "2024-01-31"},
        "false_alarms_per_year": 0.1,
        "state": str(folder / "state.duckdb"),
        **more,
    }


def watch(folder: Path = Path("w"), **more: Any) -> Watch:
    """The watch that `asked` asks for."""
    return Watch.model_validate(asked(folder, **more))


def save(folder: Path, *days: int, **how: Any) -> None:
    """Put the files of some days into the log in `folder`."""
    (folder / "log").mkdir(parents=True, exist_ok=True)
    for n in days:
        answers(n, **how).to_parquet(folder / "log" / f"{n:03}.parquet")
