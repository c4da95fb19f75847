"""What several notebooks of a run ask for, computed once in the parent of their kernels.

Analyses remember on the counts what they computed; kernels are forks, so that each finds the
counts and all that is remembered. A notebook run by hand computes the same by itself.
"""

import gc
import os
import re
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from investigate.counts.memory import SHARED
from investigate.counts.table import Counts
from investigate.paths import COUNTS_VARIABLE
from investigate.question.question import Question
from investigate.records.job import NotebookJob

ASKS = re.compile(r"\b(?:analyses|found)\.(\w+)\(")
"""An analysis, or a method of the `Investigation` that notebooks call ``found``."""
BEHIND = {
    "answer": ("onset", "contributions", "mechanism", "replay", "scorecard", "signal", "account"),
    "verdict": ("onset", "signal", "account"),
}
"""What further findings are made of; in this order, each finds those before it."""


def share(jobs: Sequence[NotebookJob], told: Callable[[str], None]) -> None:
    """Read the counts of the record and compute what `jobs` will ask for more than once.

    ``told`` hears the name of each finding as it begins. What fails, or takes longer than a
    notebook may, is left to the notebook that asks for it, which shows what went wrong.
    """
    job = jobs[0]
    names = shared([other.source for other in jobs])
    if not names:
        return
    os.environ[COUNTS_VARIABLE] = str(job.record.counts.resolve())
    with suppress(Exception), warnings.catch_warnings(), _within(job.timeout):
        warnings.simplefilter("ignore")
        told("reading counts")
        from investigate import analyses
        from investigate.notebook import open_question

        SHARED[job.record.counts.resolve()] = Counts.load(job.record.counts)
        question, counts = open_question(job.parameters)
        for name in names:
            told(name)
            for arguments in _arguments(name, counts, question):
                with suppress(ArithmeticError, LookupError, ValueError, TypeError):
                    getattr(analyses, name)(counts, question, *arguments)
    # What forks share stays shared while their collectors leave it alone.
    gc.collect()
    gc.freeze()


def shared(sources: Sequence[str]) -> list[str]:
    """The analyses that two or more of these notebooks need, in the order to compute them."""
    from investigate import analyses

    needs: dict[str, int] = {}
    for source in sources:
        asked = set(ASKS.findall(source))
        behind = {other for name in asked for other in BEHIND.get(name, ())}
        # An answer, and the suspects side by side, need the verdict and all that is behind it.
        behind |= {"verdict"} if asked & {"answer", "suspects"} else set()
        behind |= set(BEHIND["verdict"]) if "verdict" in behind else set()
        for name in asked | behind:
            needs[name] = needs.get(name, 0) + 1
    order = [*BEHIND["answer"], "verdict"]
    return [name for name in order if needs.get(name, 0) > 1 and hasattr(analyses, name)]


def _arguments(name: str, counts: Counts, question: Question) -> list[tuple[Any, ...]]:
    if name != "contributions":
        return [()]
    return [(by,) for by in counts.groupings() if by != "all"]


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` within, once so many seconds have passed."""

    def late(number: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
