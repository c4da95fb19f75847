"""How often nominal 95% intervals hold the truth, and how often a healthy log is accused.

    python benchmarks/coverage.py --seeds 1 2 3 --repetitions 400

Prints Markdown tables; the seeds make the rows reproducible. 500 students give 40 answers each,
half of them in either window, so that the same students stand in both. Every student has an
effect of their own that the score does not know: answers of one student depend on each other.
The truth is the statistic on the answers of all repetitions together.
"""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from investigate import params
from investigate.analyses.contributions import contributions
from investigate.analyses.mechanism import mechanism
from investigate.analyses.pairs import pairs
from investigate.analyses.whole import difference, level, whole
from investigate.counts.table import FOLDS, Counts
from investigate.finding import Estimate
from investigate.question import Question

STUDENTS, ANSWERS, ITEMS, BINS, GROUPS = 500, 40, 200, 256, 20
Cells = NDArray[np.int64]
"""Rows by window, fold, group, bin and outcome."""
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


@dataclass(frozen=True)
class World:
    """What does not vary from repetition to repetition.

    effect: standard deviation of what the score does not know of a student, in logits.
    scramble: error of system B's difficulties in the incident, in logits.
    """

    name: str
    effect: float
    scramble: float

    def answers(self, rng: np.random.Generator, by: str) -> Cells:
        """One log, counted; groups are systems, or countries of students."""
        items = np.random.default_rng(0)  # the same exercises in every repetition
        difficulty, error = items.normal(0, 1, (2, ITEMS))
        system = np.arange(ITEMS) % 2
        ability, effect = rng.normal(0, 1, (2, STUDENTS))
        student = np.repeat(np.arange(STUDENTS), ANSWERS)
        item, window = rng.integers(0, ITEMS, len(student)), rng.integers(0, 2, len(student))
        wrong = self.scramble * error[item] * system[item] * window
        score = _logistic(ability[student] - difficulty[item] + wrong)
        hidden = effect * self.effect if self.effect else 0 * effect
        truth = _logistic(ability[student] + hidden[student] - difficulty[item])
        outcome = (rng.random(len(student)) < truth).astype(int)
        group = system[item] if by == "system" else student % GROUPS
        # Students are numbered at random, so their number serves as the hash of their name.
        fold = rng.permutation(STUDENTS)[student] % FOLDS
        if not self.effect:
            fold = rng.integers(0, FOLDS, len(student))
        shape = (2, FOLDS, 2 if by == "system" else GROUPS, BINS, 2)
        place = (score * BINS).astype(int)
        flat = np.ravel_multi_index((window, fold, group, place, outcome), shape)
        return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


DEPENDENT = World("student effects", effect=1.0, scramble=1.5)
INDEPENDENT = World("independent rows", effect=0.0, scramble=1.5)
HEALTHY = World("student effects, no fault", effect=1.0, scramble=0.0)


def counts(cells: Cells, by: str) -> Counts:
    """The counts of ``all`` and of one grouping."""
    parts = []
    for name, own in (("all", cells.sum(axis=2, keepdims=True)), (by, cells)):
        window, fold, group, place = np.nonzero(own.sum(axis=-1))
        label = np.full(len(group), "", dtype=object) if name == "all" else group.astype(str)
        negatives, positives = own[window, fold, group, place].T
        parts.append(
            pd.DataFrame(
                {
                    "by": name,
                    "system": label if name == "system" else "",
                    "cohort": label if name not in ("all", "system") else "",
                    **{"window": window, "fold": fold, "bin": place},
                    **{"positives": positives, "negatives": negatives},
                }
            )
        )
    edges = np.arange(BINS)
    rows = cells.sum(axis=(0, 1, 2, 4))
    bins = pd.DataFrame({"bin": edges, "low": edges / BINS, "high": (edges + 1) / BINS, "rows": rows})
    none, meta = pd.DataFrame(), {"clustered": True, "merged": {}}
    return Counts(bins, pd.concat(parts), none, none, none, none, none, meta)


def statistics(cells: Cells) -> dict[tuple[str, str], Estimate]:
    """Every statistic and interval, by name and method."""
    table = counts(cells, "system")
    both = whole(table).counts
    found = {}
    for method, clustered in (("jackknife", True), ("DeLong", False)):
        found["AUC of the baseline", method] = level(both, 0, clustered, CONFIDENCE)
        found["AUC of the incident", method] = level(both, 1, clustered, CONFIDENCE)
        found["change in AUC", method] = difference(both, clustered, CONFIDENCE)
    for row in contributions(table, QUESTION, "system").table:
        if row["group"] == "1":
            told = Estimate(row["contribution"], row["low"], row["high"])
            found["contribution of the broken system", "jackknife"] = told
    told = pairs(table, QUESTION).numbers
    found["pairs: within systems", "jackknife"] = told["within"]
    found["pairs: across systems", "jackknife"] = told["across"]
    for part in ("spread", "validity"):
        found[f"mechanism: {part}", "jackknife"] = mechanism(table, QUESTION).numbers[part]
    return found


def repeated(
    world: World, seeds: Iterable[int], repetitions: int, by: str
) -> Iterable[tuple[int, Cells]]:
    for seed in seeds:
        for r in range(repetitions):
            yield seed, world.answers(np.random.default_rng((seed, r)), by)


def coverage(world: World, seeds: list[int], repetitions: int) -> None:
    found: dict[tuple[str, str], list[tuple[int, Estimate]]] = {}
    together: Cells | None = None
    for seed, cells in repeated(world, seeds, repetitions, "system"):
        together = cells if together is None else together + cells
        for key, estimate in statistics(cells).items():
            found.setdefault(key, []).append((seed, estimate))
    assert together is not None
    truth = statistics(together)
    print(f"\n### {world.name}\n")
    print(
        _line("statistic", "interval", "truth", *(f"seed {s}" for s in seeds), "all", "bias / SE", "SE told / SE")
    )
    print(_line(*["---"] * 2, *["---:"] * (len(seeds) + 4)))
    for (name, method), told in found.items():
        true = truth[name, method].value
        covers = [(seed, e.low <= true <= e.high) for seed, e in told]
        values = np.array([e.value for _, e in told])
        lengths = np.array([e.high - e.low for _, e in told])
        reference = np.array([e.high - e.low for _, e in found[name, "jackknife"]])
        del reference
        by_seed = [np.mean([c for s, c in covers if s == seed]) for seed in seeds]
        share = np.mean([c for _, c in covers])
        spread = values.std(ddof=1)
        print(
            _line(
                name,
                method,
                f"{true:+.4f}" if name.startswith(("c", "p", "m")) else f"{true:.4f}",
                *(f"{c:.1%}" for c in by_seed),
                f"**{share:.1%}**",
                f"{(values.mean() - true) / spread:+.2f}",
                f"{lengths.mean() / (2 * _reach(method)) / spread:.2f}",
            )
        )


def discovery(seeds: list[int], repetitions: int) -> None:
    rate = QUESTION.thresholds.false_discovery_rate
    accused: dict[int, list[bool]] = {seed: [] for seed in seeds}
    for seed, cells in repeated(HEALTHY, seeds, repetitions, "country"):
        table = contributions(counts(cells, "country"), QUESTION, "country").table
        accused[seed].append(any(row["discovered"] for row in table))
    print(f"\n### Healthy logs with any of {GROUPS} groups discovered, at a rate of {rate:.0%}\n")
    print(_line(*(f"seed {s}" for s in seeds), "all"))
    print(_line(*["---:"] * (len(seeds) + 1)))
    shares = [np.mean(accused[s]) for s in seeds]
    print(_line(*(f"{s:.1%}" for s in shares), f"**{np.mean(shares):.1%}**"))


def _reach(method: str) -> float:
    from scipy import stats

    tail = (1 + CONFIDENCE) / 2
    return float(stats.t.ppf(tail, FOLDS - 1) if method == "jackknife" else stats.norm.ppf(tail))


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--repetitions", type=int, default=400)
    asked = parser.parse_args()
    for world in (DEPENDENT, INDEPENDENT):
        coverage(world, asked.seeds, asked.repetitions)
    discovery(asked.seeds, asked.repetitions)
