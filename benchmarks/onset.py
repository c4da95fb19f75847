"""How often "since when" is wrong: false alarms, date, interval and shape over seeds.

    python -m benchmarks.onset --seeds 60

Prints Markdown tables, digit for digit the same for the same seeds. Seeds from 100,000 on are for
choosing how changes are dated; those of the tables start at 0.

False alarms: daily series of AUC with standard error 0.01, incident in the last quarter. Dates:
logs of rows over 80 days, 60 to 600 rows on a usual day, answers of students who differ, scores
that drift a little. *With gaps*: most weekends, some other days and at times a week have no rows,
and one day in seven has one to six rows, all of one student.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from investigate.analyses.change_point import change_point
from investigate.analyses.dating import dated
from investigate.counts.table import Counts
from investigate.question import params

Floats = NDArray[np.float64]
ERROR = 0.01
DAYS, LEAST_DROP = 80, 0.03
START = pd.Timestamp("2024-01-01", tz="UTC")
SLIDE, LASTS = 12, 8


def ar1(rng: np.random.Generator, n: int, rho: float) -> Floats:
    z = rng.standard_normal(n)
    for t in range(1, n):
        z[t] = rho * z[t - 1] + np.sqrt(1 - rho**2) * z[t]
    return z


def alarm(seed: int, n: int, rho: float, noise: str) -> bool:
    """Whether a series without a change is called changed."""
    rng = np.random.default_rng([seed, n])
    errors = ERROR * np.exp(0.6 * rng.standard_normal(n) * (noise != "equal errors"))
    values = errors * ar1(rng, n, rho) * (2 if "twice" in noise else 1)
    if noise == "heavy tails (t5)":
        values = values / np.sqrt(rng.chisquare(5, n) / 3)
    if noise == "a day in four without a value":
        values[rng.random(n) < 0.25] = np.nan
    found = change_point(0.75 + values, errors, incident=int(0.75 * n), period=7)
    return found is not None and found.p_value < 0.05


@dataclass(frozen=True)
class Case:
    """A change put into a log: `kind` in `share` of the rows, in a `shape`, and where windows lie.

    ``late``: how many days after the change the incident window begins.
    """

    kind: str
    share: float
    shape: str = "step"
    gaps: bool = True
    late: int = 0


@dataclass(frozen=True)
class DatedLog:
    """``days``: found less true date, counted in days with rows."""

    days: int
    held: bool
    shape: str


CASES = [
    *(Case(kind, share, gaps=gaps) for gaps in (False, True) for kind, share in (
        ("scores shuffled", 0.8), ("scores shuffled", 0.4), ("a default", 0.5),
        ("labels of chance", 0.5), ("ability lost", 1.0))),
    Case("scores shuffled", 0.8, late=-4),
    Case("scores shuffled", 0.8, late=4),
    Case("scores shuffled", 0.8, "temporary"),
    Case("a default", 0.8, "temporary"),
    Case("scores shuffled", 1.0, "slide"),
    Case("a default", 1.0, "slide"),
]  # fmt: skip


def traffic(rng: np.random.Generator, gaps: bool) -> NDArray[np.int64]:
    usual = np.exp(rng.uniform(np.log(60), np.log(600)))
    rows = np.maximum(rng.poisson(usual * np.exp(0.3 * rng.standard_normal(DAYS))), 8)
    if gaps:
        thin = rng.random(DAYS) < 1 / 7
        rows[thin] = rng.integers(1, 7, int(thin.sum()))
        empty = (np.arange(DAYS) % 7 >= 5) & (rng.random(DAYS) < 0.7)
        empty |= rng.random(DAYS) < 0.08
        if rng.random() < 0.4:
            first = int(rng.integers(5, DAYS - 12))
            empty[first : first + 7] = True
        rows[empty] = 0
    return rows


def made(case: Case, rng: np.random.Generator, change: int) -> pd.DataFrame:
    """The log's rows: day, student, outcome, score, and `struck`, how much of the day is."""
    rows = traffic(rng, case.gaps)
    day = np.repeat(np.arange(DAYS), rows)
    n, students = len(day), max(20, len(day) // 25)
    student = np.where(rows[day] < 7, day * 7 % students, rng.integers(0, students, n))
    ability, task = rng.normal(0, 1.1, students)[student], rng.normal(0, 1.1, n)
    outcome = rng.random(n) < 1 / (1 + np.exp(task - ability - 0.3))
    score = ability - task + rng.normal(0, 0.3, n) + 0.1 * np.sin(day / 9)
    struck = np.clip((day - change) / SLIDE, 0, 1) if case.shape == "slide" else day >= change
    if case.shape == "temporary":
        struck = struck & (day < change + LASTS)
    hit = rng.random(n) < case.share * struck
    if case.kind == "scores shuffled":
        score = np.where(hit, rng.permutation(score), score)
    elif case.kind == "a default":
        score = np.where(hit, 0.4, score)
    elif case.kind == "labels of chance":
        outcome = np.where(hit, rng.random(n) < 0.5, outcome)
    else:
        score = np.where(hit, 0.3 - task, score)
    return pd.DataFrame(
        {"day": day, "student": student, "outcome": outcome, "score": score, "struck": struck}
    )


def asked(case: Case, seed: int) -> DatedLog | None:
    """What is found in one log; `None` where AUC did not fall by 0.03, or no fall was found."""
    rng = np.random.default_rng([seed, CASES.index(case)])
    change = int(rng.integers(56, 66))
    log = made(case, rng, change)
    before, after = (log[log["struck"] == part] for part in (0, 1))
    areas = [
        roc_auc_score(part["outcome"], part["score"]) if part["outcome"].nunique() == 2 else 0.5
        for part in (before, after)
    ]
    if areas[0] - areas[1] < LEAST_DROP:
        return None
    begins = change + case.late

    def date(day: int) -> str:
        return f"{START + pd.Timedelta(days=int(day)):%Y-%m-%d}"

    question = params.from_names(
        {
            "case": "onset",
            "log": "log.parquet",
            "columns": {"time": "time", "outcome": "outcome", "score": "score"},
            "baseline": {"start": date(0), "end": date(begins)},
            "incident": {"start": date(begins), "end": date(DAYS)},
        }
    )
    found = dated(counted(log), question)
    if not found or found["p_value"] > 0.05 or found["after"] >= found["before"]:
        return None
    with_rows = np.unique(log["day"])

    def place(moment: str | int) -> int:
        day = moment if isinstance(moment, int) else (pd.Timestamp(moment, tz="UTC") - START).days
        return int(np.searchsorted(with_rows, day))

    low, high = place(found["low"]), place(found["high"])
    return DatedLog(
        place(found["date"]) - place(change), low <= place(change) <= high, str(found["shape"])
    )


def counted(log: pd.DataFrame) -> Counts:
    """The timeline alone: 128 bins of about equal rows, 8 folds of students."""
    edges = np.unique(np.quantile(log["score"], np.linspace(0, 1, 129)[1:-1]))
    rows = pd.DataFrame(
        {
            "system": "",
            "start": START + pd.to_timedelta(log["day"], "D"),
            "fold": log["student"] % 8,
            "bin": np.searchsorted(edges, log["score"], side="right"),
            "positives": log["outcome"].astype(int),
            "negatives": 1 - log["outcome"].astype(int),
        }
    )
    key = ["system", "start", "fold", "bin"]
    timeline = rows.groupby(key, as_index=False)[["positives", "negatives"]].sum()
    nothing = pd.DataFrame()
    return Counts(
        **dict.fromkeys(("bins", "slices", "arms", "facts", "items", "events"), nothing),
        timeline=timeline,
        meta={"bucket_seconds": 86_400},
    )


def false_alarms(pool: ProcessPoolExecutor, seeds: int) -> Iterator[str]:
    yield "| noise, no change | days | rho 0 | rho 0.3 | rho 0.6 |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for noise in (
        "equal errors",
        "unequal errors",
        "unequal, twice as wide as stated",
        "heavy tails (t5)",
        "a day in four without a value",
    ):
        for n in (60, 120):
            shares = [
                np.mean(list(pool.map(partial(alarm, n=n, rho=rho, noise=noise), range(seeds))))
                for rho in (0.0, 0.3, 0.6)
            ]
            yield f"| {noise} | {n} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"


def dates(pool: ProcessPoolExecutor, seeds: int) -> Iterator[str]:
    yield (
        "| change | of the rows | days | incident window | dated | same day | within 1 day "
        "| in the interval | shape told |"
    )
    yield "| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | --- |"
    steps: list[DatedLog] = []
    for case in CASES:
        found = [one for one in pool.map(partial(asked, case), range(seeds)) if one is not None]
        if case.shape == "step":
            steps += found
        shapes = ", ".join(f"{k} {v}" for k, v in Counter(o.shape for o in found).most_common())
        window = {-1: f"{-case.late} days early", 0: "on the day", 1: f"{case.late} days late"}
        yield (
            f"| {case.kind}, {case.shape} | {case.share:.0%} | "
            f"{'with gaps' if case.gaps else 'all'} | {window[int(np.sign(case.late))]} | "
            f"{len(found)} | {_shares(found)} | {shapes} |"
        )
    yield f"| all steps | | | | {len(steps)} | {_shares(steps)} | |"


def _shares(found: list[DatedLog]) -> str:
    off = np.abs([one.days for one in found])
    shares = (np.mean(off == 0), np.mean(off <= 1), np.mean([one.held for one in found]))
    return " | ".join(f"{share:.0%}" for share in shares)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=60)
    seeds = parser.parse_args().seeds
    with ProcessPoolExecutor(2) as pool:
        for table in (false_alarms, dates):
            for line in table(pool, seeds):
                print(line, flush=True)
            print()
