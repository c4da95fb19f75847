"""A process that computes what takes long beside the notebooks that need not wait for it."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from investigate.records.processes import end_with_parent, lead

GRACE = 20.0
"""Seconds that it has beyond its time."""


class Computing:
    """``compute`` in a fork of this process; its bytes go to ``take`` in this one.

    Where it fails, or takes longer than `seconds`, nothing is handed over.
    """

    def __init__(
        self, compute: Callable[[], bytes], take: Callable[[bytes], None], seconds: float, fork: Any
    ) -> None:
        self.report, ours = fork.Pipe(duplex=False)
        self._take, self._until = take, time.time() + seconds + GRACE
        self._process = fork.Process(target=_work, args=(compute, ours))
        self._process.start()
        ours.close()

    def finish(self) -> None:
        """Take over what was computed; waits until it is here."""
        with suppress(EOFError, OSError):
            self._take(self.report.recv_bytes())
        self.end()

    @property
    def overdue(self) -> bool:
        """Whether it has had its time, and more."""
        return time.time() > self._until

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()
        self.report.close()


def _work(compute: Callable[[], bytes], report: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lead()
    end_with_parent()
    with suppress(Exception):
        report.send_bytes(compute())
    os._exit(0)
