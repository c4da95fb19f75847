"""What one piece of work costs, in a process of its own, and how tables of costs begin."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.speed.made import Shape, write

Cost = dict[str, float]


RATIOS = (
    "CPU is in seconds, imports of the programs in it, and ratios are of CPU, measured in one run"
)


def keep(
    lines: list[str],
    title: str,
    repeats: int,
    path: Path | None,
    how: str = RATIOS,
    command: str = "make bench",
) -> None:
    """Print ``lines`` of tables; with a ``path`` keep them there, and how they were measured."""
    text = "\n".join(lines) + "\n"
    print(text)
    if path:
        start = (
            f"# {title}\n\n"
            f"Printed by `{command}`; medians of {repeats}, on {os.cpu_count()} cores, with a "
            f"load of {os.getloadavg()[1]:.0f} beside. {how}.\n\n"
        )
        path.write_text(start + text, encoding="utf-8")


def log_of(shape: Shape, folder: Path) -> tuple[Path, float]:
    """The log of `shape` in `folder`, and the seconds that writing it took."""
    path = folder / f"{shape.name}.parquet"
    began = time.perf_counter()
    if not path.exists():
        write(shape, path)
    return path, time.perf_counter() - began


def cost_of(work: str, path: Path) -> Cost:
    """What `work` of the log at `path` costs."""
    return cost_by([sys.executable, "-m", "benchmarks.speed.work", work, str(path)])


def cost_by(command: list[str]) -> Cost:
    """What a program says that it cost, as JSON on its last line; its progress and errors show."""
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return {name: float(value) for name, value in found.items()}


def median_of(costs: list[Cost]) -> Cost:
    """The median of each cost."""
    return {name: statistics.median(cost[name] for cost in costs) for name in costs[0]}
