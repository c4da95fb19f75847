"""A batch from its command to its summary: what is finished stays, the rest is run."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from investigate.batch.folder import BatchFolder, BatchRow, BatchSummary
from investigate.batch.one import BatchTask
from investigate.batch.plan import PlannedRun, planned
from investigate.batch.result import BatchResult
from investigate.batch.running import side_by_side
from investigate.batch.sweeps import Axis
from investigate.log.cache import Cache
from investigate.paths import AUDIT, notebooks_folder
from investigate.records.processes import interruptible, warm_up
from investigate.records.record import check_writable
from investigate.records.workers import Settings, cores

PRELOAD = "investigate.batch.preload"


@dataclass(frozen=True)
class BatchAsked:
    """What a batch is to run, and how.

    ``most`` is how many runs go on at once, ``timeout`` the seconds of each notebook, ``again``
    whether what is finished is run once more; runs of a sweep execute the answer's notebook
    alone unless ``every_notebook``; the other names are those of a run.
    """

    files: tuple[Path, ...]
    overrides: tuple[str, ...] = ()
    axes: tuple[Axis, ...] = ()
    audit: Path = AUDIT
    name: str = ""
    most: int | None = None
    timeout: float = 600.0
    notebooks: Path | None = None
    further: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    cache: Cache | None = None
    again: bool = False
    every_notebook: bool = False

    @property
    def answer_alone(self) -> bool:
        """Whether each run executes the answer's notebook alone."""
        return bool(self.axes) and not self.every_notebook


class Batch:
    """A batch with what became of its runs so far."""

    def __init__(self, asked: BatchAsked) -> None:
        self.asked = asked
        swept = [f"{axis.name}={','.join(axis.values)}" for axis in asked.axes]
        options = [asked.overrides, swept, asked.further]
        self.folder = BatchFolder.of(asked.audit, asked.name, asked.files, options)
        notebooks = (asked.notebooks or notebooks_folder(), asked.further)
        self.plan = planned(asked.files, asked.overrides, asked.axes, notebooks, asked.answer_alone)
        self.results: dict[str, BatchResult] = {}

    def run(
        self, ended: Callable[[PlannedRun, BatchResult, int, int], None], page: "Page"
    ) -> BatchSummary:
        """Run what is not finished, and write the summary.

        ``ended`` hears of each run as it ends, with how many have ended, of how many. Raises
        `KeyboardInterrupt` again once all that was begun is kept, and `InputError` where nothing
        can be written.
        """
        check_writable(self.asked.audit)
        with self.folder.held(), interruptible():
            due = self._due()
            # It holds rows, for this user alone, and goes with the batch.
            prepared = Path(tempfile.mkdtemp(prefix="investigate-"))
            try:
                if due:
                    warm_up(PRELOAD)
                tasks, left = self._tasks(due, prepared), len(self.results)
                side_by_side(
                    tasks, self._most(len(due)), lambda task, result: self._ended(
                        task.planned, result, ended, left, len(due)
                    )
                )  # fmt: skip
            finally:
                shutil.rmtree(prepared, ignore_errors=True)
                summary = self.summary()
                self.folder.keep(summary, page(summary))
        return summary

    def summary(self) -> BatchSummary:
        """A row for each run, whether or not it has been run."""
        rows = []
        for one in self.plan:
            result = BatchResult(2, one.error) if one.error else self.results.get(one.key)
            rows.append(BatchRow(one.params.as_posix(), one.case, one.values, result))
        return BatchSummary(self.folder.path.name, self.asked.axes, tuple(rows))

    def _due(self) -> list[PlannedRun]:
        """The runs to run, one for each key; those that are finished get their results."""
        different = {one.key: one for one in self.plan if one.key}
        if not self.asked.again:
            found = {key: self.folder.finished(one) for key, one in different.items()}
            self.results = {key: result for key, result in found.items() if result is not None}
        return [one for key, one in different.items() if key not in self.results]

    def _most(self, due: int) -> int:
        return max(1, min(self.asked.most or cores(), due))

    def _tasks(self, due: Sequence[PlannedRun], prepared: Path) -> list[BatchTask]:
        asked, readings = self.asked, Counter(one.reading for one in due if one.reading)
        jobs = max(1, cores() // self._most(len(due)))
        settings = Settings(timeout=asked.timeout, jobs=jobs, answer_alone=asked.answer_alone)
        return [
            BatchTask(
                planned=one,
                result=self.folder.result(one.key),
                audit=asked.audit,
                settings=settings,
                cache=asked.cache,
                notebooks=asked.notebooks,
                further=asked.further,
                secret=asked.secret,
                prepared=prepared if readings[one.reading] > 1 else None,
            )
            for one in due
        ]

    def _ended(
        self,
        one: PlannedRun,
        result: BatchResult,
        ended: Callable[[PlannedRun, BatchResult, int, int], None],
        left: int,
        due: int,
    ) -> None:
        self.results[one.key] = result
        ended(one, result, len(self.results) - left, due)


Page = Callable[[BatchSummary], str]
"""The page of a summary."""
