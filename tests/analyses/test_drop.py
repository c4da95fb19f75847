"""Both windows against scikit-learn, their intervals, and the sentence made from them."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import roc_auc_score

from investigate.analyses.drop import by_chance, drop, fell
from investigate.analyses.whole import estimated, whole
from investigate.counts.auc import scarcity
from investigate.counts.table import Counts
from investigate.finding import Estimate, Finding
from investigate.question.question import Question

ASKED = made.question()
ROWS_ALONE = made.question(
    columns={"time": "time", "outcome": "outcome", "score": "score", "system": "system"}
)


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return made.platform(41, rows=12_000, damage="labels")


@pytest.fixture(scope="module")
def found(log: pd.DataFrame) -> Finding:
    return drop(plain.count(log, ASKED), ASKED)


def windows(log: pd.DataFrame) -> list[pd.DataFrame]:
    now = log["time"] >= "2024-02-10"
    return [log[~now], log[now]]


def without_each_fold(rows: pd.DataFrame) -> NDArray:
    folds = rows["student"].map(plain.fold)
    kept = [rows[folds != fold] for fold in range(32)]
    return np.array([roc_auc_score(k["outcome"], k["score"]) for k in kept])


@pytest.mark.slow
def test_auc_and_intervals_over_students(log: pd.DataFrame, found: Finding) -> None:
    left_out = [without_each_fold(rows) for rows in windows(log)]
    reach = stats.t.ppf(0.975, 31)
    for w, (name, rows) in enumerate(zip(("baseline", "incident"), windows(log), strict=True)):
        number = found.numbers[name]
        area = roc_auc_score(rows["outcome"], rows["score"])
        error = np.sqrt(31 / 32 * ((left_out[w] - left_out[w].mean()) ** 2).sum())
        expected = (area, area - reach * error, area + reach * error)
        assert (number.value, number.low, number.high) == pytest.approx(expected, abs=1e-12)
    moved = left_out[1] - left_out[0]
    error = np.sqrt(31 / 32 * ((moved - moved.mean()) ** 2).sum())
    change = found.numbers["change"]
    assert change.high - change.value == pytest.approx(reach * error, abs=1e-12)
    assert change.value == found.numbers["incident"].value - found.numbers["baseline"].value


@pytest.mark.slow
def test_delong_where_no_cluster_is_named(log: pd.DataFrame) -> None:
    counts = plain.count(log, ROWS_ALONE)
    finding = drop(counts, ROWS_ALONE)
    variances = []
    for name, rows in zip(("baseline", "incident"), windows(log), strict=True):
        up, down = (np.sort(rows.loc[rows["outcome"] == y, "score"]) for y in (1, 0))
        placed = [
            (np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")) / 2 / len(b)
            for a, b in ((up, down), (down, up))
        ]
        variances.append(sum(p.var(ddof=1) / len(p) for p in placed))
        reach = stats.norm.ppf(0.975) * np.sqrt(variances[-1])
        assert finding.numbers[name].high - finding.numbers[name].value == pytest.approx(
            reach, abs=1e-9
        )
    reach = stats.norm.ppf(0.975) * np.sqrt(sum(variances))
    change = finding.numbers["change"]
    assert change.value - change.low == pytest.approx(reach, abs=1e-9)
    assert "DeLong" in finding.caveats[0]
    assert "jackknife over clusters" in drop(plain.count(log, ASKED), ASKED).caveats[0]


@pytest.mark.slow
def test_rows_dates_and_outcome_rates(log: pd.DataFrame, found: Finding) -> None:
    for row, rows in zip(found.table, windows(log), strict=True):
        assert row["rows"] == len(rows)
        assert row["outcome rate"] == pytest.approx(rows["outcome"].mean())
        assert row["bin_bound"] == 0
    assert [(row["from"], row["until"]) for row in found.table] == [
        ("2024-01-01", "2024-02-10"),
        ("2024-02-10", "2024-02-22"),
    ]


@pytest.mark.slow
def test_the_bound_holds_over_merged_bins(log: pd.DataFrame) -> None:
    finding = drop(plain.count(log, ASKED, bins=20), ASKED)
    bounds = [row["bin_bound"] for row in finding.table]
    assert finding.detail["bin_bound"] == max(bounds) > 0.005
    for row, rows in zip(finding.table, windows(log), strict=True):
        assert abs(row["auc"] - roc_auc_score(rows["outcome"], rows["score"])) <= row["bin_bound"]
    assert (
        f"in 20 bins: the AUC of the raw scores lies within {max(bounds):.5f}" in finding.caveats[1]
    )


@pytest.mark.slow
def test_the_curve_is_that_of_the_window(log: pd.DataFrame, found: Finding) -> None:
    for curve, rows in zip(found.detail["roc"], windows(log), strict=True):
        false, true = (
            np.array(curve[f"{side}_positive_rate"], float) for side in ("false", "true")
        )
        assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
        assert (np.diff(false) >= 0).all()
        assert (np.diff(true) >= 0).all()
        assert len(false) <= 202
        area = roc_auc_score(rows["outcome"], rows["score"])
        assert np.trapezoid(true, false) == pytest.approx(area, abs=1e-3)
        # Each point is a threshold of the raw scores.
        for x, y in list(zip(false, true, strict=True))[::40]:
            cut = rows.loc[rows["outcome"] == 0, "score"].quantile(1 - x, interpolation="higher")
            above = rows["score"] >= cut if x else rows["score"] > rows["score"].max()
            assert y == pytest.approx(above[rows["outcome"] == 1].mean(), abs=0.01)


@pytest.mark.slow
def test_bars_hold_every_row_once(log: pd.DataFrame, found: Finding) -> None:
    scores = found.detail["scores"]
    assert len(scores["edges"]) == 41
    for w, rows in enumerate(windows(log)):
        positives, negatives = np.array(scores["positives"][w]), np.array(scores["negatives"][w])
        assert positives.sum() == pytest.approx(rows["outcome"].mean())
        assert positives.sum() + negatives.sum() == pytest.approx(1)
        inside, edges = rows["score"].to_numpy(), np.array(scores["edges"])
        seen = np.histogram(inside.clip(edges[0], edges[-1]), edges)[0] / len(rows)
        assert positives + negatives == pytest.approx(seen, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("score", [0.3, -1e300])
def test_one_score_for_all_is_no_ranking(score: float) -> None:
    log = made.platform(42, rows=500).assign(score=score)
    finding = drop(plain.count(log, ASKED), ASKED)
    assert finding.numbers["baseline"].value == finding.numbers["incident"].value == 0.5
    assert finding.claim.startswith("AUC went from 0.500")


@pytest.mark.parametrize(
    ("low", "high", "smallest", "expected"),
    [
        (-0.2, -0.1, 0.0, True),
        (-0.2, 0.1, 0.0, False),
        (0.1, 0.2, 0.0, False),
        (-0.2, -0.1, 0.15, True),
        (-0.2, -0.1, 0.25, False),
        (None, None, 0.0, False),
    ],
)
def test_when_auc_fell(
    low: float | None, high: float | None, smallest: float, expected: bool
) -> None:
    value = -0.15 if low is None or high is None else (low + high) / 2
    assert fell(Estimate(value, low, high), smallest) is expected


@pytest.mark.slow
def test_sentences(log: pd.DataFrame, found: Finding) -> None:
    numbers = [found.numbers[name] for name in ("baseline", "incident", "change")]
    assert all(number.value is not None for number in numbers)
    printed = [f"{abs(n.value):.3f} [{'−' * (i == 2)}" for i, n in enumerate(numbers)]
    assert found.claim.startswith(f"AUC fell from {printed[0]}")
    assert f"to {printed[1]}" in found.claim
    assert f"a change of −{printed[2]}" in found.claim
    small = made.question(thresholds={"smallest_drop": 0.4})
    assert "less than the smallest drop" in drop(plain.count(log, small), small).claim
    even = made.platform(43, rows=6_000)
    assert "within its interval" in drop(plain.count(even, ASKED), ASKED).claim


@pytest.mark.slow
def test_an_improvement_rose(log: pd.DataFrame) -> None:
    now = log["time"] >= "2024-02-10"
    better = log.assign(score=np.where(now, log["outcome"] + log["score"], log["score"]))
    assert drop(plain.count(better, ASKED), ASKED).claim.startswith("AUC rose from 0.8")


@pytest.mark.slow
def test_equal_windows_did_not_change() -> None:
    before = made.platform(44, rows=4_000)
    before = before[before["time"] < "2024-01-13"]
    both = pd.concat([before, before.assign(time=before["time"] + pd.Timedelta(days=40))])
    finding = drop(plain.count(both, ASKED), ASKED)
    assert finding.numbers["change"] == Estimate(0.0, 0.0, 0.0)
    assert "change of 0.000 [0.000, 0.000] is within its interval" in finding.claim


@pytest.mark.slow
def test_one_cluster_has_no_interval(log: pd.DataFrame) -> None:
    finding = drop(plain.count(log.assign(student="all the same"), ASKED), ASKED)
    assert finding.numbers["change"].low is None
    assert "too few rows or clusters to tell" in finding.claim


@pytest.mark.slow
def test_rows_left_out_are_told(log: pd.DataFrame) -> None:
    gaps = log.assign(score=log["score"].where(np.arange(len(log)) % 10 > 0))
    counts: Counts = plain.count(gaps, ASKED)
    finding = drop(counts, ASKED)
    assert finding.caveats[-1] == "Left out of the log's rows: 10% (missing score: 1,200)."
    assert sum(row["rows"] for row in finding.table) == 10_800


@pytest.mark.slow
def test_more_confidence_is_a_wider_interval(log: pd.DataFrame) -> None:
    counts = plain.count(log, ASKED)
    sure: Question = made.question(thresholds={"confidence": 0.99})
    wide, narrow = drop(counts, sure).numbers["change"], drop(counts, ASKED).numbers["change"]
    ratio = stats.t.ppf(0.995, 31) / stats.t.ppf(0.975, 31)
    assert wide.high - wide.low == pytest.approx(ratio * (narrow.high - narrow.low))


@pytest.mark.slow
def test_a_window_with_few_clusters_counts_only_its_own_folds() -> None:
    log = made.platform(45, rows=4_000)
    now = log["time"] >= "2024-02-10"
    few = log[~now | log["student"].isin(range(12))]
    counts = plain.count(few, ASKED)
    auc = drop(counts, ASKED).numbers["incident"]
    rows = windows(few)[1]
    folds = rows["student"].map(plain.fold)
    used = sorted(folds.unique())
    assert len(used) < 12 < whole(counts).counts.used.sum()
    kept = [rows[folds != fold] for fold in used]
    left_out = np.array([roc_auc_score(k["outcome"], k["score"]) for k in kept])
    groups = len(used)
    error = np.sqrt((groups - 1) / groups * ((left_out - left_out.mean()) ** 2).sum())
    assert auc.value - auc.low == pytest.approx(stats.t.ppf(0.975, groups - 1) * error)
    # Of the change it is the few folds whose variance counts (Satterthwaite 1946).
    change = drop(counts, ASKED).numbers["change"]
    every, both = few["student"].map(plain.fold), []
    for fold in sorted(every.unique()):
        areas = [roc_auc_score(k["outcome"], k["score"]) for k in windows(few[every != fold])]
        both.append(areas)
    apart = np.subtract(*np.array(both).T[::-1])
    spread = np.sqrt((len(apart) - 1) / len(apart) * ((apart - apart.mean()) ** 2).sum())
    before = np.array(both)[:, 0]
    earlier = (len(before) - 1) / len(before) * ((before - before.mean()) ** 2).sum()
    freedom = (earlier + error**2) ** 2 / (earlier**2 / (len(before) - 1) + error**4 / (groups - 1))
    assert groups - 1 < freedom < len(apart) - 1
    table = whole(counts).counts
    few_ones = np.sqrt(scarcity(table.positives[:, 0], table.negatives[:, 0]))
    reach = stats.t.ppf(0.975, freedom) * spread * few_ones
    assert change.high - change.value == pytest.approx(reach)
    # What is said of parts of the change is no surer.
    part = estimated(counts, whole(counts).change / 2, 0.95)
    assert part.high - part.value == pytest.approx(stats.t.ppf(0.975, freedom) * spread / 2)


@pytest.mark.slow
def test_few_clusters_leave_little_freedom(log: pd.DataFrame) -> None:
    asked = made.question(columns={**ASKED.columns.model_dump(), "cluster": "school"})
    change = drop(plain.count(log, asked), asked).numbers["change"]
    folds = log["school"].map(plain.fold)
    left_out = []
    for fold in folds.unique():
        areas = [roc_auc_score(k["outcome"], k["score"]) for k in windows(log[folds != fold])]
        left_out.append(areas[1] - areas[0])
    groups = len(left_out)
    assert groups < 7
    error = np.sqrt((groups - 1) / groups * np.sum((left_out - np.mean(left_out)) ** 2))
    reach = stats.t.ppf(0.975, groups - 1) * error
    assert change.high - change.value == pytest.approx(reach, abs=1e-12)


@pytest.mark.parametrize(("less", "told"), [(0.09, True), (0.5, False)])
def test_how_often_chance_does_as_much(less: float, told: bool) -> None:
    rng, size = np.random.default_rng(6), 3_000
    now = np.arange(size) >= size // 2
    score, noise = rng.random((2, size)).round(2)
    log = pd.DataFrame({
        "time": pd.to_datetime(np.where(now, "2024-02-12", "2024-01-05"), utc=True),
        "outcome": (rng.random(size) < score).astype(int), "system": "a",
        "score": np.where(now & (rng.random(size) < less), noise, score),
    })  # fmt: skip
    counts = plain.count(log, ROWS_ALONE.model_copy(update={"cohorts": ()}))
    change = drop(counts, ROWS_ALONE).numbers["change"]
    error = (change.high - change.low) / 2 / stats.norm.ppf(0.975)
    expected = 1 / stats.norm.cdf(change.value / error)
    found = by_chance(counts)
    assert bool(found) is told is bool(expected < 200)
    assert not told or f"about 1 of {round(expected, -1):.0f} comparisons" in found
