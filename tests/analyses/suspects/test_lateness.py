"""Rows that grow few towards the end are late; those that are few for other reasons are not."""

from collections.abc import Callable

import made
import numpy as np
import pandas as pd
import plain
import pytest
from sklearn.metrics import roc_auc_score

from investigate.analyses.suspects.lateness import lateness
from investigate.analyses.suspects.suspect import Suspect
from investigate.question.question import Question

pytestmark = pytest.mark.slow

Keep = Callable[[pd.Series], pd.Series]
INCIDENT, END = pd.Timestamp("2024-02-10", tz="UTC"), pd.Timestamp("2024-02-22", tz="UTC")


def log(
    seed: int, keep: Keep, easy: float = 0.0, rows: int = 26_000, noise: float = 0.0
) -> pd.DataFrame:
    """Rows kept with a share that depends on the day; those left are ``easy`` to mistake.

    Where rows are lacking, so many of those that go are the clear-cut ones of their day, and
    outcomes of a part ``noise`` of all are replaced by chance.
    """
    rng = np.random.default_rng(seed)
    frame = made.platform(seed, rows)
    day = frame["time"].dt.floor("D")
    share = keep(day).to_numpy(float)
    late = (share < 0.95) & (frame["time"] >= INCIDENT)
    chance = (rng.random(len(frame)) < noise) & late
    frame["outcome"] = np.where(chance, rng.random(len(frame)) < 0.5, frame["outcome"]).astype(int)
    clear = (frame["score"] - 0.5).abs().groupby(day).rank(pct=True).to_numpy()
    order = np.where(late & (rng.random(len(frame)) < easy), clear, rng.random(len(frame)))
    return frame[order < share].reset_index(drop=True)


def found(frame: pd.DataFrame, question: Question | None = None) -> list[Suspect]:
    asked = question or made.question()
    return lateness(plain.count(frame, asked), asked)


def accused(frame: pd.DataFrame, question: Question | None = None) -> list[Suspect]:
    return [suspect for suspect in found(frame, question) if suspect.supported]


def late(days: int) -> Keep:
    """A share of rows that falls over the last ``days`` of the incident."""

    def keep(day: pd.Series) -> pd.Series:
        left = (END - day).dt.days
        return (left / (days + 1)).clip(upper=1.0).clip(lower=0.1)

    return keep


@pytest.mark.parametrize("seed", [3, 4])
def test_rows_that_grow_few_are_late(seed: int) -> None:
    (suspect,) = found(log(seed, late(4), easy=0.8))
    assert suspect.kind == "late_outcomes"
    assert suspect.supported
    assert suspect.points.value is not None
    assert suspect.points.value > 0
    assert (suspect.system, suspect.cohort) == (None, None)
    # From the 18th on rows lack; the first day lacks but a fifth.
    assert suspect.onset in ("2024-02-18", "2024-02-19")
    assert "rows are fewer than usual" in suspect.evidence


def test_points_are_those_of_ending_the_incident_before() -> None:
    frame = log(3, late(4), easy=0.8)
    (suspect,) = found(frame)
    incident = frame[(frame["time"] >= INCIDENT) & (frame["time"] < END)]
    whole = incident[incident["time"] < pd.Timestamp(suspect.onset, tz="UTC")]
    expected = roc_auc_score(whole["outcome"], whole["score"]) - roc_auc_score(
        incident["outcome"], incident["score"]
    )
    # The timeline's bins are coarse.
    assert suspect.points.value == pytest.approx(expected, abs=0.003)


def test_late_rows_that_rank_as_well_recover_nothing() -> None:
    for suspect in found(log(5, late(4), easy=0.0)):
        assert not suspect.supported or (suspect.points.value or 0.0) < 0.01


def test_scores_that_broke_on_days_with_fewer_rows_are_not_late() -> None:
    (suspect,) = found(log(3, late(4), noise=0.8, rows=12_000))
    assert suspect.points.low is not None
    assert suspect.points.low > 0
    assert not suspect.supported
    assert "follow their scores less than before" in suspect.evidence


def test_few_clusters_may_miss_from_a_stretch() -> None:
    # Of three students, whose folds differ, one has rows on the last day alone.
    frame = log(3, late(4), easy=0.8, rows=6_000)
    last = frame["time"] >= END - pd.Timedelta(days=1)
    students = {plain.fold(k) % 8: k for k in range(200)}
    few = students[0], students[1], students[7]
    frame["student"] = np.where(last, few[2], np.where(frame.index % 2, few[0], few[1]))
    assert len(found(frame)) == 1


def steady(day: pd.Series) -> pd.Series:
    return pd.Series(1.0, day.index)


def growth(day: pd.Series) -> pd.Series:
    return 0.3 + 0.7 * (day - made.START).dt.days / made.DAYS


def decline(day: pd.Series) -> pd.Series:
    return 1.0 - 0.3 * (day - made.START).dt.days / made.DAYS


def halved(day: pd.Series) -> pd.Series:
    return pd.Series(np.where(day >= INCIDENT, 0.5, 1.0), day.index)


def weekends(day: pd.Series) -> pd.Series:
    return pd.Series(np.where(day.dt.day_of_week >= 5, 0.3, 1.0), day.index)


def outage(day: pd.Series) -> pd.Series:
    return pd.Series(np.where(day == pd.Timestamp("2024-02-15", tz="UTC"), 0.05, 1.0), day.index)


def late_baseline(day: pd.Series) -> pd.Series:
    left = (INCIDENT - day).dt.days
    return pd.Series(np.where((left > 0) & (left < 4), left / 5, 1.0), day.index)


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("keep", [steady, growth, decline, halved, outage, late_baseline])
def test_nobody_is_accused(keep: Keep, seed: int) -> None:
    assert not accused(log(seed, keep, easy=0.5))


@pytest.mark.parametrize("seed", [3, 4])
def test_a_weekend_at_the_end_is_no_lateness(seed: int) -> None:
    # 2024-02-18 is a Sunday.
    asked = made.question(incident={"start": "2024-02-10", "end": "2024-02-19"})
    assert not accused(log(seed, weekends, easy=0.5), asked)


def test_late_on_a_weekend_too() -> None:
    asked = made.question(incident={"start": "2024-02-10", "end": "2024-02-19"})
    end = pd.Timestamp("2024-02-19", tz="UTC")

    def both(day: pd.Series) -> pd.Series:
        return weekends(day) * ((end - day).dt.days / 5).clip(0.1, 1.0)

    (suspect,) = found(log(3, both, easy=0.9), asked)
    assert suspect.onset in ("2024-02-15", "2024-02-16")


def test_a_day_that_the_window_cuts_is_not_late() -> None:
    asked = made.question(incident={"start": "2024-02-10", "end": "2024-02-21T04:00"})
    assert not accused(log(3, steady), asked)


def test_nothing_to_compare_with() -> None:
    for incident in (("2024-02-10", "2024-02-12"), ("2024-02-20", "2024-02-22")):
        asked = made.question(incident=dict(zip(("start", "end"), incident, strict=True)))
        assert found(log(3, late(4)), asked) == []


def positives(seed: int, missing: Callable[[pd.DataFrame, np.random.Generator], np.ndarray]) -> (
    tuple[pd.DataFrame, pd.DataFrame]
):  # fmt: skip
    """A log, and the same with outcomes of the incident that count as 0 where ``missing``."""
    rng = np.random.default_rng(seed)
    frame = made.platform(seed, 20_000)
    now = frame["time"] >= INCIDENT
    gone = now & missing(frame, rng)
    return frame, frame.assign(outcome=np.where(gone, 0, frame["outcome"]))


def delayed(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    left = ((END - frame["time"]) / pd.Timedelta(days=1)).to_numpy()
    return np.asarray(rng.exponential(5, len(frame)) > left)


def struck(share: float) -> Callable[[pd.DataFrame, np.random.Generator], np.ndarray]:
    return lambda frame, rng: rng.random(len(frame)) < share


@pytest.mark.parametrize("seed", [6, 7])
def test_positives_that_come_in_later_are_late_and_given_back(seed: int) -> None:
    before, frame = positives(seed, delayed)
    (suspect,) = found(frame)
    assert suspect.supported
    assert "count as negative until then" in suspect.evidence
    healthy, incident = (f[(f["time"] >= INCIDENT) & (f["time"] < END)] for f in (before, frame))
    lost = roc_auc_score(healthy["outcome"], healthy["score"]) - roc_auc_score(
        incident["outcome"], incident["score"]
    )
    assert suspect.points.value == pytest.approx(lost, rel=0.25)


def evenly(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    left = ((END - frame["time"]) / pd.Timedelta(days=1)).to_numpy()
    return np.asarray(rng.uniform(0, 9, len(frame)) > left)


@pytest.mark.parametrize("seed", [6, 7])
def test_shares_that_fall_evenly_give_back_no_more_positives_than_there_were(seed: int) -> None:
    before, frame = positives(seed, evenly)
    (suspect,) = found(frame)
    healthy, incident = (f[(f["time"] >= INCIDENT) & (f["time"] < END)] for f in (before, frame))
    lost = roc_auc_score(healthy["outcome"], healthy["score"]) - roc_auc_score(
        incident["outcome"], incident["score"]
    )
    assert suspect.points.value == pytest.approx(lost, rel=0.35)


@pytest.mark.parametrize("seed", [6, 7])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_labels_that_are_zeroed_from_a_day_on_are_not_late(seed: int, share: float) -> None:
    assert not found(positives(seed, struck(share))[1])


@pytest.mark.parametrize(("delay", "kinds"), [(40.0, ["late_outcomes"]), (0.0, [])])
def test_outcomes_of_months_come_in_late_too(delay: float, kinds: list[str]) -> None:
    rng = np.random.default_rng(8)
    months = pd.date_range("2024-01-01", "2024-12-01", freq="MS", tz="UTC")
    frame = made.platform(8, 20_000)
    frame["time"] = months[rng.integers(0, 12, len(frame))]
    asked = made.question(
        baseline={"start": "2024-01-01", "end": "2024-10-01"},
        incident={"start": "2024-10-01", "end": "2025-01-01"},
    )
    left = (pd.Timestamp("2025-01-01", tz="UTC") - frame["time"]) / pd.Timedelta(days=1)
    gone = (frame["time"] >= "2024-10-01") & (rng.exponential(delay, len(frame)) > left)
    late = frame.assign(outcome=np.where(gone, 0, frame["outcome"]))
    assert [suspect.kind for suspect in found(late, asked)] == kinds
    # As few as there are by then in every month alike: that is no delay.
    struck = (frame["time"] >= "2024-10-01") & (rng.random(len(frame)) < gone.mean() * 4)
    assert not found(frame.assign(outcome=np.where(struck, 0, frame["outcome"])), asked)


def test_of_a_weekday_that_the_baseline_has_not_nothing_is_expected() -> None:
    weekday = {5: 0.05, 6: 0.05}

    def keep(day: pd.Series) -> pd.Series:
        # Weekends are new with the incident, and quiet; its last day is the first Sunday of all.
        share = day.dt.day_of_week.map(weekday).fillna(1.0)
        return share.where((day >= INCIDENT) | (share == 1), 0.0)

    asked = made.question(incident={"start": "2024-02-10", "end": "2024-02-19"})
    assert found(log(1, keep, rows=12_000), asked) == []
