"""How often nominal 95% intervals hold the truth, and how often a healthy log is accused.

    python -m benchmarks.coverage --seeds 1 2 3 --repetitions 400

Prints Markdown tables; the seeds make the rows reproducible. Each log has 500 students with 40
answers, half of them in either window, so that the same students stand in both unless the table
says that the incident has others. A student has an effect that the score does not know: answers of
one student depend on each other. In the incident system B errs about its half of the exercises.
The truth is the statistic on all logs of a table put together, which is as good as no noise; the
AUC of the bins is meant, as everywhere in the kit.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from investigate.analyses.contributions import by_group, contributions, row_weights
from investigate.analyses.discovery import discovered
from investigate.analyses.mechanism import mechanism
from investigate.analyses.pairs import pairs
from investigate.analyses.whole import difference, level, whole
from investigate.counts.grouping import grouping
from investigate.counts.jackknife import p_value
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate
from investigate.question import params
from investigate.question.question import Question

STUDENTS, ANSWERS, ITEMS, BINS, COUNTRIES = 500, 40, 200, 256, 20
QUESTION: Question = params.from_names(
    {
        "case": "coverage",
        "log": "simulated",
        "columns": {"time": "time", "outcome": "outcome", "score": "score"},
        "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
        "incident": {"start": "2024-02-01", "end": "2024-03-01"},
    }
)
CONFIDENCE = QUESTION.thresholds.confidence
JACKKNIFE, DELONG = "jackknife", "DeLong"

Cells = NDArray[np.int64]
"""Rows by window, fold, group, bin and outcome."""
Estimates = dict[tuple[str, str], Estimate]
"""Estimates by statistic and kind of interval."""


@dataclass(frozen=True)
class World:
    """What is the same in every repetition: who answers, and what broke.

    students: of each window; as many as rows where none answers twice. others: whether the
    incident has students of its own, 20 answers each.
    effect: standard deviation of what the score does not know of a student, in logits.
    error: standard deviation of system B's error in the incident, in logits.
    parts: whether the table also has contributions, pairs, spread and validity.
    """

    name: str
    effect: float = 1.0
    error: float = 1.5
    students: int = STUDENTS
    others: bool = False
    parts: bool = True

    def answers(self, rng: np.random.Generator, by: str) -> Cells:
        """One log; ``by`` is ``system`` (A and B) or ``country`` (of the student)."""
        difficulty, wrong = np.random.default_rng(0).normal(0, 1, (2, ITEMS))
        rows = STUDENTS * ANSWERS
        people = self.students * (1 + self.others)
        ability, effect = rng.normal(0, 1, (2, people))
        fold = rng.integers(0, FOLDS, people)  # as a hash of their names would
        item, window = rng.integers(0, ITEMS, rows), rng.integers(0, 2, rows)
        student = np.arange(rows) % self.students + self.students * window * self.others
        system = item % 2
        known = ability[student] - difficulty[item]
        score = _logistic(known + self.error * wrong[item] * system * window)
        truth = _logistic(known + self.effect * effect[student])
        shape = (2, FOLDS, 2 if by == "system" else COUNTRIES, BINS, 2)
        at = (
            window,
            fold[student],
            system if by == "system" else student % COUNTRIES,
            (score * BINS).astype(int),
            (rng.random(rows) < truth).astype(int),
        )
        flat = np.ravel_multi_index(at, shape)
        return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


WORLDS = (
    World("Student effects"),
    World("Student effects, other students in the incident", others=True, parts=False),
    World("Independent rows", students=STUDENTS * ANSWERS),
)
HEALTHY = World("Healthy", error=0.0)


def counted(cells: Cells, by: str) -> Counts:
    """The counts of ``all`` and of one grouping."""
    parts = []
    for name, own in (("all", cells.sum(axis=2, keepdims=True)), (by, cells)):
        window, fold, group, score_bin = np.nonzero(own.sum(axis=-1))
        negatives, positives = own[window, fold, group, score_bin].T
        part = pd.DataFrame({"by": name, "window": window, "fold": fold, "bin": score_bin})
        part["positives"], part["negatives"] = positives, negatives
        part["system"], part["cohort"] = "", ""
        if name != "all":
            part["system" if by == "system" else "cohort"] = group.astype(str)
        parts.append(part)
    bins = pd.DataFrame({"bin": np.arange(BINS), "rows": cells.sum(axis=(0, 1, 2, 4))})
    bins["low"], bins["high"] = bins["bin"] / BINS, (bins["bin"] + 1) / BINS
    none, meta = pd.DataFrame(), {"clustered": True, "merged": {}}
    return Counts(bins, pd.concat(parts), none, none, none, none, none, meta)


def statistics(cells: Cells, parts: bool) -> Estimates:
    """The kit's estimates of one log."""
    counts = counted(cells, "system")
    both = whole(counts).counts
    estimates: Estimates = {}
    for kind in (JACKKNIFE, DELONG):
        estimates["AUC of the baseline", kind] = level(both, 0, kind == JACKKNIFE, CONFIDENCE)
        estimates["AUC of the incident", kind] = level(both, 1, kind == JACKKNIFE, CONFIDENCE)
        estimates["change in AUC", kind] = difference(both, kind == JACKKNIFE, CONFIDENCE)
    return {**estimates, **_parts(counts)} if parts else estimates


def _parts(counts: Counts) -> Estimates:
    estimates: Estimates = {}
    for row in contributions(counts, QUESTION, "system").table:
        name = f"contribution of system {'AB'[int(row['group'])]}"
        estimates[name, JACKKNIFE] = Estimate(row["contribution"], row["low"], row["high"])
    for row in pairs(counts, QUESTION).table:
        if row["positives_of"] != row["negatives_of"]:
            name = f"pair of {'AB'[int(row['positives_of'])]} over {'AB'[int(row['negatives_of'])]}"
            estimates[name, JACKKNIFE] = Estimate(row["contribution"], row["low"], row["high"])
    numbers = mechanism(counts, QUESTION).numbers
    return {**estimates, **{(part, JACKKNIFE): numbers[part] for part in ("spread", "validity")}}


def logs(world: World, seed: int, repetitions: int, by: str) -> Iterator[Cells]:
    """So many logs, each from a seed of its own."""
    for repetition in range(repetitions):
        yield world.answers(np.random.default_rng((seed, repetition)), by)


def coverage(world: World, seeds: list[int], repetitions: int) -> None:
    """Print the table of one world."""
    found: dict[int, list[Estimates]] = {seed: [] for seed in seeds}
    together: Cells = np.zeros((2, FOLDS, 2, BINS, 2), dtype=np.int64)
    for seed in seeds:
        for cells in logs(world, seed, repetitions, "system"):
            together += cells
            found[seed].append(statistics(cells, world.parts))
    truth = statistics(together, world.parts)
    print(f"\n#### {world.name}: {len(seeds)} × {repetitions} logs\n")
    _row("statistic", "interval", "truth", *(f"seed {s}" for s in seeds), "all", "bias", "SE told")
    _row("---", "---", *["---:"] * (len(seeds) + 4))
    for name, kind in truth:
        by_seed = [[result[name, kind] for result in found[seed]] for seed in seeds]
        values = np.array([result.value for one in by_seed for result in one])
        widths = np.array([result.high - result.low for one in by_seed for result in one])
        true, scatter = truth[name, kind].value, values.std(ddof=1)
        held = [np.mean([result.low <= true <= result.high for result in one]) for one in by_seed]
        _row(
            name,
            kind,
            f"{true:.4f}",
            *(f"{share:.1%}" for share in held),
            f"**{np.mean(held):.1%}**",
            f"{(values.mean() - true) / scatter:+.2f}",
            f"{widths.mean() / 2 / _quantile(kind) / scatter:.2f}",
        )


def accuses(cells: Cells) -> bool:
    """Whether any country is discovered, as `contributions` does it but without its table."""
    counts = counted(cells, "country")
    both = whole(counts).counts
    parts = by_group(grouping(counts, "country"), row_weights(both))
    p_values = np.array([p_value(part, both.used) for part in parts.T])
    return bool(discovered(p_values, QUESTION.thresholds.false_discovery_rate).any())


def discovery(world: World, seeds: list[int], repetitions: int) -> None:
    """Print how often healthy logs have a group that is called discovered."""
    rate = QUESTION.thresholds.false_discovery_rate
    shares = []
    for seed in seeds:
        accused = [accuses(cells) for cells in logs(world, seed, repetitions, "country")]
        shares.append(np.mean(accused))
    print(f"\n#### Healthy logs with a discovered country: {len(seeds)} × {repetitions} logs\n")
    _row("countries", "rate asked", *(f"seed {s}" for s in seeds), "all")
    _row(*["---:"] * (len(seeds) + 3))
    percents = (f"{share:.1%}" for share in shares)
    _row(f"{COUNTRIES}", f"{rate:.0%}", *percents, f"**{np.mean(shares):.1%}**")


def _quantile(kind: str) -> float:
    tail = (1 + CONFIDENCE) / 2
    return float(stats.t.ppf(tail, FOLDS - 1) if kind == JACKKNIFE else stats.norm.ppf(tail))


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--repetitions", type=int, default=400)
    asked = parser.parse_args()
    for world in WORLDS:
        coverage(world, asked.seeds, asked.repetitions)
    discovery(HEALTHY, asked.seeds, asked.repetitions)
