"""Who serves the same items: shares counted by hand."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from investigate.analyses.suspects.handover import answering, may_answer, take_turns, took_over
from investigate.counts.table import Counts
from investigate.finding import Estimate

Served = dict[tuple[str, int], dict[str, int]]
"""Rows by item and window, then by system."""


def counts(served: Served) -> Counts:
    rows = [
        {"by": "system", "system": system, "cohort": "", "item": item, "window": window}
        | {"half": 0, "rows": n, "positives": 0, "bins": 0, "squares": 0}
        for (item, window), systems in served.items()
        for system, n in systems.items()
        if n
    ]
    empty = pd.DataFrame()
    return Counts(
        bins=empty, slices=empty, arms=empty, facts=pd.DataFrame(columns=["by"]),
        items=pd.DataFrame(rows), timeline=empty, events=empty, meta={},
    )  # fmt: skip


def test_a_system_takes_items_over() -> None:
    served: Served = {(i, 0): {"a": 90, "b": 10} for i in "xyz"}
    served |= {(i, 1): {"a": 5, "b": 95} for i in "xyz"}
    assert took_over(counts(served), None) == "b"
    assert not take_turns(counts(served))


def test_new_items_are_no_handover() -> None:
    served: Served = {("old", 0): {"a": 100}, ("old", 1): {"a": 100}, ("new", 1): {"b": 500}}
    assert took_over(counts(served), None) is None
    assert not take_turns(counts(served))


@pytest.mark.parametrize("before", [0, 50])
def test_turns_count_only_where_they_are_new(before: int) -> None:
    served: Served = {(i, 0): {"a": 100 - before, "b": before} for i in "xyz"}
    served |= {(i, 1): {"a": 50, "b": 50} for i in "xyz"}
    assert take_turns(counts(served)) == (before == 0)


def served_by_country(rows: dict[tuple[int, str, str], int]) -> Counts:
    """Counts without items, from rows by window, system and country."""
    table = pd.DataFrame(
        [(w, system, country, n) for (w, system, country), n in rows.items()],
        columns=["window", "system", "cohort", "rows"],
    )
    whole = table.groupby(["window", "system"])["rows"].sum().reset_index()
    facts = pd.concat([table.assign(by="system*country"), whole.assign(by="system", cohort="")])
    empty = pd.DataFrame()
    return Counts(
        bins=empty, slices=empty, arms=empty, facts=facts.reset_index(drop=True),
        items=empty, timeline=empty, events=empty, meta={},
    )  # fmt: skip


def test_a_system_whose_country_grew_took_nothing_over() -> None:
    rows = {(0, "a", "DE"): 700, (0, "b", "FR"): 300, (1, "a", "DE"): 200, (1, "b", "FR"): 800}
    assert took_over(served_by_country(rows), None) is None


def test_a_system_that_serves_more_of_every_country_took_over() -> None:
    rows = {(0, "a", "DE"): 700, (0, "a", "FR"): 300, (1, "a", "DE"): 300, (1, "b", "DE"): 400}
    rows |= {(1, "a", "FR"): 100, (1, "b", "FR"): 200}
    assert took_over(served_by_country(rows), None) == "b"


def test_a_system_that_came_with_new_countries_alone_is_not_judged_by_them() -> None:
    rows = {(0, "a", "DE"): 1000, (1, "b", "IT"): 900, (1, "a", "DE"): 100}
    assert took_over(served_by_country(rows), None) == "b"


def test_who_writes_last_may_have_answered_others() -> None:
    served: Served = {(i, 0): {"a": 80, "b": 20} for i in "xyz"}
    served |= {(i, 1): {"a": 0, "b": 100} for i in "xyz"}
    own = counts(served)
    rows = [
        ("system", s, "", w, n) for w, a in ((0, 80), (1, 0)) for s, n in (("a", a), ("b", 100 - a))
    ]
    own = replace(
        own, facts=pd.DataFrame(rows, columns=["by", "system", "cohort", "window", "rows"])
    )
    wild: Any = SimpleNamespace(scatter=Estimate(3.7, 3.5, 3.9))
    tame: Any = SimpleNamespace(scatter=Estimate(1.0, 0.9, 1.1))
    assert may_answer(own, wild, "b")
    assert not may_answer(own, wild, "a")
    assert not may_answer(own, tame, "b")
    assert not may_answer(replace(own, meta={"replay": {}}), wild, "b")
    assert "b has the last word in 100% of the rows, 20% before" in answering(own, "b")
