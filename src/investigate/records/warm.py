"""The warm process, whose forks run notebooks, and what processes of a run have in common.

A kernel started the usual way imports pandas, seaborn and scikit-learn anew. Here one
process, the fork server of `multiprocessing`, imports them once, and every process of the
run is its fork. Elsewhere than on Linux processes start afresh.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection, forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from types import ModuleType
from typing import cast

FORKED = sys.platform == "linux"
CONTEXT = cast("ForkServerContext | SpawnContext", get_context("forkserver" if FORKED else "spawn"))
STEADY = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""What makes a kernel's output depend on its notebook alone; one thread, as kernels share cores."""
UNSTEADY = ["PYTHONSTARTUP", "MPLBACKEND"]
"""Would run a file of the user's in the kernel, or lose its figures."""


@contextmanager
def steady() -> Iterator[None]:
    """Within, processes start with `STEADY`, without `UNSTEADY` and no copy of `__main__`."""
    before, main = dict(os.environ), sys.modules["__main__"]
    os.environ.update(STEADY)
    for name in UNSTEADY:
        os.environ.pop(name, None)
    # multiprocessing would run the script that started us once more in every child.
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        os.environ.clear()
        os.environ.update(before)


def warm_up() -> None:
    """Start the warm process; it imports while the caller goes on."""
    if FORKED:
        with steady():
            forkserver.set_forkserver_preload(["investigate.records.preload"])
            forkserver.ensure_running()


def lead() -> None:
    """Make this process the leader of its own group and session."""
    if hasattr(os, "setsid"):
        os.setsid()


def redirect(terminal: Path) -> None:
    """Send all that this process writes to its terminal to a file."""
    target = os.open(terminal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def end_with_parent(scratch: Path | None = None) -> None:
    """Kill this process and its group once the process that asked for it is gone.

    ``scratch`` is a folder that the parent would have removed.
    """
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
        if hasattr(os, "killpg"):
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
