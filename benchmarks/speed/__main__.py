"""Print, and with ``--write`` keep, what counting costs: ratios measured in one run, medians.

Costs are seconds of the processor, which hang less on what else a machine does than those of the
clock. The scan looks at every value of the columns counted, by the engine that counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.speed.made import Shape, write

Cost = dict[str, float]
PLAIN = Shape(1_000_000)
GROWN = {
    "1 million rows": PLAIN,
    "a tenth of the exercises": Shape(1_000_000, exercises=2_000),
    "ten times the exercises": Shape(1_000_000, exercises=200_000),
    "a tenth of the students": Shape(1_000_000, students=1_000),
    "ten times the students": Shape(1_000_000, students=100_000),
    "8 schools, not 200": Shape(1_000_000, schools=8),
}
HELP = "import sys; sys.argv = ['investigate', '--help']; from investigate.cli import main; main()"
IMPORTS = {
    "import pandas, seaborn": ["-c", "import pandas, seaborn"],
    "import investigate": ["-c", "import investigate"],
    "investigate --help": ["-c", HELP],
}


def main() -> None:
    """Measure, print and keep."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--pandas-up-to", type=int, default=10_000_000)
    asked.add_argument("--no-growth", action="store_true")
    asked.add_argument("--logs", type=Path, help="where logs are kept, to be used again")
    asked.add_argument("--write", type=Path, help="a Markdown file to keep the tables in")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.logs or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        lines = [*_sizes(options, folder), *_imports(options.repeats)]
        if not options.no_growth:
            lines += _growth(options.repeats, folder)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(_head(options) + text, encoding="utf-8")


def _head(options: argparse.Namespace) -> str:
    load = os.getloadavg()[1]
    return (
        "# What counting costs\n\n"
        f"Printed by `make bench`; medians of {options.repeats}, on {os.cpu_count()} cores, with a "
        f"load of {load:.0f} beside. CPU is in seconds, imports of the programs in it, and ratios "
        "are of CPU, measured in one run; what a clock says beside hangs on that load too, and "
        "pandas works on one core.\n"
    )


def _log(shape: Shape, folder: Path) -> tuple[Path, float]:
    path = folder / f"{shape.name}.parquet"
    began = time.perf_counter()
    if not path.exists():
        write(shape, path)
    return path, time.perf_counter() - began


def _sizes(options: argparse.Namespace, folder: Path) -> list[str]:
    lines = [
        "\n## Sizes\n",
        "| rows | writing the log, s | scan | counts | of the scan | by the clock, s | GB | "
        "cells | pandas and scikit-learn | of the counts | by the clock, s | of the counts | GB |",
        "| --- " * 13 + "|",
    ]
    for rows in options.rows:
        path, written = _log(Shape(rows), folder)
        looks, ours = (
            [_cost(name, path) for _ in range(options.repeats)] for name in ("scan", "counts")
        )
        scan, counted = _median(looks), _median(ours)
        cells = [f"{rows:,}", f"{written:.0f}", f"{scan['cpu']:.1f}", f"{counted['cpu']:.1f}"]
        cells += [f"{counted['cpu'] / scan['cpu']:.1f}", f"{counted['wall']:.1f}"]
        cells += [f"{counted['gigabytes']:.2f}"]
        cells += [f"{counted['cells']:,.0f}"]
        if rows <= options.pandas_up_to:
            theirs = _median([_cost("pandas", path) for _ in range(options.repeats)])
            cells += [f"{theirs['cpu']:.1f}", f"{theirs['cpu'] / counted['cpu']:.1f}"]
            cells += [f"{theirs['wall']:.1f}", f"{theirs['wall'] / counted['wall']:.1f}"]
            cells += [f"{theirs['gigabytes']:.2f}"]
        else:
            cells += [""] * 5
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _growth(repeats: int, folder: Path) -> list[str]:
    lines = [
        "\n## Growth\n",
        "| log | counts | of the first | GB | cells | item rows |",
        "| --- " * 6 + "|",
    ]
    first = 0.0
    for name, shape in GROWN.items():
        path, _ = _log(shape, folder)
        cost = _median([_cost("counts", path) for _ in range(repeats)])
        first = first or cost["cpu"]
        cells = [
            name,
            f"{cost['cpu']:.1f}",
            f"{cost['cpu'] / first:.2f}",
            f"{cost['gigabytes']:.2f}",
        ]
        cells += [f"{cost['cells']:,.0f}", f"{cost['items']:,.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _imports(repeats: int) -> list[str]:
    lines = ["\n## Imports\n", "| what | CPU | of pandas and seaborn |", "| --- | --- | --- |"]
    first = 0.0
    for name, arguments in IMPORTS.items():
        cost = statistics.median(_processor(arguments) for _ in range(repeats))
        first = first or cost
        lines.append(f"| `{name}` | {cost:.2f} | {cost / first:.2f} |")
    return lines


def _processor(arguments: list[str]) -> float:
    before = os.times()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    user, system = (
        getattr(after, n) - getattr(before, n) for n in ("children_user", "children_system")
    )
    return float(user + system)


def _cost(work: str, path: Path) -> Cost:
    command = [sys.executable, "-m", "benchmarks.speed.work", work, str(path)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return {name: float(value) for name, value in found.items()}


def _median(costs: list[Cost]) -> Cost:
    return {name: statistics.median(cost[name] for cost in costs) for name in costs[0]}


if __name__ == "__main__":
    main()
