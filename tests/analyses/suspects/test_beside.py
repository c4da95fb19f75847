"""A cohort of the one system that is left to look at becomes the cohort, labels found by rates."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.beside import beside, parts_of_a_system, widened
from investigate.analyses.suspects.suspect import Suspect
from investigate.counts.table import Counts
from investigate.finding import Estimate
from investigate.question import params

QUESTION = params.from_names({
    "case": "beside", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "system": "model"},
    "cohorts": ["shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip
FOUND = Suspect(
    "system_fault", Estimate(0.1, 0.05, 0.15), "Told.", True, system="one", cohort={"shop": "a"}
)


def counted(zeroed: bool) -> Counts:
    """Three models serve two shops; labels of shop a are zeroed, or scores of it shuffled."""
    rng = np.random.default_rng(4)
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(
        np.sort(rng.uniform(0, 30, 6_000)), unit="D"
    )
    score = rng.uniform(0, 1, 6_000)
    frame = pd.DataFrame({
        "time": time, "score": score.round(2), "shop": rng.choice(["a", "b"], 6_000),
        "model": rng.choice(["one", "two", "three"], 6_000),
        "outcome": (rng.random(6_000) < score).astype(int),
    })  # fmt: skip
    hit = ((frame["time"] >= time[4_000]) & (frame["shop"] == "a")).to_numpy()
    if zeroed:
        frame.loc[hit, "outcome"] = 0
    else:
        frame.loc[hit, "score"] = rng.permutation(frame.loc[hit, "score"])
    return plain.count(frame, QUESTION)


@pytest.mark.slow
def test_zeroed_labels_are_of_the_cohort_whatever_system_is_left() -> None:
    found = beside(counted(zeroed=True), 0.95, FOUND, ["two", "three"])
    assert (found.kind, found.system, found.cohort) == ("outcome_fault", None, {"shop": "a"})
    assert found.points == FOUND.points
    assert not found.either


@pytest.mark.slow
def test_shuffled_scores_are_told_as_either() -> None:
    found = beside(counted(zeroed=False), 0.95, FOUND, ["two", "three"])
    assert (found.kind, found.system, found.either) == ("lost_validity", None, True)


@pytest.mark.slow
def test_a_system_that_can_still_be_seen_speaks_for_the_finding_as_it_is() -> None:
    counts = counted(zeroed=True)
    assert beside(counts, 0.95, FOUND, ["two"]) is FOUND
    assert beside(counts, 0.95, FOUND, []) is FOUND


def test_a_column_that_only_says_where_no_other_cause_is_goes() -> None:
    values = {"shop": "ab", "app": "xyz"}
    facts = pd.DataFrame(
        [(by, "", value, 1, 10) for by, own in values.items() for value in own],
        columns=["by", "system", "cohort", "window", "rows"],
    )
    counts = SimpleNamespace(facts=facts)
    narrow = replace(FOUND, system=None, cohort={"app": "x", "shop": "a"})
    other = replace(FOUND, system=None, cohort={"shop": "b"})
    third = replace(FOUND, system=None, cohort={"app": "y"})
    found = widened(counts, [narrow, other])  # type: ignore[arg-type]
    assert [cause.cohort for cause in found] == [{"app": "x"}, {"shop": "b"}]
    # App z is no place of a cause: x says more than that the cause is not in y.
    assert widened(counts, [narrow, third]) == [narrow, third]  # type: ignore[arg-type]


def test_a_system_of_whose_rows_the_others_are_the_place_of_another_cause_is_named_whole() -> None:
    groups = [("one", "a"), ("one", "b"), ("two", "a"), ("two", "b"), ("two", "c")]
    facts = pd.DataFrame(
        [("system*shop", system, value, 1, 10) for system, value in groups],
        columns=["by", "system", "cohort", "window", "rows"],
    )
    counts = SimpleNamespace(facts=facts)
    labels = replace(FOUND, kind="outcome_fault", system=None, cohort={"shop": "b"})
    first, _ = widened(counts, [FOUND, labels])  # type: ignore[arg-type]
    assert (first.system, first.cohort) == ("one", None)
    assert "b, see there" in first.evidence
    # Shop c is served by the other system too, and no cause is there.
    other = replace(FOUND, system="two")
    assert widened(counts, [other, labels]) == [other, labels]  # type: ignore[arg-type]


def test_one_system_in_all_values_of_a_column_is_one_cause() -> None:
    rows = [("system*shop", "one", shop, n) for shop, n in (("a", 600), ("b", 390), ("c", 10))]
    facts = pd.DataFrame(rows, columns=["by", "system", "cohort", "rows"]).assign(window=1)
    known = SimpleNamespace(facts=facts)
    other = replace(FOUND, cohort={"shop": "b"}, evidence="Also.")
    found = parts_of_a_system(known, [FOUND, other])  # type: ignore[arg-type]
    assert found is not None
    assert found[:2] == (FOUND, other)
    assert (found[2].system, found[2].cohort) == ("one", None)
    assert found[2].evidence == "Told. So it is in its other rows, shop b."
    rest = [
        replace(other, system="two"),
        replace(other, kind="missing_input"),
        replace(other, cohort={"shop": "c"}),
        replace(other, cohort={"age": "b"}),
    ]
    for one in rest:
        assert parts_of_a_system(known, [FOUND, one]) is None  # type: ignore[arg-type]
