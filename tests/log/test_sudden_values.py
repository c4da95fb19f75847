"""Which score values suddenly repeat, on logs made by hand, against plain pandas."""

from typing import Any

import messy
import numpy as np
import pandas as pd
import pytest

from investigate.log import sudden_values as module
from investigate.log.coding import Coding
from investigate.log.sudden_values import (
    KNOWN_ROWS,
    SHARE,
    SHARE_OF_GROUP,
    judged,
    sudden_values,
    with_sudden,
)
from investigate.question.question import Question

pytestmark = pytest.mark.slow

BARE = messy.question("x", columns=messy.columns("item", "cluster", "system"), cohorts=["land"])
CLUSTERED = messy.question("x", columns=messy.columns("item", "system"), cohorts=["land"])
START = pd.Timestamp("2024-03-01", tz="UTC")
LANDS = np.array(["at", "be", "ch", "dk"])


def frame(seed: int = 3, n: int = 4_000, clusters: int | None = None) -> pd.DataFrame:
    """Rows of four countries and fine scores, half of them in each window."""
    rng = np.random.default_rng(seed)
    score = 1 / (1 + np.exp(-rng.normal(0, 1.5, n)))
    rows = pd.DataFrame({"id": np.arange(n), "window": np.arange(n) * 2 // n, "score": score})
    rows["time"] = START + pd.to_timedelta(np.arange(n), unit="min")
    rows["cohort0"] = LANDS[rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])]
    rows["outcome"] = (rng.random(n) < score).astype(int)
    rows["cluster"] = [f"c{i}" for i in rng.integers(0, clusters or n, n)]
    rows["reason"] = pd.array([None] * n, dtype="Int8")
    return rows.assign(system="all", item=pd.Series([None] * n, dtype="str"))


def marked(load: Any, rows: pd.DataFrame, question: Question = BARE) -> tuple[Any, pd.DataFrame]:
    """Which rows are marked, in the order of `rows`, and the table of values."""
    inside = rows[rows["reason"].isna() & (rows["window"] >= 0)]
    values = inside.groupby("score").size().rename("within").reset_index()
    table = load(rows)
    found = sudden_values(table, load(values), question, Coding())
    marks = with_sudden(table, found, question, Coding()).to_pandas().sort_values("id")["sudden"]
    assert len(marks) == len(rows)
    return marks.to_numpy(), found.table


def incident(rows: pd.DataFrame) -> Any:
    return (rows["window"] == 1).to_numpy()


@pytest.mark.slow
@pytest.mark.parametrize("question", [BARE, CLUSTERED], ids=["rows", "clusters"])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.05])
def test_one_default_is_found_whatever_its_share(
    question: Question, share: float, load: Any
) -> None:
    rows = frame()
    hit = incident(rows) & (np.random.default_rng(1).random(len(rows)) < share)
    rows.loc[hit, "score"] = 0.35
    found, table = marked(load, rows, question)
    assert (found == hit).all()
    everywhere = table[table["by"] == "all"]
    assert everywhere[["value", "window", "rows", "positives"]].to_numpy().tolist() == [
        [0.35, 1, hit.sum(), rows.loc[hit, "outcome"].sum()]
    ]


def test_one_default_in_one_country_is_found(load: Any) -> None:
    rows = frame()
    hit = incident(rows) & (rows["cohort0"] == "dk").to_numpy()
    rows.loc[hit, "score"] = 0.0
    found, table = marked(load, rows)
    assert (found == hit).all()
    assert set(zip(table["by"], table["cohort"], strict=True)) == {("all", ""), ("land", "dk")}


def test_one_default_a_country_is_found_in_each(load: Any) -> None:
    rows = frame()
    own = rows["cohort0"].map(dict(zip(LANDS, [0.3, 0.31, 0.32, 0.33], strict=True)))
    hit = incident(rows) & (np.random.default_rng(1).random(len(rows)) < 0.5)
    rows.loc[hit, "score"] = own[hit]
    assert (marked(load, rows)[0] == hit).all()


@pytest.mark.slow
def test_scores_cut_to_a_few_levels_are_found(load: Any) -> None:
    for levels in (2, 10):
        rows = frame()
        hit = incident(rows)
        rows.loc[hit, "score"] = np.floor(rows.loc[hit, "score"] * levels) / levels
        assert (marked(load, rows)[0] == hit).mean() > 0.95


def test_rows_outside_the_windows_are_marked_and_those_left_out_are_not(load: Any) -> None:
    rows = frame()
    rows.loc[incident(rows), "score"] = 0.35
    rows.loc[rows.index[-1], "reason"] = 0
    rows.loc[[2_500, 2_501], "window"] = -1
    rows.loc[2_501, "score"] = 0.36
    found, _ = marked(load, rows)
    assert found[2_500]
    assert not found[2_501]
    assert not found[-1]


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("digits", [2, 3, 5])
@pytest.mark.parametrize("shift", [0.0, 1.0, -1.0])
def test_other_traffic_is_accused_of_nothing(digits: int, shift: float, load: Any) -> None:
    rows = frame(seed=digits)
    logit = np.log(rows["score"] / (1 - rows["score"])) + shift * incident(rows)
    rows["score"] = (1 / (1 + np.exp(-logit))).round(digits)
    found, table = marked(load, rows)
    assert not found.any()
    assert table.empty


def test_ratings_of_the_same_levels_are_accused_of_nothing(load: Any) -> None:
    rows = frame()
    rows["score"] = np.floor(rows["score"] * 20)
    assert not marked(load, rows)[0].any()


def test_a_group_with_its_own_default_may_grow(load: Any) -> None:
    rows = frame()
    # The fourth country was always scored by a constant, and has four times the rows now.
    grown = incident(rows) & (rows["id"] % 10 < 4)
    rows.loc[grown, "cohort0"] = "dk"
    rows.loc[rows["cohort0"] == "dk", "score"] = 0.5
    assert not marked(load, rows)[0].any()


@pytest.mark.slow
def test_newcomers_may_start_at_a_default(load: Any) -> None:
    rows = frame(clusters=200)
    late = incident(rows) & (rows["id"] % 10 < 4)
    rows.loc[late, "cluster"] = [f"n{i // 3}" for i in range(late.sum())]
    rows.loc[late, "score"] = 0.5
    assert not marked(load, rows, CLUSTERED)[0].any()
    assert marked(load, rows, BARE)[0].sum() == late.sum()
    assert (~late & incident(rows)).sum() > KNOWN_ROWS


def test_a_score_that_is_one_clusters_own_accuses_nobody(load: Any) -> None:
    rows = frame()
    own = incident(rows) & (rows["id"] % 4 == 0)
    rows.loc[own, "score"] = 0.5
    rows.loc[own, "cluster"] = "the only one"
    assert not marked(load, rows, CLUSTERED)[0].any()


def test_scores_computed_anew_are_accused_of_nothing() -> None:
    before = np.array([[100, 0]] * 12)
    now = np.array([[0, 100]] * 12)
    counts = np.stack([before, now], 1).reshape(-1, 2).astype(float)
    assert not judged(counts, (1_200.0, 1_200.0), np.zeros(24), SHARE).any()


def test_a_level_among_others_is_judged_by_how_they_moved() -> None:
    common = np.array([100.0, 110, 120, 110, 100, 110, 120, 110, 100, 110, 120, 110])
    total = float(common.sum())
    moved = common * np.exp(np.linspace(-2, 2, 12))
    counts = np.stack([common, moved], 1).round()
    assert not judged(counts, (total, float(moved.sum())), common / total, SHARE).any()
    jumped = common.copy()
    jumped[5] = 800.0
    counts = np.stack([common, jumped], 1)
    found = judged(counts, (total, float(jumped.sum())), common / total, SHARE)
    assert found.nonzero()[0].tolist() == [5]


def test_one_value_alone_is_accused_though_the_baseline_had_it() -> None:
    counts = np.array([[500.0, 0], [300, 400], [200, 0]])
    assert judged(counts, (1_000.0, 400.0), counts[:, 0] / 1_000, SHARE).tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.slow
def test_a_group_that_the_incident_alone_has_is_judged_by_the_log(load: Any) -> None:
    rows = frame()
    new = incident(rows) & (rows["cohort0"] == "dk").to_numpy()
    rows.loc[new, "cohort0"] = "es"
    assert not marked(load, rows)[0].any()
    rows.loc[new, "score"] = 0.5
    assert (marked(load, rows)[0] == new).all()
    nothing_before = np.array([[0.0, 8], [0, 5], [0, 5]])
    assert not judged(nothing_before, (0.0, 2_000.0), np.zeros(3), SHARE).any()


def test_levels_of_a_score_accuse_no_group_that_the_incident_alone_has() -> None:
    """A new group on narrow scores has few of the log's levels, each far above its share there."""
    draws = np.random.default_rng(0)
    levels = np.arange(31)
    log = np.bincount(np.clip(draws.normal(13, 6, 30_000).round(), 0, 30).astype(int), minlength=31)
    own = np.bincount(np.clip(draws.normal(10, 2, 4_000).round(), 0, 30).astype(int), minlength=31)
    seen = levels[own >= 5]
    common = log[seen] / log.sum()
    # Nothing but what stands beside a level clears it: alone it is far more common than before.
    assert (own[seen] / own.sum() >= 3 * common).any()
    nothing = np.zeros(len(seen))
    narrow = np.stack([nothing, own[seen]], 1).astype(float)
    assert not judged(narrow, (0.0, float(own.sum())), common, SHARE_OF_GROUP).any()
    default = own.copy()
    default[10] += 6_000
    struck = np.stack([nothing, default[seen]], 1).astype(float)
    found = judged(struck, (0.0, float(default.sum())), common, SHARE_OF_GROUP)
    assert seen[found].tolist() == [10]


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_of_very_many_values_the_same_are_found(
    share: float, load: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that no group may be accused of are not held in memory then."""
    rows = frame()
    hit = incident(rows) & (rows["cohort0"] == "ch").to_numpy()
    default = hit & (np.random.default_rng(1).random(len(rows)) < share)
    rows["score"] = rows["score"].round(2)
    # One country always had the default of another, which explains some of its rows.
    rows.loc[(rows["cohort0"] == "dk").to_numpy() & (rows["id"] % 3 == 0), "score"] = 0.123
    rows.loc[default, "score"] = 0.123
    few, table = marked(load, rows)
    monkeypatch.setattr(module, "MANY", 0)
    many, again = marked(load, rows)
    assert few.any() == bool(share)
    assert np.array_equal(few, many)
    pd.testing.assert_frame_equal(table, again)
