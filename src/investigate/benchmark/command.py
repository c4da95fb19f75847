"""The ``benchmark`` command: plan, run, show."""

from pathlib import Path

from rich.console import Console

from investigate.benchmark import plan as defaults
from investigate.benchmark.plan import Plan
from investigate.benchmark.report import fill, fits, show
from investigate.benchmark.run import run
from investigate.benchmark.tables import tables

BLOCK = "incidents"
"""What the comments are called between which the tables stand in a document."""


def benchmark(
    asked: tuple[str, str | None, str | None, int | None],
    out: Path,
    workers: int,
    console: Console,
    *,
    keep: Path | None = None,
    write: Path | None = None,
) -> None:
    """Run what is `asked`, scenarios, strengths, seeds and answers, and print the tables.

    Results go to `out` as they come, and tables into the document `write` at the end. Raises
    `InputError` before anything runs, and `RunError` when it is interrupted.
    """
    scenarios, strengths, seeds, answers = asked
    plan = Plan.read(
        scenarios,
        strengths or defaults.STRENGTHS,
        seeds or defaults.SEEDS,
        answers or defaults.ANSWERS,
    )
    if write is not None:
        fits(write, BLOCK)
    sheets = tables(run(plan, out, workers, Console(stderr=True), keep))
    show(sheets, console)
    if write is not None:
        fill(write, BLOCK, plan.command(), sheets)
