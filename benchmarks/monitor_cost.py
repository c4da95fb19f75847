"""What a day costs a monitor as its log grows: seconds of the processor, and its state's size.

    .venv/bin/python -m benchmarks.monitor_cost --write benchmarks/monitor.md

Makes a year of answers, one Parquet file a day, takes days one at a time around days 60, 180
and 360 and the others in bulk, and prints a table in Markdown; then the same with a tenth of
the rows. About five minutes.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.incidents.report import fill, fits
from investigate.monitor.ingest import ingest
from investigate.monitor.judging import judge
from investigate.monitor.state import opened
from investigate.monitor.watch import Watch

DAYS = 365
LOOKED_AT = (60, 180, 360)
AROUND = 5
FIRST = np.datetime64("2024-01-01")
START = datetime(2024, 1, 1, tzinfo=UTC)
PARTS = (1, 10)


@dataclass(frozen=True)
class Cost:
    """Median seconds of the days around one, and the state's ``megabytes`` after them."""

    counting: float
    judging: float
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


def taken(watch: Watch, state: Path, until: datetime) -> tuple[float, float]:
    """Seconds of the processor, all threads together: taking in what is new, and judging."""
    began = time.process_time()
    with opened(state, watch) as held:
        ingest(watch, held)
        counted = time.process_time()
        judge(held.daily(), watch, until)
    return counted - began, time.process_time() - counted


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
            "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
        }
    )
    costs = []
    day = 0
    for middle in LOOKED_AT:
        for before in range(day, middle - AROUND):
            written(log, before, rows // DAYS)
        taken(watch, state, START + timedelta(days=middle - AROUND))
        found = []
        for day in range(middle - AROUND, middle + AROUND):
            written(log, day, rows // DAYS)
            found.append(taken(watch, state, START + timedelta(days=day + 1)))
        day += 1
        counting, judging = (statistics.median(part) for part in zip(*found, strict=True))
        costs.append(Cost(counting, judging, state.stat().st_size / 1e6))
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument(
        "--folder", type=Path, help="where the log is made; a temporary one if none"
    )
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.write:
        fits(asked.write, "cost")
    lines = [
        "| rows a day | day of the year | counting, s | judging, s | state, MB |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for part in PARTS:
            rows = asked.rows // part
            costs = measured(rows, Path(folder, str(part)))
            for middle, cost in zip(LOOKED_AT, costs, strict=True):
                lines.append(
                    f"| {rows // DAYS:,} | {middle} | {cost.counting:.2f} | {cost.judging:.2f} "
                    f"| {cost.megabytes:.1f} |"
                )
    print("\n".join(lines))
    if asked.write:
        sheet: Any = SimpleNamespace(markdown=lambda: "\n".join(lines))
        fill(asked.write, "cost", ".venv/bin/python -m benchmarks.monitor_cost", [sheet])


if __name__ == "__main__":
    main()
