"""What counts remember goes with them."""

import gc
import weakref
from dataclasses import replace

import made
import plain
import pytest

from investigate.counts.grouping import grouping
from investigate.counts.memory import handed_on, remembered, remembered_of, take_over
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


@remembered_of("items")
def of_items(counts: Counts) -> object:
    """A new object at each real call, made of items alone."""
    return object()


@pytest.mark.slow
def test_counts_take_over_what_was_made_of_tables_that_they_share() -> None:
    counts = plain.count(made.platform(1, rows=200), made.question())
    whole, part = asked(counts, "system"), of_items(counts)
    same, other = replace(counts), replace(counts, items=counts.items.copy())
    for new in (same, other):
        take_over(new, counts)
    assert of_items(same) is part
    assert of_items(other) is not part
    assert asked(same, "system") is not whole


@pytest.mark.slow
def test_another_process_gets_what_is_new_and_does_not_stay() -> None:
    counts = plain.count(made.platform(1, rows=200), made.question())
    asked(counts, "system")
    grouping(counts, "system")
    known = set(counts.memory)
    stays, later = grouping(counts, "country"), asked(counts, "country")
    assert any(kept is stays for kept in counts.memory.values())
    assert list(handed_on(counts, known).values()) == [later]


@pytest.mark.slow
def test_nothing_outlives_the_counts() -> None:
    counts = plain.count(made.platform(1, rows=200), made.question())
    gone = weakref.ref(asked(counts, "country") and counts.slices)
    del counts
    gc.collect()
    assert gone() is None
