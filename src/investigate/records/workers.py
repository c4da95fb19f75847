"""Notebooks of a run side by side, each in a worker of its own, none of which outlives the run.

Where processes can be forked, all workers are forks of one process that has read the counts and
computed what several notebooks ask for: it is computed once, and every kernel finds it.
"""

import os
import shutil
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from investigate.question.question import Question
from investigate.records.beside import Computing
from investigate.records.job import INTERRUPTED, NotebookJob, Outcome
from investigate.records.processes import CONTEXT, FORKED, end_with_parent, lead, redirect, steady
from investigate.records.progress import ProgressBar
from investigate.records.record import RecordFolder
from investigate.records.sources import Source
from investigate.rendering import one_line

if TYPE_CHECKING:
    from investigate.records.sharing import Ahead


def work(job: NotebookJob, report: Connection) -> None:
    """Body of the process; sends 1 for every cell begun, and at the end the `Outcome`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lead()
    redirect(job.terminal)
    started = time.time()
    try:
        from investigate.records.kernels import Kernel, Seed
        from investigate.records.one_notebook import Execution

        if job.forked:
            Kernel.seed = Seed(job.terminal, report)
        end_with_parent(job.scratch.parent)
        outcome = Execution(job, report.send, started).outcome()
    except Exception as error:
        outcome = Outcome(job.name, "failed", started, time.time(), error=one_line(error))
    report.send(outcome)
    # Nothing is left to tidy, and taking an interpreter down takes its time.
    os._exit(0)


GRACE = 20.0
"""Seconds that a worker has, after its time or an interrupt, to keep its evidence."""
OnStage = Callable[[str], None]


@dataclass
class _Worker:
    job: NotebookJob
    process: BaseProcess
    report: connection.Connection
    started: float

    @property
    def overdue(self) -> bool:
        return time.time() - self.started > self.job.timeout + GRACE

    def died(self, why: str) -> Outcome:
        return Outcome(self.job.name, "failed", self.started, time.time(), error=why)


def execute(
    jobs: Sequence[NotebookJob],
    side_by_side: int,
    on_cell: Callable[[], None],
    on_outcome: Callable[[Outcome], None],
    on_stage: OnStage = lambda stage: None,
) -> None:
    """Run `jobs`, at most `side_by_side` at once; outcomes come in the order of ending.

    ``on_stage`` is called with what is computed before they start. Interrupted
    (`KeyboardInterrupt`), it ends the running ones, hands in their outcomes and raises again.
    """
    if not (FORKED and jobs and all(job.forked for job in jobs)):
        _side_by_side(jobs, side_by_side, on_cell, on_outcome, CONTEXT)
        return
    left = {job.name: job for job in jobs}
    report, process = _begin(jobs, side_by_side)
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


def _begin(jobs: Sequence[NotebookJob], side_by_side: int) -> tuple[connection.Connection, Any]:
    """The process that is to be the parent of all workers, and what it reports by."""
    if (spare := Spare.kept) is not None:
        Spare.kept = None
        spare.orders.send((jobs, side_by_side))
        return spare.report, spare.process
    report, ours = CONTEXT.Pipe(duplex=False)
    with steady():
        process = CONTEXT.Process(target=_parent, args=(jobs, side_by_side, ours))
        process.start()
    ours.close()
    return report, process


class Spare:
    """A fork of this process that becomes the parent of its next workers.

    It is made before this process counts a log, while it has no thread that a fork would lack.
    """

    kept: ClassVar["Spare | None"] = None

    def __init__(self, not_ours: connection.Connection) -> None:
        fork = get_context("fork")
        incoming, self.orders = fork.Pipe(duplex=False)
        self.report, ours = fork.Pipe(duplex=False)
        others = (self.orders, self.report, not_ours)
        self.process = fork.Process(target=_await_jobs, args=(incoming, ours, others))
        self.process.start()
        incoming.close()
        ours.close()

    @classmethod
    def keep(cls, not_ours: connection.Connection) -> None:
        """Make one for the next run; it closes its copy of ``not_ours``."""
        cls.kept = cls(not_ours)


def _await_jobs(
    incoming: connection.Connection,
    report: connection.Connection,
    not_ours: Sequence[connection.Connection],
) -> None:
    for other in not_ours:
        other.close()
    try:
        jobs, side_by_side = incoming.recv()
    except EOFError:
        os._exit(0)
    _parent(jobs, side_by_side, report)


def _parent(jobs: Sequence[NotebookJob], side_by_side: int, report: connection.Connection) -> None:
    """Body of the workers' parent: compute what they share, then run them.

    Sends the names of what it computes, 1 for every cell begun, and outcomes.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lead()
    redirect(jobs[0].scratch.parent / "parent.txt")
    try:
        from investigate.records.sharing import share

        fork, begun = get_context("fork"), list[Computing]()

        def begin(ahead: "Ahead") -> None:
            begun.append(Computing(ahead.compute, ahead.take, ahead.seconds, fork))

        ahead = share(jobs, report.send, begin if side_by_side > 1 else None)
        held = ahead.waiting if ahead is not None and begun else frozenset[str]()
        beside = begun[0] if begun else None
        _side_by_side(jobs, side_by_side, lambda: report.send(1), report.send, fork, held, beside)
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    report.close()
    os._exit(0)


def _side_by_side(
    jobs: Sequence[NotebookJob],
    side_by_side: int,
    on_cell: Callable[[], None],
    on_outcome: Callable[[Outcome], None],
    context: Any,
    names: Collection[str] = (),
    computing: Computing | None = None,
) -> None:
    """Run `jobs`; those whose `names` are given wait for what ``computing`` computes."""
    running = dict[connection.Connection, _Worker]()
    waiting = deque(job for job in jobs if job.name not in names)
    held = [job for job in jobs if job.name in names]
    try:
        while waiting or running or held:
            # Beside a computation there are as many: notebooks wait for kernels now and then.
            while waiting and len(running) < side_by_side:
                worker = _start(waiting.popleft(), context)
                running[worker.report] = worker
            ready = _listen(running, on_cell, on_outcome, computing.report if computing else None)
            if computing and (ready or computing.overdue):
                computing.finish() if ready else computing.end()
                computing = None
            if not computing and held:
                # They take longest, so that others had better not keep them waiting.
                waiting.extendleft(reversed(held))
                held.clear()
    except KeyboardInterrupt:
        for worker in running.values():
            worker.process.terminate()
        deadline = time.time() + GRACE
        while running and time.time() < deadline:
            _listen(running, on_cell, on_outcome)
        raise
    finally:
        if computing:
            computing.end()
        for worker in running.values():
            worker.process.kill()
            worker.process.join()
            on_outcome(worker.died(INTERRUPTED))


def _start(job: NotebookJob, context: Any) -> _Worker:
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
    beside: connection.Connection | None = None,
) -> bool:
    """Read the messages of workers; whether there is something from `beside`, too."""
    above, ready = parent_process(), False
    others: list[Any] = [*([above.sentinel] if above else []), *([beside] if beside else [])]
    for report in connection.wait([*running, *others], timeout=1.0):
        if report is beside:
            ready = True
            continue
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
    return ready


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if FORKED else os.cpu_count() or 1


@dataclass(frozen=True)
class Settings:
    """How notebooks run.

    ``timeout`` is in seconds per notebook, ``jobs`` how many run side by side, ``forked``
    whether kernels are forks of the warm process, ``answer_alone`` whether of the kit's
    notebooks only those run that ask for the answer.
    """

    timeout: float = 600.0
    jobs: int = cores()
    forked: bool = FORKED
    answer_alone: bool = False


def run_notebooks(
    question: Question,
    sources: Sequence[Source],
    record: RecordFolder,
    settings: Settings,
    bar: ProgressBar,
    outcomes: dict[str, Outcome],
) -> None:
    """Execute `sources` for `question`; fills `outcomes` as notebooks end.

    Raises `KeyboardInterrupt` again once what was begun is ended and kept.
    """
    scratch = Path(tempfile.mkdtemp(prefix="investigate-"))
    jobs = [
        NotebookJob(
            name=source.name,
            source=source.text,
            parameters=question.asked(),
            record=record.paths,
            folder=Path.cwd(),
            scratch=scratch / str(number),
            timeout=settings.timeout,
            secrets=record.secrets,
            siblings=tuple(source.name for source in sources),
            forked=settings.forked,
        )
        for number, source in enumerate(sources)
    ]

    def ended(outcome: Outcome) -> None:
        outcomes[outcome.name] = outcome
        bar.notebook()

    # papermill adds a cell with the parameters.
    bar.begin(len(sources), sum(source.cells + 1 for source in sources))
    try:
        for folder in (record.paths.notebooks, record.paths.pages):
            folder.mkdir()
        for job in jobs:
            job.scratch.mkdir()
        # Later notebooks build on more analyses and take longer: begun first, they do not
        # run on alone at the end.
        execute(jobs[::-1], settings.jobs, bar.cell, ended, bar.stage)
    finally:
        _keep_printed(jobs, record)
        shutil.rmtree(scratch, ignore_errors=True)


def _keep_printed(jobs: Sequence[NotebookJob], record: RecordFolder) -> None:
    for job in jobs:
        if job.terminal.exists() and (text := job.terminal.read_text("utf-8", "replace")):
            record.paths.logs.mkdir(exist_ok=True)
            record.write(record.paths.log(job.name), text)
