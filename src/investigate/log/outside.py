"""Scored rows in the order of their scores, to count those of neither window without the engine.

A sweep asks for the timeline of one log again and again, each time with other bins. In the order
of scores a bin is a stretch of rows, whatever its ends are, so that no row need be placed.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from investigate.log import ordered
from investigate.log.bins import Bins
from investigate.log.groups import Groups, numbers_of
from investigate.log.ordered import Ordered
from investigate.log.rows import DAY, bucket_seconds
from investigate.log.steps import Steps
from investigate.log.sums import Sizes, cells_of
from investigate.log.weights import SIDES
from investigate.question.question import Question

if TYPE_CHECKING:
    from investigate.log.coding import Coding
    from investigate.log.rows import Rows

Ints = NDArray[np.int64]
ROOM = 3
"""So many times what is written must be free."""
MOST_CELLS = 2**24
"""Combinations of keys beyond which the engine counts: they are counted in an array."""
FOLDS = 8
"""Folds of the timeline: those of the slices, modulo this."""
COARSER = 4
"""Coarse bins that a cohort's timeline counts as one."""


def keep(folder: Path, rows: "Rows", table: ibis.Table, question: Question) -> None:
    """Write the scored rows of ``table``, as those of `rows`, to a new `folder`.

    Nothing is written where buckets are no days, rows have no cluster, or there is little room.
    """
    if bucket_seconds(question) != DAY or question.columns.cluster is None:
        return
    steps = Steps.of(rows, DAY, question.timezone)
    codes = [name for name in rows.coding.columns if name == "system" or name[:6] == "cohort"]
    scored = table.filter(_.reason.isnull())
    asked = scored.select(
        "score",
        step=steps.numbered(scored.start),
        outcome=scored.outcome.cast("int8"),
        fold=(scored.cluster_fold % FOLDS).fill_null(-1).cast("int8"),
        repeat=scored.repeat.cast("int8"),
        **{name: scored[name].fill_null(-1).cast("int32") for name in codes},
    )
    total = sum(size["scored"] for size in rows.windows.values())
    kinds = {name: np.dtype(kind.to_pandas()) for name, kind in asked.schema().items()}
    # A disk that is full ends a process that writes to mapped files.
    room = shutil.disk_usage(folder.parent).free
    if room < ROOM * total * sum(kind.itemsize for kind in kinds.values()):
        return
    folder.mkdir()
    files = {
        name: open_memmap(folder / f"{name}{ordered.ENDING}", mode="w+", dtype=kind, shape=(total,))
        for name, kind in kinds.items()
    }
    place = 0
    for batch in asked.get_backend().in_batches(asked, ordered.AT_ONCE):
        for name, values in files.items():
            own = batch.column(name).to_numpy(zero_copy_only=False)
            values[place : place + len(own)] = own
        place += len(batch)
    for first in range(0, total, ordered.AT_ONCE):
        stretch = slice(first, first + ordered.AT_ONCE)
        order = np.argsort(files["score"][stretch])
        for values in files.values():
            values[stretch] = np.array(values[stretch])[order]


@dataclass(frozen=True)
class Outside:
    """The rows of neither window for one question: bins are ``edges``, groups ``numbers``.

    away: of each step, whether its rows are in no window. edges: (C - 1,) the least score of each
    coarse bin but the first. numbers: by a group's column, the number of each code; the last is
    that of rows without one.
    """

    rows: Ordered
    away: NDArray[np.bool_]
    edges: NDArray[np.float64]
    numbers: Mapping[str, NDArray[np.int32] | None]

    @classmethod
    def of(
        cls,
        rows: Ordered | None,
        question: Question,
        steps: Steps,
        found: Bins,
        by: Sequence[Groups],
        coding: "Coding",
    ) -> "Outside | None":
        """Those of a `question`; `None` where the engine had better count them.

        That is where a window begins or ends within a step, or keys have too many combinations.
        """
        bounds = [w.bounds(question.timezone) for w in (question.baseline, question.incident)]
        if rows is None or not all(steps.begins(moment) for both in bounds for moment in both):
            return None
        coarse = int(found.coarse.max()) + 1
        most = max(
            2 * len(by[0].labels) * FOLDS * coarse,
            *(len(one.labels) * (coarse // COARSER + 1) for one in by),
        )
        if 2 * most * steps.count > MOST_CELLS:
            return None
        away = np.ones(steps.count, dtype=bool)
        for low, high in bounds:
            first, last = (min(max(steps.number(m), 0), steps.count) for m in (low, high))
            away[first:last] = False
        edges = found.edges[np.flatnonzero(np.diff(found.coarse))]
        numbers = {one.column: _narrow(numbers_of(one, coding)) for one in by}
        if any(own is not None and name not in rows.columns for name, own in numbers.items()):
            return None
        return cls(rows, away, edges, numbers)

    def finest(self, system: Groups, keys: Sequence[str], sizes: Sizes) -> pd.DataFrame:
        """Outcomes and ``rows`` by the system's code, ``step``, ``fold`` and ``bin``, and marks."""
        every = [*keys, "repeats", "outcome"]
        both = {**sizes, "repeats": 2, "outcome": 2}
        found = np.zeros(cells_of(every, both), dtype=np.int64)
        for part in self.rows.parts():
            columns = [self._number(system, part), part["step"], part["fold"], self._bins(part, 1)]
            columns += [part["repeat"], part["outcome"]]
            found += _counted(columns, every, both, len(part["step"]))
        frame = self._frame(found, [*keys, "repeats"], both)
        return frame.assign(defaulted=0, rows=frame["positives"] + frame["negatives"])

    def by_cohort(
        self, cohorts: Sequence[Groups], sizes: Sizes, steps: tuple[int, int]
    ) -> list[pd.DataFrame]:
        """Of each cohort column, outcomes by code, ``step`` (of ``steps``) and ``bin``."""
        every = [[one.code, "step", "bin", "outcome"] for one in cohorts]
        both = {**sizes, "outcome": 2}
        found = [np.zeros(cells_of(keys, both), dtype=np.int64) for keys in every]
        asked = self.away.copy()
        asked[: max(steps[0], 0)] = asked[max(steps[1] + 1, 0) :] = False
        for part in self.rows.parts():
            there = np.flatnonzero(asked[part["step"]])
            used = ["step", "outcome", *(c.column for c in cohorts if c.column in part)]
            own = {name: part[name][there] for name in used}
            place = self._bins(part, COARSER)[there]
            for sums, keys, one in zip(found, every, cohorts, strict=True):
                columns = [self._number(one, own), own["step"], place, own["outcome"]]
                sums += _counted(columns, keys, both, len(there))
        return [self._frame(own, keys[:-1], both) for own, keys in zip(found, every, strict=True)]

    def _bins(self, part: Mapping[str, NDArray[Any]], coarser: int) -> NDArray[np.int32]:
        """The bin of each row, so many coarse ones as one."""
        ends = np.searchsorted(part["score"], self.edges)
        sizes = np.diff(np.r_[0, ends, len(part["score"])])
        return np.repeat(np.arange(len(sizes), dtype=np.int32) // coarser, sizes)

    def _number(self, group: Groups, part: Mapping[str, NDArray[Any]]) -> Any:
        numbers = self.numbers[group.column]
        return 0 if numbers is None else numbers[part[group.column]]

    def _frame(self, found: Ints, keys: Sequence[str], sizes: Sizes) -> pd.DataFrame:
        sides = found.reshape(-1, 2)
        cells = np.flatnonzero(sides.any(axis=1))
        parts = np.unravel_index(cells, [sizes[name] for name in keys])
        frame = pd.DataFrame(dict(zip(keys, parts, strict=True)))
        for value, name in zip((1, 0), SIDES, strict=True):
            frame[name] = sides[cells, value]
        return frame[self.away[frame["step"].to_numpy()]].reset_index(drop=True)


def _narrow(numbers: Ints | None) -> NDArray[np.int32] | None:
    return None if numbers is None else numbers.astype(np.int32)


def _counted(columns: Sequence[Any], keys: Sequence[str], sizes: Sizes, rows: int) -> Ints:
    """How many ``rows`` have each combination of `keys`, whose values are in `columns`."""
    # In place, and as narrow as `MOST_CELLS` allows: a new array of millions of rows is not free.
    number = np.zeros(rows, dtype=np.int32)
    for name, values in zip(keys, columns, strict=True):
        number *= sizes[name]
        number += values
    return np.bincount(number, minlength=cells_of(keys, sizes))
