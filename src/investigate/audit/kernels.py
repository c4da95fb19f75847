"""Kernels of this very environment, forked where the platform can from one warm process.

A kernel started the usual way imports pandas, seaborn and scikit-learn anew. Here one
process, the fork server of `multiprocessing`, imports them once. A worker is its fork, and
a kernel is the worker's fork, made while the worker has no thread and no socket yet, so
that all it inherits is modules. Elsewhere than on Linux kernels start the usual way.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection, forkserver, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Unicode, default

NAME = "python3"
FORKED = sys.platform == "linux"
CONTEXT = get_context("forkserver" if FORKED else "spawn")
OPTIONS = ["--InteractiveShellApp.matplotlib=inline"]
STEADY = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""What makes a kernel's output depend on its notebook alone; one thread, as kernels share cores."""
UNSTEADY = ["PYTHONSTARTUP", "MPLBACKEND"]
"""Would run a file of the user's in the kernel, or lose its figures."""
SOCKET_PATH_LIMIT = 90


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
    """Start the process that workers are forked from; it imports while the caller goes on."""
    if FORKED:
        with steady():
            forkserver.set_forkserver_preload(["investigate.audit.preload"])
            forkserver.ensure_running()


class Seed:
    """A fork of this process, idle until it is told to become a kernel.

    ``terminal``: the file that takes what the kernel prints outside cells; ``not_ours``
    are connections that it closes, since they are its parent's.
    """

    stdin = stdout = stderr = None

    def __init__(self, terminal: Path, *not_ours: connection.Connection) -> None:
        context = get_context("fork")
        order, self._order = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(
            target=_become_kernel, args=(order, terminal, (self._order, *not_ours))
        )
        self._process.start()
        order.close()
        self.pid = cast(int, self._process.pid)

    def grow(self, arguments: list[str], environment: dict[str, str], folder: Path) -> None:
        """Become a kernel with these command line arguments."""
        self._order.send((arguments, environment, folder))

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it lives."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """The exit status, once it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process alone."""
        os.kill(self.pid, number)


class Kernel(AsyncKernelManager):
    """The one kernel of this process, on this interpreter whatever kernel specs say."""

    folder = Unicode(help="Where the connection file and sockets go.").tag(config=True)
    seed: ClassVar[Seed | None] = None
    running: ClassVar["Kernel | None"] = None

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.connection_file = str(Path(self.folder) / "kernel.json")
        if Kernel.seed is not None:
            self.provisioner = SeedProvisioner(kernel_spec=self.kernel_spec, parent=self)
        Kernel.running = self

    @default("transport")
    def _private_sockets(self) -> str:
        # Ports can be taken by another run between choice and use; files cannot.
        path = str(Path(self.folder) / "kernel-ipc-1")
        return "ipc" if FORKED and len(path) <= SOCKET_PATH_LIMIT else "tcp"

    @property
    def kernel_spec(self) -> KernelSpec:
        """The spec of this interpreter; one of the user's or an older one cannot shadow it."""
        launcher = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=launcher + OPTIONS, language="python", display_name=NAME)

    def kill(self) -> None:
        """Kill the kernel and what it started, at once."""
        provisioner = cast(LocalProvisioner | None, self.provisioner)
        if provisioner is None or provisioner.process is None:
            return
        try:
            if hasattr(os, "killpg"):
                os.killpg(provisioner.pgid, signal.SIGKILL)
            else:
                provisioner.process.kill()
        except ProcessLookupError:
            pass

    def fate(self) -> str | None:
        """How the kernel ended, in a few words; None while it lives."""
        provisioner = cast(LocalProvisioner | None, self.provisioner)
        status = provisioner.process.poll() if provisioner and provisioner.process else None
        if status is None:
            return None
        if status < 0:
            return f"the kernel was killed by {signal.Signals(-status).name}"
        return f"the kernel ended with status {status}"


class SeedProvisioner(LocalProvisioner):
    """Starts a kernel from the seed."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Let the seed become the kernel that `cmd` names."""
        seed = cast(Seed, Kernel.seed)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        seed.grow(arguments, settings["env"], Path(settings.get("cwd") or Path.cwd()))
        self.process = seed
        # It leads its own session from its first moments on; a signal before that finds
        # no such group and goes to the process itself.
        self.pid = self.pgid = seed.pid
        return self.connection_info


def _become_kernel(
    order: connection.Connection, terminal: Path, not_ours: tuple[connection.Connection, ...]
) -> None:
    os.setsid()
    for other in not_ours:
        other.close()
    redirect(terminal)
    end_with_parent()
    try:
        arguments, environment, folder = order.recv()
    except EOFError:
        return
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    # Forks share numpy's state; an unseeded notebook must differ from run to run, not hide it.
    np.random.seed()
    IPKernelApp.launch_instance(arguments)


def redirect(terminal: Path) -> None:
    """Send all that this process writes to its terminal to a file."""
    target = os.open(terminal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def end_with_parent() -> None:
    """Kill this process and its group when the process that asked for it is gone."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL) if hasattr(os, "killpg") else os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
