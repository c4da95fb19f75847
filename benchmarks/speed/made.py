"""Logs of any size, written a million rows at a time: 100 million take about two minutes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

AT_ONCE = 1_000_000
START = np.datetime64("2025-01-01", "us")
NAMES = {
    "country": ["DE", "FR", "US", "IT", "ES", "BR", "IN", "JP"],
    "grade": [f"g{n}" for n in range(6)],
    "app": ["ios", "android", "web"],
    "version": ["7.1", "7.2", "7.3", "7.4"],
}
COHORTS = ["country", "school", "grade", "app", "version"]


@dataclass(frozen=True)
class Shape:
    """A log's size: rows, exercises, students (a hundredth of the rows if 0), schools and days.

    Of two systems one is blind from the incident on; further ones take exercises of the other.
    ``cohorts`` are the columns of cohorts: the usual five, fewer, or more of four groups each.
    """

    rows: int
    exercises: int = 20_000
    students: int = 0
    schools: int = 200
    days: int = 180
    systems: int = 2
    cohorts: int = 5

    @property
    def name(self) -> str:
        """The file's name."""
        sizes = (self.rows, self.exercises, self.people, self.schools, self.days)
        return "-".join(map(str, (*sizes, self.systems, self.cohorts)))

    @property
    def columns(self) -> list[str]:
        """The names of the columns of cohorts."""
        more = [f"cohort{n}" for n in range(self.cohorts - len(COHORTS))]
        return [*COHORTS, *more][: self.cohorts]

    @property
    def people(self) -> int:
        """How many students answer."""
        return self.students or max(self.rows // 100, 10)


def write(shape: Shape, path: Path) -> None:
    """Write a log of `shape` as Parquet: the same shape gives the same rows.

    Exercises and students differ; a third of the exercises are of one of two systems, whose
    scores know less from the incident on.
    """
    part = path.with_suffix(".part")
    rng = np.random.default_rng(1)
    harder = rng.normal(size=shape.exercises).astype(np.float32)
    better = rng.normal(size=shape.people).astype(np.float32)
    homes = {name: rng.integers(0, len(own), shape.people) for name, own in NAMES.items()}
    school = rng.integers(0, shape.schools, shape.people)
    further = np.random.default_rng(2)
    others = [name for name in shape.columns if name not in COHORTS]
    more = {name: further.integers(0, 4, shape.people) for name in others}
    systems = ["calibration", "default", *(f"system {n}" for n in range(2, shape.systems))]
    span = shape.days * 86_400 * 1_000_000
    writer = None
    for first in range(0, shape.rows, AT_ONCE):
        size = min(AT_ONCE, shape.rows - first)
        step = np.arange(first, first + size) * (span // shape.rows)
        student = rng.integers(0, shape.people, size, dtype=np.int32)
        exercise = rng.integers(0, shape.exercises, size, dtype=np.int32)
        real = better[student] - harder[exercise]
        third = exercise % 3 == 0
        system = np.where(third, 1, 0)
        if shape.systems > 2:
            place = exercise // 3 % (shape.systems - 1)
            system = np.where(third | (place == 0), system, place + 1)
        blind = third & (step >= span * 2 // 3)
        known = np.where(blind, better[student], real) + rng.normal(0, 0.1, size)
        chance = 1 / (1 + np.exp(-real))
        table = pa.table(
            {
                "time": pa.array(START + step.astype("timedelta64[us]")),
                "student": _texts(student, [f"s{n}" for n in range(shape.people)]),
                "exercise": _texts(exercise, [f"e{n}" for n in range(shape.exercises)]),
                "system": _texts(system, systems),
                "score": 1 / (1 + np.exp(-known)),
                "outcome": (rng.random(size, dtype=np.float32) < chance).astype(np.int8),
                "school": _texts(school[student], [f"s{n}" for n in range(shape.schools)]),
                **{name: _texts(home[student], NAMES[name]) for name, home in homes.items()},
                **{name: _texts(own[student], list("abcd")) for name, own in more.items()},
            }
        )
        if writer is None:
            texts = [
                name for name in table.column_names if name not in ("time", "score", "outcome")
            ]
            writer = pq.ParquetWriter(
                part, table.schema, compression="snappy", use_dictionary=texts
            )
        writer.write_table(table)
    assert writer is not None
    writer.close()
    part.rename(path)


def question(path: Path) -> dict[str, Any]:
    """What is asked of the log: its cohort columns, two months against the month after."""
    # The file's name ends with how many columns of cohorts are asked for.
    asked = int(path.stem.rpartition("-")[2]) if "-" in path.stem else len(COHORTS)
    return {
        "case": "speed",
        "log": str(path),
        "columns": {
            "time": "time", "outcome": "outcome", "score": "score", "system": "system",
            "item": "exercise", "cluster": "student",
        },
        "cohorts": Shape(0, cohorts=asked).columns,
        "baseline": {"start": "2025-03-01", "end": "2025-05-01"},
        "incident": {"start": "2025-05-01", "end": "2025-05-31"},
    }  # fmt: skip


def _texts(codes: Any, labels: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(labels))
