"""Measures beside AUC against scikit-learn on the rows, and Murphy's parts against plain pandas."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
)

from investigate.analyses.scorecard import average_precision, scorecard
from investigate.finding import Finding

BASELINE_END = pd.Timestamp("2024-02-10", tz="UTC")


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return made.platform(11, rows=8_000, damage="labels").assign(
        score=lambda rows: rows["score"].round(3)
    )


@pytest.fixture(scope="module")
def finding(log: pd.DataFrame) -> Finding:
    return scorecard(plain.count(log, made.question()), made.question())


def windows(log: pd.DataFrame) -> dict[str, pd.DataFrame]:
    now = log["time"] >= BASELINE_END
    return {"baseline": log[~now], "incident": log[now]}


def by_measure(finding: Finding, group: str = "all") -> dict[str, dict[str, float]]:
    return {row["measure"]: dict(row) for row in finding.table if row["group"] == group}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("auc", roc_auc_score),
        ("average precision", average_precision_score),
        ("log loss", log_loss),
        ("brier score", brier_score_loss),
    ],
)
def test_measures_against_scikit_learn(
    log: pd.DataFrame, finding: Finding, measure: str, expected: object
) -> None:
    values = {
        window: expected(rows["outcome"], rows["score"])  # type: ignore[operator]
        for window, rows in windows(log).items()
    }
    row = by_measure(finding)[measure]
    for window, value in values.items():
        assert row[window] == pytest.approx(value, abs=1e-12)
    assert row["change"] == pytest.approx(values["incident"] - values["baseline"], abs=1e-12)
    assert row["low"] < row["change"] < row["high"]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["system", "country"])
def test_groups_are_measured_as_logs_of_their_own(log: pd.DataFrame, by: str) -> None:
    found = scorecard(plain.count(log, made.question()), made.question(), by)
    for name, own in log.groupby(by):
        for window, rows in windows(own).items():
            assert by_measure(found, str(name))["brier score"][window] == pytest.approx(
                brier_score_loss(rows["outcome"], rows["score"]), abs=1e-12
            )


@pytest.mark.slow
def test_the_parts_of_the_brier_score_against_plain_pandas(
    log: pd.DataFrame, finding: Finding
) -> None:
    measures = by_measure(finding)
    for w, (window, rows) in enumerate(windows(log).items()):
        curve = finding.detail["curves"][w]
        # The curve's shares say where its groups end among the sorted rows.
        ends = np.rint(np.cumsum([point["share"] for point in curve]) * len(rows)).astype(int)
        ordered = rows.sort_values("score", kind="stable")
        group = np.searchsorted(ends, np.arange(len(rows)), side="right")
        means = ordered.groupby(group)[["score", "outcome"]].mean()
        share = ordered.groupby(group).size() / len(rows)
        base = rows["outcome"].mean()
        parts = {
            "reliability": float((share * (means["score"] - means["outcome"]) ** 2).sum()),
            "resolution": float((share * (means["outcome"] - base) ** 2).sum()),
            "uncertainty": base * (1 - base),
        }
        own_mean = means["score"].to_numpy()[group]
        own_rate = means["outcome"].to_numpy()[group]
        apart = ordered["score"] - own_mean
        parts["within groups"] = float(
            (apart**2).mean() - 2 * (apart * (ordered["outcome"] - own_rate)).mean()
        )
        for name, value in parts.items():
            assert measures[name][window] == pytest.approx(value, abs=1e-12)
        assert [point["rate"] for point in curve] == pytest.approx(means["outcome"].tolist())
        total = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
        assert total + parts["within groups"] == pytest.approx(measures["brier score"][window])


@pytest.mark.slow
def test_auc_falls_and_calibration_stays_where_scores_know_less_and_are_honest() -> None:
    rng = np.random.default_rng(3)
    rows, now = 12_000, np.arange(12_000) >= 8_000
    spread = np.where(now, 0.5, 1.5)
    score = made.logistic(spread * rng.standard_normal(rows))
    day = np.where(now, rng.integers(40, 52, rows), rng.integers(0, 40, rows))
    frame = made.platform(1, rows=rows).assign(
        score=score.round(4),
        outcome=(rng.random(rows) < score).astype(int),
        time=made.START + pd.to_timedelta(day, "D"),
    )
    found = scorecard(plain.count(frame, made.question()), made.question())
    assert found.claim.startswith("Scores separate rows less")
    assert "while calibration did not surely change" in found.claim
    assert (found.numbers["resolution"].high or 0) < 0
    assert not found.numbers["reliability"].excludes_zero
    off = frame.assign(score=np.where(now, score**3, score).round(4))
    wrong = scorecard(plain.count(off, made.question()), made.question())
    assert "calibration is worse" in wrong.claim
    assert wrong.numbers["auc"].value == pytest.approx(found.numbers["auc"].value, abs=0.005)


@pytest.mark.slow
def test_scores_that_are_no_probabilities_have_no_brier_score(log: pd.DataFrame) -> None:
    far = log.assign(score=100 * log["score"] - 20)
    found = scorecard(plain.count(far, made.question()), made.question())
    assert not {"log loss", "brier score", "reliability"} & set(by_measure(found))
    assert any("no probabilities" in caveat for caveat in found.caveats)
    same = scorecard(plain.count(log, made.question()), made.question())
    for name in ("resolution", "average precision", "auc"):
        assert by_measure(found)[name]["change"] == pytest.approx(by_measure(same)[name]["change"])


@pytest.mark.slow
def test_scores_of_zero_and_one_cost_what_scikit_learn_makes_of_them(log: pd.DataFrame) -> None:
    sharp = log.assign(score=log["score"].round(0))
    found = scorecard(plain.count(sharp, made.question()), made.question())
    for window, rows in windows(sharp).items():
        expected = log_loss(rows["outcome"], rows["score"])
        assert by_measure(found)["log loss"][window] == pytest.approx(expected, rel=1e-9)
    assert any("exactly 0 or 1" in caveat for caveat in found.caveats)


@pytest.mark.slow
def test_a_window_of_one_class_has_no_auc_and_no_error(log: pd.DataFrame) -> None:
    late = log["time"] >= BASELINE_END
    zeros = log.assign(outcome=log["outcome"].where(~late, 0))
    found = scorecard(plain.count(zeros, made.question()), made.question())
    assert by_measure(found)["auc"]["incident"] is None
    assert by_measure(found)["average precision"]["incident"] is None
    assert by_measure(found)["resolution"]["incident"] == 0


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(arrays.arrays(np.int64, (2, 12), elements=st.integers(0, 5)))
def test_average_precision_against_scikit_learn(counts: np.ndarray) -> None:
    ones, zeros = counts
    found = float(average_precision(ones, zeros))
    if not ones.sum():
        assert np.isnan(found)
        return
    score = np.concatenate([np.repeat(np.arange(12), side) for side in (ones, zeros)])
    outcome = np.repeat([1, 0], [ones.sum(), zeros.sum()])
    assert found == pytest.approx(average_precision_score(outcome, score))
