"""What a day costs a monitor as its log grows: seconds, and bytes of its state.

Usage: python benchmarks/monitor_cost.py [--rows 10000000] [--folder DIR]
Makes a year of answers, one Parquet file a day, takes days one at a time around days 30, 180
and 360 and the others in bulk, and prints a table in Markdown; then the same with half the rows.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from investigate.watch.intake import take
from investigate.watch.state import opened
from investigate.watch.watch import Watch

DAYS = 365
LOOKED_AT = (30, 180, 360)
AROUND = 5
FIRST = np.datetime64("2024-01-01")


@dataclass(frozen=True)
class Cost:
    """Median ``seconds`` of the days around one, and the state's ``megabytes`` after them."""

    seconds: float
    megabytes: float


def written(folder: Path, day: int, rows: int) -> None:
    rng = np.random.default_rng(day)
    ability = rng.normal(size=rows)
    outcome = rng.random(rows) < 1 / (1 + np.exp(-1.2 * ability))
    frame = pd.DataFrame(
        {
            "time": FIRST
            + np.timedelta64(day, "D")
            + np.sort(rng.integers(0, 86_400, rows)).astype("m8[s]"),
            "outcome": outcome.astype("int8"),
            "score": 1 / (1 + np.exp(-ability - rng.normal(0, 0.5, rows))),
            "system": rng.choice(["default", "calibration", "rules"], rows, p=[0.3, 0.6, 0.1]),
            "country": rng.choice([f"country {k}" for k in range(10)], rows),
            "grade": rng.integers(1, 7, rows),
            "student": rng.integers(0, rows // 8, rows),
        }
    )
    frame.to_parquet(folder / f"{day:03}.parquet", index=False)


def taken(watch: Watch, state: Path) -> float:
    began = time.perf_counter()
    with opened(state, watch) as held:
        take(watch, held)
        held.daily()
    return time.perf_counter() - began


def measured(rows: int, folder: Path) -> list[Cost]:
    """The cost of a day at each of `LOOKED_AT`, with so many `rows` a year."""
    log, state = folder / "log", folder / "watch.duckdb"
    log.mkdir(parents=True)
    watch = Watch.model_validate(
        {
            "watch": "cost",
            "log": f"{log}/*.parquet",
            "columns": {
                "time": "time",
                "outcome": "outcome",
                "score": "score",
                "system": "system",
                "cluster": "student",
            },
            "cohorts": ["country", "grade"],
            "baseline": {"start": "2024-01-01", "end": "2024-01-25"},
        }
    )
    costs = []
    day = 0
    for middle in LOOKED_AT:
        for before in range(day, middle - AROUND):
            written(log, before, rows // DAYS)
        taken(watch, state)
        seconds = []
        for day in range(middle - AROUND, middle + AROUND):
            written(log, day, rows // DAYS)
            seconds.append(taken(watch, state))
        day += 1
        costs.append(Cost(statistics.median(seconds), state.stat().st_size / 1e6))
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument(
        "--folder", type=Path, help="where the log is made; a temporary one if none"
    )
    asked = parser.parse_args()
    print("| rows a day | day | seconds a day | state, MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for part in (1, 2):
            rows = asked.rows // part
            for middle, cost in zip(
                LOOKED_AT, measured(rows, Path(folder, str(part))), strict=True
            ):
                line = (
                    f"| {rows // DAYS:,} | {middle} | {cost.seconds:.2f} | {cost.megabytes:.1f} |"
                )
                print(line, flush=True)


if __name__ == "__main__":
    main()
