"""What several notebooks of a run ask for, computed once in the parent of their kernels.

Analyses remember on the counts what they computed; kernels are forks, so that each finds the
counts and all that is remembered. A notebook run by hand computes the same by itself. What takes
long is computed in a process of its own, beside the notebooks that do not need it.
"""

import gc
import os
import pickle
import re
import signal
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from investigate.counts.memory import SHARED, handed_on
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
LONG = {"account", "verdict"}
"""What takes longer than all others together."""


@dataclass(frozen=True)
class Ahead:
    """What is still to be computed, and the names of the jobs that wait for it."""

    question: Question
    counts: Counts
    names: tuple[str, ...]
    waiting: frozenset[str]
    seconds: float

    def compute(self) -> bytes:
        """What analyses remember of it, to be handed to `take`; in a process of its own."""
        known = set(self.counts.memory)
        with suppress(Exception), warnings.catch_warnings(), _within(self.seconds):
            warnings.simplefilter("ignore")
            _compute(self.names, self.counts, self.question, lambda name: None)
        return pickle.dumps(handed_on(self.counts, known), protocol=pickle.HIGHEST_PROTOCOL)

    def take(self, pickled: bytes) -> None:
        """Remember what `compute` found elsewhere."""
        for key, kept in pickle.loads(pickled).items():
            self.counts.memory.setdefault(key, kept)
        _freeze()


def share(
    jobs: Sequence[NotebookJob],
    on_stage: Callable[[str], None],
    begin: Callable[[Ahead], None] | None = None,
) -> Ahead | None:
    """Read the counts of the record and compute what `jobs` will ask for more than once.

    ``on_stage`` is called with the name of each finding as it begins. What fails, or takes longer
    than a notebook may, is left to the notebook that asks for it, which shows what went wrong.
    Where other jobs need not wait for what takes long, ``begin`` is called with that as soon as
    the counts are read, to have it computed beside all else; it is left out here, and returned.
    """
    job = jobs[0]
    names, ahead = shared([other.source for other in jobs]), None
    if not names:
        return None
    waiting = frozenset(other.name for other in jobs if LONG & needed(other.source))
    alone = begin is not None and len(waiting) < len(jobs)
    later = tuple(name for name in names if alone and name in LONG)
    os.environ[COUNTS_VARIABLE] = str(job.record.counts.resolve())
    with suppress(Exception), warnings.catch_warnings(), _within(job.timeout):
        warnings.simplefilter("ignore")
        on_stage("reading counts")
        from investigate.notebook import open_question

        SHARED[job.record.counts.resolve()] = Counts.load(job.record.counts)
        question, counts = open_question(job.parameters)
        if later and begin is not None:
            ahead = Ahead(question, counts, later, waiting, job.timeout)
            begin(ahead)
        _compute([name for name in names if name not in later], counts, question, on_stage)
    _freeze()
    return ahead


def _compute(
    names: Sequence[str], counts: Counts, question: Question, on_stage: Callable[[str], None]
) -> None:
    from investigate import analyses

    for name in names:
        on_stage(name)
        for arguments in _arguments(name, counts, question):
            with suppress(ArithmeticError, LookupError, ValueError, TypeError):
                getattr(analyses, name)(counts, question, *arguments)


def _freeze() -> None:
    # What forks share stays shared while their collectors leave it alone.
    gc.collect()
    gc.freeze()


def shared(sources: Sequence[str]) -> list[str]:
    """The analyses that two or more of these notebooks need, in the order to compute them."""
    from investigate import analyses

    needs = Counter(name for source in sources for name in needed(source))
    order = [*BEHIND["answer"], "verdict"]
    return [name for name in order if needs[name] > 1 and hasattr(analyses, name)]


def needed(source: str) -> set[str]:
    """The analyses that a notebook asks for, and those that they need."""
    asked = set(ASKS.findall(source))
    behind = {other for name in asked for other in BEHIND.get(name, ())}
    # An answer, and the suspects side by side, need the verdict and all that is behind it.
    behind |= {"verdict"} if asked & {"answer", "suspects"} else set()
    behind |= set(BEHIND["verdict"]) if "verdict" in behind else set()
    return asked | behind


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
