"""What a sweep of twelve months costs, beside one run over the same log."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks.speed.made import Shape, question, write
from benchmarks.speed.measured import keep
from benchmarks.speed.notebooks import by_command

DAYS = 390
MONTHS = "incident.start=2025-02-01..2026-01-01/1mo"
WINDOWS = {
    "baseline": {"start": "2025-01-01", "end": "2025-02-01"},
    "incident": {"start": "2025-02-01", "end": "2025-03-01"},
}
COMMANDS = {
    "one run": ["run", "asked.yml", "--no-cache"],
    "twelve months, the answer's notebook": [
        *("batch", "asked.yml", "--no-cache", "--again", "--sweep", MONTHS)
    ],
    "twelve months, every notebook": [
        *("batch", "asked.yml", "--no-cache", "--again", "--every-notebook", "--sweep", MONTHS)
    ],
}


def main() -> None:
    """Measure, print and keep; or do what the first argument names, in the folder of the second."""
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        print(json.dumps(by_command(Path(sys.argv[2]), *COMMANDS[sys.argv[1]])))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    asked.add_argument("--repeats", type=int, default=1)
    asked.add_argument("--every-notebook", action="store_true", help="measure that sweep as well")
    asked.add_argument("--write", type=Path, help="a Markdown file to keep the table in")
    options = asked.parse_args()
    lines = ["| what | CPU, s | of one run | seconds | of one run |", "| --- " * 5 + "|"]
    with tempfile.TemporaryDirectory() as scratch:
        folder, shape = Path(scratch), Shape(options.rows, days=DAYS)
        log = folder / f"{shape.name}.parquet"
        write(shape, log)
        (folder / "asked.yml").write_text(yaml.safe_dump(question(log) | WINDOWS), encoding="utf-8")
        first: dict[str, float] = {}
        for name in list(COMMANDS)[: 3 if options.every_notebook else 2]:
            several = [_measured(name, folder) for _ in range(options.repeats)]
            cost = {part: statistics.median(one[part] for one in several) for part in several[0]}
            first = first or cost
            cells = [f"{cost['cpu']:.0f}", f"{cost['cpu'] / first['cpu']:.1f}"]
            cells += [f"{cost['wall']:.0f}", f"{cost['wall'] / first['wall']:.1f}"]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    how = (
        f"A log of {options.rows:,} rows and {DAYS} days; a baseline of a month and an incident of "
        "a month, in turn of each of the twelve that follow"
    )
    keep(lines, "What a sweep costs", options.repeats, options.write, how)


def _measured(name: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed.sweeps", name, str(folder)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
