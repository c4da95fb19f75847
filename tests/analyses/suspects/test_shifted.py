"""A group whose scale alone moved, against scikit-learn's AUC with its scores shifted back."""

import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.crossing import crossed
from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.rates import rates
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.shifted import unshifted
from investigate.analyses.suspects.struck import keeps_its_order
from investigate.analyses.suspects.undoing import Undoing, UndoingArm
from investigate.counts.table import Counts
from investigate.question import params

QUESTION = params.from_names({
    "case": "shifted", "log": "log.parquet",
    "columns": {"time": "time", "outcome": "outcome", "score": "score"}, "cohorts": ["shop"],
    "baseline": {"start": "2024-01-01", "end": "2024-01-21"},
    "incident": {"start": "2024-01-21", "end": "2024-01-31"},
})  # fmt: skip
A, SHIFT = "a", 1.5


def log(shuffled: bool) -> tuple[pd.DataFrame, pd.Series]:
    """A log in which shop a is shifted in the incident, and its scores without the shift.

    Each score is twice as frequent in the baseline, so that ranks lead exactly back.
    """
    rng = np.random.default_rng(20)
    now = pd.DataFrame({"shop": rng.choice([A, "b"], 1_500), "true": rng.normal(-1, 1.2, 1_500)})
    now["true"] = now["true"].round(2)
    frame = pd.concat([now, now, now], ignore_index=True)
    days = np.concatenate([rng.uniform(0, 20, 3_000), rng.uniform(20, 30, 1_500)])
    frame["time"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(days, unit="D")
    frame["outcome"] = (rng.random(4_500) < 1 / (1 + np.exp(-frame["true"]))).astype(int)
    frame["channel"] = rng.choice(["web", "app"], 4_500)
    hit = (days >= 20) & (frame["shop"] == A).to_numpy()
    if shuffled:
        frame.loc[hit, "true"] = rng.permutation(frame.loc[hit, "true"].to_numpy())
    frame["score"] = (frame["true"] + SHIFT * hit).round(2)
    return frame.drop(columns="true"), frame["true"]


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_shifted_group_recovers_what_its_scores_shifted_back_do(shuffled: bool) -> None:
    frame, true = log(shuffled)
    counts = plain.count(frame, QUESTION)
    now = frame["time"] >= "2024-01-21"
    y = frame.loc[now, "outcome"]
    want = roc_auc_score(y, true[now]) - roc_auc_score(y, frame.loc[now, "score"])
    scope = Scope("shop", "", A, int((now & (frame["shop"] == A)).sum()))
    by_rates = np.full(21, 0.15)
    gained, shifted = unshifted(counts, scope, rates(counts, scope, 0.95), by_rates, 0.95)
    areas = Undoing(counts).values([UndoingArm("shop", ("", A), "scale")])
    assert areas[1] - areas[0] == pytest.approx(want, abs=1e-9)
    # Where the group's own order went, too, its scale is not what was lost.
    assert shifted != shuffled
    assert gained[0] == pytest.approx(0.15 if shuffled else want, abs=1e-9)
    assert want > 0


def rare(lost: bool) -> pd.DataFrame:
    """A log of rare outcomes in which shop a is shifted in the incident, or in part ``lost``."""
    rng = np.random.default_rng(7)
    days = rng.uniform(0, 30, 30_000)
    true = rng.normal(-6, 1.5, len(days))
    frame = pd.DataFrame({"shop": rng.choice([A, "b", "c"], len(days))})
    frame["time"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(days, unit="D")
    frame["outcome"] = (rng.random(len(days)) < 1 / (1 + np.exp(-true))).astype(int)
    hit = (days >= 20) & (frame["shop"] == A).to_numpy()
    if lost:
        mixed = hit & (rng.random(len(days)) < 0.7)
        true[mixed] = rng.permutation(true[mixed])
    frame["score"] = true - 4 * hit
    return frame


@pytest.mark.parametrize("lost", [False, True])
def test_where_outcomes_are_rare_the_map_shows_that_the_scale_is_most_of_it(lost: bool) -> None:
    frame = rare(lost)
    counts = plain.count(frame, QUESTION, 2_000)
    rows = int(((frame["time"] >= "2024-01-21") & (frame["shop"] == A)).sum())
    scope = Scope("shop", "", A, rows)
    by_rates = undo_of(counts).points(scope, with_spread=False)
    # Too few outcomes to show that the order stayed.
    assert not keeps_its_order(counts, scope, float(by_rates[0]))
    shift = rates(counts, scope, 0.95)
    assert shift.tells == "scores"
    assert unshifted(counts, scope, shift, by_rates, 0.95)[1] != lost


def test_a_group_shifted_alike_is_not_told_of_one_part() -> None:
    frame, _ = log(shuffled=False)
    frame["window"] = (frame["time"] >= "2024-01-21").astype(int)
    frame["bin"] = np.unique(frame["score"], return_inverse=True)[1]
    frame = frame.assign(first="shop", second="channel", negatives=1 - frame["outcome"])
    names = {"shop": "cohort", "channel": "other", "outcome": "positives"}
    keys = ["first", "second", "cohort", "other", "window", "bin"]
    own = frame.rename(columns=names).groupby(keys)[["positives", "negatives"]].sum()
    made = Counts(*[pd.DataFrame()] * 7, meta={}, crossed=own.reset_index())
    assert crossed(made, {"shop": A}, with_spread=False, shifted=True) == {"shop": A}
    # All of the shift in one channel: that one is named.
    hit = (frame["shop"] == A) & (frame["window"] == 1) & (frame["channel"] == "app")
    frame["score"] = (frame["score"] - SHIFT * hit).round(2)
    frame["bin"] = np.unique(frame["score"], return_inverse=True)[1]
    own = frame.rename(columns=names).groupby(keys)[["positives", "negatives"]].sum()
    made = Counts(*[pd.DataFrame()] * 7, meta={}, crossed=own.reset_index())
    both = {"shop": A, "channel": "web"}
    assert crossed(made, {"shop": A}, with_spread=False, shifted=True) == both
