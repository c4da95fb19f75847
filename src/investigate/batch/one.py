"""One run of a batch, in a process of its own: an ordinary run, and its result on the disk."""

import json
import os
import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from investigate.batch.plan import PlannedRun
from investigate.batch.result import BatchResult
from investigate.errors import InputError, RunError
from investigate.ledger.files import write
from investigate.log.cache import Cache
from investigate.records.processes import end_with_parent, lead, redirect
from investigate.records.run import run
from investigate.records.workers import Settings, Spare
from investigate.rendering import one_line


@dataclass(frozen=True)
class BatchTask:
    """The order for a process of the batch; ``result`` is the file that it leaves.

    ``prepared`` is the folder of what runs over the same log read of it once.
    """

    planned: PlannedRun
    result: Path
    audit: Path
    settings: Settings
    cache: Cache | None
    notebooks: Path | None = None
    further: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    prepared: Path | None = None


def work(task: BatchTask, report: Connection) -> None:
    """Body of the process; sends the `BatchResult`, once it is on the disk."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    lead()
    redirect(Path(os.devnull))
    # The parent of the notebooks is forked before counting starts any thread.
    if task.settings.forked:
        Spare.keep(report)
    end_with_parent()
    result = _run(task)
    try:
        keep(task.result, result)
    except OSError as error:
        result = BatchResult(1, f"{task.result}: {one_line(error)}", result.record)
    report.send(result)
    os._exit(0)


def keep(path: Path, result: BatchResult) -> None:
    """Write the result of a run where a batch that is started again looks for it."""
    write(path, json.dumps(result.to_json(), indent=2, ensure_ascii=False) + "\n", durable=True)


def _run(task: BatchTask) -> BatchResult:
    started, planned = time.monotonic(), task.planned
    try:
        answer = run(
            planned.params,
            planned.overrides,
            audit=task.audit,
            notebooks=task.notebooks,
            further=task.further,
            settings=task.settings,
            secret=task.secret,
            cache=task.cache,
            prepared=task.prepared,
        )
        return BatchResult.of(answer.record, time.monotonic() - started)
    except InputError as error:
        return BatchResult(2, str(error))
    except RunError as error:
        message, _, record = str(error).rpartition(" (record: ")
        if message:
            return BatchResult(1, message, Path(record.removesuffix(")")).as_posix())
        return BatchResult(1, str(error))
    except BaseException as error:
        return BatchResult(
            1, "interrupted" if isinstance(error, KeyboardInterrupt) else one_line(error)
        )
