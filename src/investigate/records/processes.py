"""Processes of a run: one kept warm that others are forks of, and how they are told to end."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import connection, forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from types import ModuleType
from typing import Any, cast

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


def warm_up(preload: str = "investigate.records.preload") -> None:
    """Start the warm process; it imports the module `preload` while the caller goes on.

    One that runs already stays as it is.
    """
    if FORKED:
        with steady():
            forkserver.set_forkserver_preload([preload])
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


NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
Handler = Callable[..., Any] | signal.Handlers


@contextmanager
def interruptible() -> Iterator[None]:
    """Within, a signal to end raises `KeyboardInterrupt`, as Ctrl-C does."""
    with _handled(_interrupt):
        yield


@contextmanager
def ignore_signals() -> Iterator[None]:
    """Within, signals to end are ignored."""
    with _handled(signal.SIG_IGN):
        yield


@contextmanager
def signals_kept() -> Iterator[list[int]]:
    """Within, signals to end are kept in the list, for the caller to heed afterwards."""
    kept: list[int] = []
    with _handled(lambda number, frame: kept.append(number)):
        yield kept


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _handled(handler: Handler) -> Iterator[None]:
    # Python lets the main thread alone set handlers; elsewhere the caller sees to signals.
    here = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in NAMES if here and hasattr(signal, name)]
    # What our caller has us ignore, as nohup does, stays ignored.
    heeded = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heeded}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
