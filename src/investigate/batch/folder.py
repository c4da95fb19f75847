"""The folder of a batch: what became of its runs, and their summary."""

import csv
import fcntl
import hashlib
import io
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from investigate.batch.plan import PlannedRun
from investigate.batch.result import NOT_RUN, BatchResult
from investigate.batch.sweeps import Axis
from investigate.errors import InputError
from investigate.ledger.files import write
from investigate.paths import RecordPaths
from investigate.records.documents import mapping, rows, words
from investigate.rendering import interval, one_line, points

BATCHES = "_batches"
"""Under the folder of records; no case can have this name."""
SUMMARY = "batch.json"
MOST_ROWS = 100_000
"""Far beyond what a batch runs: as many combinations as may be, of a hundred files."""
COLUMNS = (
    *("status", "kind", "before", "after", "change", "low", "high", "cause", "since"),
    *("record", "seconds", "error"),
)


@dataclass(frozen=True)
class BatchRow:
    """A run of a batch as its summary has it; ``status`` is `None` for one that was not run."""

    params: str
    case: str
    values: tuple[str, ...]
    result: BatchResult | None

    @property
    def status(self) -> int | None:
        """The exit status of the run."""
        return None if self.result is None else self.result.status

    @property
    def outcome_text(self) -> str:
        """What came of it, in a few words."""
        if self.result is None:
            return NOT_RUN
        return self.result.error or self.result.badge or "no verdict"

    @property
    def file(self) -> str:
        """The name of the params file, without its folders."""
        return self.params.rpartition("/")[2]

    @property
    def ends(self) -> str:
        """AUC before and in the incident."""
        found = self.result
        if found is None or (found.before is None and found.after is None):
            return ""
        return f"{points(found.before)} → {points(found.after)}"

    @property
    def change(self) -> str:
        """Its change, with the interval."""
        found = self.result
        if found is None or found.change is None:
            return ""
        ends = interval(found.low, found.high, signed=True)
        return f"{points(found.change, signed=True)} {ends}".strip()


@dataclass(frozen=True)
class BatchSummary:
    """A batch: the swept parameters with their values, and a row a run, in order."""

    name: str
    axes: tuple[Axis, ...]
    rows: tuple[BatchRow, ...]

    @property
    def status(self) -> int:
        """The worst exit status; 1 where a run was not run."""
        return max((1 if row.status is None else row.status for row in self.rows), default=0)

    def line(self, row: BatchRow) -> str:
        """The params file of `row`, by its path where another file is called so, too."""
        return row.params if row.file in self._twins else row.file

    def label(self, row: BatchRow) -> str:
        """The params file of `row` and what is swept."""
        return " ".join([self.line(row), *row.values])

    @cached_property
    def files(self) -> frozenset[str]:
        """The params files of its runs."""
        return frozenset(row.params for row in self.rows)

    @cached_property
    def _twins(self) -> frozenset[str]:
        files = Counter(PurePosixPath(path).name for path in self.files)
        return frozenset(name for name, times in files.items() if times > 1)

    def to_json(self) -> dict[str, Any]:
        """As JSON, which `read` reads."""
        return {
            "schema": 1,
            "name": self.name,
            "exit_status": self.status,
            "axes": [{"name": axis.name, "values": list(axis.values)} for axis in self.axes],
            "runs": [
                {
                    "params": row.params,
                    "case": row.case,
                    "values": list(row.values),
                    "result": None if row.result is None else row.result.to_json(),
                }
                for row in self.rows
            ],
        }

    @classmethod
    def read(cls, stored: Any) -> "BatchSummary":
        """From JSON, whatever it holds.

        Raises `ValueError` where a run has values that are none of those swept.
        """
        document = mapping(stored)
        axes = tuple(
            Axis(words(one.get("name"), 160), _texts(one.get("values")))
            for one in rows(document.get("axes"), 10)
        )
        found = tuple(
            BatchRow(
                words(one.get("params"), 400),
                words(one.get("case"), 80),
                _texts(one.get("values")),
                None if one.get("result") is None else BatchResult.read(one["result"]),
            )
            for one in rows(document.get("runs"), MOST_ROWS)
        )
        for row in found:
            if len(row.values) != len(axes) or any(
                value not in axis.values for value, axis in zip(row.values, axes, strict=True)
            ):
                raise ValueError("a run has values that are not swept")
        return cls(words(document.get("name"), 160), axes, found)

    def to_csv(self) -> str:
        """As CSV: the params file, the case, what is swept, and `COLUMNS`."""
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(["params", "case", *(axis.name for axis in self.axes), *COLUMNS])
        for row in self.rows:
            values = {} if row.result is None else row.result.to_json()
            values = {name: "" if value is None else value for name, value in values.items()}
            out.writerow([row.params, row.case, *row.values, *(values.get(n, "") for n in COLUMNS)])
        return text.getvalue()


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(words(one, 160) for one in value[:1000]) if isinstance(value, list) else ()


class BatchFolder:
    """Where a batch keeps what became of its runs, by their keys."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(
        cls, audit: Path, name: str, files: Sequence[Path], options: Sequence[Sequence[str]]
    ) -> "BatchFolder":
        """That of a batch of `files`, with the overrides, sweeps and notebooks `options`.

        The same command finds the same folder.
        """
        asked = json.dumps([[path.as_posix() for path in files], *map(list, options)])
        stem = name or (files[0].stem if len({path.stem for path in files}) == 1 else "batch")
        safe = re.sub(r"[^A-Za-z0-9_-]+", "-", stem)[:60].strip("-") or "batch"
        return cls(audit / BATCHES / f"{safe}-{hashlib.sha256(asked.encode()).hexdigest()[:10]}")

    def result(self, key: str) -> Path:
        """The file of the result of the run with this key."""
        return self.path / "runs" / f"{key}.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within, no other process runs this batch.

        Raises `InputError` where one does, or nothing can be written.
        """
        try:
            (self.path / "runs").mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot write there: {one_line(error)}; name another --audit"
            ) from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InputError(
                    f"{self.path}: this batch is running already; wait for it, or end it"
                ) from error
            yield
        finally:
            os.close(lock)

    def finished(self, planned: PlannedRun) -> BatchResult | None:
        """What became of a run that succeeded and whose findings are still there."""
        try:
            result = BatchResult.read(json.loads(self.result(planned.key).read_text("utf-8")))
            there = RecordPaths(Path(result.record)).findings.is_file()
        except (OSError, ValueError):
            return None
        return result if result.status == 0 and there else None

    def keep(self, summary: BatchSummary, page: str) -> None:
        """Write the summary as JSON and CSV, and its page.

        Raises `OSError` where they cannot be written.
        """
        text = json.dumps(summary.to_json(), indent=2, ensure_ascii=False) + "\n"
        write(self.path / SUMMARY, text, durable=True)
        write(self.path / "summary.csv", summary.to_csv())
        write(self.path / "index.html", page)
