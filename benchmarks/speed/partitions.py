"""A log of many files under one pattern, from a bare scan of its columns to the answer.

One file is written; the others are links to it, so that a log of 10^9 rows takes the room of 10^8
on the disk. Repeated rows are then most of what the log holds, and are counted as such.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks.speed.made import Shape, question
from benchmarks.speed.measured import cost_by, cost_of, keep, log_of
from benchmarks.speed.notebooks import by_command


def main() -> None:
    """Measure, print and keep; or run what is asked in the folder of the second argument."""
    if sys.argv[1:2] == ["run"]:
        cost = by_command(Path(sys.argv[2]), "run", "asked.yml", "--no-cache")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(json.dumps({**cost, "gigabytes": used.ru_maxrss / 1e6}))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000_000, help="of each file")
    asked.add_argument("--files", type=int, default=10)
    asked.add_argument("--folder", type=Path, help="where there is room; a temporary one if not")
    asked.add_argument("--write", type=Path, help="a Markdown file to keep the table in")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = Path(scratch)
        log, _ = log_of(Shape(options.rows), folder)
        for number in range(options.files):
            part = folder / "log" / f"part={number}"
            part.mkdir(parents=True)
            os.link(log, part / log.name)
        pattern = folder / "log" / "*" / log.name
        (folder / "asked.yml").write_text(yaml.safe_dump(question(pattern)), encoding="utf-8")
        scan = cost_of("scan", pattern)
        run = cost_by([sys.executable, "-m", "benchmarks.speed.partitions", "run", str(folder)])
        (found,) = (folder / "audit").glob("*/*/findings.json")
        answer = json.loads(found.read_text("utf-8"))["verdict"]["sentence"]
    ratios = [f"{run[part] / scan[part]:.1f}" for part in ("cpu", "wall")]
    cells = [f"{options.rows * options.files:,}", f"{scan['cpu']:.0f}", f"{scan['wall']:.0f}"]
    cells += [f"{run['cpu']:.0f}", ratios[0], f"{run['wall']:.0f}", ratios[1]]
    cells += [f"{run['gigabytes']:.1f}"]
    lines = [
        "| rows | scan, CPU | by the clock | run, CPU | of the scan | by the clock | of the scan | "
        "GB of the largest process |",
        "| --- " * 8 + "|",
        f"| {' | '.join(cells)} |",
        f"\nThe answer: {answer}",
    ]
    how = "A bare scan of the columns, and a whole run with its notebooks; seconds"
    command = "python -m benchmarks.speed.partitions"
    keep(lines, "A log of many files", 1, options.write, how, command)


if __name__ == "__main__":
    main()
