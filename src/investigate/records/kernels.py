"""Kernels of this very environment, grown where the platform can from a fork of the worker.

A worker is a fork of the warm process; a kernel is the worker's fork, made while the worker
has no thread and no socket yet, so that all it inherits is modules. Elsewhere than on Linux
kernels start the usual way.
"""

import os
import signal
import sys
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, ClassVar, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode, default

from investigate.records.processes import FORKED, end_with_parent, lead, redirect

NAME = "python3"
OPTIONS = ["--InteractiveShellApp.matplotlib=inline"]
FORK_OPTIONS = [
    "--InteractiveShellApp.exec_lines=__import__('investigate.notebook').notebook.charts_as_they_are()"
]
"""What `investigate.notebook` does where it is imported; a fork's parent has imported it."""
SOCKET_PATH_LIMIT = 90


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
                os.killpg(cast(int, provisioner.pgid), signal.SIGKILL)
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
        self.process = cast(Any, seed)
        # It leads its own session from its first moments on; a signal before that finds
        # no such group and goes to the process itself.
        self.pid = self.pgid = seed.pid
        return self.connection_info


def _become_kernel(
    order: connection.Connection, terminal: Path, not_ours: tuple[connection.Connection, ...]
) -> None:
    lead()
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
    np.random.seed()  # noqa: NPY002
    arguments = [*arguments, *FORK_OPTIONS]
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
