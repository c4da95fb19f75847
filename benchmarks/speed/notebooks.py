"""What a run's notebooks cost, beside the same work in one process, and how that grows with rows.

A run reads counts that are kept, so that it costs its notebooks, its record and the hash of its
log, which grows with the log; the run says what each took. The floor is one
process that imports the same, reads the same counts, and executes the same cells one after the
other, with figures, pages and all.
"""

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.speed.made import Shape, question, write
from benchmarks.speed.measured import keep

ADOPT = 36
"""PR_SET_CHILD_SUBREAPER of Linux: what outlives its parent is counted here as well."""


def main() -> None:
    """Measure, print and keep; or do what the first argument names."""
    if sys.argv[1:2] in (["run"], ["floor"]):
        result = {"run": run, "floor": floor}[sys.argv[1]](Path(sys.argv[2]))
        print(json.dumps(result))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--write", type=Path, help="a Markdown file to keep the table in")
    options = asked.parse_args()
    lines = [
        "| rows | notebooks, s | of the first | record, s | hash and counts kept, s | "
        "whole run, CPU | floor, CPU | of the floor |",
        "| --- " * 8 + "|",
    ]
    first = 0.0
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            whole, least = _costs(Path(folder), rows, options.repeats)
        first = first or whole["notebooks"]
        cells = [f"{rows:,}", f"{whole['notebooks']:.1f}", f"{whole['notebooks'] / first:.2f}"]
        cells += [f"{whole[part]:.1f}" for part in ("record", "counts", "cpu")]
        cells += [f"{least['cpu']:.1f}", f"{whole['cpu'] / least['cpu']:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    how = (
        "A run whose counts are kept: what its record says that its parts took by the clock, and "
        "its CPU beside that of one process that executes the same cells, figures and pages"
    )
    keep(lines, "What notebooks cost", options.repeats, options.write, how)


def _costs(folder: Path, rows: int, repeats: int) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of a run over a log of `rows`, and of its floor."""
    log = folder / f"{Shape(rows).name}.parquet"
    write(Shape(rows), log)
    (folder / "asked.yml").write_text(yaml.safe_dump(question(log)), encoding="utf-8")
    # The first run counts the log, and the counts are kept.
    _measured("run", folder)
    costs = [[_measured(work, folder) for _ in range(repeats)] for work in ("run", "floor")]
    whole, least = (
        {name: statistics.median(one[name] for one in several) for name in several[0]}
        for several in costs
    )
    return whole, least


def _measured(work: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed.notebooks", work, str(folder)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


def run(folder: Path) -> dict[str, float]:
    """A run of what is asked in `folder`: seconds, also of its parts, and CPU of all processes."""
    cost = by_command(folder, "run", "asked.yml")
    (record,) = sorted((folder / "audit" / "speed").glob("*/record.json"))[-1:]
    return cost | json.loads(record.read_text("utf-8"))["seconds"]


def by_command(folder: Path, *words: str) -> dict[str, float]:
    """What a command of the kit's costs in `folder`, all its processes taken together."""
    ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    began = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("investigate")), *words],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "INVESTIGATE_CACHE": str(folder / "kept")},
    )
    wall = time.perf_counter() - began
    # The warm process ends a moment later.
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    return {"wall": wall, "cpu": _cpu(resource.RUSAGE_CHILDREN)}


def floor(folder: Path) -> dict[str, float]:
    """The notebooks of the last run in `folder`, cell by cell in this process."""
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    from investigate.counts.memory import SHARED
    from investigate.counts.table import Counts
    from investigate.paths import COUNTS_VARIABLE, RecordPaths
    from investigate.records.page import page

    began = time.perf_counter()
    record = sorted((folder / "audit" / "speed").glob("*/notebooks"))[-1].parent
    counts = RecordPaths(record).counts.resolve()
    os.environ[COUNTS_VARIABLE] = str(counts)
    # Read once, and what one notebook has computed the next one finds.
    SHARED[counts] = Counts.load(counts)
    os.chdir(folder)
    shell: Any = InteractiveShell.instance()
    shell.run_cell("import investigate.notebook", silent=True)
    for path in sorted((record / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        shell.reset(new_session=False)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                with capture_output():
                    shell.run_cell(cell.source).raise_error()
        page(notebook, path.stem)
    return {"wall": time.perf_counter() - began, "cpu": _cpu(resource.RUSAGE_SELF)}


def _cpu(whose: int) -> float:
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
