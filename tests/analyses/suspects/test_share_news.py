"""Groups whose rows became many times as many, and values that come or go, are told first."""

from dataclasses import replace

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.share_news import growth, many_fold, same_rows, value_news
from investigate.counts.table import Counts
from investigate.question import params

pytestmark = pytest.mark.quick_cases(1)

QUESTION = params.from_names({
    "case": "shares", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score", "cluster": "who"},
    "cohorts": ["net", "flag"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


def counted(before: float, now: float, new: bool = False, fewer: bool = False) -> Counts:
    """Net ``bot``, and flag ``yes`` with it, has so large a share of the rows of each window.

    ``new``: of people who were not there; ``fewer``: the other rows became few.
    """
    rng = np.random.default_rng(4)
    day = np.sort(rng.uniform(0, 30, 900))
    late = day >= 20
    bot = rng.random(len(day)) < np.where(late, now, before)
    stays = ~(fewer & late & ~bot & (rng.random(len(day)) < 0.95))
    who = np.where(new & late & bot, 900 + np.arange(len(day)), rng.integers(0, 200, len(day)))
    frame = pd.DataFrame({
        "time": pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(day, "D"),
        "outcome": rng.integers(0, 2, len(day)), "score": rng.random(len(day)).round(2),
        "who": who, "net": np.where(bot, "bot", rng.choice(["a", "b"], len(day))),
        "flag": np.where(bot, "yes", "no"),
    })[stays]  # fmt: skip
    made = plain.count(frame, QUESTION, bins=16)
    both = frame.assign(window=(frame["time"] >= "2024-01-21").astype(int))
    sums = both.groupby(["net", "flag", "window"])["outcome"].agg(["sum", "size"]).reset_index()
    sums = sums.rename(columns={"net": "cohort", "flag": "other", "sum": "positives"})
    sums = sums.assign(first="net", second="flag", negatives=sums["size"] - sums["positives"])
    return replace(made, crossed=sums)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("shares", "more", "begins"),
    [
        ((0.02, 0.3), {"new": True}, "most of these rows were not there before. The same"),
        ((0.02, 0.3), {}, "most of these rows were not there before, or had another net. The same"),
        ((0.1, 0.3), {}, None),
        # All others are few now: its own rows are as many as before.
        ((0.1, 0.1), {"fewer": True}, None),
        # Of a value without a baseline its own evidence tells.
        ((0.0, 0.3), {}, None),
    ],
)
def test_growth_is_told_of_a_group_that_was_there(
    shares: tuple[float, float], more: dict[str, bool], begins: str | None
) -> None:
    counts = counted(*shares, **more)
    text = growth(counts, QUESTION, {"net": "bot"})
    assert (many_fold(counts, QUESTION, {"net": "bot"}) is not None) == (begins is not None)
    if begins is None:
        assert text == ""
    else:
        facts = counts.facts.query("by == 'net'").pivot_table("rows", "cohort", "window")
        share = facts.loc["bot"] / facts.sum()
        assert text.startswith(
            f"{share[1]:.0%} of the incident's rows have net bot, {share[0]:.1%}"
        )
        assert f"{begins} rows have flag yes. " in text


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ((0.0, 0.3), "rows have net bot, none of the baseline's; the same rows have flag yes."),
        ((0.3, 0.0), "of the baseline's rows have net bot, none of the incident's."),
        ((0.2, 0.3), None),
        ((0.0, 0.05), None),
    ],
)
def test_a_value_that_comes_or_goes_is_told_without_a_drop(
    shares: tuple[float, float], says: str | None
) -> None:
    news = value_news(counted(*shares))
    if says is None:
        assert news == ""
    else:
        assert news.startswith(" Look at the rows all the same: ")
        assert news.endswith(says)


def test_values_of_as_many_rows_are_one_only_where_both_columns_say_so() -> None:
    counts = counted(0.3, 0.5)
    assert same_rows(counts, "net", "bot") == "flag yes"
    assert same_rows(counts, "flag", "yes") == "net bot"
    assert same_rows(counts, "net", "a") == ""
    # As many rows, and by both columns combined others of them.
    half = counts.crossed.assign(other=np.where(counts.crossed["cohort"] == "bot", "no", "yes"))
    mixed = pd.concat([counts.crossed, half], ignore_index=True)
    assert same_rows(replace(counts, crossed=mixed), "net", "bot") == ""


def test_few_rows_of_the_baseline_make_no_value_new() -> None:
    frame = pd.DataFrame({"net": ["a"] * 20 + ["b"] * 150 + ["a"] * 850})
    frame["time"] = pd.Timestamp("2024-01-02", tz="UTC")
    frame.loc[20:, "time"] += pd.Timedelta(days=20)
    frame = frame.assign(outcome=np.arange(1020) % 2, score=0.5, who=np.arange(1020), flag="no")
    assert value_news(plain.count(frame, QUESTION)) == ""
    # Of as many again ten times it is one.
    frame = pd.concat([frame[:20]] * 10 + [frame[20:]], ignore_index=True)
    assert "15% of the incident's rows have net b" in value_news(plain.count(frame, QUESTION))
