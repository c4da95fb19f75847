"""Where the chart's limit must lie for a stated rate of false alarms; see charts/limits.py.

Charts series of noise, each with a baseline of four weeks and a year after it, and prints the
quantiles of the largest statistic of the year, for noise of which a part is known to be of
sampling and the rest, which the chart has to learn, is white or stays for days, as the chart
assumes, or for weeks, longer than it assumes. The limits of `charts/limits.py` are the largest of
those in `HELD`; what is outside of it is printed to tell what happens then. Some minutes each.

    .venv/bin/python benchmarks/chart_limits.py --pace days --series 16000
    .venv/bin/python benchmarks/chart_limits.py --pace hours --series 2500
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from scipy.signal import lfilter

from investigate.watch.charts.chart import chart
from investigate.watch.charts.pace import DAYS, HOURS

CHANCES = (0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
LEARN, YEAR = 28, 365
AT_ONCE = {1: 1000, 24: 100}
NOISES = {
    "white": (0.0, 0.0),
    "tenth, days": (0.1, 0.9),
    "tenth, weeks": (0.1, 0.97),
    "half, days": (0.5, 0.9),
    "most, days": (0.9, 0.9),
    "half, weeks": (0.5, 0.97),
    "most, weeks": (0.9, 0.97),
}
"""Of a day's value: the share of its variance that stays, and its correlation from day to day."""
HELD = list(NOISES)[:5]


def largest(task: tuple[int, int, int, str]) -> np.ndarray:
    """The largest statistic of the year, of each of so many series: (both sides, one side)."""
    seed, a_day, number, noise = task
    pace = DAYS if a_day == 1 else HOURS
    rng = np.random.default_rng(seed)
    share, kept = NOISES[noise]
    sampling = (1 - share) * a_day
    values = np.sqrt(sampling) * rng.standard_normal(((LEARN + YEAR) * a_day, number))
    if share:
        kept **= 1 / a_day
        shocks = rng.standard_normal(values.shape) * np.sqrt(share * (1 - kept**2))
        shocks[0] /= np.sqrt(1 - kept**2)
        values += lfilter([1.0], [1.0, -kept], shocks, axis=0)
    found = []
    for side in (-1, 0):
        charted = chart(
            values, np.full_like(values, sampling), learn=LEARN * a_day, pace=pace,
            sides=np.full(number, side), limits=np.full(number, np.inf),
        )  # fmt: skip
        found.append(np.nanmax(charted.statistic[LEARN * a_day :], axis=0))
    return np.stack(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pace", choices=("days", "hours"), default="days")
    parser.add_argument("--series", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    a_day = 1 if asked.pace == "days" else 24
    number = AT_ONCE[a_day]
    print(f"{'chance':22}" + "".join(f"{chance:8g}" for chance in CHANCES))
    held = {"one": np.zeros(len(CHANCES)), "both": np.zeros(len(CHANCES))}
    with ProcessPoolExecutor(asked.workers, get_context("spawn")) as pool:
        for noise in NOISES:
            tasks = [(seed, a_day, number, noise) for seed in range(asked.series // number)]
            found = np.concatenate(list(pool.map(largest, tasks)), axis=1)
            for sides, row in zip(("one", "both"), found, strict=True):
                limits = np.quantile(row, 1 - np.array(CHANCES))
                _show(f"{noise}, {sides}", limits)
                if noise in HELD:
                    held[sides] = np.maximum(held[sides], limits)
                else:
                    passed = (row[:, None] > held[sides]).mean(axis=0) / np.array(CHANCES)
                    _show("  times too often", passed)
    for sides, limits in held.items():
        _show(f"limits, {sides}", limits)


def _show(name: str, numbers: np.ndarray) -> None:
    print(f"{name:22}" + "".join(f"{number:8.2f}" for number in numbers), flush=True)


if __name__ == "__main__":
    main()
