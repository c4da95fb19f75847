"""Run a benchmark: incident by incident, several at a time, each kept as soon as it is there."""

import shutil
import signal
import tempfile
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from benchmarks.incidents.incident import Incident
from benchmarks.incidents.measure import measure
from benchmarks.incidents.plan import Plan
from benchmarks.incidents.results import Results
from investigate.errors import RunError
from investigate.records.processes import steady

PER_WORKER = 8
"""Incidents after which a worker is replaced: analyses remember counts, and memory grows."""


def run(
    plan: Plan, out: Path, workers: int, console: Console, keep: Path | None = None
) -> list[dict[str, Any]]:
    """The results of `plan`, in its order; what `out` holds already is not run again.

    Raises `RunError` when it is interrupted; `out` then holds what there is.
    """
    results, incidents = Results(out), plan.incidents()
    waiting = [incident for incident in incidents if not results.answered(incident)]
    if waiting:
        with _bar(console) as bar:
            task = bar.add_task(
                "incidents", total=len(incidents), completed=len(incidents) - len(waiting)
            )
            try:
                with closing(_measured(waiting, workers, keep)) as measured:
                    for result in measured:
                        results.add(result)
                        bar.advance(task)
            except (KeyboardInterrupt, BrokenProcessPool) as error:
                why = "interrupted" if isinstance(error, KeyboardInterrupt) else "a worker died"
                done = sum(results.answered(incident) for incident in incidents)
                raise RunError(
                    f"{why}; {done} of {len(incidents)} incidents are in {out}, and the same "
                    "command goes on from there"
                ) from error
    return [results.found[incident] for incident in incidents]


def _measured(
    waiting: list[Incident], workers: int, keep: Path | None
) -> Generator[dict[str, Any], None, None]:
    with steady(), tempfile.TemporaryDirectory(prefix="investigate-") as scratch:
        # The pool's own max_tasks_per_child can wait for ever (CPython issue 115634).
        batch = workers * PER_WORKER
        for first in range(0, len(waiting), batch):
            part = waiting[first : first + batch]
            with closing(_batch(part, workers, keep or Path(scratch))) as measured:
                for result in measured:
                    yield result
                    if keep is None:
                        shutil.rmtree(Path(scratch) / Incident.of(result).name, ignore_errors=True)


def _batch(
    waiting: list[Incident], workers: int, parent: Path
) -> Generator[dict[str, Any], None, None]:
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_deaf) as pool:
        try:
            for future in as_completed([pool.submit(measure, one, parent) for one in waiting]):
                yield future.result()
        except BaseException:
            # Nobody waits for answers that nobody will read.
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in active_children():
                worker.terminate()
            raise


def _deaf() -> None:
    # An interrupt goes to the whole group; the parent alone decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
