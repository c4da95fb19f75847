"""The monitor on the Open University's log, from 2013 to 2015, run day by day.

    .venv/bin/python -m benchmarks.watch_oulad --write docs/watch.md

Prints the alerts as a table, as the log is and with a fault put into October 2014: the scores
of its second half are dealt out anew among the rows. With `--write`, the chart is drawn beside
that file too, as watch-oulad.png. About fifteen minutes.
"""

import argparse
import io
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from benchmarks.incidents.report import fill, fits
from investigate.cli import monitor as command
from investigate.monitor.alerts import Alert
from investigate.monitor.state import kept, opened
from investigate.monitor.watch import load
from investigate.monitor.words import number, when

ROOT = Path(__file__).parents[1]
WATCH = ROOT / "params" / "watch-oulad.yml"
LOG = ROOT / "data" / "oulad" / "log.parquet"
FROM, UNTIL = datetime(2013, 9, 1, tzinfo=UTC), datetime(2015, 6, 1, tzinfo=UTC)
FAULT = (pd.Timestamp("2014-10-15", tz="UTC"), pd.Timestamp("2014-11-01", tz="UTC"))


def broken(log: pd.DataFrame) -> pd.DataFrame:
    """`log` with the scores of the second half of October 2014 in another order."""
    hit = ((log["submitted_on"] >= FAULT[0]) & (log["submitted_on"] < FAULT[1])).to_numpy()
    score = log["score"].to_numpy(copy=True)
    score[hit] = np.random.default_rng(1).permutation(score[hit])
    return log.assign(score=score)


def day_by_day(folder: Path, log: pd.DataFrame, chart: Path | None) -> list[Alert]:
    """The alerts of the monitor, run on every day as if it were then; its chart at the end."""
    log.to_parquet(folder / "log.parquet", index=False)
    text = WATCH.read_text("utf-8").replace("data/oulad/log.parquet", f"{folder}/log.parquet")
    asked = folder / "watch.yml"
    asked.write_text(text.replace("watch/oulad.duckdb", f"{folder}/state.duckdb"), "utf-8")
    quiet = Console(file=io.StringIO())
    day = FROM
    while day <= UNTIL:
        command.monitor(
            asked, quiet, audit=folder / "audit", outbox=folder / "outbox", at=f"{day:%Y-%m-%d}",
            chart=chart if day == UNTIL else None,
        )  # fmt: skip
        day += timedelta(days=1)
    with opened(folder / "state.duckdb", load(asked)) as state:
        return kept.alerts(state)


def table(alerts: list[Alert]) -> str:
    """The alerts in Markdown, one line each, in the order raised."""
    watch = load(WATCH)
    lines = ["| raised | since | over | what | expected | found | case |"]
    lines.append("| --- | --- | --- | --- | ---: | ---: | --- |")
    for one in alerts:
        over = "–" if one.ended is None else when(one.ended, watch)
        what = one.measure if one.by == "all" else f"{one.measure}, {one.by} {one.label}"
        cells = [when(one.raised, watch), when(one.since, watch), over, what]
        cells += [number(one.measure, one.expected), number(one.measure, one.value)]
        cells.append(one.case + (" (opened it)" if one.opens else "") or "none")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.write:
        fits(asked.write, "oulad")
    log = pd.read_parquet(LOG)
    lines = []
    picture = asked.write.with_name("watch-oulad.png") if asked.write else None
    fault = "### With a fault from 15 October 2014 on, in the middle of the second October"
    for heading, rows, chart in (
        ("### The log as it is", log, picture),
        (fault, broken(log), None),
    ):
        with tempfile.TemporaryDirectory(prefix="investigate-") as scratch:
            alerts = day_by_day(Path(scratch), rows, chart)
        lines += [heading, "", table(alerts), ""]
        print("\n".join(lines[-4:]), flush=True)
    if asked.write:
        sheet: Any = SimpleNamespace(markdown=lambda: "\n".join(lines))
        fill(asked.write, "oulad", ".venv/bin/python -m benchmarks.watch_oulad", [sheet])


if __name__ == "__main__":
    main()
