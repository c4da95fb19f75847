"""How long the explorer takes to follow a dragged window: 365 days, 12 groups.

Usage: python -m benchmarks.explorer [--rows 20000 200000 1000000] [--moves 200]
Needs Chromium. A time runs from a movement of the pointer until the frame that follows is done:
both AUCs, the intervals, three views, the figure's windows, the code. Beside it is how long the
page's thread was at work for it, which other programs of the machine do not change.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from playwright.sync_api import Page, sync_playwright

import investigate

DAYS, GROUPS, SEED = 365, 12, 1
WATCH = """() => {
  window.times = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }) => window.times.push(performance.now() - data);
  window.addEventListener("pointermove", (event) => {
    requestAnimationFrame(() => channel.port2.postMessage(event.timeStamp));
  }, { capture: true });
}"""


def log(rows: int) -> pd.DataFrame:
    """A year of a score that loses half of what it knows in the last month."""
    rng = np.random.default_rng(SEED)
    days = np.sort(rng.uniform(0, DAYS, rows))
    known = rng.normal(0, 1, rows)
    trusted = np.where(days > DAYS - 30, 0.5, 1.0)
    score = trusted * known + np.sqrt(1 - trusted**2) * rng.normal(0, 1, rows)
    return pd.DataFrame(
        {
            "time": pd.Timestamp("2023-01-01") + pd.to_timedelta(days, "D"),
            "user": rng.integers(0, rows // 20, rows).astype(str),
            "system": rng.choice(["model", "rules"], rows),
            "country": rng.choice([f"country {n:02}" for n in range(GROUPS)], rows),
            "score": score,
            "outcome": (rng.random(rows) < 1 / (1 + np.exp(-known))).astype(int),
        }
    )


def explored(rows: int) -> investigate.Explorer:
    """The page of `log`."""
    asked: dict[str, Any] = {
        "case": "year",
        "baseline": ("2023-01-01", "2023-12-01"),
        "incident": ("2023-12-02", "2024-01-01"),
    }
    found = investigate.open(
        log(rows),
        **asked,
        time="time",
        outcome="outcome",
        score="score",
        system="system",
        cluster="user",
        cohorts=["country"],
    )
    return investigate.explore(found)


def dragged(page: Page, moves: int) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds of each update while the incident's start goes to and fro, and of work."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def at_work() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(1_000 * one["value"] for one in metrics if one["name"] == "TaskDuration")

    page.select_option("#by", "country")
    page.evaluate(WATCH)
    box = page.get_by_role("slider", name="Incident start", exact=True).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => { window.times.length = 0; }")
    work = []
    for move in range(moves):
        before = at_work()
        # A day is 2.9 pixels wide: each movement changes the window.
        page.mouse.move(x - 300 * abs(np.sin(move / 20)) - 3 * (move % 2), y)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        work.append(at_work() - before)
    page.mouse.up()
    return np.array(page.evaluate("() => window.times")), np.array(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000, 1_000_000])
    parser.add_argument("--moves", type=int, default=200)
    options = parser.parse_args()
    print("| rows | bins | page | made in | half of updates | 95% | slowest | work: half | 95% |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for rows in options.rows:
            began = time.perf_counter()
            explorer = explored(rows)
            path = explorer.save(Path(folder) / f"{rows}.html")
            seconds = time.perf_counter() - began
            page = browser.new_page(viewport={"width": 1200, "height": 1100})
            page.goto(path.as_uri())
            page.wait_for_selector("#by-group .row")
            found, work = dragged(page, options.moves)
            page.close()
            half, most = np.quantile(found, [0.5, 0.95])
            usual, hard = np.quantile(work, [0.5, 0.95])
            print(
                f"| {rows:,} | {explorer.counts.bins:,} | {path.stat().st_size / 1e6:.1f} MB | "
                f"{seconds:.0f} s | {half:.0f} ms | **{most:.0f} ms** | {found.max():.0f} ms | "
                f"{usual:.0f} ms | **{hard:.0f} ms** |",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
