"""Fuzz the reading of logs and questions for a while: ``python tools/fuzz.py --minutes 60``.

Every example gives the numbers of a plain pandas reading, or one line. What does not is printed,
made small, and the run goes on with another seed. Kept out of CI, which runs a few examples.
"""

import argparse
import collections
import os
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from fuzzed import cases, judge, judge_text, put_log, texts  # type: ignore[import-not-found]

HANGS = 120
"""Seconds of this process's own time after which an example counts as one that does not end; a
busy machine is no fault of the kit. One that waits for ever is stopped after ten times as long."""
AT_ONCE = 40
"""Examples of a seed."""


def _hangs(*_: object) -> None:
    raise TimeoutError(f"no end after {HANGS} s")


def fuzz(minutes: float, first: int) -> int:
    """Run seeds from `first` on; how many of them found something."""
    ends, seed, found = time.monotonic() + 60 * minutes, first, 0
    outcomes: collections.Counter[str] = collections.Counter()
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, _hangs)

    def within_time(of: Any, example: Any) -> None:
        with TemporaryDirectory() as folder:
            os.chdir(folder)
            signal.alarm(10 * HANGS)
            signal.setitimer(signal.ITIMER_PROF, HANGS)
            try:
                if of is judge_text:
                    put_log(Path(folder))
                outcomes[f"{of.__name__} {of(example, Path(folder))}"] += 1
            finally:
                signal.alarm(0)
                signal.setitimer(signal.ITIMER_PROF, 0)
                os.chdir("/")

    while time.monotonic() < ends:
        for strategy, of in ((cases(), judge), (texts(), judge_text)):
            try:
                _tried(strategy, partial(within_time, of), seed)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                found += 1
                print(f"FOUND with seed {seed}:", flush=True)
                traceback.print_exception(error, limit=-6)
        seed += 1
        print(f"seed {seed}: {dict(sorted(outcomes.items()))}, found {found}", flush=True)
    return found


def _tried(strategy: Any, judged: Any, seed: int) -> None:
    @hypothesis.seed(seed)
    @settings(
        max_examples=AT_ONCE, deadline=None, database=None, print_blob=False,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(example=strategy)
    def one(example: Any) -> None:
        judged(example)

    one()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given_args = parser.parse_args()
    sys.exit(1 if fuzz(given_args.minutes, given_args.seed) else 0)
