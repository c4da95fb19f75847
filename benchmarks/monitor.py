"""The monitor over simulated platforms: false alarms without a fault, days to the alert with one.

    .venv/bin/python benchmarks/monitor.py --write benchmarks/monitor.md

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
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from daywise import daily
from sklearn.metrics import roc_auc_score

from investigate.benchmark.plan import FAULTS
from investigate.benchmark.report import fill, fits
from investigate.platform import simulate, write
from investigate.watch.judging import judge
from investigate.watch.watch import Watch

HERE = Path(__file__).parent
LEARN, YEAR, AFTER = 60, 365, 28
"""Days of the baseline, of a history without a fault after it, and of a fault."""
QUIET = (0, 120)
"""Days between the baseline and a fault."""
DAILY = (300, 1200)
"""Answers a day: in the first half of the histories, in the second."""
COHORTS = ("country", "grade", "subject", "school", "app_version")
AT_ONCE = 10
"""Histories that one process asks NannyML about, which takes its time to begin."""
HISTORIES = range(5000, 5200)
SEEDS = (2020, 2021)
STRENGTHS = (0.1, 0.25, 0.5, 1.0)
"""For reporting. Others were looked at, and something was changed: benchmarks/monitor.md."""
SIZES = (0.01, 0.02, 0.04, 0.08, 1.0)
"""Upper ends of the classes of drops, from the first on."""
PEERS = "NannyML and 3 sigma"
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
    told = _by_nannyml(folders, peer) if peer and folders else {}
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        {**result, "nannyml": told.get(history.name)}
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
    told = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    for name, one in told.items():
        if "error" in one:
            raise RuntimeError(f"{name}: NannyML: {one['error']}")
    return told


# How alarms are counted, alike for all: what overlaps, or follows without a fine day, is one.


def cases(seen: list[dict[str, Any]]) -> list[str]:
    """The days on which the monitor opened a case."""
    found: list[str] = []
    until = ""
    for one in sorted(seen, key=lambda s: s["raised"]):
        if not found or one["since"] > until:
            found.append(one["raised"])
        until = max(until, one["ended"] or "9")
    return found


def episodes(values: np.ndarray, limit: float) -> np.ndarray:
    """The places of days below `limit` after a day that was not; days without a value are fine."""
    below = np.nan_to_num(values, nan=np.inf) < limit
    return np.flatnonzero(below & ~np.concatenate([[False], below[:-1]]))


def threshold(result: dict[str, Any]) -> tuple[np.ndarray, float, float]:
    """Daily AUC from the onset on; mean and standard deviation of the baseline's days."""
    days = np.array(result["auc"], dtype=float)
    return (
        days[LEARN + result["quiet"] :],
        float(np.nanmean(days[:LEARN])),
        float(np.nanstd(days[:LEARN])),
    )


def apart(results: list[dict[str, Any]]) -> tuple[int, float]:
    """Histories that NannyML was asked about, and how far its numbers are from `threshold`'s."""
    off = [0.0]
    asked = [r for r in results if r["nannyml"]]
    for result in asked:
        told, (values, mean, deviation) = result["nannyml"], threshold(result)
        theirs = np.array([told["days"].get(day, np.nan) for day in result["dates"]])
        off.append(float(np.nanmax(np.abs(theirs - values))))
        off.append(abs(told["threshold"] - (mean - 3 * deviation)))
        if not np.array_equal(np.isnan(theirs), np.isnan(values)):
            off.append(np.inf)
    return len(asked), max(off)


def rate(quiet: list[dict[str, Any]], multiple: float) -> float:
    """False alarms a year with a limit so many standard deviations below the mean."""
    found = 0
    for result in quiet:
        values, mean, deviation = threshold(result)
        found += len(episodes(values, mean - multiple * deviation))
    return found / len(quiet)


def equal(quiet: list[dict[str, Any]], wanted: float) -> float:
    """The multiple at which a fixed threshold raises no more than so many false alarms a year."""
    multiples = np.arange(1.5, 6.0, 0.01)
    return float(next(m for m in multiples if rate(quiet, float(m)) <= wanted))


def delay(result: dict[str, Any], way: str, multiple: float = 3.0) -> float:
    """Days of data from the onset to the first alert, 1: on the first day; infinite: none."""
    dates = result["dates"]
    if way in ("monitor", "monitor, AUC of all rows"):
        raised = [
            s["raised"]
            for s in result["seen"]
            if s["raised"] >= dates[0]
            if way == "monitor" or (s["measure"] == "AUC" and s["by"] == "all")
        ]
        return 1 + dates.index(min(raised)) if raised else np.inf
    values, mean, deviation = threshold(result)
    below = np.flatnonzero(np.nan_to_num(values, nan=np.inf) < mean - multiple * deviation)
    return 1 + int(below[0]) if len(below) else np.inf


def tables(results: list[dict[str, Any]]) -> str:
    """The Markdown of both tables."""
    quiet = [r for r in results if r["scenario"] == "none"]
    faults = [r for r in results if r["scenario"] != "none"]
    asked, off = apart(results)
    same = (
        f"NannyML's daily values and thresholds on {asked} of these histories lie within "
        f"{off:.1g} of daily AUC and of its mean less three standard deviations over the "
        "baseline's days: the two are one method, and one column above."
    )
    told = [*_quiet(quiet)]
    for before in QUIET:
        late = [r for r in faults if r["quiet"] == before]
        for number in DAILY:
            own = [[r for r in kind if r["daily"] == number] for kind in (quiet, late)]
            told += ["", *_delays(*own, number, before)]
    return "\n".join([*told, "", same])


def _quiet(quiet: list[dict[str, Any]]) -> Iterator[str]:
    years = len(quiet) * YEAR / 365
    opened = [len(cases(r["seen"])) for r in quiet]
    yield f"### {len(quiet)} histories of a year without a fault"
    yield ""
    yield "| | false alarms a year | histories without any |"
    yield "| --- | ---: | ---: |"
    error = np.std(opened) / np.sqrt(len(opened))
    yield (
        f"| the monitor: cases opened (1 is stated) | {sum(opened) / years:.2f} ± {error:.2f} "
        f"| {np.mean(np.array(opened) == 0):.0%} |"
    )
    for told, chosen in (
        ("AUC of all rows (0.5)", lambda s: s["measure"] == "AUC" and s["by"] == "all"),
        ("AUC of groups (0.3)", lambda s: s["measure"] == "AUC" and s["by"] != "all"),
        ("rows, base rate, missing (0.2)", lambda s: s["measure"] != "AUC"),
    ):
        found = [sum(map(chosen, r["seen"])) for r in quiet]
        none = np.mean(np.array(found) == 0)
        yield f"| its alerts on {told} | {sum(found) / years:.2f} | {none:.0%} |"
    found = [
        len(episodes(values, mean - 3 * deviation))
        for values, mean, deviation in map(threshold, quiet)
    ]
    none = np.mean(np.array(found) == 0)
    yield f"| {PEERS} as they come, on AUC of all rows | {sum(found) / years:.2f} | {none:.0%} |"


def _delays(
    quiet: list[dict[str, Any]], faults: list[dict[str, Any]], number: int, before: int
) -> Iterator[str]:
    wanted = sum(len(cases(r["seen"])) for r in quiet) / len(quiet)
    multiple = equal(quiet, wanted)
    ways = [("monitor", 0.0), ("monitor, AUC of all rows", 0.0), ("3 sigma", multiple)]
    names = ["the monitor", "its AUC of all rows alone", f"{PEERS}, at {multiple:.2f} deviations"]
    when = f"{before} days after the baseline" if before else "right after the baseline"
    yield f"### A fault {when}, {number:,} answers a day, {wanted:.2f} false alarms a year"
    yield ""
    yield f"| AUC fell by | incidents | {' | '.join(names)} |"
    yield "| --- | ---: |" + " ---: |" * len(names)
    for low, high in pairwise(SIZES):
        own = [r for r in faults if low <= r["drop"] < high]
        cells = [_cell([delay(r, way, multiple) for r in own]) for way, multiple in ways]
        size = f"{low:g} to {high:g}" if high < 1 else f"{low:g} and more"
        yield f"| {size} | {len(own)} | {' | '.join(cells)} |"


def _cell(delays: list[float]) -> str:
    if not delays:
        return "–"
    found = np.array(delays)
    median = float(np.median(found)) if np.isfinite(np.median(found)) else np.inf
    told = f"{median:g}" if np.isfinite(median) else f"over {AFTER}"
    mean = np.minimum(found, AFTER + 1).mean()
    return f"{told} (mean {mean:.1f}; {np.isfinite(found).mean():.0%} found)"


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
        told: Any = SimpleNamespace(markdown=lambda: text)
        fill(asked.write, "monitor", ".venv/bin/python benchmarks/monitor.py", [told])


def _history(result: dict[str, Any]) -> History:
    return History(**{field.name: result[field.name] for field in fields(History)})


if __name__ == "__main__":
    main()
