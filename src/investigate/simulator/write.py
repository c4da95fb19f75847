"""A simulated log as the files of a question."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd

from investigate.errors import InputError
from investigate.simulator.simulate import Simulated
from investigate.simulator.world import COHORTS

FILES = {"log": "log.parquet", "history": "history.parquet", "events": "events.csv"}
QUESTION = """\
# What a learning platform logged; how it was made is in truth.json, to be opened afterwards.
case: {case}
log: {log}
history: {{log: {history}, columns: {{item: exercise}}}}
events: {events}

columns:
  time: time
  outcome: outcome
  score: score
  system: system
  item: exercise
  cluster: student

cohorts: {cohorts}

baseline: {{start: {baseline[0]}, end: {baseline[1]}}}
incident: {{start: {incident[0]}, end: {incident[1]}}}
"""


def write(simulated: Simulated, folder: str | Path, case: str = "platform") -> None:
    """Writes log.parquet, history.parquet, events.csv, question.yml and truth.json to `folder`.

    The question names its files as `folder` is given, relative or absolute. The folder appears
    whole or not at all. Raises `InputError` where something else is there already.
    """
    folder = Path(folder)
    if folder.exists():
        raise InputError(f"folder: {str(folder)!r} is there already; remove it or name another")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f".{folder.name}.{os.getpid()}")
    part.mkdir()
    try:
        simulated.log.to_parquet(part / "log.parquet", index=False)
        simulated.history.to_parquet(part / "history.parquet", index=False)
        simulated.events.to_csv(part / "events.csv", index=False, lineterminator="\n")
        (part / "question.yml").write_text(_question(simulated, folder, case), encoding="utf-8")
        truth = json.dumps(simulated.truth, indent=2, ensure_ascii=False) + "\n"
        (part / "truth.json").write_text(truth, encoding="utf-8")
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _question(simulated: Simulated, folder: Path, case: str) -> str:
    def days(window: tuple[pd.Timestamp, pd.Timestamp]) -> list[str]:
        return [moment.date().isoformat() for moment in window]

    return QUESTION.format(
        case=case,
        # A JSON string is a YAML string, whatever a folder is called.
        **{
            name: json.dumps(str(folder / file), ensure_ascii=False) for name, file in FILES.items()
        },
        cohorts=json.dumps(list(COHORTS)),
        baseline=days(simulated.baseline),
        incident=days(simulated.incident),
    )
