"""Rows a day that moved keep other rows open; held to counts of days by pandas."""

import numpy as np
import pandas as pd
import plain
import pytest

from investigate.analyses.suspects.faults import faults
from investigate.analyses.suspects.rows_a_day import as_many, came_on_top, rows_a_day
from investigate.kinds import kind
from investigate.question import params

pytestmark = pytest.mark.slow

START, ONSET = pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-01-21", tz="UTC")
QUESTION = params.from_names({
    "case": "traffic", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"},
    "cohorts": ["channel"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip


def made(times: float, rate: float) -> pd.DataFrame:
    """From the onset on ``times`` as many rows a day, and a part ``rate`` more of them are ones.

    Below zero, so large a part of the ones is none.
    """
    rng = np.random.default_rng(3)
    day = np.concatenate([rng.uniform(0, 20, 4_000), rng.uniform(20, 30, int(2_000 * times))])
    score = rng.uniform(0.02, 0.6, len(day))
    outcome = rng.random(len(day)) < score
    moved = (day >= 20) & (rng.random(len(day)) < abs(rate))
    outcome = outcome | moved if rate > 0 else outcome & ~moved
    return pd.DataFrame({
        "time": START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": score,
        "channel": rng.choice(["web", "app"], len(day)),
    })  # fmt: skip


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("times", "either"), [(1.6, True), (1.0, False), (0.6, True), (1.2, False)]
)
def test_outcomes_that_fell_everywhere_are_labels_or_the_rows_that_came(
    times: float, either: bool
) -> None:
    log = made(times, rate=-0.6)
    counts = plain.count(log, QUESTION, bins=64)
    daily = log.groupby(log["time"] >= ONSET)["time"].apply(
        lambda own: own.dt.floor("D").value_counts().mean()
    )
    assert rows_a_day(counts, QUESTION) == pytest.approx(tuple(daily))
    assert as_many(counts, QUESTION) is not either
    (found,) = [one for one in faults(counts, QUESTION) if one.kind == "outcome_fault"]
    assert (found.scope, found.either) == ("", either)
    told = f"Rows a day went from {daily[False]:,.0f} to {daily[True]:,.0f}"
    assert (told in found.evidence and "a campaign" in found.evidence) is either


def test_outcomes_that_rose_may_be_real_whatever_rows_came() -> None:
    counts = plain.count(made(1.0, rate=0.5), QUESTION, bins=64)
    (found,) = [one for one in faults(counts, QUESTION) if one.kind == "outcome_fault"]
    assert (found.scope, found.either) == ("", True)
    assert "Rows a day" not in found.evidence


def test_words_name_the_rows_that_may_have_come() -> None:
    known = kind("outcome_fault")
    assert "other rows" in known.words_for(True).what
    assert "other rows" not in known.words_for(False).what


def test_rows_that_came_on_top_are_told_beside_those_that_are_there_as_ever() -> None:
    log = made(1.25, 0)
    counts = plain.count(log, QUESTION, bins=64)
    before, now = (log["time"] < ONSET).sum() / 20, (log["time"] >= ONSET).sum() / 10
    told = came_on_top(counts, QUESTION, 0.0, 0.2)
    assert f"from {before:,.0f} to {now:,.0f}" in told
    assert f"from {before:,.0f} to {0.8 * now:,.0f}." in told
    # As many as were added are in the place of others; and of few of those that came.
    assert not came_on_top(plain.count(made(1.0, 0), QUESTION, bins=64), QUESTION, 0.0, 0.2)
    assert not came_on_top(counts, QUESTION, 0.0, 0.02)


@pytest.mark.parametrize("on_top", [True, False])
def test_of_a_place_its_own_rows_must_have_come(on_top: bool) -> None:
    log, rng = made(1.25, 0), np.random.default_rng(5)
    now = (log["time"] >= ONSET).to_numpy()
    inside = rng.random(len(log)) < 0.2
    # A fifth of the incident's rows came to a place that had none, or to all alike.
    came = now & (np.cumsum(now) % 5 == 0)
    log["channel"] = np.where(came if on_top else inside, "in", "out")
    counts = plain.count(log, QUESTION, bins=64)
    told = came_on_top(counts, QUESTION, 0.0, 0.2, ("channel", "", "in"))
    assert bool(told) is on_top
