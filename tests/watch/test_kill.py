"""A monitor that is killed, and two at once: the state is as before or as after."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import daywise
import pandas as pd
import pytest

from investigate.errors import RunError
from investigate.watch.intake import take
from investigate.watch.state import opened
from investigate.watch.watch import Watch

KILLS = 25

SCRIPT = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    import ibis
    from investigate.log.daily import reading
    from investigate.watch.intake import take
    from investigate.watch.state import opened
    from investigate.watch.watch import Watch

    watch = Watch.model_validate_json(sys.argv[1])
    print("ready", flush=True)
    # What takes long to import is there before each start.
    for line in sys.stdin:
        child = os.fork()
        if not child:
            with opened(Path(sys.argv[2]), watch) as state:
                take(watch, state)
            os._exit(0)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)
    """
)


class Monitor:
    """A process that takes in a log whenever it is told to, each time in a child of its own."""

    def __init__(self, watch: Watch, state: Path) -> None:
        command = [sys.executable, "-c", SCRIPT, watch.model_dump_json(), str(state)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self._line("ready")

    def start(self) -> int:
        """The number of a process that has just begun."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return int(self._line())

    def status(self) -> int:
        """How the process that was started last ended, waited for: 0 or a signal."""
        return int(self._line())

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def _line(self, expected: str | None = None) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        assert expected in (None, line)
        return line


def read(watch: Watch, state: Path) -> pd.DataFrame:
    with opened(state, watch) as held:
        return held.daily()


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    (tmp_path / "log").mkdir()
    return daywise.watch(tmp_path / "log" / "*.parquet")


def test_killed_at_any_time_it_has_taken_in_all_or_nothing(tmp_path: Path, watch: Watch) -> None:
    # A fixed seed says when; how far the process is by then differs, and must not matter.
    chance = random.Random(1)
    rows = daywise.frame(1, rows=KILLS * 30, days=4)
    state, held, killed = tmp_path / "state", rows[:0], 0
    monitor = Monitor(watch, state)
    for n in range(KILLS):
        rows[n * 30 : (n + 1) * 30].to_parquet(tmp_path / "log" / f"{n:02}.parquet")
        child = monitor.start()
        killer = threading.Timer(chance.uniform(0.0, 1.0), os.kill, (child, signal.SIGKILL))
        killer.start()
        ended = monitor.status()
        killer.cancel()
        assert ended in (0, signal.SIGKILL)
        killed += ended == signal.SIGKILL
        found, seen = read(watch, state), rows[: (n + 1) * 30]
        overall = found.loc[found["by"] == "all", "rows"].sum()
        assert ended == signal.SIGKILL or overall == seen["at"].count()
        held = seen if overall == seen["at"].count() else held
        if len(held):
            daywise.require_equal(found, held)
        else:
            assert found.empty
    monitor.close()
    assert killed
    with opened(state, watch) as last:
        take(watch, last)
        daywise.require_equal(last.daily(), rows)


def test_two_at_once_count_each_part_once(tmp_path: Path, watch: Watch) -> None:
    rows = daywise.frame(2)
    for n in range(4):
        rows[n::4].to_parquet(tmp_path / "log" / f"{n}.parquet")
    both = [Monitor(watch, tmp_path / "state") for _ in range(2)]
    for monitor in both:
        monitor.start()
    assert [monitor.status() for monitor in both] == [0, 0]
    for monitor in both:
        monitor.close()
    daywise.require_equal(read(watch, tmp_path / "state"), rows)


def test_a_second_one_gives_up_in_one_line(tmp_path: Path, watch: Watch) -> None:
    with (
        opened(tmp_path / "state", watch),
        pytest.raises(RunError, match=r"another process has held .* for 0 seconds; try again"),
        opened(tmp_path / "state", watch, wait=0),
    ):
        pass
    assert os.path.getsize(tmp_path / "state.lock") == 0  # noqa: PTH202
