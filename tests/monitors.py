"""Monitors in processes of their own, which can be killed, and the log of a platform's days."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml

FIRST = pd.Timestamp("2024-01-01")
LEARN = 28
"""Days of the baseline."""
CHANNELS = ["OPS_HOOK", "TEAM_MAIL"]

_SERVER = textwrap.dedent(
    """
    import json, os, signal, sys, time
    from pathlib import Path
    import ibis.backends.duckdb, ibis.expr.types.groupby, ibis.formats.pandas, sklearn.metrics
    from rich.console import Console
    import typer
    import investigate.log.daily.reading
    from investigate.cli.app import ending
    from investigate.updates.delivery import check
    from investigate.cli.monitor import monitor

    def run(folder, at, addresses):
        os.environ.update(addresses)
        os.chdir(folder)
        printed = os.open("printed", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(printed, 1), os.dup2(printed, 2)
        with open("printed", "a") as printed:
            console = Console(file=printed, width=200)
            with ending():
                return monitor(
                    Path("watch.yml"), console, audit=Path("audit"), outbox=Path("outbox"), at=at
                )

    def child(*order):
        if child := os.fork():
            return child
        status = 70
        try:
            status = run(*order)
        except typer.Exit as ended:
            status = ended.exit_code
        finally:
            os._exit(status)

    # What takes long to import is there before each start; none of it starts a thread.
    check(["HOOK", "MAIL"])
    for line in sys.stdin:
        orders, addresses = json.loads(line)
        begun = time.monotonic()
        going = {child(folder, at, addresses): seconds for folder, at, seconds in orders}
        ended = {number: None for number in going}
        while going:
            for number, seconds in list(going.items()):
                after = time.monotonic() - begun
                if seconds is not None and after > seconds:
                    os.kill(number, signal.SIGKILL)
                found, status = os.waitpid(number, 0 if len(going) == 1 and seconds is None
                                           else os.WNOHANG)
                if found:
                    status = os.waitstatus_to_exitcode(status)
                    ended[number] = [status, time.monotonic() - begun]
                    del going[number]
            time.sleep(0.001)
        print(json.dumps(list(ended.values())), flush=True)
    """
)
_ELSEWHERE = {
    "HOOK": "json://127.0.0.1:9",
    "MAIL": "mailto://127.0.0.1:9?from=kit@example.org&to=team@example.org",
}


class Order(NamedTuple):
    """Run the watch in `folder` as if it were `at`; killed if it has not ended in `seconds`."""

    folder: str
    at: str
    seconds: float | None = None


class Ended(NamedTuple):
    """How a monitor ended: its exit status, below 0 for a signal, and how long it had taken."""

    status: int
    seconds: float


class Monitors:
    """A process that runs monitors when it is told to, each in a child of its own.

    They send to the addresses in `CHANNELS`; what they print is added to the file ``printed``.
    """

    def __init__(self) -> None:
        command, pipe = [sys.executable, "-c", _SERVER], subprocess.PIPE
        env = {**os.environ, **_ELSEWHERE}
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)

    def run(self, *orders: Order) -> list[Ended]:
        """Run all of `orders` at the same time; how each ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        addresses = {name: os.environ[name] for name in CHANNELS if name in os.environ}
        self._process.stdin.write(json.dumps([orders, addresses]) + "\n")
        self._process.stdin.flush()
        return [Ended(*ended) for ended in json.loads(self._process.stdout.readline())]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
        assert self._process.returncode == 0


def rows_of_day(n: int, kind: str, rows: int = 240) -> pd.DataFrame:
    """The rows of day `n`: ``fine``, with ``shuffled`` scores, or ``unscored`` in part."""
    rng = np.random.default_rng([7, n])
    score = np.floor(rng.random(rows) * 40) / 40
    made = pd.DataFrame(
        {
            "at": FIRST
            + pd.Timedelta(days=n)
            + pd.to_timedelta(rng.integers(0, 86_400, rows), "s"),
            "y": (rng.random(rows) < score).astype(float),
            "s": score,
            "who": rng.choice(["a", "b"], rows),
            "land": rng.choice(["DE", "FR"], rows),
            "student": rng.integers(0, 80, rows),
        }
    )
    made["at"] = made["at"].astype("datetime64[us]")
    if kind == "shuffled":
        made["s"] = rng.permutation(made["s"])
    if kind == "unscored":
        made.loc[rng.random(rows) < 0.4, "s"] = np.nan
    return made


def day(n: int) -> str:
    """Day `n` as people write it."""
    return f"{FIRST + pd.Timedelta(days=n):%Y-%m-%d}"


def watch_file(folder: Path, log: Path, **more: Any) -> Path:
    """A watch of such a log in the file ``watch.yml`` of `folder`."""
    asked: dict[str, Any] = {
        "watch": "made",
        "log": str(log),
        "columns": {
            "time": "at", "outcome": "y", "score": "s", "system": "who",
        },
        "baseline": {"start": day(0), "end": day(LEARN)},
        "limits": {"auc": 0.65, "missing_scores": 0.1},
        "state": "watch.duckdb",
        **more,
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "watch.yml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    return folder / "watch.yml"
