"""Scores beyond those of the baseline, against scikit-learn's AUC with the unit put back."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.narrowing import Scope
from investigate.analyses.suspects.off_scale import beyond_news, off_scale
from investigate.analyses.suspects.ranking import ranked
from investigate.analyses.suspects.scopes import undo_of
from investigate.analyses.suspects.struck import keeps_its_order

pytestmark = pytest.mark.slow

QUESTION = made.question(
    cohorts=["shop"], columns={"time": "time", "outcome": "outcome", "score": "score"}
)
A, NOW = "a", "2024-02-10"


def log(what: str, size: float = 1 / 3) -> tuple[pd.DataFrame, pd.Series]:
    """Shop a is in percent in the incident, and others are not; and its scores as they were.

    It has a part ``size`` of the rows.

    Each score is twice as frequent in the baseline, so that ranks lead exactly back. ``shuffled``:
    its order is lost, too; ``other``: outcomes are those that its scores stand for, all ones.
    """
    rng = np.random.default_rng(20)
    shares = [size, (1 - size) / 2, (1 - size) / 2]
    now = pd.DataFrame(
        {"shop": rng.choice([A, "b", "c"], 1_500, p=shares), "true": rng.normal(-1, 1.2, 1_500)}
    )
    now["true"] = made.logistic(now["true"]).round(2)
    frame = pd.concat([now, now, now], ignore_index=True)
    days = np.concatenate([
        rng.uniform(0, made.BASELINE_DAYS, 3_000),
        rng.uniform(made.BASELINE_DAYS, made.DAYS, 1_500),
    ])  # fmt: skip
    frame["time"] = made.START + pd.to_timedelta(days, unit="D")
    frame["outcome"] = (rng.random(4_500) < frame["true"]).astype(int)
    hit = (days >= made.BASELINE_DAYS) & (frame["shop"] == A).to_numpy()
    if what == "sound":
        hit &= False
    if what == "shuffled":
        frame.loc[hit, "true"] = rng.permutation(frame.loc[hit, "true"].to_numpy())
    if what == "other":
        frame.loc[hit, "outcome"] = (rng.random(int(hit.sum())) < 0.97).astype(int)
    frame["score"] = frame["true"].where(~hit, 100 * frame["true"] + 1).round(2)
    return frame.drop(columns="true"), frame["true"]


def test_a_group_in_another_unit_recovers_what_its_unit_put_back_does() -> None:
    frame, true = log("percent")
    counts = plain.count(frame, QUESTION)
    now = frame["time"] >= NOW
    y = frame.loc[now, "outcome"]
    want = roc_auc_score(y, true[now]) - roc_auc_score(y, frame.loc[now, "score"])
    first = ranked(counts, QUESTION)[0]
    assert (first.kind, first.cohort, first.shifted) == ("lost_validity", {"shop": A}, True)
    assert first.points.value == pytest.approx(want, abs=1e-9)
    share = (now & (frame["shop"] == A)).sum() / now.sum()
    top = frame.loc[~now, "score"].max()
    assert beyond_news(counts) == (
        f" {share:.0%} of the incident's rows have a score above {top:g}, where the baseline has "
        f"none, 100% of them with shop {A}: look at the unit and the range of the scores."
    )


@pytest.mark.parametrize("middle", [0.5, 1.5])
def test_scores_that_reach_further_are_of_another_unit_where_their_sign_is_another(
    middle: float,
) -> None:
    frame, true = log("sound")
    now = frame["time"] >= NOW
    # Half as far again from the middle as any score of the baseline.
    frame["score"] = (middle + (true - 0.5) * np.where(now, 1.5, 1)).round(2)
    assert frame.loc[now, "score"].gt(frame.loc[~now, "score"].max()).mean() > 0.01
    assert frame.loc[now, "score"].lt(frame.loc[~now, "score"].min()).mean() > 0.1
    negative = frame.loc[now, "score"].lt(0).mean() > 0.1
    assert negative == (middle < 1)
    assert bool(beyond_news(plain.count(frame, QUESTION))) == negative


def test_a_map_that_takes_back_most_shows_the_order_of_a_group_too_small_to_rank() -> None:
    frame, _ = log("percent", size=0.06)
    counts = plain.count(frame, QUESTION)
    rows = int(((frame["time"] >= NOW) & (frame["shop"] == A)).sum())
    scope = Scope("shop", "", A, rows)
    lost = float(undo_of(counts).points(scope, with_spread=True, folds=False)[0])
    assert not keeps_its_order(counts, scope, lost)
    told = off_scale(counts, scope, 0.95)
    assert told is not None
    assert told.shifted


@pytest.mark.parametrize("what", ["sound", "shuffled", "other"])
def test_a_group_whose_order_or_outcomes_changed_has_no_other_unit_alone(what: str) -> None:
    frame, _ = log(what)
    counts = plain.count(frame, QUESTION)
    rows = int(((frame["time"] >= NOW) & (frame["shop"] == A)).sum())
    assert off_scale(counts, Scope("shop", "", A, rows), 0.95) is None
    assert bool(beyond_news(counts)) == (what != "sound")
