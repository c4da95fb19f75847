"""Other rows clear a drop where the score does as well on each of them, and not where it does not.

Points are held to scikit-learn's AUC of the rows that would have come had nothing moved.
"""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.signal import audits
from investigate.analyses.suspects.innocent import innocent
from investigate.analyses.suspects.ranking import ranked
from investigate.kinds import kind

pytestmark = pytest.mark.slow

QUESTION = made.question(
    cohorts=["channel"],
    columns={"time": "time", "outcome": "outcome", "score": "score"},
    thresholds={"tolerance": 0.06},
)

MIXES = ("population_mix",)


def log(*, more: bool, worse: bool) -> pd.DataFrame:
    """Kiosks, of which the score always knew less, are a tenth of the rows.

    ``more``: half of them from the incident's first day on; ``worse``: the score knows nothing of
    kiosks then.
    """
    rng = np.random.default_rng(7)
    rows = 5_000
    day = np.sort(rng.uniform(0, made.DAYS, rows))
    now = day >= made.BASELINE_DAYS
    kiosk = rng.random(rows) < np.where(now & more, 0.5, 0.1)
    # As calibrated in kiosks as elsewhere: their scores lie closer to one half.
    logit = rng.normal(0, np.where(kiosk, 0.6, 2.5))
    outcome = rng.random(rows) < made.logistic(logit)
    noise = kiosk & now & worse
    logit[noise] = rng.permutation(logit[noise])
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": made.logistic(logit).round(3),
        "channel": np.where(kiosk, "kiosk", "web"),
    })  # fmt: skip


def test_more_rows_that_were_always_hard_are_a_mix_and_nothing_else() -> None:
    first, *others = ranked(plain.count(log(more=True, worse=False), QUESTION, 200), QUESTION)
    assert (first.kind, first.cohort, first.either) == (
        "population_mix",
        {"channel": "kiosk"},
        False,
    )
    without = log(more=False, worse=False)
    ends = [
        roc_auc_score(own["outcome"], own["score"])
        for frame in (without, log(more=True, worse=False))
        for _, own in frame.groupby(frame["time"] >= "2024-02-10")
    ]
    assert first.points.value == pytest.approx(ends[1] - ends[3], abs=0.025)
    assert not [one for one in others if one.supported and kind(one.kind).broken]


def test_more_rows_on_which_the_score_became_worse_are_not_cleared() -> None:
    suspects = ranked(plain.count(log(more=True, worse=True), QUESTION, 200), QUESTION)
    first = suspects[0]
    assert kind(first.kind).broken or first.either
    broken = [one for one in suspects if one.supported and kind(one.kind).broken]
    assert {"channel": "kiosk"} in [one.cohort for one in broken]


def test_a_release_that_serves_all_rows_is_named_with_all_that_its_scores_lost() -> None:
    rng = np.random.default_rng(8)
    day, known = np.sort(rng.uniform(0, made.DAYS, 8_000)), rng.normal(0, 2, (2, 8_000))
    now = day >= made.BASELINE_DAYS
    outcome = rng.random(8_000) < made.logistic(known.sum(axis=0) - 1)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": made.logistic(np.where(now, known[0], known.sum(axis=0)) - 1).round(3),
        "model": np.where(now, "v2", "v1"),
        "channel": rng.choice(["web", "app"], 8_000),
    })  # fmt: skip
    question = made.question(
        cohorts=["channel"],
        columns={"time": "time", "outcome": "outcome", "score": "score", "system": "model"},
    )
    first = ranked(plain.count(frame, question, 200), question)[0]
    ends = [roc_auc_score(own["outcome"], own["score"]) for _, own in frame.groupby(now)]
    assert (first.kind, first.system) == ("lost_resolution", "v2")
    assert first.points.value == pytest.approx(ends[0] - ends[1], abs=0.005)
    assert first.evidence.endswith("v2 served 100% of the incident's rows, 0% before.")


@pytest.mark.parametrize("filtered", [True, False])
def test_what_a_filter_on_scores_leaves_out_is_not_lost_by_the_score(filtered: bool) -> None:
    rng = np.random.default_rng(8)
    rows, cells = 20_000, 24
    day = np.sort(rng.uniform(0, made.DAYS, rows))
    now = day >= made.BASELINE_DAYS
    cell = rng.integers(0, cells, rows)
    known, unknown = rng.normal(0, 1.0, cells), rng.normal(0, 0.7, cells)
    logit = known[cell] + rng.normal(0, 1.5, rows)
    outcome = rng.random(rows) < made.logistic(logit + unknown[cell])
    score = made.logistic(logit)
    if not filtered:
        score = np.where(now, made.logistic(0.4 * rng.normal(0, 1.5, rows) + 0.5 * logit), score)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": score.round(3),
        "channel": [f"channel {value}" for value in cell],
    })  # fmt: skip
    if filtered:
        extreme = (frame["score"] - 0.5).abs() > 0.25
        frame = frame[~(now & extreme & (rng.random(rows) < 0.8))]
    counts = plain.count(frame, QUESTION, 200)
    assert [one.says for one in audits(counts, 0.95) if one.by == "cell"] == ["lost"]
    (narrower,) = [one for one in innocent(counts, QUESTION) if one.kind not in MIXES]
    assert narrower.kind == ("cannot_tell" if filtered else "lost_resolution")
    assert ("perhaps a filter on scores" in narrower.evidence) == filtered


@pytest.mark.parametrize(
    ("given", "kinds"), [(True, {"lost_resolution"}), (False, {"cannot_tell"})]
)
def test_narrower_scores_that_no_longer_fit_are_the_scores_doing(
    given: bool, kinds: set[str]
) -> None:
    rng = np.random.default_rng(6)
    day = np.sort(rng.uniform(0, made.DAYS, 9_000))
    now = day >= made.BASELINE_DAYS
    known, lost = rng.normal(0, 0.8, (2, 9_000))
    # An input is taken for its least value; or the rows have that value.
    true = np.where(now & (not given), -1.0, 2 * lost)
    outcome = rng.random(9_000) < made.logistic(known + true - 2)
    score = made.logistic(known + np.where(now, -1.0, true) - 2)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"),
        "outcome": outcome.astype(int),
        "score": score.round(4),
        "channel": rng.choice(["kiosk", "web"], 9_000),
    })  # fmt: skip
    first = ranked(plain.count(frame, QUESTION, 200), QUESTION)[0]
    assert first.kind in kinds
    assert ("they no longer fit: the outcome rate" in first.evidence) == given
