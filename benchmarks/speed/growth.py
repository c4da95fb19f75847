"""Print, and with ``--write`` keep, how the cost of counting grows with each part of a log."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.speed.made import Shape
from benchmarks.speed.measured import cost_of, keep, log_of, median_of

PLAIN = Shape(1_000_000)
GROWN = {
    "1 million rows": PLAIN,
    "half of the rows": Shape(500_000, students=10_000),
    "twice the rows": Shape(2_000_000, students=10_000),
    "150 days, not 180": Shape(1_000_000, days=150),
    "twice the days": Shape(1_000_000, days=360),
    "8 systems, not 2": Shape(1_000_000, systems=8),
    "2 columns of cohorts, not 5": Shape(1_000_000, cohorts=2),
    "10 columns of cohorts": Shape(1_000_000, cohorts=10),
    "a tenth of the exercises": Shape(1_000_000, exercises=2_000),
    "ten times the exercises": Shape(1_000_000, exercises=200_000),
    "a tenth of the students": Shape(1_000_000, students=1_000),
    "ten times the students": Shape(1_000_000, students=100_000),
    "8 schools, not 200": Shape(1_000_000, schools=8),
    "2,000 schools": Shape(1_000_000, schools=2_000),
}


def main() -> None:
    """Measure, print and keep."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--logs", type=Path, help="where logs are kept, to be used again")
    asked.add_argument("--write", type=Path, help="a Markdown file to keep the table in")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.logs or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        lines = table(options.repeats, folder)
    keep(lines, "How what counting costs grows", options.repeats, options.write)


def table(repeats: int, folder: Path) -> list[str]:
    """A row for each of `GROWN`, of logs in `folder`."""
    lines = ["| log | counts | of the first | GB | cells | item rows |", "| --- " * 6 + "|"]
    first = 0.0
    for name, shape in GROWN.items():
        path, _ = log_of(shape, folder)
        cost = median_of([cost_of("counts", path) for _ in range(repeats)])
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


if __name__ == "__main__":
    main()
