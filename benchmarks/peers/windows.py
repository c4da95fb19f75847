"""An incident's folder as every peer reads it, and the two readings that peers share.

Runs in the environment of each peer: pandas and PyYAML are all that it may need.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

STANDS_OUT = 0.5
"""A group is named when the next group of its column fell by less than this part of its fall."""


@dataclass
class Windows:
    """The rows of both windows, and the columns by the part that they play."""

    baseline: pd.DataFrame
    incident: pd.DataFrame
    time: str
    outcome: str
    score: str
    system: str | None
    cohorts: list[str]

    @property
    def groups(self) -> list[str]:
        return [*([self.system] if self.system else []), *self.cohorts]

    @classmethod
    def read(cls, folder: Path) -> "Windows":
        question = yaml.safe_load((folder / "question.yml").read_text("utf-8"))
        columns = question["columns"]
        log = pd.read_parquet(folder / "log.parquet")
        # No peer minds the zone, and one of them cannot do with it.
        if log[columns["time"]].dt.tz is not None:
            log[columns["time"]] = log[columns["time"]].dt.tz_convert("UTC").dt.tz_localize(None)
        windows = []
        for name in ("baseline", "incident"):
            start, end = (pd.Timestamp(question[name][side]) for side in ("start", "end"))
            inside = (log[columns["time"]] >= start) & (log[columns["time"]] < end)
            windows.append(log[inside].reset_index(drop=True))
        return cls(
            *windows,
            columns["time"],
            columns["outcome"],
            columns["score"],
            columns.get("system"),
            list(question["cohorts"]),
        )

    def answer(self, column: str | None, group: str | None) -> dict:
        """A group as an answer: a system, or a cohort, or none."""
        if column is None:
            return {"system": None, "cohort": None}
        if column == self.system:
            return {"system": group, "cohort": None}
        return {"system": None, "cohort": {column: group}}


def outstanding(falls: dict[str, dict[str, float]]) -> tuple[str | None, str | None]:
    """The column and group whose fall in AUC stands out most, from falls by column and group.

    None where in no column one group fell at least twice as far as the next.
    """
    best, found = 0.0, (None, None)
    for column, groups in falls.items():
        ranked = sorted(groups.items(), key=lambda group: -group[1])
        if len(ranked) < 2:
            continue
        (name, first), (_, second) = ranked[:2]
        if first > 0 and second < STANDS_OUT * first and first - second > best:
            best, found = first - second, (column, name)
    return found


def main(ask: Callable[[Windows], dict]) -> None:
    """Prints one JSON line for each folder that is named: its name, and what `ask` answers."""
    for folder in map(Path, sys.argv[1:]):
        try:
            answer = ask(Windows.read(folder))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"name": folder.name, **answer}), flush=True)
