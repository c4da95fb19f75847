"""What counts remember goes with them."""

import gc
import weakref
from dataclasses import replace

import made
import plain
import pytest

from investigate.counts.memory import remembered
from investigate.counts.table import Counts

calls: list[tuple[str, int]] = []


@remembered
def asked(counts: Counts, by: str, most: int = 3) -> object:
    """A new object at each real call."""
    calls.append((by, most))
    return object()


@pytest.mark.slow
def test_each_set_of_arguments_is_computed_once() -> None:
    counts = plain.count(made.platform(1, rows=200), made.question())
    calls.clear()
    assert asked(counts, "system") is asked(counts, "system")
    assert asked(counts, "system", most=4) is not asked(counts, "system")
    assert asked(replace(counts), "system") is not asked(counts, "system")
    assert calls == [("system", 3), ("system", 4), ("system", 3)]


@pytest.mark.slow
def test_nothing_outlives_the_counts() -> None:
    counts = plain.count(made.platform(1, rows=200), made.question())
    gone = weakref.ref(asked(counts, "country") and counts.slices)
    del counts
    gc.collect()
    assert gone() is None
