"""The monitor over simulated platforms: false alarms without a fault, days to the alert with one.

    .venv/bin/python -m benchmarks.monitor --write benchmarks/monitor.md

The platform of the incident benchmark, judged by the monitor's own code; beside it
what people use today: NannyML's realised AUC by day (`--peer` names the Python of an environment
made from benchmarks/peers/nannyml.txt), and a fixed threshold of three standard deviations.
What is found is kept in `--out`, and goes on from there; about half an hour.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.daywise import daily
from benchmarks.incidents.plan import FAULTS
from benchmarks.incidents.report import fill, fits
from benchmarks.monitor_tables import AFTER, DAILY, LEARN, QUIET, YEAR, tables
from investigate.monitor.judging import judge
from investigate.monitor.watch import Watch
from investigate.simulator import simulate, write

HERE = Path(__file__).parent
COHORTS = ("country", "grade", "subject", "school", "app_version")
AT_ONCE = 10
"""Histories that one process asks NannyML about, which takes its time to begin."""
HISTORIES = range(5000, 5200)
SEEDS = (2020, 2021)
STRENGTHS = (0.1, 0.25, 0.5, 1.0)
"""For reporting. Others were looked at, and something was changed: benchmarks/monitor.md."""
SILENT = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True, order=True)
class History:
    """What is simulated: `quiet` days after the baseline, then `days`, with a fault or not."""

    scenario: str
    strength: float
    seed: int
    days: int
    daily: int
    quiet: int = 0

    @property
    def name(self) -> str:
        return (
            f"{self.scenario}-{self.strength:g}-{self.seed}-{self.days}-{self.daily}-{self.quiet}"
        )

    @property
    def asked(self) -> bool:
        """Whether NannyML is asked about it, which takes its time."""
        if self.scenario == "none":
            return self.seed % 20 == 0
        return not self.quiet and self.seed == SEEDS[0] and self.strength == STRENGTHS[-1]


def histories() -> list[History]:
    """Those without a fault, then those with one."""
    half = HISTORIES[len(HISTORIES) // 2]
    quiet = [History("none", 1.0, seed, YEAR, DAILY[seed >= half]) for seed in HISTORIES]
    broken = [
        History(scenario, strength, seed, AFTER, daily, before)
        for before in QUIET
        for daily in DAILY
        for seed in SEEDS
        for scenario in FAULTS
        for strength in STRENGTHS
    ]
    return quiet + broken


def measured(batch: list[History], scratch: Path, peer: Path | None) -> list[dict[str, Any]]:
    """What the monitor, NannyML and a fixed threshold say of each history."""
    results, folders = [], []
    for history in batch:
        before = LEARN + history.quiet
        answers = history.daily * (before + history.days)
        made = simulate(
            history.scenario, history.seed, history.strength, answers,
            baseline_days=before, incident_days=history.days,
        )  # fmt: skip
        if peer and history.asked:
            folders.append(scratch / history.name)
            write(made, folders[-1], case="benchmark")
        first, onset, end = made.baseline[0], made.incident[0], made.incident[1]
        new = made.log["time"] >= onset
        auc = [
            float(roc_auc_score(rows["outcome"], rows["score"]))
            for rows in (made.log[~new], made.log[new])
        ]
        dates = [str((first + pd.Timedelta(days=before + n)).date()) for n in range(history.days)]
        results.append(
            {
                **asdict(history),
                "drop": auc[0] - auc[1],
                "dates": dates,
                **_by_kit(made.log, first, end),
                "nannyml": None,
            }
        )
    by_nannyml = _by_nannyml(folders, peer) if peer and folders else {}
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        {**result, "nannyml": by_nannyml.get(history.name)}
        for result, history in zip(results, batch, strict=True)
    ]


def _by_kit(log: pd.DataFrame, first: pd.Timestamp, end: pd.Timestamp) -> dict[str, Any]:
    learnt = first + pd.Timedelta(days=LEARN)
    watch = Watch.model_validate(
        {
            "watch": "benchmark",
            "log": "log.parquet",
            "columns": {"time": "time", "outcome": "outcome", "score": "score"},
            "baseline": {"start": str(first.date()), "end": str(learnt.date())},
        }
    )
    counts = daily(log, ["system", *COHORTS], LEARN)
    judged = judge(counts, watch, end.to_pydatetime())
    shown = judged.shown
    own = shown[(shown["by"] == "all") & (shown["measure"] == "AUC")]
    return {
        "seen": [
            {
                "measure": s.measure,
                "by": s.by,
                "raised": str(s.raised.date()),
                "since": str(s.since.date()),
                "ended": None if s.ended is None else str(s.ended.date()),
            }
            for s in judged.seen
        ],
        "auc": [round(float(value), 6) for value in own["value"]],
    }


def _by_nannyml(folders: list[Path], python: Path) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [python, HERE / "peers" / "nannyml_daily.py", *folders],
        stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **SILENT},
    )  # fmt: skip
    results = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    for name, one in results.items():
        if "error" in one:
            raise RuntimeError(f"{name}: NannyML: {one['error']}")
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/monitor.jsonl"))
    parser.add_argument("--peer", type=Path, help="the Python that has NannyML")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=int, help="measure so many histories only")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.write:
        fits(asked.write, "monitor")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    lines = asked.out.read_text("utf-8").splitlines() if asked.out.exists() else []
    found = {_history(result): result for result in map(json.loads, lines)}
    wanted = histories()
    missing = [h for h in wanted if h not in found][: asked.most]
    with (
        tempfile.TemporaryDirectory(prefix="investigate-") as scratch,
        ProcessPoolExecutor(asked.workers, get_context("spawn")) as pool,
        asked.out.open("a", encoding="utf-8") as out,
    ):
        batches = [missing[n : n + AT_ONCE] for n in range(0, len(missing), AT_ONCE)]
        waiting = [pool.submit(measured, b, Path(scratch), asked.peer) for b in batches]
        for done in as_completed(waiting):
            for result in done.result():
                found[_history(result)] = result
                out.write(json.dumps(result) + "\n")
            out.flush()
    text = tables([found[history] for history in wanted if history in found])
    print(text)
    if asked.write:
        sheet: Any = SimpleNamespace(markdown=lambda: text)
        fill(asked.write, "monitor", ".venv/bin/python -m benchmarks.monitor", [sheet])


def _history(result: dict[str, Any]) -> History:
    return History(**{field.name: result[field.name] for field in fields(History)})


if __name__ == "__main__":
    main()
