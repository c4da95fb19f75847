"""How often "since when" is wrong: false alarms, date accuracy and interval coverage over seeds.

    python -m benchmarks.onset --seeds 200

Prints Markdown tables; the seeds make the rows reproducible. Daily series, standard error 0.01 a
day (the median, where errors are unequal), incident window in the last quarter. A share of 5% over
200 seeds has a standard error of 1.5 points.
"""

import argparse
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from investigate.analyses.change_point import Change, change_point

Floats = NDArray[np.float64]
Noise = Callable[[np.random.Generator, int, float], tuple[Floats, Floats]]
ERROR = 0.01


def ar1(rng: np.random.Generator, n: int, rho: float) -> Floats:
    z = rng.standard_normal(n)
    for t in range(1, n):
        z[t] = rho * z[t - 1] + np.sqrt(1 - rho**2) * z[t]
    return z


def equal(rng: np.random.Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    return ERROR * ar1(rng, n, rho), np.full(n, ERROR)


def unequal(rng: np.random.Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    errors = ERROR * np.exp(0.6 * rng.standard_normal(n))
    return errors * ar1(rng, n, rho), errors


def overdispersed(rng: np.random.Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    errors = ERROR * np.exp(0.6 * rng.standard_normal(n))
    return 2 * errors * ar1(rng, n, rho), errors


def process(rng: np.random.Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    errors = ERROR * np.exp(0.6 * rng.standard_normal(n))
    return errors * rng.standard_normal(n) + ERROR * ar1(rng, n, rho), errors


def heavy_tails(rng: np.random.Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    z = ar1(rng, n, rho) / np.sqrt(rng.chisquare(5, n) / 3)
    return ERROR * z, np.full(n, ERROR)


def weekly(rng: np.random.Generator, n: int, rho: float) -> tuple[Floats, Floats]:
    weekend = np.arange(n) % 7 >= 5
    errors = np.where(weekend, 2 * ERROR, ERROR)
    return errors * ar1(rng, n, rho) - 0.03 * weekend, errors


NOISES: dict[str, tuple[Noise, int | None]] = {
    "equal errors": (equal, None),
    "unequal errors (log-normal, sigma 0.6)": (unequal, None),
    "unequal, twice as wide as stated": (overdispersed, None),
    "unequal white + AR process of SD 0.01": (process, None),
    "heavy tails (t5)": (heavy_tails, None),
    "weekends -0.03 and twice the error, period 7": (weekly, 7),
    "the same without period": (weekly, None),
}


def no_shape(n: int) -> Floats:
    return np.zeros(n)


def step(n: int, at: float, size: float, until: float = 1.0) -> Floats:
    t = np.arange(n)
    return np.where((t >= int(at * n)) & (t < int(until * n)), -size, 0.0)


def dip_then_step(n: int, at: float, size: float) -> Floats:
    return step(n, at, size) + step(n, 0.3, size, 0.4)


def two_steps(n: int, at: float, size: float) -> Floats:
    return step(n, at, size) + step(n, 0.4, size / 3)


def drift(n: int, size: float) -> Floats:
    return -size * np.interp(np.arange(n), [0.2 * n, 0.8 * n], [0, 1])


def one(seed: int, n: int, rho: float, noise: str, shape: Floats) -> Change | None:
    make, period = NOISES[noise]
    values, errors = make(np.random.default_rng([seed, n]), n, rho)
    return change_point(0.75 + values + shape, errors, incident=int(0.75 * n), period=period)


def over_seeds(
    pool: ProcessPoolExecutor, seeds: int, n: int, rho: float, noise: str, shape: Floats
) -> list[Change]:
    found = pool.map(
        partial(one, n=n, rho=rho, noise=noise, shape=shape), range(seeds), chunksize=10
    )
    return [change for change in found if change is not None]


def false_alarms(pool: ProcessPoolExecutor, seeds: int) -> Iterator[str]:
    yield "| noise, no change | buckets | rho 0 | rho 0.3 | rho 0.6 |"
    yield "|---|---|---|---|---|"
    for noise in NOISES:
        for n in (28, 60, 120, 365):
            shares = []
            for rho in (0.0, 0.3, 0.6):
                found = over_seeds(pool, seeds, n, rho, noise, no_shape(n))
                shares.append(f"{np.mean([c.p_value < 0.05 for c in found]):.1%}")
            yield f"| {noise} | {n} | " + " | ".join(shares) + " |"


def dates(pool: ProcessPoolExecutor, seeds: int) -> Iterator[str]:
    cases: list[tuple[str, Callable[[int], Floats], float]] = [
        ("step 0.03 at the window", partial(step, at=0.75, size=0.03), 0.75),
        ("step 0.05 at the window", partial(step, at=0.75, size=0.05), 0.75),
        ("step 0.015 at the window", partial(step, at=0.75, size=0.015), 0.75),
        ("step 0.03 a good while before it", partial(step, at=0.55, size=0.03), 0.55),
        ("step 0.03 late in it", partial(step, at=0.9, size=0.03), 0.9),
        ("step 0.03, recovered in it", partial(step, at=0.75, size=0.03, until=0.87), 0.75),
        ("dip earlier, then step 0.03", partial(dip_then_step, at=0.75, size=0.03), 0.75),
        ("step 0.01, then 0.03", partial(two_steps, at=0.75, size=0.03), 0.75),
        ("drift of 0.05 over 60% of the days (its middle)", partial(drift, size=0.05), 0.5),
    ]
    yield (
        "| change | noise | buckets | rho | p < 0.05 | same day | within 1 | in 95% interval "
        "| days in interval (median) |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, shape, at in cases:
        for noise in ("equal errors", "unequal errors (log-normal, sigma 0.6)"):
            for n, rho in ((60, 0.0), (120, 0.3), (120, 0.6)):
                found = over_seeds(pool, seeds, n, rho, noise, shape(n))
                truth = int(at * n)
                off = np.array([abs(c.index - truth) for c in found])
                cells = [
                    np.mean([c.p_value < 0.05 for c in found]),
                    np.mean(off == 0),
                    np.mean(off <= 1),
                    np.mean([c.low <= truth <= c.high for c in found]),
                ]
                width = np.median([c.high - c.low + 1 for c in found])
                yield (
                    f"| {name} | {noise} | {n} | {rho} | "
                    + " | ".join(f"{cell:.1%}" for cell in cells)
                    + f" | {width:.0f} |"
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    with ProcessPoolExecutor() as pool:
        for table in (false_alarms, dates):
            for line in table(pool, seeds):
                print(line, flush=True)
            print()
