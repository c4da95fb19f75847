"""How often an account's parts hold the truth, and whether a certificate keeps its word.

    python -m benchmarks.certified --seed 1 --repetitions 400

Prints Markdown tables. Accounts: the logs of `benchmarks.coverage`, in which system B errs; it is
undone, then what remains is what the account calls unexplained. The truth is the same on all logs
put together. Certificates: scores of ones and zeros are normal, of customers with three rows each
whose scores move together, so that the AUC of each window is known exactly.
"""

import argparse
from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from benchmarks.coverage import CONFIDENCE, QUESTION, WORLDS, World, counted, logs
from investigate.analyses.certificate import certify
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.analyses.whole import whole
from investigate.counts.jackknife import estimate
from investigate.counts.replicates import replicates
from investigate.counts.table import FOLDS
from investigate.finding import Estimate
from investigate.kinds import Undo

BINS, BASE_RATE, TOGETHER, ROWS_EACH = 2_000, 0.3, 0.5, 3
AUC_BEFORE = 0.8
TOLERANCE = QUESTION.thresholds.tolerance
SIZES = (300, 3_000, 30_000, 300_000)
MOVED = (0.0, TOLERANCE, 1.5 * TOLERANCE, 3 * TOLERANCE)
B = ("1", "")
UNDONE: tuple[Undo, ...] = ("labels", "scores")


def parts(cells: NDArray[np.int64], undo: Undo) -> list[Estimate]:
    """System B undone, and what is left: as in the account."""
    counts = counted(cells, "system")
    both = whole(counts)
    areas = Undoing(counts).areas([UndoingArm("system", B, undo)])
    estimates = (areas[1] - areas[0], both.auc[0] - areas[1])
    return [estimate(one, CONFIDENCE, both.counts.used) for one in estimates]


def accounts(world: World, seed: int, repetitions: int) -> None:
    """Print how often the parts' intervals hold the truth."""
    made = list(logs(world, seed, repetitions, "system"))
    for undo in UNDONE:
        truth = parts(np.sum(made, axis=0), undo)
        estimated = [parts(cells, undo) for cells in made]
        for at, name in enumerate((f"system B, {undo} undone", "unexplained")):
            true, own = truth[at].value or 0.0, [one[at] for one in estimated]
            held = np.mean([(e.low or 0.0) <= true <= (e.high or 0.0) for e in own])
            _row(world.name, name, f"{true:+.4f}", f"{held:.1%}")


def certificates(seed: int, repetitions: int) -> None:
    """Print what certificates answer of logs of each size and each true change."""
    for rows in SIZES:
        for moved in MOVED:
            rng = np.random.default_rng((seed, rows, round(moved * 1e6)))
            # Logs of a size at which each takes long are fewer.
            times = max(repetitions * 3_000 // max(rows, 3_000), 20)
            found = [_certified(rng, rows, moved) for _ in range(times)]
            answers = Counter(answer for answer, _ in found)
            small = np.mean([sure for _, sure in found])
            shares = (f"{answers[a] / times:.1%}" for a in ("fell", "unknown", "less", "rose"))
            wrong = "–" if moved < TOLERANCE else f"{small:.1%}"
            _row(f"{rows:,}", f"{0.0 - moved:.3f}", f"{times}", *shares, wrong)


def _certified(rng: np.random.Generator, rows: int, moved: float) -> tuple[str, bool]:
    customers = rows // ROWS_EACH
    who = np.repeat(np.arange(customers), ROWS_EACH)
    window = rng.integers(0, 2, rows)
    outcome = (rng.random(rows) < BASE_RATE).astype(int)
    # AUC of two normals of variance v, apart by d, is that of d / sqrt(2 v).
    apart = np.sqrt(2 * (1 + TOGETHER**2)) * stats.norm.ppf([AUC_BEFORE, AUC_BEFORE - moved])
    shared = TOGETHER * rng.normal(size=customers)[who]
    score = rng.normal(size=rows) + shared + outcome * apart[window]
    place = (stats.norm.cdf(score, 0.4, 1.5) * BINS).astype(int).clip(0, BINS - 1)
    log = pd.DataFrame({"window": window, "fold": rng.integers(0, FOLDS, customers)[who]})
    log["bin"], log["positives"], log["negatives"] = place, outcome, 1 - outcome
    sums = log.groupby(["window", "fold", "bin"])[["positives", "negatives"]].sum().reset_index()
    table = replicates(*(sums[c].to_numpy() for c in (
        "window", "fold", "bin", "positives", "negatives")), BINS)  # fmt: skip
    certificate = certify(table, True, CONFIDENCE, TOLERANCE)
    return certificate.answer, certificate.small


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=400)
    asked = parser.parse_args()
    print(f"#### Parts of an account: {asked.repetitions} logs\n")
    _row("logs", "part", "truth", "intervals that hold it")
    _row("---", "---", "---:", "---:")
    for world in WORLDS:
        accounts(world, asked.seed, asked.repetitions)
    print(f"\n#### Certificates against a tolerance of {TOLERANCE:g}\n")
    _row("rows", "true change", "logs", "fell", "cannot be told", "surely less", "rose",
         "surely less, and it is not")  # fmt: skip
    _row(*["---:"] * 8)
    certificates(asked.seed, asked.repetitions)
