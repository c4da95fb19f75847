"""Notebooks side by side, each in a worker of its own, none of which outlives the run.

Where processes can be forked, all workers are forks of one process that has read the counts and
computed what several notebooks ask for: it is computed once, and every kernel finds it.
"""

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any

from investigate.records.job import INTERRUPTED, Job, Outcome
from investigate.records.warm import CONTEXT, FORKED, lead, redirect, steady
from investigate.records.worker import work

GRACE = 20.0
"""Seconds that a worker has, after its time or an interrupt, to keep its evidence."""
Told = Callable[[str], None]


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
    on_stage: Told = lambda stage: None,
) -> None:
    """Run `jobs`, at most `side_by_side` at once; outcomes come in the order of ending.

    ``on_stage`` is told what is computed before they start. Interrupted (`KeyboardInterrupt`),
    it ends the running ones, hands in their outcomes and raises again.
    """
    if not (FORKED and jobs and all(job.forked for job in jobs)):
        _side_by_side(jobs, side_by_side, on_cell, on_outcome, CONTEXT)
        return
    left = {job.name: job for job in jobs}
    report, ours = CONTEXT.Pipe(duplex=False)
    with steady():
        process = CONTEXT.Process(target=_parent, args=(jobs, side_by_side, ours))
        process.start()
    ours.close()
    started = time.time()

    def listen(until: float = float("inf")) -> None:
        while time.time() < until:
            if not report.poll(1.0):
                continue
            try:
                message = report.recv()
            except EOFError:
                return
            if isinstance(message, Outcome):
                left.pop(message.name, None)
                on_outcome(message)
            elif isinstance(message, str):
                on_stage(message)
            else:
                on_cell()

    stopped = ""
    try:
        listen()
    except KeyboardInterrupt:
        stopped = INTERRUPTED
        process.terminate()
        listen(time.time() + GRACE + 5)
        # Of what had not begun there is nothing to say.
        left.clear()
        raise
    finally:
        process.kill()
        process.join()
        why = stopped or f"its parent process ended with status {process.exitcode}"
        for name in left:
            on_outcome(Outcome(name, "failed", started, time.time(), error=why))


def _parent(jobs: Sequence[Job], side_by_side: int, report: connection.Connection) -> None:
    """Body of the workers' parent: compute what they share, then run them.

    Sends the names of what it computes, 1 for every cell begun, and outcomes.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lead()
    redirect(jobs[0].scratch.parent / "parent.txt")
    try:
        from investigate.records.sharing import share

        share(jobs, report.send)
        _side_by_side(jobs, side_by_side, lambda: report.send(1), report.send, get_context("fork"))
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    report.close()
    os._exit(0)


def _side_by_side(
    jobs: Sequence[Job],
    side_by_side: int,
    on_cell: Callable[[], None],
    on_outcome: Callable[[Outcome], None],
    context: Any,
) -> None:
    waiting, running = deque(jobs), dict[connection.Connection, _Worker]()
    try:
        while waiting or running:
            while waiting and len(running) < side_by_side:
                worker = _start(waiting.popleft(), context)
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


def _start(job: Job, context: Any) -> _Worker:
    report, ours = context.Pipe(duplex=False)
    with steady():
        process = context.Process(target=work, args=(job, ours), name=job.name)
        process.start()
    ours.close()
    return _Worker(job, process, report, time.time())


def _listen(
    running: dict[connection.Connection, _Worker],
    on_cell: Callable[[], None],
    on_outcome: Callable[[Outcome], None],
) -> None:
    above = parent_process()
    for report in connection.wait([*running, *([above.sentinel] if above else [])], timeout=1.0):
        if not isinstance(report, connection.Connection):
            # The run was killed; workers end with this process, which is their parent.
            os._exit(1)
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
