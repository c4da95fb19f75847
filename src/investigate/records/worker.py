"""A worker: a process that runs one notebook and reports what became of it."""

import os
import signal
import time
from multiprocessing.connection import Connection

from investigate.records.job import Job, Outcome
from investigate.records.warm import end_with_parent, lead, redirect
from investigate.rendering import one_line


def work(job: Job, report: Connection) -> None:
    """Body of the process; sends 1 for every cell begun, and at the end the `Outcome`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lead()
    redirect(job.terminal)
    started = time.time()
    try:
        from investigate.records.execution import Execution
        from investigate.records.kernels import Kernel, Seed

        if job.forked:
            Kernel.seed = Seed(job.terminal, report)
        end_with_parent(job.scratch.parent)
        outcome = Execution(job, report.send, started).outcome()
    except Exception as error:
        outcome = Outcome(job.name, "failed", started, time.time(), error=one_line(error))
    report.send(outcome)
    # Nothing is left to tidy, and taking an interpreter down takes its time.
    os._exit(0)
