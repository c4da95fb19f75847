"""Runs of a batch side by side: each in a process of its own, none of which stops another."""

import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing import connection
from typing import Any

from investigate.batch.one import BatchTask, work
from investigate.batch.result import BatchResult
from investigate.records.job import INTERRUPTED
from investigate.records.processes import CONTEXT, steady

GRACE = 120.0
"""Seconds that a run has, after an interrupt, to keep its evidence."""
TIMES = 3
"""How often it is asked to end within that time."""
Ended = Callable[[BatchTask, BatchResult], None]


def side_by_side(tasks: Sequence[BatchTask], most: int, ended: Ended) -> None:
    """Run `tasks`, at most `most` at once; ``ended`` hears of each as it ends.

    Interrupted (`KeyboardInterrupt`), it has the running ones keep their evidence, tells of
    them, and raises again.
    """
    waiting = deque(tasks)
    running: dict[Any, tuple[BatchTask, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < most:
                task = waiting.popleft()
                report, process = _start(task)
                running[report] = task, process
            _listen(running, ended)
    except KeyboardInterrupt:
        for _time in range(TIMES):
            # An exception that a signal raises within a finalizer is lost; it is asked again.
            for _, process in running.values():
                process.terminate()
            until = time.monotonic() + GRACE / TIMES
            while running and time.monotonic() < until:
                _listen(running, ended)
        raise
    finally:
        # What is left did not end within that time, or was not given it: a second interrupt.
        for task, process in running.values():
            process.kill()
            process.join()
            ended(task, BatchResult(1, f"{INTERRUPTED}, and killed before it had ended"))


def _start(task: BatchTask) -> tuple[Any, Any]:
    report, ours = CONTEXT.Pipe(duplex=False)
    with steady():
        process = CONTEXT.Process(target=work, args=(task, ours))
        process.start()
    ours.close()
    return report, process


def _listen(running: dict[Any, tuple[BatchTask, Any]], ended: Ended) -> None:
    ready: list[Any] = connection.wait(list(running), timeout=1.0)
    for report in ready:
        task, process = running[report]
        try:
            result: BatchResult = report.recv()
        except EOFError:
            process.join()
            result = BatchResult(1, f"its process {_fate(process.exitcode)}")
        del running[report]
        ended(task, result)
        process.join(10.0)


def _fate(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
