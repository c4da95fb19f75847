"""Notebooks side by side, each in a worker of its own, none of which outlives the run."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.process import BaseProcess

from investigate.records.job import INTERRUPTED, Job, Outcome
from investigate.records.warm import CONTEXT, steady
from investigate.records.worker import work

GRACE = 20.0
"""Seconds that a worker has, after its time or an interrupt, to keep its evidence."""


@dataclass
class _Worker:
    job: Job
    process: BaseProcess
    report: connection.Connection
    started: float

    @property
    def overdue(self) -> bool:
        return time.time() - self.started > self.job.timeout + GRACE

    def died(self, why: str) -> Outcome:
        return Outcome(self.job.name, "failed", self.started, time.time(), error=why)


def execute(
    jobs: Sequence[Job],
    side_by_side: int,
    on_cell: Callable[[], None],
    on_outcome: Callable[[Outcome], None],
) -> None:
    """Run `jobs`, at most `side_by_side` at once; outcomes come in the order of ending.

    Interrupted (`KeyboardInterrupt`), it ends the running ones, hands in their outcomes
    and raises again.
    """
    waiting, running = deque(jobs), dict[connection.Connection, _Worker]()
    try:
        while waiting or running:
            while waiting and len(running) < side_by_side:
                worker = _start(waiting.popleft())
                running[worker.report] = worker
            _listen(running, on_cell, on_outcome)
    except KeyboardInterrupt:
        for worker in running.values():
            worker.process.terminate()
        deadline = time.time() + GRACE
        while running and time.time() < deadline:
            _listen(running, on_cell, on_outcome)
        raise
    finally:
        for worker in running.values():
            worker.process.kill()
            worker.process.join()
            on_outcome(worker.died(INTERRUPTED))


def _start(job: Job) -> _Worker:
    report, ours = CONTEXT.Pipe(duplex=False)
    with steady():
        process = CONTEXT.Process(target=work, args=(job, ours), name=job.name)
        process.start()
    ours.close()
    return _Worker(job, process, report, time.time())


def _listen(
    running: dict[connection.Connection, _Worker],
    on_cell: Callable[[], None],
    on_outcome: Callable[[Outcome], None],
) -> None:
    for report in connection.wait(list(running), timeout=1.0):
        assert isinstance(report, connection.Connection)
        try:
            message = report.recv()
        except EOFError:
            worker = running.pop(report)
            worker.process.join()
            why = f"its process ended with status {worker.process.exitcode}"
            if worker.overdue:
                why = f"timed out after {worker.job.timeout:g} s and had to be killed"
            on_outcome(worker.died(why))
            continue
        if isinstance(message, Outcome):
            running.pop(report)
            on_outcome(message)
        else:
            on_cell()
    for worker in [worker for worker in running.values() if worker.overdue]:
        worker.process.kill()
