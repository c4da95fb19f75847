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
from pathlib import Path

from benchmarks.peers.run import python_of
from benchmarks.speed.made import Shape, question
from benchmarks.speed.measured import RATIOS, Cost, cost_by, cost_of, keep, log_of, median_of

HERE = Path(__file__).parent

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
    asked.add_argument("--polars-up-to", type=int, default=100_000_000)
    asked.add_argument("--peers", type=Path, default=Path("build/peers"))
    asked.add_argument("--logs", type=Path, help="where logs are kept, to be used again")
    asked.add_argument("--write", type=Path, help="a Markdown file to keep the tables in")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.logs or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        lines = [*_sizes(options, folder), *_imports(options.repeats)]
    how = (
        f"{RATIOS}; what a clock says beside hangs on that load too, and pandas works on one core. "
        "Polars, as pandas, makes the points alone: neither folds nor intervals"
    )
    keep(lines, "What counting costs", options.repeats, options.write, how)


def _sizes(options: argparse.Namespace, folder: Path) -> list[str]:
    lines = [
        "## Sizes\n",
        "| rows | writing the log, s | scan | counts | of the scan | by the clock, s | GB | "
        "cells | pandas and scikit-learn | of the counts | by the clock, s | of the counts | GB | "
        "Polars | of the counts | by the clock, s | GB |",
        "| --- " * 17 + "|",
    ]
    for rows in options.rows:
        path, written = log_of(Shape(rows), folder)
        looks, ours = (
            [cost_of(name, path) for _ in range(options.repeats)] for name in ("scan", "counts")
        )
        scan, counted = median_of(looks), median_of(ours)
        cells = [f"{rows:,}", f"{written:.0f}", f"{scan['cpu']:.1f}", f"{counted['cpu']:.1f}"]
        cells += [f"{counted['cpu'] / scan['cpu']:.1f}", f"{counted['wall']:.1f}"]
        cells += [f"{counted['gigabytes']:.2f}"]
        cells += [f"{counted['cells']:,.0f}"]
        if rows <= options.pandas_up_to:
            theirs = median_of([cost_of("pandas", path) for _ in range(options.repeats)])
            cells += [f"{theirs['cpu']:.1f}", f"{theirs['cpu'] / counted['cpu']:.1f}"]
            cells += [f"{theirs['wall']:.1f}", f"{theirs['wall'] / counted['wall']:.1f}"]
            cells += [f"{theirs['gigabytes']:.2f}"]
        else:
            cells += [""] * 5
        cells += _by_polars(options, path, counted) if rows <= options.polars_up_to else [""] * 4
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _by_polars(options: argparse.Namespace, path: Path, counted: Cost) -> list[str]:
    """The same tables by Polars in its own environment; says so where that cannot be made."""
    try:
        python = python_of("polars.txt", options.peers)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Polars: left out: {error}", file=sys.stderr)
        return ["left out", "", "", ""]
    command = [str(python), str(HERE / "by_polars.py"), str(path), json.dumps(question(path))]
    theirs = median_of([cost_by(command) for _ in range(options.repeats)])
    cells = [f"{theirs['cpu']:.1f}", f"{theirs['cpu'] / counted['cpu']:.2f}"]
    return [*cells, f"{theirs['wall']:.1f}", f"{theirs['gigabytes']:.2f}"]


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


if __name__ == "__main__":
    main()
