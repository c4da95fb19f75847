"""Certificates against two one-sided tests by hand, and how often they are wrong."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from investigate.analyses.certificate import Certificate, certificate, certify, within
from investigate.analyses.drop import drop
from investigate.analyses.verdict import verdict
from investigate.analyses.whole import difference_and_error
from investigate.counts.replicates import Replicates, replicates
from investigate.finding import Finding

pytestmark = pytest.mark.slow

ASKED = made.question()
NOISE = 1.0
LOGS = 100


def table(seed: int, rows: int, lost: float = 0.0) -> tuple[Replicates, pd.DataFrame]:
    """Counts of two windows of independent rows; scores of the second have more noise."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=rows)
    window = (np.arange(rows) >= rows // 2).astype(int)
    outcome = (rng.random(rows) < 1 / (1 + np.exp(-2 * signal))).astype(int)
    score = signal + rng.normal(size=rows) * (NOISE + lost * window)
    bins = np.clip((score * 40).astype(int) + 400, 0, 799)
    fold = rng.integers(0, 32, rows)
    counts = replicates(window, fold, bins, outcome, 1 - outcome, 800)
    log = {"window": window, "outcome": outcome, "bin": bins, "fold": fold}
    return counts, pd.DataFrame(log)


def true_change(lost: float) -> float:
    """The change in AUC of endless rows of `table`."""
    areas = []
    rng = np.random.default_rng(0)
    signal = rng.normal(size=400_000)
    outcome = rng.random(400_000) < 1 / (1 + np.exp(-2 * signal))
    noise = rng.normal(size=400_000)
    for more in (0.0, lost):
        areas.append(roc_auc_score(outcome, signal + noise * (NOISE + more)))
    return float(areas[1] - areas[0])


def test_the_tests_by_hand() -> None:
    counts, log = table(3, 3_000, 0.05)
    found = certify(counts, True, 0.95, 0.03)

    def change(rows: pd.DataFrame) -> float:
        before, after = (
            roc_auc_score(own["outcome"], own["bin"]) for _, own in rows.groupby("window")
        )
        return float(after - before)

    value = change(log)
    left_out = np.array([change(log[log["fold"] != f]) for f in range(32)])
    error = np.sqrt(31 / 32 * ((left_out - left_out.mean()) ** 2).sum())
    below = stats.t.cdf((value - 0.03) / error, 31)
    above = stats.t.sf((value + 0.03) / error, 31)
    assert found.small == (max(below, above) < 0.05)
    reach = stats.t.ppf(0.975, 31) + stats.t.ppf(0.8, 31)
    assert found.smallest == pytest.approx(reach * error)
    assert found.p_value == pytest.approx(stats.t.cdf(value / error, 31))


@given(st.floats(0.001, 0.2), st.floats(0.001, 0.2), st.integers(0, 4))
def test_what_is_certified_at_a_tolerance_is_at_a_larger_one(
    one: float, other: float, seed: int
) -> None:
    counts, _ = table(seed, 400)
    narrow, wide = (certify(counts, True, 0.95, t) for t in sorted((one, other)))
    assert wide.small >= narrow.small
    assert wide.rows_needed is not None
    assert narrow.rows_needed is not None
    assert wide.rows_needed <= narrow.rows_needed


@pytest.mark.parametrize(("rows", "logs"), [(300, 150), (3_000, 150), (30_000, 60)])
def test_surely_less_is_wrong_in_at_most_one_log_of_twenty(rows: int, logs: int) -> None:
    for clustered in (True, False):
        for lost in (0.0, 0.08):
            truth = true_change(lost)
            # The change is just not smaller than the tolerance: the worst case of the test.
            tolerance = max(abs(truth), 1e-6)
            found = [
                certify(table(100 + n, rows, lost)[0], clustered, 0.95, tolerance)
                for n in range(logs)
            ]
            wrong = sum(one.small for one in found)
            assert wrong <= stats.binom.ppf(0.995, logs, 0.05)


def test_a_log_as_large_as_was_asked_for_is_certified() -> None:
    small = certify(table(5, 3_000)[0], True, 0.95, 0.02)
    assert small.answer == "unknown"
    assert small.rows_needed is not None
    larger = [certify(table(n, small.rows_needed)[0], True, 0.95, 0.02) for n in range(20)]
    assert sum(one.small for one in larger) >= 12  # four of five are promised


def test_the_smallest_drop_shows_in_most_logs() -> None:
    lost = 0.6
    truth = true_change(lost)
    found = [certify(table(n, 3_000, lost)[0], True, 0.95, 0.01) for n in range(60)]
    smallest = float(np.median([one.smallest for one in found if one.smallest]))
    shown = np.mean([one.answer == "fell" for one in found])
    expected = stats.norm.cdf(-truth / (smallest / (1.96 + 0.84)) - 1.96)
    assert shown == pytest.approx(expected, abs=0.15)


def test_no_variation_is_no_precision() -> None:
    window, outcome = np.repeat([0, 1], 20), np.tile([0, 1], 20)
    counts = replicates(window, np.arange(40) % 32, outcome, outcome, 1 - outcome, 2)
    found = certify(counts, True, 0.95, 0.01)
    assert (found.answer, found.small, found.smallest, found.rows_needed) == (
        "unknown",
        False,
        None,
        None,
    )
    assert "cannot be told" in found.sentence


def test_few_rows_get_no_all_clear_and_many_do() -> None:
    by_size: dict[int, tuple[Finding, Finding, str]] = {}
    for rows in (400, 40_000):
        counts = plain.count(made.platform(45, rows), ASKED)
        by_size[rows] = (
            verdict(counts, ASKED),
            certificate(counts, ASKED),
            drop(counts, ASKED).claim,
        )
    few, _, claim = by_size[400]
    assert few.detail["verdict"]["either"] is True
    assert few.claim.startswith("It cannot be told whether there is a drop")
    assert "rows are needed to exclude it" in claim
    many, found, claim = by_size[40_000]
    known = found.detail["whole"]["answer"]
    assert many.detail["certificate"]["answer"] == known
    assert many.detail["verdict"]["either"] is (known == "unknown")
    assert "AUC surely changed by less than" in claim or known == "unknown"
    groups = {(row["by"], row["group"]) for row in found.table}
    assert {("school", "school 2"), ("system", "default")} <= groups


def test_a_part_that_fell_is_told_although_the_whole_is_certified() -> None:
    log = made.platform(46, 60_000)
    now = (log["time"] >= "2024-02-10").to_numpy()
    italy = (log["country"] == log["country"].value_counts().index[-1]).to_numpy()
    rng = np.random.default_rng(1)
    chosen = now & italy & (np.cumsum(now & italy) <= 0.5 * (now & italy).sum())
    scores = log["score"].to_numpy().copy()
    scores[chosen] = rng.permutation(scores[chosen])
    wide = made.question(thresholds={"tolerance": 0.1})
    found = certificate(plain.count(log.assign(score=scores), wide), wide)
    assert found.detail["whole"]["smaller_than_tolerance"]
    by = {row["group"]: row for row in found.table if row["by"] == "country"}
    name = log["country"].value_counts().index[-1]
    assert by[name]["answer"] == "fell"


def test_groups_that_fell_are_named_up_to_three() -> None:
    fell = [
        {"by": "land", "group": name, "change": -0.05, "low": -0.06, "high": -0.04}
        for name in "abcde"
    ]
    change = "−0.050 [−0.060, −0.040]"
    first = f"Within land a it fell by itself: {change}"
    assert within([], 9) == ""
    assert within(fell[:1], 9) == f"{first}."
    assert within(fell[:2], 9) == f"{first}; so it did within land b ({change})."
    more = f"within land b ({change}), within land c ({change}) and in 2 more of 9 groups"
    assert within(fell, 9) == f"{first}; so it did {more}."


@pytest.mark.parametrize(("p_value", "chance"), [(0.004, "up to 3.5% of logs"), (1e-7, "")])
def test_how_often_one_of_many_groups_looks_like_that_by_chance(
    p_value: float, chance: str
) -> None:
    row = {"by": "land", "group": "a", "change": -0.05, "low": -0.06, "high": -0.04}
    alone, of_nine = (within([row | {"p_value": p_value}], groups) for groups in (1, 9))
    assert of_nine.removeprefix(alone).endswith(chance + "." * bool(chance))
    assert ("chance" in of_nine) is bool(chance)
    # By simulation: the least of nine uniform numbers is as small.
    least = np.random.default_rng(1).random((20_000, 9)).min(axis=1)
    assert not chance or np.mean(least <= p_value) == pytest.approx(0.035, abs=0.005)


def test_forms() -> None:
    found = certify(table(1, 400)[0], False, 0.95, 0.01)
    assert isinstance(found, Certificate)
    assert set(found.to_json()) == {
        "answer",
        "tolerance",
        "smaller_than_tolerance",
        "smallest_drop_shown",
        "power",
        "rows",
        "rows_needed",
    }


@pytest.mark.parametrize(("positives", "answer"), [(9, "unknown"), (10, "fell")])
def test_few_rows_of_one_outcome_certify_nothing(positives: int, answer: str) -> None:
    """Ranked above all others before and below all of them now: DeLong's error is next to zero."""
    rest = 60
    window = np.repeat([0, 1], positives + rest)
    outcome = np.tile(np.arange(positives + rest) < positives, 2).astype(int)
    rank = np.arange(len(window)) % (positives + rest)
    # One of the others lies among them, so that there is an error.
    rank = np.where(window == 1, positives + rest - rank, rank)
    bins = np.where(outcome == 1, rank, (rank + 3) % 70)
    table = replicates(window, rank % 32, 99 - bins, outcome, 1 - outcome, 100)
    assert certify(table, False, 0.95, 0.01).answer == answer


@pytest.mark.parametrize("clustered", [False, True])
def test_few_outcomes_that_rank_high_are_no_fall(clustered: bool) -> None:
    """Sound rows, 12 ones in a window and 600 in the other: DeLong's method errs in one of five."""
    wrong = 0
    for seed in range(LOGS):
        rng = np.random.default_rng(seed)
        outcome = np.repeat([1, 0, 1, 0], [12, 600, 600, 600])
        window = np.repeat([0, 1], [612, 1_200])
        score = rng.normal(size=len(outcome)) + 2.3 * outcome
        bins, fold = np.clip((score * 40 + 300).astype(int), 0, 799), rng.integers(0, 32, 1_812)
        counts = replicates(window, fold, bins, outcome, 1 - outcome, 800)
        wrong += certify(counts, clustered, 0.95, 0.01).answer in ("fell", "rose", "less")
    assert wrong <= stats.binom.ppf(0.999, LOGS, 0.05)


def test_few_clusters_need_no_rows_beyond_those_of_many() -> None:
    rising = 1 + np.arange(20)
    # Scores of one fold rank in reverse in the incident.
    sides = np.array([[[r[::-1], r] for r in (rising, rising[::turn])] for turn in (1, -1)])
    # Two folds alone hold rows, in either window.
    window, fold, side = np.indices((2, 2, 20))
    rows = (window.ravel(), fold.ravel(), side.ravel())
    table = replicates(*rows, sides[..., 0, :].ravel(), sides[..., 1, :].ravel(), 20)
    found = certify(table, True, 0.95, 0.02)
    assert (found.smallest or 0.0) > 1
    assert "rows like these show no drop, however large" in found.sentence
    # With so many rows more there are so many clusters: the quantiles are those of all folds.
    _, error, freedom = difference_and_error(table, True)
    assert freedom < 3
    reach = (stats.t.ppf(0.95, 31) + stats.t.ppf(0.9, 31)) * error / 0.02
    assert found.rows_needed == pytest.approx(found.rows * reach**2, rel=0.1)


def test_groups_that_fell_by_less_than_the_tolerance_are_no_groups_that_did_not_fall() -> None:
    rng = np.random.default_rng(11)
    rows = 12_000
    day, logit = np.sort(rng.uniform(0, made.DAYS, rows)), rng.normal(0, 1.5, rows)
    outcome, even = rng.random(rows) < made.logistic(logit), np.arange(rows) % 2 == 0
    worse = (day >= made.BASELINE_DAYS) & even
    score = made.logistic(np.where(worse, logit + rng.normal(0, 1, rows), logit)).round(2)
    frame = pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome.astype(int),
        "score": score, "half": np.where(even, "a", "b"),
    })  # fmt: skip
    asked = made.question(
        cohorts=["half"], thresholds={"tolerance": 0.1},
        columns={"time": "time", "outcome": "outcome", "score": "score"},
    )  # fmt: skip
    found = certificate(plain.count(frame, asked), asked)
    fell = [row["group"] for row in found.table if row["answer"] == "fell"]
    assert "a" in fell
    assert found.detail["fell"] == []
    assert f"{len(fell)} of these surely fell by less" in found.claim
