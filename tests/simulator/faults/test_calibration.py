"""Faults of continuous calibration do what their names say, to its values alone."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow

CALIBRATION = "continuous_calibration"
SIZE = 60_000


def values(made: Any, day: int) -> pd.Series:
    """Calibrated values in force at the start of a day, counted from the onset.

    Of exercises that are still answered a week into the incident.
    """
    at = made.simulated.incident[0] + pd.Timedelta(days=day)
    last = made.simulated.history[made.simulated.history["time"] <= at]
    last = last.sort_values("time", kind="stable").groupby("exercise").tail(1)
    served = made.after[made.after["time"] > made.simulated.incident[0] + pd.Timedelta(days=7)]
    last = last[last["exercise"].isin(served["exercise"])]
    return last[last["system"] == CALIBRATION].set_index("exercise")["difficulty"]


def rank_correlation(one: pd.Series, two: pd.Series) -> float:
    both = pd.concat([one, two], axis=1, join="inner")
    return float(both.rank().corr().iloc[0, 1])


@pytest.mark.parametrize("name", ["wrong_exercise", "inverted", "stale", "runaway"])
def test_calibration_fails_and_default_does_not(look: Any, name: str) -> None:
    made = look(name, answers=SIZE)
    assert made.change() < -0.03
    assert made.change(system=CALIBRATION) < made.change(system="default_difficulty") - 0.03
    assert look(name, strength=0.25, answers=SIZE).change() > made.change()


def test_in_peace_values_keep_their_order(look: Any) -> None:
    quiet = look("none", answers=SIZE)
    assert rank_correlation(values(quiet, 0), values(quiet, 8)) > 0.95


def test_wrong_exercise_mixes_the_values_up(look: Any) -> None:
    made = look("wrong_exercise", answers=SIZE)
    assert rank_correlation(values(made, 0), values(made, 8)) < 0.3
    # The values are the old ones, elsewhere.
    assert values(made, 8).std() == pytest.approx(values(made, 0).std(), rel=0.15)


def test_wrong_exercise_in_a_cohort_leaves_the_others_alone(look: Any) -> None:
    made = look("wrong_exercise_cohort", answers=SIZE)
    assert made.change(subject="maths") < -0.04
    others = made.log[made.log["subject"] != "maths"]["exercise"].unique()
    before, after = values(made, 0), values(made, 8)
    assert rank_correlation(before[before.index.isin(others)], after) > 0.95
    assert rank_correlation(before[~before.index.isin(others)], after) < 0.3


def test_the_cohort_of_wrong_exercise_can_be_a_grade(look: Any) -> None:
    made = look("wrong_exercise_cohort", answers=SIZE, cohort={"grade": "grade 7"})
    assert made.simulated.truth["cohort"] == {"grade": "grade 7"}
    assert made.change(grade="grade 7") < made.change(grade="grade 6") - 0.02


def test_inverted_mirrors_the_values(look: Any) -> None:
    made = look("inverted", answers=SIZE)
    assert rank_correlation(values(made, 0), values(made, 8)) < -0.8


def test_stale_stops_the_writes_while_exercises_change(look: Any) -> None:
    made = look("stale", answers=SIZE)
    history, onset = made.simulated.history, made.simulated.incident[0]
    # What was answered before midnight is still written in its second.
    late = history["time"] > onset + pd.Timedelta(minutes=1)
    assert set(history[late]["system"]) == {"default_difficulty"}
    rates = [rows.groupby("exercise")["outcome"].mean() for rows in (made.before, made.after)]
    quiet = look("none", answers=SIZE)
    still = [rows.groupby("exercise")["outcome"].mean() for rows in (quiet.before, quiet.after)]
    assert rank_correlation(*rates) < rank_correlation(*still) - 0.15


def test_runaway_steps_grow(look: Any) -> None:
    made = look("runaway", answers=SIZE)
    history = made.simulated.history.sort_values(["exercise", "time"])
    history["step"] = history.groupby("exercise")["difficulty"].diff().abs()
    inside = history[history["system"] == CALIBRATION]
    before = inside["time"] < made.simulated.incident[0] + pd.Timedelta(minutes=1)
    assert np.median(inside[before]["step"].dropna()) < 0.1
    assert np.median(inside[~before]["step"]) > 1
