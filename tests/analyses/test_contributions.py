"""Contributions against the line integral that they are, and what they must not do."""

from dataclasses import replace

import drawn
import made
import numpy as np
import pandas as pd
import plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import roc_auc_score

from investigate.analyses.contributions import by_group, contributions, row_weights
from investigate.analyses.drop import drop
from investigate.analyses.mechanism import mechanism
from investigate.analyses.pairs import pairs
from investigate.analyses.whole import whole
from investigate.counts.grouping import grouping
from investigate.counts.table import Counts
from investigate.finding import Finding


@pytest.mark.slow
@settings(max_examples=200)
@given(drawn.logs(), st.sampled_from(drawn.GROUPINGS))
def test_all_three_views_sum_to_the_change(drawn_log: drawn.Drawn, by: str) -> None:
    counts = drawn_log.counts()
    lows, change = counts.bins["low"].to_numpy(), 0.0
    for sign, rows in ((1, drawn_log.window(1)), (-1, drawn_log.window(0))):
        place = np.searchsorted(lows, rows["score"], side="right")
        up, down = (place[rows["outcome"] == y] for y in (1, 0))
        wins = (up[:, None] > down).mean() + (up[:, None] == down).mean() / 2
        change += sign * wins
    for view in (contributions, pairs, mechanism):
        found: Finding = view(counts, drawn.QUESTION, by)
        assert found.detail["sum"] == pytest.approx(change, abs=1e-9)
        assert found.detail["change"] == pytest.approx(change, abs=1e-9)
    # The parts that are shown sum too, not only what the finding calls their sum.
    table = contributions(counts, drawn.QUESTION, by).table
    assert sum(row["contribution"] for row in table) == pytest.approx(change, abs=1e-9)
    shown = pairs(counts, drawn.QUESTION, by)
    parts = [row["contribution"] for row in shown.table]
    parts += [shown.numbers[name].value for name in ("mix", "entered_or_left")]
    assert sum(parts) == pytest.approx(change, abs=1e-9)


def line_integral(log: pd.DataFrame, group: NDArray, steps: int) -> NDArray:
    """Aumann & Shapley 1974 by brute force: each row's derivative of AUC, along the line.

    Position t weighs incident rows by t and baseline rows by 1 - t, within their class. Slopes
    are taken from the AUC half-way, all along: a constant moves no sum.
    """
    score, positive = log["score"].to_numpy(), log["outcome"].to_numpy() == 1
    incident = log["window"].to_numpy() == 1
    wins = (score[:, None] > score).astype(float) + (score[:, None] == score) / 2
    share = np.zeros(len(log))
    for w in (incident, ~incident):
        for side in (positive, ~positive):
            share[w & side] = 1 / (w & side).sum()
    half = share / 2
    centre = (half * positive) @ wins @ (half * ~positive)
    gained = np.zeros(len(log))
    for t in (np.arange(steps) + 0.5) / steps:
        now = share * np.where(incident, t, 1 - t)
        slope = np.where(positive, wins @ (now * ~positive), (now * positive) @ wins) - centre
        gained += slope * share * np.where(incident, 1, -1) / steps
    return np.array([gained[group == g].sum() for g in np.unique(group)])


@pytest.mark.parametrize("steps", [1, 2, 400])
def test_equals_the_line_integral(steps: int) -> None:
    rng = np.random.default_rng(31)
    log = pd.DataFrame(
        {
            "window": rng.integers(0, 2, 160),
            "outcome": rng.integers(0, 2, 160),
            "score": rng.integers(0, 25, 160),
            "country": rng.choice(["a", "b", "c"], 160),
        }
    )
    log["score"] += log["outcome"] * np.where(log["window"] == 1, 2, 8)
    day = np.where(log["window"] == 1, 12, 1)
    start = pd.Timestamp("2024-01-01")
    log = log.assign(
        day=day,
        time=start + pd.to_timedelta(day, "D"),
        system="A",
        student=rng.integers(0, 40, 160),
    )
    counts = drawn.Drawn(log, None).counts()
    groups = grouping(counts, "country")
    assert groups.keys == [("", "a"), ("", "b"), ("", "c")]
    found = by_group(groups, row_weights(whole(counts).counts))[0]
    # The integrand is a line in t, so one midpoint is as good as many.
    expected = line_integral(log, log["country"].to_numpy(), steps)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.slow
@settings(max_examples=25)
@given(drawn.logs(), st.integers(0, 31))
def test_a_replicate_is_the_log_without_a_fold(drawn_log: drawn.Drawn, fold: int) -> None:
    log = drawn_log.log
    kept = log[log["student"] % 32 != fold]
    now = kept["day"] >= 10
    if any(kept.loc[w, "outcome"].nunique() < 2 for w in (now, ~now)):
        return
    counts = drawn.Drawn(log, None).counts()
    less = drawn.Drawn(kept, None).counts()
    parts = by_group(grouping(counts, "system"), row_weights(whole(counts).counts))[1 + fold]
    expected = by_group(grouping(less, "system"), row_weights(whole(less).counts))[0]
    names = [key for key, _ in grouping(less, "system").keys]
    for (name, _), part in zip(grouping(counts, "system").keys, parts, strict=True):
        whole_part = expected[names.index(name)] if name in names else 0.0
        assert part == pytest.approx(whole_part, abs=1e-12)


@pytest.mark.slow
def test_growth_of_a_group_like_the_average_counts_as_nothing() -> None:
    one = made.platform(32, rows=4_000).assign(country="DE")
    one = one[one["time"] < "2024-02-10"]
    # The incident repeats the baseline; of its rows more come from a group that is a copy.
    later = one.assign(time=one["time"] + pd.Timedelta(days=40))
    copies = [one, one.assign(country="FR"), later, *[later.assign(country="FR")] * 4]
    asked = made.question(incident={"start": "2024-02-10", "end": "2024-03-21"})
    found = contributions(plain.count(pd.concat(copies), asked), asked, "country")
    rows = {row["group"]: row for row in found.table}
    assert rows["FR"]["rows_incident"] == 4 * rows["FR"]["rows_baseline"]
    for row in rows.values():
        assert row["contribution"] == pytest.approx(0, abs=1e-9)
        assert not row["discovered"]
    assert found.claim == "No group by country stands out in the change of 0.000."


@pytest.fixture(scope="module")
def labels() -> tuple[pd.DataFrame, Counts]:
    log = made.platform(33, rows=12_000, damage="labels")
    return log, plain.count(log, made.question())


@pytest.mark.slow
def test_each_row_of_the_table_against_scikit_learn(labels: tuple[pd.DataFrame, Counts]) -> None:
    log, counts = labels
    found = contributions(counts, made.question(), "system*school")
    assert len(found.table) == 12
    now = log["time"] >= "2024-02-10"
    for row in found.table:
        own = (log["system"] == row["system"]) & (log["school"] == row["cohort"]["school"])
        assert row["group"] == f"{row['system']} × {row['cohort']['school']}"
        for name, window in (("baseline", ~now), ("incident", now)):
            rows = log[own & window]
            assert row[f"rows_{name}"] == len(rows)
            area = roc_auc_score(rows["outcome"], rows["score"])
            assert row[f"auc_{name}"] == pytest.approx(area, abs=1e-12)
            assert row[f"auc_{name}_low"] < area < row[f"auc_{name}_high"]
        assert row["low"] < row["contribution"] < row["high"]
    values = [row["contribution"] for row in found.table]
    assert values == sorted(values)


@pytest.mark.slow
def test_the_broken_school_is_named_with_its_size(labels: tuple[pd.DataFrame, Counts]) -> None:
    found = contributions(labels[1], made.question(), "school")
    first = found.table[0]
    assert first["group"] == "school 2"
    assert first["discovered"]
    assert found.claim.startswith("By school, school 2 carries most: −0.1")
    assert f"{first['rows_incident'] / sum(r['rows_incident'] for r in found.table):.0%}" in (
        found.claim
    )
    change = drop(labels[1], made.question()).numbers["change"]
    assert found.numbers["change"] == change


@pytest.mark.slow
def test_a_group_of_one_window_or_one_class_has_no_auc() -> None:
    log = made.platform(34, rows=3_000)
    now = log["time"] >= "2024-02-10"
    log.loc[now & (log["country"] == "PL"), "country"] = "IT"
    log.loc[log["country"] == "FR", "outcome"] = 1
    found = contributions(plain.count(log, made.question()), made.question(), "country")
    rows = {row["group"]: row for row in found.table}
    assert rows["IT"]["rows_baseline"] == rows["PL"]["rows_incident"] == 0
    assert rows["IT"]["auc_baseline"] is rows["PL"]["auc_incident"] is None
    assert rows["FR"]["auc_baseline"] is rows["FR"]["auc_incident"] is None
    assert rows["FR"]["rows_baseline"] > 0
    total = sum(row["contribution"] for row in found.table)
    assert total == pytest.approx(found.detail["change"], abs=1e-12)


@pytest.mark.slow
def test_missing_values_are_a_group_of_their_own() -> None:
    log = made.platform(35, rows=2_000)
    log["version"] = log["version"].where(np.arange(2_000) % 5 > 0)
    found = contributions(plain.count(log, made.question()), made.question(), "version")
    rows = {row["group"]: row for row in found.table}
    assert set(rows) == {"1.9", "2.0", "(missing)"}
    assert rows["(missing)"]["rows_baseline"] + rows["(missing)"]["rows_incident"] == 400


@pytest.mark.slow
def test_few_clusters_widen_the_interval() -> None:
    log = made.platform(36, rows=3_000)
    columns = {**made.question().columns.model_dump(), "cluster": "school"}
    counts = plain.count(log, asked := made.question(columns=columns))
    row = contributions(counts, asked, "system").table[0]
    folds = len({plain.fold(school) for school in log["school"]})
    assert folds < 7
    # Empty folds say nothing: the error is that of the folds in use, with their freedom.
    parts = by_group(grouping(counts, "system"), row_weights(whole(counts).counts))
    at = [key for key, _ in grouping(counts, "system").keys].index(row["system"])
    left_out = parts[1:, at][whole(counts).counts.used]
    assert len(left_out) == folds
    error = np.sqrt((folds - 1) / folds * ((left_out - left_out.mean()) ** 2).sum())
    reach = stats.t.ppf(0.975, folds - 1) * error
    assert row["high"] - row["contribution"] == pytest.approx(reach)
    assert row["p_value"] == pytest.approx(
        2 * stats.t.sf(abs(row["contribution"]) / error, folds - 1)
    )


@pytest.mark.slow
def test_merged_groups_are_told() -> None:
    counts = plain.count(made.platform(37, rows=1_000), made.question())
    merged = replace(counts, meta={**counts.meta, "merged": {"school": 1_234}})
    caveats = contributions(merged, made.question(), "system*school").caveats
    assert "school: 1,234 small groups are not shown alone but counted together." in caveats
    assert len(contributions(merged, made.question(), "country").caveats) == len(caveats) - 1


@pytest.mark.slow
def test_no_group_stands_out_where_all_fell_alike() -> None:
    log = made.platform(52, rows=16_000)
    rng = np.random.default_rng(52)
    hit = np.asarray(log["time"] >= "2024-02-10") & (rng.random(len(log)) < 0.6)
    score = log["score"].to_numpy().copy()
    score[hit] = rng.permutation(score[hit])
    counts = plain.count(log.assign(score=score), made.question())
    for by in ("system", "country", "version", "school"):
        found = contributions(counts, made.question(), by)
        # The largest group lost most, and only because it is the largest.
        assert found.table[0]["discovered"]
        assert not any(row["stands_out"] for row in found.table)
        assert found.claim.startswith(f"No group by {by} stands out in the change of −0.1")


@pytest.mark.slow
def test_common_is_what_a_group_like_everyone_would_contribute(
    labels: tuple[pd.DataFrame, Counts],
) -> None:
    log, counts = labels
    found = contributions(counts, made.question(), "school")
    assert [row["group"] for row in found.table if row["stands_out"]] == ["school 2"]
    # By brute force: every row weighs as view A has it, and a class's weight is dealt out evenly.
    weights = row_weights(whole(counts).counts)[0]
    place = np.searchsorted(counts.bins["low"].to_numpy(), log["score"], side="right") - 1
    now, outcome = (log["time"] >= "2024-02-10").to_numpy().astype(int), log["outcome"].to_numpy()
    weight = weights[now, outcome, place]
    assert weight.sum() == pytest.approx(found.detail["change"], abs=1e-9)
    for row in found.table:
        own, expected = (log["school"] == row["group"]).to_numpy(), 0.0
        for y in (0, 1):
            shares = [own[(now == w) & (outcome == y)].mean() for w in (0, 1)]
            expected += np.mean(shares) * weight[outcome == y].sum()
        assert row["common"] == pytest.approx(expected, abs=1e-9)


def _log(rows: int, group: NDArray, turned: float, noise: NDArray) -> pd.DataFrame:
    """Outcomes of the incident follow the scores ``turned`` times as well; of ``noise`` not."""
    rng = np.random.default_rng(11)
    day, logit = np.sort(rng.uniform(0, made.DAYS, rows)), rng.normal(0, 1.5, rows)
    now = day >= made.BASELINE_DAYS
    outcome = rng.random(rows) < made.logistic(np.where(now, turned, 1.0) * logit)
    logit = np.where(now & noise, rng.normal(0, 1.5, rows), logit)
    return pd.DataFrame({
        "time": made.START + pd.to_timedelta(day, "D"), "outcome": outcome.astype(int),
        "score": made.logistic(logit).round(2), "shop": np.where(now, group, group % 10),
    })  # fmt: skip


SHOPS = made.question(
    cohorts=["shop"], columns={"time": "time", "outcome": "outcome", "score": "score"}
)


def test_a_group_that_lost_while_auc_rose_carries_no_rise() -> None:
    few = np.arange(3_000) % 4
    found = contributions(plain.count(_log(3_000, few, 3.0, few == 0), SHOPS), SHOPS, "shop")
    assert found.detail["change"] > 0
    assert found.claim.startswith("By shop, 0 lost, −0.0")
    assert "while AUC as a whole changed by +0.0" in found.claim


def test_new_groups_that_are_small_are_told_together() -> None:
    number = np.arange(4_000) % 58
    new = (np.arange(4_000) // 58) % 2 == 0
    shop = np.where(new, 100 + number, number % 10)
    found = contributions(plain.count(_log(4_000, shop, 1.0, new), SHOPS), SHOPS, "shop")
    own = [row["contribution"] for row in found.table if not row["rows_baseline"]]
    assert found.claim.startswith("No group by shop stands out")
    assert f"The 58 that only the incident has carry −{-sum(own):.3f} [" in found.claim
