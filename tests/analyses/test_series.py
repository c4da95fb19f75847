"""AUC by bucket against scikit-learn, and its error against repeated sampling."""

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.series import blocks, daily, pooled, series
from investigate.counts.table import Counts


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return made.platform(71, rows=9_000)


@pytest.mark.slow
@pytest.mark.parametrize("system", ["", "default"])
def test_each_day_against_scikit_learn(log: pd.DataFrame, system: str) -> None:
    found = series(plain.count(log, made.question()), system)
    rows = log if not system else log[log["system"] == system]
    days = dict(tuple(rows.groupby(rows["time"].dt.floor("D"))))
    assert list(found.start) == sorted(days)
    assert found.rows.tolist() == [len(days[day]) for day in found.start]
    expected = [roc_auc_score(days[day]["outcome"], days[day]["score"]) for day in found.start]
    # The timeline has about 128 bins, so ties move a day's AUC a little.
    assert np.abs(found.auc - expected).max() < 0.01
    assert np.mean(found.auc - expected) == pytest.approx(0, abs=1e-3)


@pytest.mark.slow
def test_a_day_of_one_class_has_no_auc_and_no_error(log: pd.DataFrame) -> None:
    day = log["time"].dt.floor("D") == "2024-01-09"
    found = series(plain.count(log.assign(outcome=log["outcome"].where(~day, 1)), made.question()))
    undefined = found.start == "2024-01-09"
    assert undefined.sum() == 1
    assert np.isnan(found.auc[undefined]).all()
    assert np.isnan(found.error[undefined]).all()
    assert np.isfinite(found.auc[~undefined]).all()
    assert (found.error[~undefined] > 0).all()
    assert found.rows[undefined] == day.sum()


@pytest.mark.slow
def test_no_day_has_an_auc_without_both_classes(log: pd.DataFrame) -> None:
    found = series(plain.count(log, made.question()), "no such system")
    assert len(found.start) == len(found.auc) == 0
    # Labels alternate by day: each day holds one class.
    outcome = (log["time"].dt.day_of_year % 2).astype(int)
    one_class = series(plain.count(log.assign(outcome=outcome), made.question()))
    assert len(one_class.start) == 52
    assert np.isnan(one_class.auc).all()
    assert np.isnan(one_class.error).all()


def independent(seed: int, rows: int, students: int | None) -> Counts:
    """Scores whose AUC is the same every day; rows alike within a student, if there are any."""
    rng = np.random.default_rng(seed)
    student = rng.integers(0, students or rows, rows) if students else np.arange(rows)
    effect = rng.normal(0, 1.0, (students or 1, 52))
    day = rng.integers(0, 52, rows)
    log = pd.DataFrame({"day": day, "student": student, "item": np.arange(rows)})
    log["outcome"] = rng.integers(0, 2, rows)
    shared = effect[student % len(effect), day] if students else 0.0
    if students:
        # A student has one outcome and nearly one score a day.
        log["outcome"] = (rng.random((students, 52)) < 0.5)[student, day].astype(int)
    log["score"] = log["outcome"] * 1.0 + shared + rng.normal(0, 0.3 if students else 1.0, rows)
    log["time"] = made.START + pd.to_timedelta(day * 86_400, "s")
    return plain.count(log.assign(system="A"), made.question(cohorts=[]))


@pytest.mark.slow
def test_the_error_is_the_scatter_of_independent_days() -> None:
    found = series(independent(72, 26_000, None))
    ratio = np.std(found.auc, ddof=1) / np.median(found.error)
    assert 0.75 < ratio < 1.25


@pytest.mark.slow
def test_rows_that_depend_widen_the_error() -> None:
    found = series(independent(73, 26_000, 60))
    scatter = np.std(found.auc, ddof=1)
    assert 0.6 < scatter / np.median(found.error) < 1.5
    # As if rows were independent, the error would be far too small.
    alone = series(independent(72, 26_000, None))
    assert np.median(found.error) > 1.8 * np.median(alone.error)


@pytest.mark.slow
def test_the_error_by_the_formulas(log: pd.DataFrame) -> None:
    # Few clusters leave folds empty, and ten scores leave each day's AUC as it is.
    day, school = log["time"].dt.day_of_year, pd.factorize(log["school"])[0]
    shift = np.random.default_rng(75).normal(0, 0.5, (53, 6))[day, school]
    rows = log.assign(score=((log["score"] + shift) * 10).clip(0, 9).astype(int))
    asked = made.question(columns={**made.question().columns.model_dump(), "cluster": "school"})
    found = series(plain.count(rows, asked))
    folds = rows["school"].map(plain.fold) % 8
    areas, hanley_mcneil, ratios = [], [], []
    days = [day for _, day in rows.groupby(rows["time"].dt.floor("D"))]
    mean = np.average(
        [roc_auc_score(day["outcome"], day["score"]) for day in days], weights=[*map(len, days)]
    )
    for day in days:
        m, n = (day["outcome"] == 1).sum(), (day["outcome"] == 0).sum()
        q1, q2 = mean / (2 - mean), 2 * mean**2 / (1 + mean)
        spread = mean * (1 - mean) + (m - 1) * (q1 - mean**2) + (n - 1) * (q2 - mean**2)
        kept = [day[folds.loc[day.index] != f] for f in folds.loc[day.index].unique()]
        left_out = np.array([roc_auc_score(k["outcome"], k["score"]) for k in kept])
        groups = len(left_out)
        variance = (groups - 1) / groups * ((left_out - left_out.mean()) ** 2).sum()
        areas.append(roc_auc_score(day["outcome"], day["score"]))
        hanley_mcneil.append(spread / (m * n))
        ratios.append(variance / hanley_mcneil[-1])
    assert folds.nunique() < 7
    assert found.auc == pytest.approx(areas, abs=1e-12)
    factor = max(1.0, np.median(ratios))
    assert found.error == pytest.approx(np.sqrt(np.array(hanley_mcneil) * factor), abs=1e-12)
    assert factor > 1


@pytest.mark.slow
def test_a_lucky_day_is_not_a_sure_one() -> None:
    # Five rows in perfect order: the error is that of five rows, not none.
    log = made.platform(74, rows=3_000)
    day = log["time"].dt.floor("D") == "2024-01-20"
    five = log[day].groupby("outcome").head(3)
    five = five.assign(score=five["outcome"] * 0.9 + 0.05)
    found = series(plain.count(pd.concat([log[~day], five]), made.question()))
    lucky = found.start == "2024-01-20"
    assert found.auc[lucky] == 1.0
    assert found.error[lucky] > 2 * np.median(found.error)


@pytest.mark.slow
def test_days_follow_the_questions_time_zone(log: pd.DataFrame) -> None:
    asked = made.question(timezone="America/New_York")
    found = series(plain.count(log, asked))
    local = log["time"].dt.tz_convert("America/New_York").dt.normalize()
    assert list(found.start) == sorted(local.dt.tz_convert("UTC").unique())
    assert str(found.start.tz) == "UTC"


@pytest.mark.slow
def test_days_of_few_rows_are_counted_together_for_a_figure(log: pd.DataFrame) -> None:
    # About six rows a day: a hundred take more than two weeks, so four weeks it is.
    few = log.iloc[::30]
    found = pooled(plain.count(few, made.question()))
    assert found is not None
    length, wide = found
    assert length == 28
    day = few["time"].dt.floor("D")
    place = (day - day.min()).dt.days // length
    parts = [part for _, part in few.groupby(place)]
    assert wide.rows.tolist() == [len(part) for part in parts]
    expected = [roc_auc_score(part["outcome"], part["score"]) for part in parts]
    assert np.abs(wide.auc - expected).max() < 0.02
    assert list(wide.start) == [day.min() + pd.Timedelta(days=28 * k) for k in range(len(parts))]
    assert pooled(plain.count(log, made.question())) is None


@pytest.mark.slow
def test_blocks_hold_every_row_once_and_both_classes(log: pd.DataFrame) -> None:
    own = daily(plain.count(log.iloc[::25], made.question()))
    found = blocks(own, 1.0)
    assert found.first[0] == 0
    assert (found.first[1:] == found.last[:-1] + 1).all()
    for first, last, area in zip(found.first, found.last, found.auc, strict=True):
        sides = [side[first : last + 1].sum(axis=0) for side in (own.positives, own.negatives)]
        assert min(side.sum() for side in sides) >= 1
        outcome = np.repeat([1, 0], [side.sum() for side in sides])
        score = np.concatenate([np.repeat(np.arange(len(side)), side) for side in sides])
        assert area == pytest.approx(roc_auc_score(outcome, score))
