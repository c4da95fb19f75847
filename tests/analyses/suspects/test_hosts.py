"""A group that the incident alone has: whose baseline is used for it, and what moved in it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.hosts import (
    Host,
    hosted,
    nearly_new,
    new_groups,
    newcomers,
    newest,
)
from investigate.analyses.suspects.innocent import innocent
from investigate.analyses.suspects.narrowing import Scope, several
from investigate.analyses.suspects.rates import rate_news, rates
from investigate.analyses.suspects.scopes import Undo
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.question import params

ONSET = pd.Timestamp("2024-01-21", tz="UTC")
QUESTION = params.from_names({
    "case": "hosts", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "cluster": "who"},
    "cohorts": ["shop", "release"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


def made(zeroed: bool = False) -> pd.DataFrame:
    """From the onset on all rows of shop b, and no others, have a new release with noisy scores."""
    rng = np.random.default_rng(8)
    rows = 6_000
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(
        np.sort(rng.uniform(0, 30, rows)), "D"
    )
    score = rng.uniform(0.05, 0.95, rows)
    outcome = (rng.random(rows) < score).astype(int)
    shop = rng.choice(["a", "b"], rows, p=[0.7, 0.3])
    struck = np.asarray(time >= ONSET) & (shop == "b")
    if zeroed:
        outcome[struck] = 0
    else:
        score[struck] = rng.permutation(score[struck])
    return pd.DataFrame({
        "time": time, "outcome": outcome, "score": score, "who": rng.integers(0, 900, rows),
        "shop": shop, "release": np.where(struck, "2", "1"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def counts() -> Counts:
    log = made()
    counted = plain.count(log, QUESTION, bins=64)
    both = log.assign(window=(log["time"] >= ONSET).astype(int), bin=0)
    sums = both.groupby(["shop", "release", "window", "bin"])["outcome"].agg(["sum", "size"])
    crossed = sums.reset_index().rename(columns={"shop": "cohort", "release": "other"})
    crossed = crossed.assign(first="shop", second="release", positives=crossed["sum"])
    crossed["negatives"] = crossed["size"] - crossed["sum"]
    return replace(counted, crossed=crossed)


@pytest.mark.slow
def test_a_new_group_has_the_baseline_of_the_group_whose_rows_it_took_over(counts: Counts) -> None:
    assert newcomers(counts, "release") == {("", "2"): Host("shop", "", "b")}
    assert newcomers(counts, "shop") == {}
    assert new_groups(counts, "release") == (("", "2"),)
    own, shops = hosted(counts, "release"), grouping(counts, "shop")
    new = (own.group == own.keys.index(("", "2"))) & (own.window == 0)
    old = (shops.group == shops.keys.index(("", "b"))) & (shops.window == 0)
    assert new.sum() > 0
    for name in ("bin", "fold", "positives", "negatives"):
        assert getattr(own, name)[new].tolist() == getattr(shops, name)[old].tolist()
    assert hosted(counts, "shop") is shops


@pytest.mark.slow
def test_its_loss_is_its_own_and_not_that_of_other_rows(counts: Counts) -> None:
    undo = Undo(counts)
    new, shop = (
        next(s for s in undo.scopes(by) if s.cohort == value)
        for by, value in (("release", "2"), ("shop", "b"))
    )
    gains = [undo.points(scope, with_spread=False, folds=False)[0] for scope in (new, shop)]
    assert gains[0] == pytest.approx(gains[1], abs=0.005)
    assert gains[0] > 0.05


@pytest.mark.slow
def test_labels_that_are_zeroed_move_the_rate_and_leave_the_score() -> None:
    log = made(zeroed=True)
    counted = plain.count(log, QUESTION, bins=64)
    scope = Scope("shop", "", "b", 1)
    found = rates(counted, scope, 0.95)
    own = log[log["shop"] == "b"]
    before, now = (own[own["time"] < ONSET], own[own["time"] >= ONSET])
    assert found.outcomes == pytest.approx((before["outcome"].mean(), now["outcome"].mean()))
    assert found.tells == "labels"
    assert rates(counted, Scope("shop", "", "a", 1), 0.95).tells is None
    # The same rows by two names; rows beside them did not move, so the whole log is not named.
    news = rate_news(counted, 0.95)
    assert "where shop is b, the outcome" in news or "where release is 2, the outcome" in news
    assert "to 0%" in news
    assert rate_news(plain.count(made(), QUESTION, bins=64), 0.95) == ""
    # A season: outcomes of all rows change, and those of one shop a little more.
    season = made()
    late, rng = season["time"] >= ONSET, np.random.default_rng(3)
    share = np.where(season["shop"] == "b", 0.7, 0.5)
    season.loc[late & (rng.random(len(season)) < share), "outcome"] = 1
    news = rate_news(plain.count(season, QUESTION, bins=64), 0.95)
    assert news.startswith(" Look at the labels and the calibration all the same: in the whole log")
    off = made()
    off.loc[off["time"] >= ONSET, "score"] *= 0.4
    news = rate_news(plain.count(off, QUESTION, bins=64), 0.95)
    assert news.startswith(" Look at the calibration all the same: in the whole log, the outcome")


def test_several_groups_of_one_column_share_a_loss_while_the_rest_is_quiet() -> None:
    whole = Scope("all", "", "", 100)
    a, b, c = (Scope("shop", "", name, rows) for name, rows in (("a", 20), ("b", 30), ("c", 50)))
    gains = {whole: 0.2, a: 0.09, b: 0.1, c: 0.01}
    assert several(whole, [[a, b, c]], gains.__getitem__) == [a, b]
    alike = {whole: 0.2, a: 0.04, b: 0.06, c: 0.1}
    assert several(whole, [[a, b, c]], alike.__getitem__) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "now", "nearly"),
    [(0.02, 0.3, True), (0.02, 0.06, False), (0.1, 0.6, False), (0.0, 0.3, False)],
)
def test_a_value_that_was_rare_and_holds_many_rows_is_nearly_new(
    before: float, now: float, nearly: bool
) -> None:
    rng = np.random.default_rng(2)
    frame = made()
    share = np.where(frame["time"] >= ONSET, now, before)
    frame["shop"] = np.where(rng.random(len(frame)) < share, "none", frame["shop"])
    counts = plain.count(frame, QUESTION)
    assert nearly_new(counts, "shop") == ((("", "none"),) if nearly else ())


@pytest.mark.slow
def test_a_value_that_a_lost_input_leaves_excuses_nothing_though_it_was_there_before() -> None:
    rng = np.random.default_rng(3)
    frame = made()
    x = rng.normal(size=(len(frame), 2))
    p = 1 / (1 + np.exp(-x @ [1.0, 2.0]))
    frame["outcome"] = (rng.random(len(frame)) < p).astype(int)
    share = np.where(frame["time"] >= ONSET, 0.4, 0.02)
    lost = rng.random(len(frame)) < share
    frame["score"] = np.where(lost, 1 / (1 + np.exp(-x[:, 0])), p).round(3)
    frame["release"] = np.where(lost, "0", np.round(x[:, 1] + 9).astype(int).astype(str))
    suspects = innocent(plain.count(frame, QUESTION), QUESTION)
    assert [
        s for s in suspects if s.kind == "population_mix" and "0" in s.scope and s.supported
    ] == []


@pytest.mark.slow
def test_the_largest_group_without_a_baseline_is_named(counts: Counts) -> None:
    now = (log := made())[log["time"] >= ONSET]
    share = f"{(now['release'] == '2').mean():.0%}"
    assert newest(counts, ["shop", "release"]) == (
        f"{share} of the incident's rows have release 2, of which the baseline has none. "
    )
    assert newest(counts, ["shop"]) == ""


def test_a_group_that_was_rare_is_told_with_its_share_of_before() -> None:
    log = made()
    # Some rows of shop b had the new release before.
    early = (log["time"] < ONSET) & (log["shop"] == "b") & (log.index % 9 == 0)
    log.loc[early, "release"] = "2"
    counted = plain.count(log, QUESTION, bins=64)
    now, before = (log[log["time"] >= ONSET], log[log["time"] < ONSET])
    share, had = ((part["release"] == "2").mean() for part in (now, before))
    assert newest(counted, ["release"]) == (
        f"{share:.0%} of the incident's rows have release 2, {had:.1%} of the baseline's. "
    )
