"""Where the chart's limit must lie for a stated rate of false alarms; see charts/panel.py.

Charts series of noise, each with a baseline of four weeks and a year after it, and prints the
quantiles of the largest statistic of the year, for noise of which a part is known to be of
sampling and the rest, which the chart has to learn, is white or stays for days, as the chart
assumes, or for weeks, longer than it assumes. The limits of `charts/panel.py` are the largest of
those in `HELD`; what is outside of it is printed to tell what happens then. Some minutes each.

    .venv/bin/python -m benchmarks.chart_limits --pace days
    .venv/bin/python -m benchmarks.chart_limits --pace hours --series 1000

`--write benchmarks/monitor.md` puts what is printed last there.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.signal import lfilter

from benchmarks.incidents.report import fill, fits
from investigate.monitor.charts.chart import chart
from investigate.monitor.charts.pace import DAYS, HOURS
from investigate.monitor.charts.panel import CHANCES

LEARN, YEAR = 28, 365
AT_ONCE = {1: 1000, 24: 100}
NOISES = {
    "none of it": (0.0, 0.0),
    "a tenth, for days": (0.1, 0.9),
    "a tenth, for weeks": (0.1, 0.97),
    "half of it, for days": (0.5, 0.9),
    "nine tenths, for days": (0.9, 0.9),
    "half of it, for weeks": (0.5, 0.97),
    "nine tenths, for weeks": (0.9, 0.97),
}
"""Of a day's value: the share of its variance that stays, and its correlation from day to day."""
HELD = list(NOISES)[:5]
SHOWN = np.array([0.5, 0.3, 0.1, 0.05, 0.02, 0.01])


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


def limits(found: dict[str, np.ndarray]) -> np.ndarray:
    """The limits (2, chances), on one side and on both, that hold for all noises in `HELD`."""
    return np.stack([np.quantile(found[noise], 1 - CHANCES, axis=1) for noise in HELD]).max(0).T


def table(found: dict[str, np.ndarray], pace: str) -> str:
    """How often limits are passed, relative to their nominal rates, as Markdown."""
    lines = [f"A step is of {pace}; {len(found[HELD[0]][0]):,} series of each noise.", ""]
    lines.append(f"| noise that stays | {' | '.join(f'{chance:g}' for chance in SHOWN)} |")
    lines.append("| --- |" + " ---: |" * len(SHOWN))
    own = limits(found)[0][np.isin(CHANCES, SHOWN)]
    for noise, largest_of in found.items():
        passed = (largest_of[0][:, None] > own).mean(axis=0) / SHOWN
        cells = " | ".join(f"{share:.1f}" for share in passed)
        lines.append(f"| {noise} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pace", choices=("days", "hours"), default="days")
    parser.add_argument("--series", type=int, default=16_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.write:
        fits(asked.write, f"limits-{asked.pace}")
    a_day = 1 if asked.pace == "days" else 24
    number = AT_ONCE[a_day]
    found = {}
    with ProcessPoolExecutor(asked.workers, get_context("spawn")) as pool:
        for noise in NOISES:
            tasks = [(seed, a_day, number, noise) for seed in range(asked.series // number)]
            found[noise] = np.concatenate(list(pool.map(largest, tasks)), axis=1)
            print(f"simulated: {noise}", flush=True)
    for sides, own in zip(("one side", "both sides"), limits(found), strict=True):
        print(f"{sides}: [{', '.join(f'{limit:.2f}' for limit in own)}]")
    text = table(found, asked.pace)
    print(text)
    if asked.write:
        sheet: Any = SimpleNamespace(markdown=lambda: text)
        command = f".venv/bin/python -m benchmarks.chart_limits --pace {asked.pace}"
        command += f" --series {asked.series}"
        fill(asked.write, f"limits-{asked.pace}", command, [sheet])


if __name__ == "__main__":
    main()
