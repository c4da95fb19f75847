"""A replay by loops alone: nothing of the kit, no joins, no bins; and small platforms to replay.

A write stands for a row when it is strictly earlier. Freezing systems at a moment means that
their writes from then on do not exist (`by_writes`), or that the steps they made since are
taken back (`by_moves`).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import exp, log, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from investigate.question import params
from investigate.question.question import Question

CLIP = 1e-6


@dataclass(frozen=True, order=True)
class Wrote:
    """One line of a difficulty history; sorted, lines are in the order in which they count."""

    time: pd.Timestamp
    system: str
    difficulty: float
    item: str


@dataclass(frozen=True)
class Row:
    """One line of a log."""

    time: pd.Timestamp
    item: str
    score: float
    outcome: int


@dataclass(frozen=True)
class Stretch:
    """Rows from ``start`` to ``end`` with systems frozen at ``freeze``."""

    freeze: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp


@dataclass(frozen=True)
class Platform:
    """``precedence``: the strongest system first; empty where the last writer wins."""

    rows: Sequence[Row]
    writes: Sequence[Wrote]
    precedence: Sequence[str] = ()
    logistic: bool = True
    slope: float = -1.0  # of the difficulty, where ability and difficulty add

    @cached_property
    def by_item(self) -> dict[str, list[Wrote]]:
        """The writes of every item, in the order in which they count."""
        found: dict[str, list[Wrote]] = {}
        for write in sorted(self.writes):
            found.setdefault(write.item, []).append(write)
        return found

    @property
    def systems(self) -> list[str]:
        return sorted({write.system for write in self.writes})

    def in_force(
        self, item: str, time: pd.Timestamp, exists: Callable[[Wrote], bool] = lambda _: True
    ) -> Wrote | None:
        """The write whose value an item had at a moment."""
        last: Wrote | None = None
        by_system: dict[str, Wrote] = {}
        for write in self.by_item.get(item, []):
            if write.time < time and exists(write):
                last = by_system[write.system] = write
        if self.precedence:
            return next((by_system[name] for name in self.precedence if name in by_system), None)
        return last

    def inner(self, score: float) -> float:
        """The score where ability and difficulty add."""
        if not self.logistic:
            return score
        inside = min(max(score, CLIP), 1 - CLIP)
        return log(inside / (1 - inside))

    def by_writes(self, row: Row, frozen: Collection[str], freeze: pd.Timestamp) -> float:
        """What the row's score would have been, had ``frozen`` not written since ``freeze``."""
        old = self.in_force(row.item, row.time)
        covered = self.in_force(row.item, row.time, lambda write: write.time < freeze)
        if old is None or covered is None:
            return self._outer(self.inner(row.score))
        new = self.in_force(
            row.item, row.time, lambda write: write.system not in frozen or write.time < freeze
        )
        assert new is not None
        return self._outer(self.inner(row.score) + self.slope * (new.difficulty - old.difficulty))

    def by_moves(self, row: Row, frozen: Collection[str], freeze: pd.Timestamp) -> float:
        """As `by_writes`, with the steps that ``frozen`` made since ``freeze`` taken back."""
        covered = self.in_force(row.item, row.time, lambda write: write.time < freeze)
        if covered is None:
            return self._outer(self.inner(row.score))
        moved, before = 0.0, 0.0
        for write in self.by_item.get(row.item, []):
            if write.time < row.time:
                if write.system in frozen and write.time >= freeze:
                    moved += write.difficulty - before
                before = write.difficulty
        return self._outer(self.inner(row.score) - self.slope * moved)

    def instead(self, system: str, others: Sequence[Wrote]) -> "Platform":
        """The platform had ``system`` written ``others`` instead of what it wrote."""
        kept = [write for write in self.writes if write.system != system]
        return replace(self, writes=[*kept, *others])

    def by_other(self, row: Row, instead: "Platform") -> float:
        """The row's score under the values of another platform."""
        old = self.in_force(row.item, row.time)
        new = instead.in_force(row.item, row.time)
        if old is None or new is None:
            return self._outer(self.inner(row.score))
        return self._outer(self.inner(row.score) + self.slope * (new.difficulty - old.difficulty))

    def within(self, stretch: Stretch) -> list[Row]:
        return [row for row in self.rows if stretch.start <= row.time < stretch.end]

    def auc(self, stretch: Stretch, replayed: Callable[[Row], float]) -> float:
        """AUC of the replayed scores, unbinned; NaN with one outcome only."""
        rows = self.within(stretch)
        outcomes = [row.outcome for row in rows]
        if len(set(outcomes)) < 2:
            return nan
        # The last digits of equal scores differ by the way in which they were added up.
        return float(roc_auc_score(outcomes, [round(replayed(row), 12) for row in rows]))

    def _outer(self, inner: float) -> float:
        return 1 / (1 + exp(-inner)) if self.logistic else inner


DAY0 = pd.Timestamp("2024-05-01", tz="UTC")
STUDENTS = 40
LINEAR, LOGISTIC = "ability - difficulty", "logistic(ability - difficulty)"


def at(days: float) -> pd.Timestamp:
    return DAY0 + pd.Timedelta(seconds=round(days * 86_400))


BASELINE, INCIDENT_DAYS = (at(0), at(20)), (at(20), at(28))


def asked(folder: Path, platform: Platform, **changes: Any) -> Question:
    """The question about a platform whose log and history are written to `folder`."""
    log = pd.DataFrame([vars(row) for row in platform.rows])
    log["student"] = np.arange(len(log)) % STUDENTS
    log.to_parquet(folder / "log.parquet", index=False)
    write(platform.writes, folder / "history.parquet")
    return params.from_names({
        "case": "arms", "log": str(folder / "log.parquet"),
        "columns": {"time": "time", "outcome": "outcome", "score": "score", "item": "item",
                    "cluster": "student"},
        "baseline": dict(zip(("start", "end"), BASELINE, strict=True)),
        "incident": dict(zip(("start", "end"), INCIDENT_DAYS, strict=True)),
        "history": str(folder / "history.parquet"),
        "precedence": list(platform.precedence) or "last",
        "score_formula": LOGISTIC if platform.logistic else LINEAR,
        **changes,
    })  # fmt: skip


def write(writes: Sequence[Wrote], path: Path) -> None:
    # Files come in no order.
    frame = pd.DataFrame([vars(w) for w in writes]).sample(frac=1, random_state=0)
    frame.to_parquet(path, index=False)


def stretches(freeze: pd.Timestamp = INCIDENT_DAYS[0]) -> dict[int, Stretch]:
    """The incident from the freeze on, and as long a stretch up to the baseline's end."""
    back = min(INCIDENT_DAYS[1] - freeze, (BASELINE[1] - BASELINE[0]) / 2)
    placebo = BASELINE[1] - back
    return {
        1: Stretch(freeze, max(freeze, INCIDENT_DAYS[0]), INCIDENT_DAYS[1]),
        0: Stretch(placebo, placebo, BASELINE[1]),
    }


def made(
    seed: int, systems: int, logistic: bool = True, precedence: bool = False, rows: int = 900
) -> Platform:
    """Systems with errors of their own that grow in the incident, over items of all kinds.

    Of 30 items four never get a value, and four get their first in the incident. A tenth
    of the rows are scored at the very moment of a write.
    """
    rng = np.random.default_rng(seed)
    names = [f"s{j}" for j in range(systems)]
    truth = rng.normal(0, 1.2, 30)
    writes = []
    for _ in range(420):
        item = int(rng.integers(4, 30))
        day = rng.uniform(20, 28) if item < 8 else rng.uniform(-3, 28)
        j = int(rng.integers(0, systems))
        error = 0.3 + (0.8 + j) * (day >= 20)
        # Some values are written at one moment by several systems.
        hour = float(round(day * 24)) if rng.random() < 0.5 else day * 24
        value = float(np.round(truth[item] + rng.normal(0, error), 4))
        writes.append(Wrote(at(hour / 24), names[j], value, f"i{item}"))
    order = tuple(rng.permutation(names)) if precedence else ()
    empty = Platform((), writes, order, logistic)
    abilities = rng.normal(0, 1.2, STUDENTS)
    found: list[Row] = []
    for _ in range(rows):
        item, time = int(rng.integers(0, 30)), at(rng.uniform(0, 28))
        if rng.random() < 0.1:
            chosen = writes[int(rng.integers(0, len(writes)))]
            item, time = int(chosen.item[1:]), chosen.time
        ability = abilities[len(found) % STUDENTS]
        value = empty.in_force(f"i{item}", time)
        inner = ability - (value.difficulty if value else 0.0)
        score = 1 / (1 + np.exp(-inner)) if logistic else inner
        right = rng.random() < 1 / (1 + np.exp(truth[item] - ability))
        found.append(Row(time, f"i{item}", float(score), int(right)))
    return replace(empty, rows=found)
