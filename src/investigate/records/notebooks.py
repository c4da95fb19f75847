"""All notebooks of a run, side by side, into its record."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from investigate.question.question import Question
from investigate.records.execute import execute
from investigate.records.job import Job, Outcome
from investigate.records.progress import Bar
from investigate.records.record import Record
from investigate.records.sources import Source
from investigate.records.warm import FORKED


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if FORKED else os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """How notebooks run.

    ``timeout`` is in seconds per notebook, ``jobs`` how many run side by side, ``forked``
    whether kernels are forks of the warm process.
    """

    timeout: float = 600.0
    jobs: int = cores()
    forked: bool = FORKED


def run_notebooks(
    question: Question,
    sources: Sequence[Source],
    record: Record,
    settings: Settings,
    bar: Bar,
    outcomes: dict[str, Outcome],
) -> None:
    """Execute `sources` for `question`; fills `outcomes` as notebooks end.

    Raises `KeyboardInterrupt` again once what was begun is ended and kept.
    """
    scratch = Path(tempfile.mkdtemp(prefix="investigate-"))
    jobs = [
        Job(
            name=source.name,
            source=source.text,
            parameters=question.asked(),
            record=record.paths,
            folder=Path.cwd(),
            scratch=scratch / str(number),
            timeout=settings.timeout,
            secrets=record.secrets,
            siblings=tuple(source.name for source in sources),
            forked=settings.forked,
        )
        for number, source in enumerate(sources)
    ]

    def ended(outcome: Outcome) -> None:
        outcomes[outcome.name] = outcome
        bar.notebook()

    # papermill adds a cell with the parameters.
    bar.begin(len(sources), sum(source.cells + 1 for source in sources))
    try:
        for folder in (record.paths.notebooks, record.paths.pages):
            folder.mkdir()
        for job in jobs:
            job.scratch.mkdir()
        # Later notebooks build on more analyses and take longer: begun first, they do not
        # run on alone at the end.
        execute(jobs[::-1], settings.jobs, bar.cell, ended, bar.stage)
    finally:
        _keep_printed(jobs, record)
        shutil.rmtree(scratch, ignore_errors=True)


def _keep_printed(jobs: Sequence[Job], record: Record) -> None:
    for job in jobs:
        if job.terminal.exists() and (text := job.terminal.read_text("utf-8", "replace")):
            record.paths.logs.mkdir(exist_ok=True)
            record.write(record.paths.log(job.name), text)
