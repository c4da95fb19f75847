"""The place whose scores lie closer together, in logs whose outcomes are too rare to show it."""

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.account import accounted
from investigate.analyses.suspects.closer_scores import CLOSER, all_of_it, closer
from investigate.analyses.suspects.narrowing import Scope
from investigate.counts.table import Counts
from investigate.question import params

pytestmark = pytest.mark.slow

QUESTION = params.from_names({
    "case": "closer", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "system": "model"},
    "cohorts": ["age", "shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-02-01"},
    "incident": {"start": "2024-02-01", "end": "2024-02-16"},
})  # fmt: skip
ROWS, LOST, ALL = 24_000, "66+", ["18-25", "26-35", "36-65", "66+"]


def log(seed: int, hit: list[str], model: str | None = None, scrambled: str = "") -> pd.DataFrame:
    """Three in a hundred outcomes are 1; a feature is lost in the ages ``hit``, of one ``model``.

    Scores of the model ``scrambled`` are dealt out anew, which leaves them as far apart as before.
    """
    rng = np.random.default_rng(seed)
    day = rng.uniform(0, 46, ROWS)
    age, shop = rng.choice(ALL, ROWS, p=[0.15, 0.15, 0.25, 0.45]), rng.choice(["web", "app"], ROWS)
    models, now = rng.choice(["a", "b"], ROWS), day >= 31
    inputs = rng.normal(0, 1.5, (2, ROWS))
    logit = -5.5 + inputs.sum(axis=0)
    lost = now & np.isin(age, hit) & (models == (model or models))
    known = np.where(lost, -5.5 + inputs[0], logit)
    mixed = np.flatnonzero(now & (models == scrambled))
    known[mixed] = known[rng.permutation(mixed)]
    return pd.DataFrame({
        "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
        "outcome": (rng.random(ROWS) < 1 / (1 + np.exp(-logit))).astype(int),
        "score": (1 / (1 + np.exp(-known))).round(6), "model": models, "age": age, "shop": shop,
    })  # fmt: skip


def counted(frame: pd.DataFrame) -> Counts:
    return plain.count(frame, QUESTION, bins=200)


def deviations(frame: pd.DataFrame, age: str) -> float:
    """By how much the deviation of a group's ranks changed, by pandas."""
    ranks = frame["score"].rank(pct=True)[frame["age"] == age]
    now = frame.loc[ranks.index, "time"] >= pd.Timestamp("2024-02-01", tz="UTC")
    return float(ranks[now].std() / ranks[~now].std())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_group_whose_scores_came_closer_is_found_without_outcomes(seed: int) -> None:
    frame = log(seed, [LOST])
    assert deviations(frame, LOST) < CLOSER < min(deviations(frame, age) for age in ALL[:3])
    place = closer(counted(frame))
    assert place is not None
    assert place.of == (None, {"age": LOST})
    # Outcomes have no part in it.
    turned = frame.assign(outcome=1 - frame["outcome"])
    assert closer(counted(turned)) == place


@pytest.mark.parametrize("hit", [[], ALL, ["18-25", LOST]])
def test_where_no_group_stands_out_none_is_named(hit: list[str]) -> None:
    assert closer(counted(log(4, hit))) is None


def test_a_part_of_a_group_is_told_from_all_of_it() -> None:
    part = Scope("system*age", "a", LOST, 1)
    for model, whole in ((None, True), ("a", False)):
        counts = counted(log(5, [LOST], model))
        assert all_of_it(counts, Scope("age", "", LOST, 1), part) == whole


@pytest.mark.parametrize("seed", [6, 7])
def test_a_lost_feature_is_named_where_outcomes_are_rare(seed: int) -> None:
    counts = counted(log(seed, [LOST]))
    first = accounted(counts, QUESTION).parts[0].suspect
    assert (first.kind, first.system, first.cohort) == ("lost_resolution", None, {"age": LOST})


def test_beside_a_system_that_lost_its_order_it_is_the_second_cause() -> None:
    counts = counted(log(8, [LOST], scrambled="b"))
    found = {(p.suspect.system, str(p.suspect.cohort)) for p in accounted(counts, QUESTION).causes}
    assert found == {("b", "None"), (None, str({"age": LOST}))}


def test_groups_of_few_rows_are_not_looked_at() -> None:
    frame = log(9, [LOST])
    few = frame[(frame["age"] != LOST) | (np.arange(len(frame)) % 80 == 0)]
    assert closer(counted(few.reset_index(drop=True))) is None


@pytest.mark.parametrize("also", [False, True])
def test_a_system_that_serves_the_group_and_another_is_not_named_for_it(also: bool) -> None:
    few = "18-25"
    frame = log(12, [few, LOST] if also else [few])
    frame["model"] = np.where(frame["age"].isin([few, LOST]), "a", "b")
    counts = counted(frame)
    place = closer(counts)
    assert place is not None
    # Where all that the system serves came closer, it is the system.
    assert place.of == (("a", None) if also else (None, {"age": few}))
    first = accounted(counts, QUESTION).parts[0].suspect
    assert (first.system, first.cohort) == place.of
